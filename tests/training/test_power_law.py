"""The fitted line is scipy's, and its interval as wide as the scatter asks."""

import math
import random

import pytest
from scipy import stats

from dsv3.training import fit_power_law


def scattered(seed: int, *, spread: float, runs: int = 4) -> list[tuple[float, float]]:
    """Return losses about a power law with exponent 0.1."""
    chance = random.Random(seed)
    return [
        (compute, 50 * compute**-0.1 * math.exp(chance.gauss(0, spread)))
        for compute in (1e9, 1e10, 1e11, 1e12)
        for _ in range(runs)
    ]


def test_the_fit_is_scipys_line_through_logarithms() -> None:
    points = scattered(1, spread=0.05)
    law = fit_power_law(points)
    line = stats.linregress(*zip(*[map(math.log, p) for p in points], strict=True))
    assert law.exponent == pytest.approx(-line.slope, rel=1e-9)
    assert law.coefficient == pytest.approx(math.exp(line.intercept), rel=1e-9)
    compute = 3e11
    fitted = math.exp(line.intercept + line.slope * math.log(compute))
    assert law.at(compute) == pytest.approx(fitted, rel=1e-9)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    laws = [fit_power_law(scattered(seed, spread=0.05)) for seed in range(60)]
    held = [law.low_exponent <= 0.1 <= law.high_exponent for law in laws]
    # 57 of 60 are expected; fewer than 48 come once in ten thousand.
    assert 48 <= sum(held) <= 60
    assert all(law.low_exponent <= law.exponent <= law.high_exponent for law in laws)


def test_twice_the_scatter_is_about_twice_the_interval() -> None:
    widths = []
    for spread in (0.02, 0.04):
        law = fit_power_law(scattered(3, spread=spread))
        widths.append(law.high_exponent - law.low_exponent)
    assert widths[1] / widths[0] == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize(
    ("points", "rule"),
    [
        ([], "points is 0: must have three different computes"),
        ([(1.0, 2.0), (1.0, 3.0), (2.0, 4.0)], "must have three different computes"),
        ([(1.0, 2.0), (2.0, 0.0), (3.0, 1.0)], "must all be above 0, and finite"),
        ([(1.0, 2.0), (2.0, math.inf), (3.0, 1.0)], "must all be above 0, and finite"),
    ],
    ids=["none", "two", "zero", "infinite"],
)
def test_points_without_a_line_are_refused(
    points: list[tuple[float, float]], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        fit_power_law(points)
