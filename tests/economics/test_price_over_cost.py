"""The published day with its assumptions as knobs: what it must give back."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import economics
from dsv3.calculators import price_over_cost
from dsv3.facts import fact
from dsv3.prices import token_price


def test_as_the_authors_count_the_day_is_the_published_one() -> None:
    for name, model, tariff in (
        ("V3 list price", "DeepSeek-V3", "standard"),
        ("V3 off-peak", "DeepSeek-V3", "off-peak"),
        ("R1 list price", "DeepSeek-R1", "standard"),
    ):
        found = price_over_cost(price_list=name)
        day = economics.theoretical_day(
            economics.rates(
                token_price(model, host="DeepSeek", on="2025-02-27", tariff=tariff)  # type: ignore[arg-type]
            )
        )
        assert found.margin_share == pytest.approx(day.margin_share, rel=1e-12)
        assert found.cost_usd_per_million_tokens == pytest.approx(
            day.cost_usd_per_million_tokens
        )
    r1 = price_over_cost(price_list="R1 list price")
    printed = fact("inference.cost_profit_margin_share").number
    assert r1.margin_share == pytest.approx(printed, abs=0.01)


@given(
    rate=st.floats(0.1, 20),
    nodes=st.floats(1, 4),
    name=st.sampled_from(["V3 list price"]),
)
def test_billing_the_break_even_share_leaves_no_gap(
    rate: float, nodes: float, name: str
) -> None:
    given_: dict[str, Any] = {
        "price_list": name,
        "usd_per_gpu_hour": rate,
        "paid_nodes_ratio": nodes,
    }
    share = price_over_cost(**given_, billed_share=1.0).break_even_billed_share
    if share <= 1:
        found = price_over_cost(**given_, billed_share=share)
        assert found.gap_usd_per_million_tokens == pytest.approx(0, abs=1e-12)
        assert found.margin_share == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"usd_per_gpu_hour": 0.0}, "usd_per_gpu_hour is 0.0: must be above 0"),
        ({"paid_nodes_ratio": 0.5}, "paid_nodes_ratio is 0.5: at least 1"),
        ({"billed_share": 1.5}, "billed_share is 1.5: must be at most 1"),
        ({"billed_share": -0.5}, "billed_share is -0.5: must not be negative"),
        ({"price_list": "V9"}, "V9"),
    ],
)
def test_mistakes_are_refused_with_value_and_rule(
    changed: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        price_over_cost(**changed)
