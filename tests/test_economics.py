"""Dollars are hours times a rate, and everything published is met on the way."""

import math

import pytest
from hypothesis import given, strategies as st

from dsv3 import architecture, calculators, economics

# Below the smallest normal number a product has no relative precision to compare.
amount = st.floats(min_value=0, max_value=1e9, allow_subnormal=False)


def test_the_published_run_gives_the_published_bill() -> None:
    # DeepSeek-V3 report, Table 1.
    cost = economics.training_cost(**calculators.training_cost.defaults())
    assert round(cost.pretraining_gpu_hours) == 2_664_000
    assert round(cost.pretraining_usd) == 5_328_000
    assert round(cost.total_gpu_hours) == 2_788_000
    assert round(cost.total_usd) == 5_576_000
    assert round(cost.wall_clock_days, 1) == 54.2


def test_the_three_stages_add_up_to_the_published_total() -> None:
    made = economics.bill(**calculators.training_bill.defaults())
    assert made.pretraining_usd == 5_328_000
    assert made.context_extension_usd == 238_000
    assert made.post_training_usd == 10_000
    assert made.total_usd == 5_576_000


@given(first=amount, second=amount, third=amount, rate=amount)
def test_the_bill_is_the_sum_of_its_stages(
    first: float, second: float, third: float, rate: float
) -> None:
    made = economics.bill(
        pretraining_gpu_hours=first,
        context_extension_gpu_hours=second,
        post_training_gpu_hours=third,
        usd_per_gpu_hour=rate,
    )
    stages = made.pretraining_usd + made.context_extension_usd + made.post_training_usd
    assert math.isclose(made.total_usd, stages, rel_tol=1e-12)


def test_a_config_counted_by_hand_costs_what_its_preset_costs() -> None:
    published = calculators.training_cost.defaults()
    own = published | {"model": architecture.preset("deepseek-v3")}
    assert economics.training_cost(**own) == economics.training_cost(**published)


def test_active_parameters_choose_the_six_n_rule() -> None:
    given = calculators.training_cost.defaults() | {
        "model": economics.ACTIVE_PARAMETERS
    }
    cost = economics.training_cost(**given)
    assert cost.training_flop_per_token == 6 * 37e9


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("tokens", -1.0, "must be above 0"),
        ("utilization", 1.5, "must be at most 1"),
        ("usd_per_gpu_hour", -2.0, "must not be negative"),
        ("usd_per_gpu_hour", math.nan, "must not be negative"),
        ("cluster_gpus", 0.0, "must be at least 1"),
        ("later_stage_gpu_hours", -5.0, "must not be negative"),
        ("gpu", "H801", "H800 SXM"),
        ("precision", "fp9", "fp8"),
        ("model", "deepseek-v33", "deepseek-v3"),
    ],
)
def test_a_bad_argument_is_named_with_its_value_and_the_rule(
    name: str, value: str | float, rule: str
) -> None:
    with pytest.raises(ValueError, match=r"^[a-z_]* ?.*is ") as refusal:
        economics.training_cost(
            **(calculators.training_cost.defaults() | {name: value})
        )
    message = str(refusal.value)
    assert repr(value) in message
    assert rule in message
    assert "\n" not in message


def test_a_chip_without_a_precision_is_refused() -> None:
    given = calculators.training_cost.defaults() | {
        "gpu": "A100 SXM",
        "precision": "fp8",
    }
    with pytest.raises(ValueError, match="precision is 'fp8'"):
        economics.training_cost(**given)


def test_the_factors_of_a_gap_multiply_to_the_gap() -> None:
    small = economics.MeasuredRun(
        tokens=14.8e12, training_flop_per_token=222e9, gpu_hours=2.788e6
    )
    large = economics.MeasuredRun(
        tokens=15.6e12, training_flop_per_token=2430e9, gpu_hours=30.84e6
    )
    made = economics.gap(larger=large, smaller=small)
    product = (
        made.tokens_ratio
        * made.training_flop_per_token_ratio
        * made.achieved_flop_per_s_ratio
    )
    assert math.isclose(product, made.gpu_hours_ratio, rel_tol=1e-12)
    assert math.isclose(sum(made.shares().values()), 1.0, rel_tol=1e-12)


def test_a_gap_needs_a_smaller_run() -> None:
    one = economics.MeasuredRun(
        tokens=1e12, training_flop_per_token=1e9, gpu_hours=10.0
    )
    with pytest.raises(ValueError, match=r"smaller\.gpu_hours is 10\.0"):
        economics.gap(larger=one, smaller=one)
