"""Dollars for tokens served: the published day, a published price, and proportions."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators
from dsv3.economics import ServingCost
from dsv3.facts import fact

DAY_TOKENS = (
    fact("inference.input_tokens_per_day").number
    + fact("inference.output_tokens_per_day").number
)


def cost(**changed: Any) -> ServingCost:
    return calculators.serving_cost(**changed)


def test_the_published_day_costs_between_all_and_no_overlap() -> None:
    published = fact("inference.usd_per_day").number / DAY_TOKENS * 1e6
    without = cost(reached_share=1.0)
    assert without.least_usd_per_million_tokens < published
    assert published < 1.5 * without.usd_per_million_tokens


def test_the_middle_assumption_is_what_the_published_day_reached() -> None:
    published = fact("inference.usd_per_day").number / DAY_TOKENS * 1e6
    reached = cost(reached_share=1.0).usd_per_million_tokens / published
    assert reached == pytest.approx(0.74, abs=0.005)
    assert cost().usd_per_million_tokens == pytest.approx(published, rel=0.06)


def test_the_price_published_for_96_cards_lies_between_the_bounds() -> None:
    setting = {
        "gpu": "H100 SXM",
        "decode_gpus": fact("sglang.decode_gpus").number,
        "sequences": 72.0 * fact("sglang.decode_sequences_per_gpu").number,
        "context_tokens": fact("sglang.decode_context_tokens").number,
        "output_share": 1.0,
        "reached_share": 1.0,
        "usable_share": 0.95,
    }
    found = cost(**setting)
    published = 0.20
    assert found.least_usd_per_million_tokens < published
    assert found.output_usd_per_million_tokens == pytest.approx(published, rel=0.06)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_mix_costs_its_parts_and_cached_input_nothing(
    output: float, cached: float
) -> None:
    found = cost(output_share=output, cache_hit_share=cached)
    taken_in = (1 - output) * (1 - cached)
    assert found.usd_per_million_tokens == pytest.approx(
        output * found.output_usd_per_million_tokens
        + taken_in * found.input_usd_per_million_tokens
    )


@given(st.floats(0.01, 20))
def test_cost_is_proportional_to_rent(rent: float) -> None:
    one, many = cost(usd_per_gpu_hour=1.0), cost(usd_per_gpu_hour=rent)
    for name in ("usd_per_million_tokens", "least_usd_per_million_tokens"):
        assert getattr(many, name) == pytest.approx(rent * getattr(one, name))
    assert many.reader_tokens_per_s == one.reader_tokens_per_s


def test_gpu_seconds_times_rent_is_the_cost() -> None:
    found = cost()
    hours = found.million_tokens_gpu_seconds / 3600
    assert found.usd_per_million_tokens == pytest.approx(hours * 2.0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"usd_per_gpu_hour": -1.0}, "usd_per_gpu_hour is -1.0"),
        ({"output_share": 1.2}, "output_share is 1.2"),
        ({"cache_hit_share": -0.1}, "cache_hit_share is -0.1"),
        ({"precision": "fp8", "gpu": "A100 SXM"}, "precision is 'fp8'"),
    ],
)
def test_bad_input_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        cost(**changed)
