"""Hours, utilisation and days are one identity solved for different factors."""

import math

import pytest
from hypothesis import given, strategies as st

from dsv3 import training

positive = st.floats(min_value=1e-3, max_value=1e15)
share = st.floats(min_value=1e-3, max_value=1.0)


@given(tokens=positive, flop=positive, peak=positive, used=share)
def test_the_utilisation_implied_by_the_hours_is_the_one_they_came_from(
    tokens: float, flop: float, peak: float, used: float
) -> None:
    hours = training.gpu_hours(
        training_flop=tokens * flop, peak_flop_per_s=peak, utilization=used
    )
    implied = training.implied_utilization(
        training_flop=tokens * flop, gpu_hours=hours, peak_flop_per_s=peak
    )
    assert math.isclose(implied, used, rel_tol=1e-12)


@given(gpus=st.integers(min_value=1, max_value=100_000))
def test_a_larger_cluster_takes_fewer_days_and_the_same_hours(gpus: int) -> None:
    one, many = (
        training.run(
            tokens=1e12,
            training_flop_per_token=1e9,
            peak_flop_per_s=1e15,
            utilization=0.4,
            cluster_gpus=count,
        )
        for count in (1, gpus)
    )
    assert one.gpu_hours == many.gpu_hours
    assert math.isclose(one.wall_clock_days, many.wall_clock_days * gpus)


def test_the_published_step_gives_the_published_tokens_per_day() -> None:
    # Insights into DeepSeek-V3, Table 4: 19.926 s a step, 272.80B tokens a day.
    tokens = training.tokens_per_day_from_step(
        batch_sequences=15_360, sequence_tokens=4096, step_seconds=19.926
    )
    assert round(tokens / 1e9, 2) == 272.80


def test_the_published_pace_gives_the_published_hours_per_trillion() -> None:
    hours = training.gpu_hours_per_trillion_tokens(
        tokens_per_day=272.80e9, cluster_gpus=2048
    )
    assert round(hours, -3) == 180_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tokens", 0.0),
        ("tokens", math.nan),
        ("training_flop_per_token", -1.0),
        ("peak_flop_per_s", 0.0),
        ("utilization", 0.0),
        ("utilization", 1.2),
        ("utilization", math.nan),
        ("cluster_gpus", 0.5),
    ],
)
def test_a_factor_outside_its_range_is_named(name: str, value: float) -> None:
    factors = {
        "tokens": 1e12,
        "training_flop_per_token": 1e9,
        "peak_flop_per_s": 1e15,
        "utilization": 0.4,
        "cluster_gpus": 8.0,
    }
    with pytest.raises(ValueError, match=f"^{name} is ") as refusal:
        training.run(**(factors | {name: value}))
    assert repr(value) in str(refusal.value)
