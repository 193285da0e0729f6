"""The training comparison starts every way alike, and its record holds together."""

from collections.abc import Callable
from types import ModuleType

import pytest

from dsv3.records import record


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


def test_the_record_has_every_way_and_seed(experiment: ModuleType) -> None:
    made = record("fp8_training")
    asked, rows = made.settings, made.measures["rows"]
    assert {(r["arm"], r["seed"]) for r in rows} == {
        (arm, seed) for arm in experiment.ARMS for seed in range(asked["seeds"])
    }
    assert all(len(row["loss"]) == asked["steps"] for row in rows)
    assert len(made.measures["gradient_errors"]) == asked["seeds"]
