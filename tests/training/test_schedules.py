"""The schedules are the report's, and their steps those of a walk step by step."""

import math

import pytest
from hypothesis import given, strategies as st

from dsv3 import training

SEQUENCE = 4096
FULL = 15360 * SEQUENCE
tokens_of_the_run = st.floats(min_value=0, max_value=14.8e12)
ramps = st.sampled_from(sorted(training.BATCH_RAMPS))


# DeepSeek-V3 report, section 4.2: tokens, learning rate, bias speed, MTP weight.
REPORT = [
    (1e12, 2.2e-4, 0.001, 0.3),
    (10e12, 2.2e-4, 0.001, 0.3),
    (14.3e12, 2.2e-5, 0.001, 0.1),
    (14.5e12, 2.2e-5, 0.0, 0.1),
    (14.633e12, 2.2e-5, 0.0, 0.1),
    (14.7e12, 7.3e-6, 0.0, 0.1),
    (14.8e12, 7.3e-6, 0.0, 0.1),
]


@pytest.mark.parametrize("row", REPORT, ids=lambda row: f"{row[0]:.4g}")
def test_the_settings_are_the_reports(row: tuple[float, ...]) -> None:
    tokens, rate, bias_speed, weight = row
    assert training.learning_rate(tokens=tokens) == pytest.approx(rate, rel=1e-12)
    assert training.bias_update_speed(tokens=tokens) == bias_speed
    assert training.prediction_weight(tokens=tokens) == weight


def test_the_settings_change_just_after_the_printed_tokens() -> None:
    after = 1e6
    assert training.prediction_weight(tokens=10e12 + after) == 0.1
    assert training.bias_update_speed(tokens=14.3e12 + after) == 0.0
    assert training.learning_rate(tokens=14.633e12 + after) == 7.3e-6
    falling = training.learning_rate(tokens=10e12 + FULL)
    assert 0 < 2.2e-4 - float(falling) < 1e-11


@pytest.mark.parametrize("ramp", training.BATCH_RAMPS)
def test_the_batch_grows_fivefold_and_no_further(ramp: str) -> None:
    sizes = [
        training.batch_sequences(tokens=tokens, batch_ramp=ramp)
        for tokens in (0, 100e9, 300e9, 469e9, 1e12, 14.8e12)
    ]
    assert sizes[0] == 3072
    assert sizes == sorted(sizes)
    assert sizes[3:] == pytest.approx([15360] * 3, rel=1e-12)


@pytest.mark.parametrize("ramp", training.BATCH_RAMPS)
def test_the_steps_are_those_of_a_walk_step_by_step(ramp: str) -> None:
    seen, walked = 0.0, 0
    while seen < 469e9:
        batch = training.batch_sequences(tokens=seen, batch_ramp=ramp)
        seen += float(batch) * SEQUENCE
        walked += 1
    assert training.steps(tokens=seen, batch_ramp=ramp) == pytest.approx(walked, abs=2)


def test_a_batch_that_grows_by_steps_grows_by_as_much_each_step() -> None:
    first, last = 0.0, float(training.steps(tokens=469e9, batch_ramp="by steps"))
    tokens = 469e9 * 0.37
    done = float(training.steps(tokens=tokens, batch_ramp="by steps"))
    batch = training.batch_sequences(tokens=tokens, batch_ramp="by steps")
    share = (done - first) / (last - first)
    assert batch == pytest.approx(3072 + share * (15360 - 3072), rel=1e-12)


def test_after_the_ramp_a_step_takes_the_full_batch() -> None:
    # (14.8T - 469B) / 62,914,560 tokens = 227,785 steps.
    after = training.steps(tokens=14.8e12) - training.steps(tokens=469e9)
    assert round(float(after)) == 227_785


@pytest.mark.parametrize("ramp", training.BATCH_RAMPS)
def test_the_learning_rate_rises_over_two_thousand_steps(ramp: str) -> None:
    low, high = 0.0, 469e9
    for _ in range(100):
        middle = (low + high) / 2
        done = training.steps(tokens=middle, batch_ramp=ramp) >= 1000
        low, high = (low, middle) if done else (middle, high)
    half = training.learning_rate(tokens=high, batch_ramp=ramp)
    assert half == pytest.approx(1.1e-4, rel=1e-9)
    assert training.learning_rate(tokens=0.0, batch_ramp=ramp) == 0.0


@given(tokens=tokens_of_the_run, ramp=ramps)
def test_steps_never_fall_and_the_rate_stays_in_its_bounds(
    tokens: float, ramp: str
) -> None:
    rate = float(training.learning_rate(tokens=tokens, batch_ramp=ramp))
    assert 0 <= rate <= 2.2e-4
    later = min(tokens + 1e9, 14.8e12)
    one, other = (
        float(training.steps(tokens=at, batch_ramp=ramp)) for at in (tokens, later)
    )
    assert one <= other


@pytest.mark.parametrize("tokens", [-1.0, 14.9e12, math.nan], ids=str)
def test_tokens_outside_the_run_are_refused(tokens: float) -> None:
    for function in (
        training.steps,
        training.learning_rate,
        training.bias_update_speed,
        training.prediction_weight,
    ):
        with pytest.raises(ValueError, match=r"tokens is .*must be from 0 to"):
            function(tokens=tokens)


def test_an_unknown_form_of_the_ramp_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"batch_ramp is 'by hand': must be one of by tok"
    ):
        training.steps(tokens=1e12, batch_ramp="by hand")
