"""The inverse of each shape, against SciPy's own distributions."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from dsv3.facts import Assumption, assumptions
from dsv3.uncertainty import value_at
from dsv3.uncertainty.simulation import drawn_values

SHARES = np.linspace(0.0, 1.0, 1001)
LOW, PEAK, HIGH = 2.0, 3.0, 7.0
SCIPY = {
    "uniform": stats.uniform(LOW, HIGH - LOW),
    "log-uniform": stats.loguniform(LOW, HIGH),
    "triangular": stats.triang((PEAK - LOW) / (HIGH - LOW), LOW, HIGH - LOW),
}


@pytest.mark.parametrize("shape", SCIPY)
def test_draws_are_those_of_scipy(
    shape: str, made_up: Callable[..., Assumption]
) -> None:
    assumed = made_up(shape, LOW, PEAK, HIGH)
    expected = SCIPY[shape].ppf(SHARES)
    assert np.allclose(drawn_values(assumed, SHARES), expected, rtol=1e-12)
    one_by_one = [float(value_at(assumed, float(share))) for share in SHARES]
    assert np.allclose(one_by_one, expected, rtol=1e-12)


@pytest.mark.parametrize("peak", [LOW, HIGH])
def test_a_triangle_may_have_its_peak_at_an_end(
    peak: float, made_up: Callable[..., Assumption]
) -> None:
    assumed = made_up("triangular", LOW, peak, HIGH)
    expected = stats.triang((peak - LOW) / (HIGH - LOW), LOW, HIGH - LOW).ppf(SHARES)
    assert np.allclose(drawn_values(assumed, SHARES), expected, rtol=1e-12)


def test_a_point_has_no_width(made_up: Callable[..., Assumption]) -> None:
    assumed = made_up("point", LOW, PEAK, HIGH)
    assert {value_at(assumed, share) for share in (0.0, 0.3, 1.0)} == {PEAK}


@given(share=st.floats(0, 1), low=st.floats(0.1, 1), width=st.floats(0, 9))
def test_other_ends_hold_the_draw_and_pull_the_peak(
    share: float, low: float, width: float
) -> None:
    for assumed in assumptions():
        found = value_at(assumed, share, low=low, high=low + width)
        inside = low * (1 - 1e-9) <= found <= (low + width) * (1 + 1e-9)
        assert inside or assumed.distribution == "point"


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_no_probability_is_refused(
    share: float, made_up: Callable[..., Assumption]
) -> None:
    with pytest.raises(ValueError, match=r"^share is .*: must be from 0 to 1$"):
        value_at(made_up("uniform", LOW, PEAK, HIGH), share)
