"""What an API asks: two price lists, on any day, and beside what the nodes cost."""

from typing import Annotated

from dsv3 import economics, prices
from dsv3.calculators.arguments import CacheHitShare, OutputShare, UsdPerGpuHour
from dsv3.calculators.defaults import published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number
from explorables.quantities import day_number

PEAK_NODES = economics.peak_nodes_ratio()
QUOTED_USD = prices.rental_price("cr8dl_h800_2024_08").usd_per_gpu_hour_low


@calculator(
    command="dsv3 prices api",
    title="Your traffic at two price lists",
    summary="A mix of tokens at DeepSeek-V3 and at a rival.",
    finding="At list price, with nothing cached, GPT-4o costs nine times as much "
    "whatever the share of output.",
    outputs={
        "price_ratio": "Rival over V3",
        "rival_usd_per_million_tokens": "Rival",
        "offer_usd_per_million_tokens": "V3",
    },
    curve=Curve(x="output_share", y="price_ratio"),
    presets={
        "Chat": {"output_share": 0.25, "cache_hit_share": 0},
        "Long documents": {"output_share": 0.02, "cache_hit_share": 0},
        "Agent, mostly cached": {"output_share": 0.05, "cache_hit_share": 0.9},
    },
)
def api_price(
    *,
    rival: Annotated[
        Choice,
        Argument(
            "Rival",
            "Another model and, where several sell it, who does.",
            options=lambda: list(economics.rival_offers()),
        ),
    ] = "GPT-4o",
    offer: Annotated[
        Choice,
        Argument(
            "V3 offer",
            "Who sells DeepSeek-V3, and at which of their prices.",
            options=lambda: list(economics.v3_offers()),
        ),
    ] = "DeepSeek, list price",
    output_share: OutputShare = 0.25,
    cache_hit_share: CacheHitShare = 0.0,
) -> economics.ComparedPrice:
    """Price one mix of tokens at two price lists; see `economics.api_comparison`.

    Examples
    --------
    >>> round(api_price().price_ratio, 1)
    9.2
    """
    return economics.api_comparison(
        rival=rival,
        offer=offer,
        output_share=output_share,
        cache_hit_share=cache_hit_share,
    )


@calculator(
    command="dsv3 prices day",
    title="One rival, one mix, any day",
    summary="A mix of tokens at a rival and at DeepSeek's model of a day.",
    finding="Against GPT-4o the ratio was nine for seven months of 2025. Before and "
    "after, it has been anything from five to twenty-five.",
    outputs={
        "price_ratio": "Rival over DeepSeek's model",
        "rival_usd_per_million_tokens": "Rival",
        "offer_usd_per_million_tokens": "DeepSeek's model",
    },
    curve=Curve(x="day", y="price_ratio"),
    presets={
        "V3, promotion": {"day": day_number("2025-01-15")},
        "V3, list": {"day": day_number("2025-03-01")},
        "V3.1": {"day": day_number("2025-09-10")},
        "V3.2": {"day": day_number("2025-10-01")},
        "V4-Flash": {"day": day_number("2026-05-01")},
        "V4.1-Flash": {"day": day_number("2026-10-27")},
    },
    in_view=("day", "rival", "output_share", "cache_hit_share"),
)
def api_price_on_day(
    *,
    day: Annotated[
        Number,
        Argument(
            "Day",
            "A day on which both prices are known.",
            day_number(economics.PRICED_FROM),
            day_number(economics.PRICED_UNTIL),
            step=1,
        ),
    ] = day_number("2025-03-01"),
    rival: Annotated[
        Choice,
        Argument(
            "Rival",
            "Another model, at its maker's price or a host's.",
            options=lambda: list(economics.day_rivals()),
        ),
    ] = "GPT-4o",
    seller: Annotated[
        Choice,
        Argument(
            "Provider",
            "DeepSeek, whose model changes with the day, or a host of DeepSeek-V3.",
            options=economics.SELLERS,
        ),
    ] = economics.SELLERS[0],
    output_share: OutputShare = 0.25,
    cache_hit_share: CacheHitShare = 0.0,
) -> economics.ComparedPrice:
    """Price one mix of tokens on a day; see `economics.ratio_on_day`.

    Examples
    --------
    >>> round(api_price_on_day(day=day_number("2025-10-01")).price_ratio)
    14
    """
    return economics.ratio_on_day(
        rival=rival,
        seller=seller,
        day=day,
        output_share=output_share,
        cache_hit_share=cache_hit_share,
    )


@calculator(
    command="dsv3 prices over-cost",
    title="What the list price has to cover",
    summary="A list price of the published day beside what its nodes cost.",
    finding="As the authors count, a third of the tokens pays for the nodes. Three "
    "plausible doubts together turn the margin negative.",
    outputs={
        "gap_usd_per_million_tokens": "Price minus cost",
        "price_usd_per_million_tokens": "List price of the day's mix",
        "cost_usd_per_million_tokens": "Cost of the nodes",
        "margin_share": "Margin over cost",
        "break_even_billed_share": "Billed share that covers the nodes",
    },
    curve=Curve(x="usd_per_gpu_hour", y="gap_usd_per_million_tokens"),
    presets={
        "Pay the peak all day": {"paid_nodes_ratio": PEAK_NODES},
        "Half the tokens are free": {"billed_share": 0.5},
        "The one dated H800 quote": {"usd_per_gpu_hour": QUOTED_USD},
        "All three": {
            "paid_nodes_ratio": PEAK_NODES,
            "billed_share": 0.5,
            "usd_per_gpu_hour": QUOTED_USD,
        },
    },
)
def price_over_cost(
    *,
    price_list: Annotated[
        Choice,
        Argument(
            "Price list",
            "Price at which the day's tokens are billed.",
            options=lambda: list(economics.price_lists()),
        ),
    ] = "V3 list price",
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    paid_nodes_ratio: Annotated[
        Number,
        Argument("Nodes paid", "Nodes paid for, over those in use on average.", 1, 4),
    ] = 1.0,
    billed_share: Annotated[
        Number,
        Argument("Billed tokens", "Share of the tokens that somebody pays for.", 0, 1),
    ] = 1.0,
) -> economics.PriceOverCost:
    """Set a price beside the nodes of the published day; see `economics`.

    Examples
    --------
    >>> round(price_over_cost().margin_share, 2)
    2.22
    """
    return economics.price_over_cost(
        price_list=price_list,
        usd_per_gpu_hour=usd_per_gpu_hour,
        paid_nodes_ratio=paid_nodes_ratio,
        billed_share=billed_share,
    )
