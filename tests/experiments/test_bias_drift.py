"""The drift of a bias is that of its loads, and its record holds together."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3.measurements import record


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("bias_drift")


def test_more_experts_below_the_mean_than_above_it_raise_the_bias(
    experiment: ModuleType,
) -> None:
    # The mean is 2: three below it, one at it, one above.
    skewed = torch.tensor([0, 1, 1, 2, 6])
    assert experiment.below_less_above(skewed) == pytest.approx(3 / 5 - 1 / 5)
    assert experiment.below_less_above(torch.tensor([1, 2, 3])) == 0


def test_a_short_run_moves_by_its_speed_times_the_net_share(
    experiment: ModuleType,
) -> None:
    made = experiment.drift(experiment.Run(speed=0.01, seed=3, steps=50))
    assert made["mean"][-1] == pytest.approx(
        50 * 0.01 * made["below_less_above"], abs=1e-4
    )
    assert 0 < made["range"][-1] <= 2 * 50 * 0.01


def test_the_record_has_every_seed_and_its_means_follow_from_the_loads() -> None:
    made = record("bias_drift")
    asked, runs = made.settings, made.measures["runs"]
    assert [(run["speed"], run["seed"]) for run in runs] == [
        (speed, seed) for speed in asked["speeds"] for seed in range(asked["seeds"])
    ]
    for run in runs:
        assert (
            len(run["mean"]) == len(run["range"]) == asked["steps"] / asked["every"] + 1
        )
        moved = asked["steps"] * run["speed"] * run["below_less_above"]
        assert run["mean"][-1] == pytest.approx(moved, abs=asked["steps"] * 0.01 * 1e-5)
