"""The training comparison starts every way alike, and its record holds together."""

from collections.abc import Callable
from types import ModuleType

import pytest

from dsv3.measurements import record


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("fp8_training")


def test_ways_start_alike_and_then_part(experiment: ModuleType) -> None:
    arms = ("BF16", "float32", "FP8 as published")
    found = experiment.run(arms=arms, seeds=1, steps=2)
    losses = {row["arm"]: row["loss"] for row in found["rows"]}
    assert set(losses) == set(arms)
    # The first step differs by the rounding of its forward pass alone.
    assert losses["BF16"][0] == pytest.approx(losses["float32"][0], rel=2e-3)
    assert losses["FP8 as published"][0] == pytest.approx(losses["BF16"][0], rel=1e-2)
    assert all(run[1] < run[0] for run in losses.values())
    (errors,) = found["gradient_errors"]
    assert errors["float32"]["all weights"] == 0
    assert 0 < errors["BF16"]["all weights"] < errors["FP8 as published"]["all weights"]


@pytest.mark.parametrize("name", ["fp8_training", "fp8_training_dense"])
def test_the_record_has_every_way_and_seed(experiment: ModuleType, name: str) -> None:
    made = record(name)
    asked, rows = made.settings, made.measures["rows"]
    assert {(r["arm"], r["seed"]) for r in rows} == {
        (arm, seed) for arm in experiment.ARMS for seed in range(asked["seeds"])
    }
    assert all(
        len(row["loss"]) * asked["steps_per_point"] == asked["steps"] for row in rows
    )
    assert len(made.measures["gradient_errors"]) == asked["seeds"]


def test_a_curve_is_kept_in_means_and_a_command_in_full(
    experiment: ModuleType,
) -> None:
    steps = [float(step) for step in range(40)]
    kept = experiment.lean({"rows": [{"arm": "BF16", "loss": steps}]})
    assert kept["rows"] == [{"arm": "BF16", "loss": [7.5, 23.5, 35.5]}]
    assert experiment.POINT_STEPS == 16
    for words in ("", " --dense", " --seeds 4", " --dense --steps 2 --seeds 10"):
        asked = experiment.arguments().parse_args(words.split())
        made = experiment.command_of(asked)
        assert made == f"python experiments/fp8_training.py{words}"


def test_a_dense_model_has_no_experts_and_a_job_stands_alone(
    experiment: ModuleType,
) -> None:
    model = experiment.model_of(0, experiment.ARMS["BF16"], dense=True)
    assert not [name for name, _ in model.named_parameters() if "experts" in name]
    asked = {"arms": ("BF16", "float32"), "seeds": 1, "steps": 1, "dense": True}
    assert experiment.training_run(
        experiment.Job(arm="float32", seed=0, steps=1, dense=True)
    ) == (experiment.run(**asked)["rows"][1], None)
