"""The experiment extends one reader in two ways, and its record says what came."""

from collections.abc import Callable
from statistics import mean
from types import ModuleType
from typing import Any

import pytest

from dsv3.learning.long_context import LENGTHS
from dsv3.learning.needles import DEPTHS
from dsv3.measurements import Record, record

STATES = {
    f"{way}, {state}"
    for way in ("plain", "yarn")
    for state in ("not trained on", "phase 1", "phase 2")
}


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("long_context")


@pytest.fixture(scope="module")
def made() -> Record:
    return record("long_context")


def found(made: Record, state: str, length: int) -> list[float]:
    """Return each seed's share of right answers at a length, all depths together."""
    at = LENGTHS.index(length)
    return [mean(run["states"][state]["right"][at]) for run in made.measures["runs"]]


def test_a_short_run_judges_every_state(
    experiment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment, "JUDGED_TEXTS", 1)
    run: Any = experiment.run(0, steps=2, phase_steps=1, asked=1)
    assert set(run["states"]) == STATES
    for state in run["states"].values():
        assert [len(row) for row in state["right"]] == [DEPTHS] * len(LENGTHS)
        assert len(state["loss"]) == len(LENGTHS)
    # Both extensions start from the same weights.
    assert len(run["curves"]) == 5


def test_every_phase_takes_the_same_tokens_a_step(made: Record) -> None:
    tokens = made.settings["step_tokens"]
    assert [tokens % window for window in made.settings["windows"]] == [0, 0, 0]
    assert made.settings["windows"] == [64, 512, 2048]


def test_the_record_holds_three_seeds_or_more_in_every_state(made: Record) -> None:
    runs = made.measures["runs"]
    assert len({run["seed"] for run in runs}) == len(runs) >= 3
    for run in runs:
        assert set(run["states"]) == STATES
        for state in run["states"].values():
            for right, stale in zip(state["right"], state["stale"], strict=True):
                assert all(a + b <= 1 for a, b in zip(right, stale, strict=True))


def test_the_short_reader_is_good_at_its_own_length_only(made: Record) -> None:
    assert min(found(made, "plain, not trained on", 64)) > 0.9
    assert max(found(made, "plain, not trained on", 2048)) < 0.6


def test_yarn_gains_more_than_the_seeds_differ_by(made: Record) -> None:
    with_yarn = found(made, "yarn, phase 2", 2048)
    without = found(made, "plain, phase 2", 2048)
    assert min(with_yarn) > max(without) + 0.1
