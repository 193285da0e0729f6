"""Blended prices and their ratios: published multiples, and what must always hold."""

import math

import pytest
from hypothesis import given, strategies as st

from dsv3 import economics
from dsv3.economics import (
    TokenRates,
    TrafficMix,
    blended_usd_per_million_tokens,
    positive_share,
    price_ratio,
    rates,
    ratio_range,
    traffic_mix,
)
from dsv3.facts import fact
from explorables.arithmetic import NUMBER, evaluate, trace

USD = st.floats(min_value=1e-3, max_value=100.0)
TOKENS = st.floats(min_value=1.0, max_value=1e12)


def charged(corners: tuple[float, float, float]) -> TokenRates:
    """Return rates from their three corners."""
    return TokenRates(
        input_usd_per_million_tokens=corners[0],
        cached_input_usd_per_million_tokens=corners[1],
        output_usd_per_million_tokens=corners[2],
    )


RATES = st.tuples(USD, USD, USD).map(charged)


@st.composite
def mixes(draw: st.DrawFn) -> TrafficMix:
    """Draw any mix of traffic."""
    given_tokens = draw(TOKENS)
    return traffic_mix(
        input_tokens=given_tokens,
        cached_input_tokens=draw(st.floats(0.0, 1.0)) * given_tokens,
        output_tokens=draw(TOKENS),
    )


PUBLISHED = {
    # Input to output: rival over list, Fireworks and Together, then promotion.
    (1, 0): {
        "GPT-4o": (9.3, 2.8, 2.0, 17.9),
        "Claude 3.5 Sonnet": (11.1, 3.3, 2.4, 21.4),
        "Gemini 1.5 Pro": (4.6, 1.4, 1.0, 8.9),
        "GPT-4o mini": (0.6, 0.2, 0.1, 1.1),
        "Llama 405B, Together": (13.0, 3.9, 2.8, 25.0),
    },
    (10, 1): {
        "GPT-4o": (9.2, 3.5, 2.5, 20.8),
        "Claude 3.5 Sonnet": (11.8, 4.5, 3.3, 26.8),
        "Gemini 1.5 Pro": (4.6, 1.8, 1.3, 10.4),
        "GPT-4o mini": (0.6, 0.2, 0.2, 1.2),
        "Llama 405B, Together": (10.1, 3.9, 2.8, 22.9),
    },
    (3, 1): {
        "GPT-4o": (9.2, 4.9, 3.5, 25.0),
        "Claude 3.5 Sonnet": (12.6, 6.7, 4.8, 34.3),
        "Gemini 1.5 Pro": (4.6, 2.4, 1.8, 12.5),
        "GPT-4o mini": (0.5, 0.3, 0.2, 1.5),
        "Llama 405B, Together": (7.3, 3.9, 2.8, 20.0),
    },
    (1, 1): {
        "GPT-4o": (9.1, 6.9, 5.0, 29.8),
        "Claude 3.5 Sonnet": (13.1, 10.0, 7.2, 42.9),
        "Gemini 1.5 Pro": (4.6, 3.5, 2.5, 14.9),
        "GPT-4o mini": (0.5, 0.4, 0.3, 1.8),
        "Llama 405B, Together": (5.1, 3.9, 2.8, 16.7),
    },
}
OFFERS = ("DeepSeek, list price", "Fireworks", "Together", "DeepSeek, promotion")


@pytest.mark.parametrize("proportion", PUBLISHED)
def test_the_recorded_multiples_come_out(proportion: tuple[int, int]) -> None:
    mix = traffic_mix(input_tokens=proportion[0], output_tokens=proportion[1])
    for rival, recorded in PUBLISHED[proportion].items():
        theirs = rates(economics.rival_offers()[rival])
        for offer, multiple in zip(OFFERS, recorded, strict=True):
            ours = rates(economics.v3_offers()[offer])
            found = price_ratio(theirs, ours, mix)
            assert found == pytest.approx(multiple, abs=0.0501), (rival, offer)


@pytest.mark.parametrize(
    ("rival", "multiple"),
    [("GPT-4o", 9.9), ("Claude 3.5 Sonnet", 12.2), ("GPT-4o mini", 0.6)],
)
def test_the_multiples_on_the_published_day_come_out(
    rival: str, multiple: float
) -> None:
    ours = rates(economics.v3_offers()["DeepSeek, list price"])
    theirs = rates(economics.rival_offers()[rival])
    found = price_ratio(theirs, ours, economics.published_day_mix())
    assert found == pytest.approx(multiple, abs=0.05)


def test_the_published_day_costs_what_was_published() -> None:
    assert economics.published_day_cost_usd() == fact("inference.usd_per_day").number


def test_the_day_at_r1_prices_is_the_published_theoretical_income() -> None:
    hit, miss, output = fact("inference.r1_usd_per_million_tokens").numbers
    day = economics.theoretical_day(charged((miss, hit, output)))
    published = fact("inference.theoretical_revenue_usd_per_day").number
    assert day.income_usd == pytest.approx(published, rel=2e-4)
    margin = fact("inference.cost_profit_margin_share").number
    assert day.margin_share == pytest.approx(margin, rel=2e-3)


def test_the_day_at_v3_list_prices_keeps_a_third_of_that_income() -> None:
    day = economics.theoretical_day(
        rates(economics.v3_offers()["DeepSeek, list price"])
    )
    assert round(day.income_usd) == 280_560
    assert round(100 * day.margin_share) == 222


