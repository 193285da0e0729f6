"""Elevenfold hours as five factors, each against a published figure."""

import math

import pytest
from hypothesis import given, strategies as st

from dsv3.economics import SizedRun, gap_parts, v3_against_llama
from dsv3.facts import fact

AMOUNT = st.floats(1e-3, 1e3)


def run(
    parameters: float, tokens: float, work: float, hours: float, peak: float
) -> SizedRun:
    return SizedRun(
        active_parameters=parameters * 1e10,
        tokens=tokens * 1e12,
        training_flop_per_token=work * 6e10,
        gpu_hours=hours * 1e6,
        peak_flop_per_s=peak * 1e15,
    )


RUNS = st.builds(run, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT)


@given(first=RUNS, second=RUNS)
def test_the_factors_multiply_to_the_ratio_of_hours(
    first: SizedRun, second: SizedRun
) -> None:
    smaller, larger = sorted((first, second), key=lambda one: one.gpu_hours)
    if smaller.gpu_hours == larger.gpu_hours:
        return
    parts = gap_parts(larger=larger, smaller=smaller)
    assert math.prod(parts.factors().values()) == pytest.approx(
        larger.gpu_hours / smaller.gpu_hours
    )
    assert sum(parts.shares().values()) == pytest.approx(1.0)


def test_the_gap_to_llama_is_the_published_one() -> None:
    parts = v3_against_llama()
    hours = fact("llama_3_1_405b.gpu_hours").number
    assert parts.gpu_hours_ratio == hours / fact("v3.gpu_hours.pre_training").number
    # 11.5 in FLOP by the rule of six, and equal shares of the 16-bit peak (0.346 and
    # 0.345 in the compiled facts).
    by_rule = parts.active_parameters_ratio * parts.tokens_ratio
    assert by_rule == pytest.approx(11.5, abs=0.05)
    in_16_bits = (
        parts.peak_ratio * parts.utilization_ratio * parts.work_beyond_weights_ratio
    )
    assert in_16_bits == pytest.approx(0.346 / 0.345, abs=0.01)


def test_the_eight_bit_peak_doubles_and_the_share_of_it_halves() -> None:
    parts = v3_against_llama()
    assert parts.peak_ratio == pytest.approx(2.0, rel=1e-3)
    assert 0.5 < parts.utilization_ratio < 0.65
    assert parts.shares()["active parameters"] > 0.95


def test_a_run_that_took_as_long_has_no_gap() -> None:
    one = run(1, 1, 1, 1, 1)
    with pytest.raises(ValueError, match=r"smaller\.gpu_hours is .*: must be below"):
        gap_parts(larger=one, smaller=one)
