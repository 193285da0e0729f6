"""How wide the bill is, once its assumptions are drawn."""

from typing import Annotated

from dsv3 import economics, uncertainty
from dsv3.calculators.costs import ACCOUNTING, SCOPE
from dsv3.calculators.defaults import assumed
from explorables import Argument, Curve, Spread, calculator

SHARES = (0.05, 0.5, 0.95)
"""Shares of the draws at which the panel reads quantiles."""


def _low(
    name: str, of: str, low: float | None = None, high: float | None = None
) -> Argument:
    return Argument(f"{name}, low end", f"Lowest {of}.", low, high)


def _high(
    name: str, of: str, low: float | None = None, high: float | None = None
) -> Argument:
    return Argument(f"{name}, high end", f"Highest {of}.", low, high)


RENT = ("Rent", "price of one GPU for one hour")
PURCHASE = ("Purchase price", "price of a GPU with its share of the server")
LIFE = ("Depreciation", "years of straight-line depreciation")
EXPERIMENTS = ("Experiments", "compute of experiments over that of the final run")
STAFF = ("Staff", "share of staff in the cost of development")


@calculator(
    command="dsv3 economics range",
    title="The bill as a range",
    summary="The bill's quantiles, its assumptions drawn between two ends each.",
    finding="Rented, with experiments and staff, nine draws in ten lie between about "
    "$21M and $100M.",
    page="economics/cost-uncertainty",
    outputs={
        "chosen_usd": "At the share chosen",
        "low_usd": "5 % below",
        "middle_usd": "Half below",
        "high_usd": "95 % below",
    },
    curve=Curve(x="probability", y="chosen_usd", fixed=True),
    in_view=(
        "low_usd_per_gpu_hour",
        "high_usd_per_gpu_hour",
        "low_research_ratio",
        "high_research_ratio",
    ),
)
def cost_range(
    *,
    accounting: Annotated[str, ACCOUNTING] = economics.RENTED,
    scope: Annotated[str, SCOPE] = economics.WITH_STAFF,
    low_usd_per_gpu_hour: Annotated[float, _low(*RENT, 0.5, 4)] = assumed(
        "rental.hopper_usd_per_gpu_hour", "low"
    ),
    high_usd_per_gpu_hour: Annotated[float, _high(*RENT, 2, 15)] = assumed(
        "rental.hopper_usd_per_gpu_hour", "high"
    ),
    low_usd_per_gpu: Annotated[float, _low(*PURCHASE)] = assumed(
        "purchase.h800_usd_per_gpu", "low"
    ),
    high_usd_per_gpu: Annotated[float, _high(*PURCHASE)] = assumed(
        "purchase.h800_usd_per_gpu", "high"
    ),
    low_life_years: Annotated[float, _low(*LIFE)] = assumed("server.life_years", "low"),
    high_life_years: Annotated[float, _high(*LIFE)] = assumed(
        "server.life_years", "high"
    ),
    low_research_ratio: Annotated[float, _low(*EXPERIMENTS, 0.05, 4)] = assumed(
        "research.compute_ratio", "low"
    ),
    high_research_ratio: Annotated[float, _high(*EXPERIMENTS, 0.2, 20)] = assumed(
        "research.compute_ratio", "high"
    ),
    low_staff_share: Annotated[float, _low(*STAFF)] = assumed(
        "research.staff_share", "low"
    ),
    high_staff_share: Annotated[float, _high(*STAFF, 0.12, 0.8)] = assumed(
        "research.staff_share", "high"
    ),
    probability: Annotated[
        float, Argument("Share of draws below", "Quantile that is read.", 0, 1)
    ] = 0.5,
) -> uncertainty.BillRange:
    """Draw the bill between two ends of each assumption; see `uncertainty.bill_range`.

    Examples
    --------
    >>> found = cost_range()
    >>> found.low_usd < found.middle_usd == found.chosen_usd < found.high_usd
    True
    """
    return uncertainty.bill_range(
        accounting=accounting,
        scope=scope,
        probability=probability,
        low_usd_per_gpu_hour=low_usd_per_gpu_hour,
        high_usd_per_gpu_hour=high_usd_per_gpu_hour,
        low_usd_per_gpu=low_usd_per_gpu,
        high_usd_per_gpu=high_usd_per_gpu,
        low_life_years=low_life_years,
        high_life_years=high_life_years,
        low_research_ratio=low_research_ratio,
        high_research_ratio=high_research_ratio,
        low_staff_share=low_staff_share,
        high_staff_share=high_staff_share,
    )


def cost_range_panel() -> Spread:
    """Return the panel that draws the bill anew in the page at every move."""
    return Spread(
        **cost_range.parts(),
        fixed={
            one.name: one.default
            for one in cost_range.arguments
            if not one.controllable
        },
        draw=uncertainty.drawn_bill,
        steps=uncertainty.page_steps(),
        count=uncertainty.PAGE_DRAWS,
        shares=SHARES,
        curve=cost_range.curve,
    )
