"""The recorded run is the one that the command makes."""

from collections.abc import Callable
from types import ModuleType

import pytest

from dsv3.learning import library_corpus, published_settings
from dsv3.learning.training_loop import Progress
from dsv3.measurements import record


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("pretraining")


def test_a_point_of_a_curve_is_the_mean_of_its_steps(experiment: ModuleType) -> None:
    steps = [
        Progress(
            step=int(n),
            loss=n,
            max_violation=2.0,
            gradient_norm=n,
            learning_rate=0.1,
        )
        for n in (1.0, 2.0)
    ]
    found = experiment.summary(steps)
    assert (found["loss"], found["max_violation"]) == (1.5, 2.0)
    assert found["clipped_share"] == 0.5


def test_a_short_run_has_its_curves_and_its_ten_judgements(
    experiment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "JUDGED_WINDOWS", 2)
    made = experiment.training_run(0, 10, library_corpus(1_500_000))
    assert made["steps"] == [10]
    assert made["judged_steps"] == list(range(1, 11))
    assert made["held_out_last"][-1] < made["held_out_last"][0]


def test_the_record_is_of_the_published_settings(experiment: ModuleType) -> None:
    made, how = record("pretraining"), published_settings()
    assert made.settings["steps"] == how.steps == experiment.STEPS
    for name in ("batch", "context", "learning_rate", "clip_norm", "weight_decay"):
        assert made.settings[name] == getattr(how, name)
    runs = made.measures["runs"]
    assert [run["seed"] for run in runs] == list(range(made.settings["seeds"]))
    assert len(runs) >= 3
    for run in runs:
        assert len(run["steps"]) == len(run["loss"]) == 40
        assert len(run["judged_steps"]) == len(run["held_out_averaged"]) == 10
