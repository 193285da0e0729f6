"""Own servers against an API: a sum done by hand, and where both cost alike."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dsv3 import calculators
from dsv3.economics import (
    OWN_PRICE,
    BreakEven,
    api_offers,
    blended_usd_per_million_tokens,
    mix_of_shares,
    rates,
)


def compared(**changed: Any) -> BreakEven:
    return calculators.break_even(**changed)


def test_a_year_of_eight_h200_by_hand() -> None:
    found = compared(
        usd_per_gpu=40_000.0,
        life_years=4.0,
        usd_per_kwh=0.1,
        yearly_rate=0.08,
        colocation_usd_per_kw_month=100.0,
    )
    # An annuity of four years at eight percent repays 0.30192 of the price a year.
    hardware = 8 * 40_000 * 0.3019208
    room = 10.2 * 100 * 12
    # A DGX H100 draws 10.2 kW at most; four fifths of it, and 1.3 for the building.
    energy = 10.2 * 0.8 * 1.3 * 8766 * 0.1
    whole = hardware + room + energy + 75_000
    assert found.own_usd_per_year == pytest.approx(whole)
    assert found.purchase_usd == 320_000


def test_without_interest_or_room_it_is_depreciation_and_electricity() -> None:
    found = compared(
        usd_per_gpu=40_000.0,
        life_years=4.0,
        usd_per_kwh=0.1,
        yearly_rate=0.0,
        colocation_usd_per_kw_month=0.0,
    )
    energy = 10.2 * 0.8 * 1.3 * 8766 * 0.1
    assert found.own_usd_per_year == pytest.approx(8 * 10_000 + energy + 75_000)


def test_rented_servers_are_hours_times_rent_and_upkeep() -> None:
    found = compared(usd_per_gpu_hour=2.0, operations_usd_per_year=50_000.0)
    assert found.rented_usd_per_year == pytest.approx(8 * 8766 * 2 + 50_000)
    ratio = found.rented_usd_per_year / found.own_usd_per_year
    assert found.rented_break_even_busy_share == pytest.approx(
        found.break_even_busy_share * ratio
    )


def test_a_price_of_ones_own_is_the_only_one_that_reads_the_three_prices() -> None:
    prices: dict[str, Any] = {
        "input_usd_per_million_tokens": 0.54,
        "cached_input_usd_per_million_tokens": 0.14,
        "output_usd_per_million_tokens": 2.2,
    }
    own = compared(offer=OWN_PRICE, **prices)
    listed = compared()
    # Twice DeepSeek's list price in all three parts.
    assert own.break_even_busy_share == pytest.approx(listed.break_even_busy_share / 2)
    with pytest.raises(ValueError, match="takes effect only where offer is"):
        compared(**prices)


def test_another_model_asks_for_its_own_price_and_says_so() -> None:
    with pytest.raises(ValueError, match=r"price of this model is known here") as error:
        compared(model="mixtral-8x7b")
    assert "\n" not in str(error.value)
    given_price = compared(
        model="mixtral-8x7b",
        input_usd_per_million_tokens=0.5,
        cached_input_usd_per_million_tokens=0.5,
        output_usd_per_million_tokens=0.5,
    )
    assert given_price.api_usd_per_million_tokens == pytest.approx(0.5)


@given(
    st.sampled_from(sorted(api_offers())),
    st.floats(0, 0.99),
    st.floats(0, 0.99),
    st.floats(1e4, 1e5),
)
@settings(max_examples=40, deadline=None)
def test_at_the_break_even_both_cost_alike(
    offer: str, output: float, cached: float, usd_per_gpu: float
) -> None:
    asked: dict[str, Any] = {
        "offer": offer,
        "output_share": output,
        "cache_hit_share": cached,
        "usd_per_gpu": usd_per_gpu,
    }
    found = compared(**asked, busy_share=1.0)
    share = found.break_even_busy_share
    if share <= 1:
        there = compared(**asked, busy_share=share)
        assert there.own_usd_per_million_tokens == pytest.approx(
            there.api_usd_per_million_tokens
        )
        assert there.own_usd_per_year == pytest.approx(there.api_usd_per_year)
        assert there.served_tokens_per_day == pytest.approx(
            there.break_even_tokens_per_day
        )
    else:
        assert found.own_usd_per_million_tokens > found.api_usd_per_million_tokens


def test_the_price_is_the_offers_and_the_capacity_the_services() -> None:
    asked: dict[str, Any] = calculators.break_even.defaults()
    found = compared()
    mix = mix_of_shares(output_share=0.25, cache_hit_share=0.5)
    offer = rates(api_offers()["DeepSeek, list price"])
    price = blended_usd_per_million_tokens(offer, mix)
    assert found.api_usd_per_million_tokens == price
    shared = {name for name in asked if name in calculators.serving_cost.defaults()}
    plan = {name: asked[name] for name in shared - {"usd_per_gpu_hour"}}
    served = calculators.serving_cost(
        **plan, prefill_gpus=8.0, decode_gpus=8.0, usd_per_gpu_hour=1.0
    )
    seconds = served.million_tokens_gpu_seconds
    a_day = 0.25 * 8 * 86_400 / seconds * 1e6
    assert found.served_tokens_per_day == pytest.approx(a_day)


def test_half_the_use_is_twice_the_cost_and_the_same_break_even() -> None:
    full, half = compared(busy_share=1.0), compared(busy_share=0.5)
    assert half.own_usd_per_million_tokens == pytest.approx(
        2 * full.own_usd_per_million_tokens
    )
    assert half.break_even_busy_share == full.break_even_busy_share
    assert half.own_usd_per_year == full.own_usd_per_year


def test_the_launch_promotion_is_below_what_eight_h200_can_do() -> None:
    assert compared(offer="DeepSeek, promotion").break_even_busy_share > 1
    assert compared(offer="Together").break_even_busy_share < 0.25


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"busy_share": 0.0}, "busy_share is 0.0: must be above 0"),
        ({"busy_share": 1.1}, "busy_share is 1.1: must be at most 1"),
        ({"operations_usd_per_year": -1.0}, "operations_usd_per_year is -1.0"),
        ({"life_years": 0.0}, "life_years is 0.0"),
        ({"usd_per_gpu": -1.0}, "usd_per_gpu is -1.0"),
        ({"offer": "OpenAI"}, "offer is 'OpenAI': must be one of"),
        ({"gpus": 4.0}, "headroom_bytes is -"),
        ({"output_share": 0.0, "cache_hit_share": 1.0}, "must leave tokens to compute"),
    ],
)
def test_bad_input_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compared(**changed)
