"""The comparisons of the chapter: DeepSeek-V3 against rivals, on stated days.

Which dated prices are set against one another stands here, and the day in February 2025
whose traffic and cost DeepSeek published.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from dsv3.economics.token_prices import (
    ComparedPrice,
    TokenRates,
    TrafficMix,
    blended_usd_per_million_tokens,
    chosen_rates,
    compare_rates,
    traffic_mix,
)
from dsv3.facts import fact
from dsv3.prices import TokenPrice, rival_prices, token_price
from explorables.arithmetic import Choice, Number
from explorables.quantities import HOURS_PER_DAY

COMPARED_ON = "2025-03-01"
"""Day of the comparison: three weeks into DeepSeek-V3's list price."""

PROMOTION_ON = "2025-01-15"
"""A day inside the launch promotion."""

MILLION = 1e6

GPUS_PER_NODE = 8


@cache
def _v3_offers() -> dict[str, TokenPrice]:
    def offer(host: str, on: str = COMPARED_ON) -> TokenPrice:
        return token_price("DeepSeek-V3", host=host, on=on)

    return {
        "DeepSeek, list price": offer("DeepSeek"),
        "DeepSeek, off-peak": token_price(
            "DeepSeek-V3", host="DeepSeek", on=COMPARED_ON, tariff="off-peak"
        ),
        "DeepSeek, promotion": offer("DeepSeek", PROMOTION_ON),
        "Fireworks": offer("Fireworks"),
        "Together": offer("Together"),
    }


def v3_offers() -> dict[str, TokenPrice]:
    """Return what DeepSeek-V3 cost, by who asked: on 1 March 2025, and in January.

    Examples
    --------
    >>> v3_offers()["DeepSeek, promotion"].to_date
    '2025-02-08'
    """
    return dict(_v3_offers())


@cache
def _rival_offers() -> dict[str, TokenPrice]:
    day = date.fromisoformat(COMPARED_ON)
    return {
        price.rival: price
        for price in rival_prices()
        if price.first_day <= day < price.end_day
    }


def rival_offers() -> dict[str, TokenPrice]:
    """Return what other models cost on 1 March 2025, by model.

    Examples
    --------
    >>> rival_offers()["GPT-4o"].output_usd_per_million_tokens
    10.0
    """
    return dict(_rival_offers())


def api_comparison(
    *, rival: Choice, offer: Choice, output_share: Number, cache_hit_share: Number
) -> ComparedPrice:
    """Price one mix of traffic at a rival and at an offer of DeepSeek-V3.

    Names are those of `rival_offers` and `v3_offers`.

    Examples
    --------
    >>> compared = api_comparison(
    ...     rival="GPT-4o",
    ...     offer="DeepSeek, list price",
    ...     output_share=0.25,
    ...     cache_hit_share=0.0,
    ... )
    >>> round(compared.price_ratio, 1)
    9.2
    """
    return compare_rates(
        rival=chosen_rates(rival, _rival_offers(), name="rival"),
        offer=chosen_rates(offer, _v3_offers()),
        output_share=output_share,
        cache_hit_share=cache_hit_share,
    )


def published_day_mix() -> TrafficMix:
    """Return the mix of the day whose traffic DeepSeek published.

    Source: inference system overview, day 6: tokens in, read from cache, and out.

    Examples
    --------
    >>> [round(share, 3) for share in published_day_mix().shares()]
    [0.343, 0.441, 0.216]
    """
    return traffic_mix(
        input_tokens=fact("inference.input_tokens_per_day").number,
        cached_input_tokens=fact("inference.cached_tokens_per_day").number,
        output_tokens=fact("inference.output_tokens_per_day").number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TheoreticalDay:
    """The published day at one price list: what it would have brought, and cost."""

    income_usd: float
    """Dollars if every token of the day were billed at the list."""

    cost_usd: float
    """Dollars for the nodes in use, at the authors' rate."""

    margin_share: float
    """Income over cost, less 1: theoretical, since not every token was billed."""

    income_usd_per_million_tokens: float
    """Blended price of the day's mix at the list."""

    cost_usd_per_million_tokens: float
    """Cost spread over all tokens of the day, cached ones included."""


def published_day_cost_usd() -> float:
    """Return the day's cost: mean nodes, times 8 GPUs, 24 hours and the rate.

    The rate of two dollars is the authors' assumption. Nothing else is in it.

    Examples
    --------
    >>> published_day_cost_usd()
    87072.0
    """
    gpu_hours = fact("inference.nodes_average").number * GPUS_PER_NODE * HOURS_PER_DAY
    return gpu_hours * fact("v3.usd_per_gpu_hour").number


def theoretical_day(charged: TokenRates) -> TheoreticalDay:
    """Bill the whole published day at one price list, and set its cost against it.

    Examples
    --------
    >>> from dsv3.economics import rates
    >>> list_price = v3_offers()["DeepSeek, list price"]
    >>> round(theoretical_day(rates(list_price)).income_usd)
    280560
    """
    tokens = (
        fact("inference.input_tokens_per_day").number
        + fact("inference.output_tokens_per_day").number
    )
    blended = float(blended_usd_per_million_tokens(charged, published_day_mix()))
    cost = published_day_cost_usd()
    income = blended * tokens / MILLION
    return TheoreticalDay(
        income_usd=income,
        cost_usd=cost,
        margin_share=income / cost - 1,
        income_usd_per_million_tokens=blended,
        cost_usd_per_million_tokens=cost / tokens * MILLION,
    )
