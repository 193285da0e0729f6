"""Shares of variance against a function whose shares are published."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsv3 import calculators, economics
from dsv3.facts import Assumption
from dsv3.uncertainty import sobol_shares, tornado, variance_shares
from explorables.arithmetic import cos, power

# Ishigami and Homma's function with a = 7 and b = 0.1: the digits printed for it in
# the literature, and the closed form they come from.
ISHIGAMI_FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
ISHIGAMI_TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


def ishigami(*, x1: Any, x2: Any, x3: Any) -> Any:
    """Add a sine, a squared sine and a product with a fourth power."""
    first, second = cos(x1 - math.pi / 2), cos(x2 - math.pi / 2)
    return first + 7.0 * second * second + 0.1 * power(x3, 4.0) * first


@pytest.fixture
def angles(made_up: Callable[..., Assumption]) -> dict[str, Assumption]:
    """Return three angles, each anywhere on the circle."""
    angle = made_up("uniform", -math.pi, 0.0, math.pi)
    return {"x1": angle, "x2": angle, "x3": angle}


def test_the_printed_digits_are_those_of_the_closed_form() -> None:
    a, b, pi4 = 7.0, 0.1, math.pi**4
    alone = {"x1": (1 + b * pi4 / 5) ** 2 / 2, "x2": a**2 / 8, "x3": 0.0}
    shared = b**2 * pi4**2 * 8 / 225
    whole = sum(alone.values()) + shared
    both = {"x1": shared, "x2": 0.0, "x3": shared}
    for name, variance in alone.items():
        assert variance / whole == pytest.approx(ISHIGAMI_FIRST[name], abs=5e-5)
        total = (variance + both[name]) / whole
        assert total == pytest.approx(ISHIGAMI_TOTAL[name], abs=5e-5)


def test_the_shares_of_ishigamis_function_are_the_published_ones(
    angles: dict[str, Assumption],
) -> None:
    found = {
        one.argument: one
        for one in variance_shares(ishigami, angles, output="result", draws=2**13)
    }
    for name, share in ISHIGAMI_FIRST.items():
        assert found[name].first_order_share == pytest.approx(share, abs=0.01)
    for name, share in ISHIGAMI_TOTAL.items():
        assert found[name].total_order_share == pytest.approx(share, abs=0.01)
    ordered = [one.argument for one in found.values()]
    assert ordered == ["x1", "x2", "x3"]


def test_a_function_of_arrays_gives_the_same_shares_as_its_trace(
    angles: dict[str, Assumption],
) -> None:
    def of_arrays(given: Any) -> Any:
        first = np.sin(given["x1"])
        return first + 7 * np.sin(given["x2"]) ** 2 + 0.1 * given["x3"] ** 4 * first

    traced = variance_shares(ishigami, angles, output="result", draws=2**10, seed=3)
    plain = sobol_shares(of_arrays, angles, draws=2**10, seed=3)
    for ours, theirs in zip(traced, plain, strict=True):
        assert ours.argument == theirs.argument
        assert ours.total_order_share == pytest.approx(theirs.total_order_share)


def test_shares_of_a_plain_sum_are_those_of_the_variances(
    made_up: Callable[..., Assumption],
) -> None:
    assumed = {
        "narrow": made_up("uniform", 0.0, 0.5, 1.0),
        "wide": made_up("uniform", 0.0, 1.5, 3.0),
    }
    wide, narrow = variance_shares(
        lambda *, narrow, wide: narrow + wide, assumed, output="result", draws=2**12
    )
    assert (wide.argument, narrow.argument) == ("wide", "narrow")
    assert wide.first_order_share == pytest.approx(0.9, abs=0.005)
    assert wide.total_order_share == pytest.approx(0.9, abs=0.005)
    assert narrow.total_order_share == pytest.approx(0.1, abs=0.005)


def test_a_tornado_moves_one_assumption_at_a_time() -> None:
    assumed = economics.cost_assumptions()
    known = calculators.development_cost.defaults()
    fixed = {name: value for name, value in known.items() if name not in assumed}
    swings = tornado(economics.program_cost, assumed, output="total_usd", **fixed)
    middle = {name: one.central for name, one in assumed.items()}
    for swing in swings:
        one = assumed[swing.argument]
        for end, found in ((one.low, swing.at_low), (one.high, swing.at_high)):
            plain = economics.program_cost(**fixed | middle | {swing.argument: end})
            assert found == pytest.approx(float(plain.total_usd), rel=1e-12)
    widths = [swing.width for swing in swings]
    assert widths == sorted(widths, reverse=True)
    assert swings[0].argument == "research_ratio"


@pytest.mark.parametrize("draws", [0, 1000, -4])
def test_draws_that_are_no_power_of_two_are_refused(
    draws: int, angles: dict[str, Assumption]
) -> None:
    with pytest.raises(ValueError, match=f"draws is {draws}: must be a power of two"):
        variance_shares(ishigami, angles, output="result", draws=draws)
