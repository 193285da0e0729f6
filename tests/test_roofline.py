"""A time lies between perfect overlap and none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsv3.roofline import ridge_flop_per_byte, time_bounds

work = st.floats(min_value=0, max_value=1e18)
rate = st.floats(min_value=1e3, max_value=1e16)


@given(flop=work, moved=work, peak=rate, bandwidth=rate)
def test_the_bounds_differ_by_a_factor_of_two_at_most(
    flop: float, moved: float, peak: float, bandwidth: float
) -> None:
    bounds = time_bounds(
        flop=flop, moved_bytes=moved, peak_flop_per_s=peak, bytes_per_s=bandwidth
    )
    assert bounds.lower_seconds <= bounds.upper_seconds <= 2 * bounds.lower_seconds


@given(peak=rate, bandwidth=rate)
def test_work_at_the_ridge_takes_equally_long_both_ways(
    peak: float, bandwidth: float
) -> None:
    ridge = ridge_flop_per_byte(peak_flop_per_s=peak, bytes_per_s=bandwidth)
    bounds = time_bounds(
        flop=ridge * 1e6, moved_bytes=1e6, peak_flop_per_s=peak, bytes_per_s=bandwidth
    )
    assert bounds.compute_seconds == pytest.approx(bounds.memory_seconds, rel=1e-12)


@given(flop=work, moved=work, peak=rate, bandwidth=rate)
def test_more_bandwidth_never_slows(
    flop: float, moved: float, peak: float, bandwidth: float
) -> None:
    slow, fast = (
        time_bounds(flop=flop, moved_bytes=moved, peak_flop_per_s=peak, bytes_per_s=b)
        for b in (bandwidth, 2 * bandwidth)
    )
    assert fast.lower_seconds <= slow.lower_seconds
    assert fast.upper_seconds <= slow.upper_seconds


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flop", -1.0),
        ("moved_bytes", -1.0),
        ("peak_flop_per_s", 0.0),
        ("bytes_per_s", 0.0),
    ],
)
def test_what_cannot_be_is_named(name: str, value: float) -> None:
    given_ = {
        "flop": 1.0,
        "moved_bytes": 1.0,
        "peak_flop_per_s": 1.0,
        "bytes_per_s": 1.0,
    }
    with pytest.raises(ValueError, match=f"^{name} is {value}"):
        time_bounds(**(given_ | {name: value}))
