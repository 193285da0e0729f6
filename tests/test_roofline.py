"""A time lies between perfect overlap and none."""

import pytest
from hypothesis import given, strategies as st

from dsv3 import roofline
from dsv3.facts import fact
from dsv3.hardware import accelerator
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


def test_a_products_bytes_are_those_of_three_matrices() -> None:
    tokens, outputs, inputs = 64, 7168, 16384
    work = roofline.matmul_work(
        tokens=tokens, outputs=outputs, inputs=inputs, operand_bytes=1, result_bytes=2
    )
    left, right, result = tokens * inputs, inputs * outputs, tokens * outputs
    assert work.moved_bytes == left + right + 2 * result
    assert work.flop == 2 * left * outputs


def test_published_products_stay_under_the_roof() -> None:
    chip = accelerator("H800")
    peak, bandwidth = chip.peak_flop_per_s("fp8"), chip.hbm_bytes_per_s
    large, small = (
        roofline.matmul_work(
            tokens=m, outputs=n, inputs=k, operand_bytes=1, result_bytes=2
        )
        for m, n, k in (
            fact(f"deepgemm.shape.{kind}_bound").numbers
            for kind in ("compute", "memory")
        )
    )
    ridge = roofline.ridge_flop_per_byte(peak_flop_per_s=peak, bytes_per_s=bandwidth)
    assert small.flop_per_byte < ridge < large.flop_per_byte
    seen = fact("deepgemm.bytes_per_s.february_2025").number * small.flop_per_byte
    for work, rate in (
        (large, fact("deepgemm.flop_per_s.april_2025").number),
        (small, seen),
    ):
        _, most = roofline.attainable_flop_per_s(
            flop_per_byte=work.flop_per_byte,
            peak_flop_per_s=peak,
            bytes_per_s=bandwidth,
        )
        assert most / 2 < rate < most


def test_latent_decoding_does_the_same_for_each_byte_at_any_length() -> None:
    sizes = {"kv_lora_rank": 512, "qk_rope_head_dim": 64, "element_bytes": 2}
    short, long = (
        roofline.latent_decode_work(
            heads=128, new_tokens=1, context_tokens=length, **sizes
        )
        for length in (1024, 131072)
    )
    assert short.flop_per_byte == long.flop_per_byte
    # FlashMLA's authors round it to twice the heads.
    assert short.flop_per_byte == pytest.approx(2 * 128, rel=0.06)


@pytest.mark.parametrize("name", ["tokens", "outputs", "inputs"])
def test_a_product_of_nothing_is_refused(name: str) -> None:
    sizes = {"tokens": 1, "outputs": 1, "inputs": 1} | {name: 0}
    with pytest.raises(ValueError, match=f"{name} is 0"):
        roofline.matmul_work(**sizes, operand_bytes=1, result_bytes=2)