@given(RATES, mixes())
def test_a_blended_price_lies_between_the_cheapest_and_the_dearest_corner(
    asked: TokenRates, mix: TrafficMix
) -> None:
    corners = [float(usd) for usd in asked.corners()]
    blended = blended_usd_per_million_tokens(asked, mix)
    assert min(corners) * (1 - 1e-9) <= blended <= max(corners) * (1 + 1e-9)


@given(RATES, RATES, mixes())
def test_no_mix_leaves_the_range_that_the_corners_span(
    rival: TokenRates, ours: TokenRates, mix: TrafficMix
) -> None:
    found = ratio_range(rival, ours)
    ratio = price_ratio(rival, ours, mix)
    assert found.lowest_ratio * (1 - 1e-9) <= ratio
    assert ratio <= found.highest_ratio * (1 + 1e-9)


@given(RATES, RATES)
def test_the_extremes_are_reached_at_the_corners_that_are_named(
    rival: TokenRates, ours: TokenRates
) -> None:
    corners = {
        name: TrafficMix(
            input_share=float(name == "input"),
            cached_input_share=float(name == "cached input"),
            output_share=float(name == "output"),
        )
        for name in economics.CORNERS
    }
    found = ratio_range(rival, ours)
    assert price_ratio(rival, ours, corners[found.lowest_at]) == found.lowest_ratio
    assert price_ratio(rival, ours, corners[found.highest_at]) == found.highest_ratio


@given(RATES, RATES)
def test_the_three_shares_of_the_mixes_sum_to_one(
    rival: TokenRates, ours: TokenRates
) -> None:
    found = ratio_range(rival, ours)
    parts = (found.below_share, found.within_share, found.above_share)
    assert all(0 <= part <= 1 for part in parts)
    assert math.fsum(parts) == pytest.approx(1.0)


@given(RATES, RATES, st.floats(min_value=0.1, max_value=10.0))
def test_the_unit_of_money_does_not_matter(
    rival: TokenRates, ours: TokenRates, rate: float
) -> None:
    def in_other_money(asked: TokenRates) -> TokenRates:
        first, second, third = (float(usd) * rate for usd in asked.corners())
        return charged((first, second, third))

    before = ratio_range(rival, ours)
    after = ratio_range(in_other_money(rival), in_other_money(ours))
    assert after.highest_ratio == pytest.approx(before.highest_ratio)
    assert after.lowest_ratio == pytest.approx(before.lowest_ratio)


def grid_shares(
    rival: TokenRates, ours: TokenRates, low: float, high: float
) -> list[float]:
    """Count the shares below, within and above on a fixed grid of centroids."""
    steps = 150
    counts = [0, 0, 0]
    for first in range(steps):
        for second in range(steps - first):
            for shift in (1 / 3, 2 / 3):
                a, b = (first + shift) / steps, (second + shift) / steps
                if a + b > 1:
                    continue
                mix = TrafficMix(
                    input_share=a, cached_input_share=b, output_share=1 - a - b
                )
                ratio = price_ratio(rival, ours, mix)
                counts[0 if ratio < low else 1 if ratio <= high else 2] += 1
    return [count / sum(counts) for count in counts]


@pytest.mark.parametrize(
    ("rival", "offer"),
    [
        ("Llama 405B, Together", "DeepSeek, list price"),
        ("Claude 3.5 Sonnet", "Fireworks"),
        ("Gemini 1.5 Pro", "DeepSeek, promotion"),
    ],
)
def test_the_exact_shares_agree_with_a_grid(rival: str, offer: str) -> None:
    theirs = rates(economics.rival_offers()[rival])
    ours = rates(economics.v3_offers()[offer])
    low, high = economics.OFTEN_QUOTED
    found = ratio_range(theirs, ours)
    exact = [found.below_share, found.within_share, found.above_share]
    assert grid_shares(theirs, ours, low, high) == pytest.approx(exact, abs=0.01)


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=3))
def test_a_function_and_its_opposite_share_the_triangle(values: list[float]) -> None:
    both = positive_share(values) + positive_share([-value for value in values])
    expected = 0.0 if not any(values) else 1.0
    assert both == pytest.approx(expected)


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match=r"sum of the shares is 0\.875: must be 1"):
        TrafficMix(input_share=0.5, cached_input_share=0.25, output_share=0.125)
    with pytest.raises(ValueError, match=r"output_share is -0\.5: must not be below 0"):
        TrafficMix(input_share=1.5, cached_input_share=0.0, output_share=-0.5)
    with pytest.raises(ValueError, match="must not be below 0"):
        TrafficMix(input_share=math.nan, cached_input_share=0.0, output_share=1.0)
    with pytest.raises(ValueError, match="cached_input_tokens is 2: must be at most"):
        traffic_mix(input_tokens=1, cached_input_tokens=2, output_tokens=1)
    with pytest.raises(ValueError, match="band is"):
        ratio_range(charged((1, 1, 1)), charged((1, 1, 1)), band=(10, 5))


def test_the_formula_can_be_recorded_and_guards_its_shares() -> None:
    tape = trace(
        lambda output_share, cache_hit_share: economics.api_comparison(
            rival="GPT-4o",
            offer="Fireworks",
            output_share=output_share,
            cache_hit_share=cache_hit_share,
        ),
        {"output_share": NUMBER, "cache_hit_share": NUMBER},
    )
    found = evaluate(tape, {"output_share": 0.25, "cache_hit_share": 0.5})
    plain = economics.api_comparison(
        rival="GPT-4o", offer="Fireworks", output_share=0.25, cache_hit_share=0.5
    )
    assert found.outputs["price_ratio"] == plain.price_ratio
    refused = evaluate(tape, {"output_share": 1.25, "cache_hit_share": 0.5})
    assert refused.complaint == "output_share is 1.25: must be at most 1"
