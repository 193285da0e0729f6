"""A list price beside what the nodes cost: the gap, and what it has to carry.

The assumptions of the published day of service are arguments: the rate of a GPU, the
nodes paid beyond those in use, the share of tokens that anyone pays for.
"""

from dataclasses import dataclass
from functools import cache

from dsv3.economics.api_comparison import (
    published_day_cost_usd,
    published_day_mix,
)
from dsv3.economics.token_prices import blended_usd_per_million_tokens, rates
from dsv3.facts import fact
from dsv3.prices import Tariff, token_price
from explorables.arithmetic import Choice, Number, lookup, require

SERVED_ON = "2025-02-27"
"""First day of the published 24 hours."""

MILLION = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOverCost:
    """The published day's traffic at one price list, beside its nodes."""

    price_usd_per_million_tokens: Number
    """Blended list price of the day's mix."""

    cost_usd_per_million_tokens: Number
    """Nodes paid, over all tokens of the day, cached ones included."""

    gap_usd_per_million_tokens: Number
    """Income less cost, over all tokens; negative where nodes are not covered."""

    margin_share: Number
    """Income over cost, less 1."""

    break_even_billed_share: Number
    """Share of the tokens that must be billed to cover the nodes; may exceed 1."""


@cache
def price_lists() -> dict[str, float]:
    """Return blended prices of the day's mix, by list.

    Examples
    --------
    >>> round(price_lists()["V3 list price"], 4)
    0.3615
    """
    asked: dict[str, tuple[str, Tariff]] = {
        "V3 list price": ("DeepSeek-V3", "standard"),
        "V3 off-peak": ("DeepSeek-V3", "off-peak"),
        "R1 list price": ("DeepSeek-R1", "standard"),
    }
    mix = published_day_mix()
    return {
        name: float(
            blended_usd_per_million_tokens(
                rates(token_price(model, host="DeepSeek", on=SERVED_ON, tariff=tariff)),
                mix,
            )
        )
        for name, (model, tariff) in asked.items()
    }


def price_over_cost(
    *,
    price_list: Choice,
    usd_per_gpu_hour: Number,
    paid_nodes_ratio: Number,
    billed_share: Number,
) -> PriceOverCost:
    """Set the published day's price against its nodes, with the assumptions as knobs.

    The authors assume two dollars, and count the nodes in use and all tokens.

    Examples
    --------
    >>> found = price_over_cost(
    ...     price_list="V3 list price",
    ...     usd_per_gpu_hour=2.0,
    ...     paid_nodes_ratio=1.0,
    ...     billed_share=1.0,
    ... )
    >>> round(found.margin_share, 2), round(found.break_even_billed_share, 2)
    (2.22, 0.31)
    """
    rate = usd_per_gpu_hour
    require("usd_per_gpu_hour", rate, rate > 0, "must be above 0")
    require("paid_nodes_ratio", paid_nodes_ratio, paid_nodes_ratio >= 1, "at least 1")
    require("billed_share", billed_share, billed_share >= 0, "must not be negative")
    require("billed_share", billed_share, billed_share <= 1, "must be at most 1")
    price = lookup(price_list, dict(price_lists()), name="price_list")
    tokens = (
        fact("inference.input_tokens_per_day").number
        + fact("inference.output_tokens_per_day").number
    )
    assumed = published_day_cost_usd() / fact("v3.usd_per_gpu_hour").number
    cost = assumed / tokens * MILLION * usd_per_gpu_hour * paid_nodes_ratio
    income = price * billed_share
    return PriceOverCost(
        price_usd_per_million_tokens=price,
        cost_usd_per_million_tokens=cost,
        gap_usd_per_million_tokens=income - cost,
        margin_share=income / cost - 1,
        break_even_billed_share=cost / price,
    )


def peak_nodes_ratio() -> float:
    """Return nodes at the day's peak over those in use on average.

    Examples
    --------
    >>> round(peak_nodes_ratio(), 3)
    1.226
    """
    peak = fact("inference.nodes_peak").number
    return peak / fact("inference.nodes_average").number
