"""The bill as a range, drawn few enough times that a page can do it on every move.

One draw is a traceable formula of the ranges and of one point of the unit cube. The
points are multiples of fixed irrational steps, taken modulo 1 (a Kronecker sequence,
with the steps of the generalised golden ratio), so that Python and the page compute
the same points to the last bit and nothing has to be stored.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from dsv3.economics import cost_assumptions, program_cost, server_watts_per_gpu
from dsv3.facts import fact
from dsv3.uncertainty.distributions import value_at
from dsv3.uncertainty.replay import Draws, replay
from explorables.arithmetic import NUMBER, Choice, Number, Tape, require, trace

PAGE_DRAWS = 1024
"""Draws a page takes on every move."""

MOVED = (
    "usd_per_gpu_hour",
    "usd_per_gpu",
    "life_years",
    "research_ratio",
    "staff_share",
)
"""Assumptions whose ends a reader can move; the others keep their own."""

DRAWN = tuple(cost_assumptions())
"""Assumptions that are drawn, each with its own coordinate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnBill:
    """One draw of the bill."""

    total_usd: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRange:
    """The bill as a range: quantiles of a fixed set of draws."""

    chosen_usd: float
    """Bill that the chosen share of draws stays below."""

    low_usd: float
    """Bill that one draw in twenty stays below."""

    middle_usd: float
    """Bill that half of the draws stay below."""

    high_usd: float
    """Bill that nineteen draws in twenty stay below."""


def drawn_bill(*, accounting: Choice, scope: Choice, **given: Number) -> DrawnBill:
    """One draw: the bill of DeepSeek-V3's run at one point of the unit cube.

    `given` holds ``low_NAME`` and ``high_NAME`` for each of `MOVED`, and ``at_NAME``, a
    share from 0 to 1, for each assumption that is drawn.

    Raises
    ------
    ValueError
        If an end lies on the wrong side of the other.
    """
    for name in MOVED:
        low, high = given[f"low_{name}"], given[f"high_{name}"]
        require(f"low_{name}", low, low > 0, "must be above 0")
        require(f"high_{name}", high, high >= low, "must not be below the low end")
    drawn = {
        name: value_at(
            assumed,
            given[f"at_{name}"],
            low=given.get(f"low_{name}"),
            high=given.get(f"high_{name}"),
        )
        for name, assumed in cost_assumptions().items()
    }
    cost = program_cost(
        accounting=accounting,
        scope=scope,
        gpu_hours=fact("v3.gpu_hours.total").number,
        cluster_gpus=fact("v3.gpus").number,
        gpu_server_watts=server_watts_per_gpu(),
        **drawn,
    )
    return DrawnBill(total_usd=cost.total_usd)


def bill_range(
    *, accounting: str, scope: str, probability: float, **ends: float
) -> BillRange:
    """Quantiles of DeepSeek-V3's bill, from the draws a page takes.

    `probability` is the share of draws that the chosen bill exceeds, and `ends` are
    ``low_NAME`` and ``high_NAME`` of each of `MOVED`.

    Raises
    ------
    ValueError
        If an end lies on the wrong side of the other.

    Examples
    --------
    >>> assumed = cost_assumptions()
    >>> ends = {f"low_{name}": assumed[name].low for name in MOVED}
    >>> ends |= {f"high_{name}": assumed[name].high for name in MOVED}
    >>> found = bill_range(
    ...     accounting="cloud rental", scope="the final run", probability=0.5, **ends
    ... )
    >>> found.low_usd < found.middle_usd == found.chosen_usd < found.high_usd
    True
    """
    require("probability", probability, 0 <= probability <= 1, "must be from 0 to 1")
    drawn = np.sort(
        replay(_tape(accounting, scope), {**_points(), **ends})["total_usd"]
    )
    chosen, low, middle, high = (
        _quantile(drawn, share) for share in (probability, 0.05, 0.5, 0.95)
    )
    return BillRange(chosen_usd=chosen, low_usd=low, middle_usd=middle, high_usd=high)


@cache
def page_steps() -> dict[str, float]:
    """Irrational step of each coordinate, by the argument it is for.

    The steps are powers of ``1 / g``, where ``g`` solves ``g**(d+1) = g + 1``; for one
    dimension that is the golden ratio.

    Examples
    --------
    >>> steps = list(page_steps().values())
    >>> g = 1 / steps[0]
    >>> abs(g ** (len(steps) + 1) - g - 1) < 1e-9
    True
    """
    ratio = 2.0
    for _ in range(64):
        ratio = (1 + ratio) ** (1 / (len(DRAWN) + 1))
    return {f"at_{name}": ratio ** -(place + 1) for place, name in enumerate(DRAWN)}


@cache
def _points() -> dict[str, Draws]:
    numbers = np.arange(1, PAGE_DRAWS + 1, dtype=np.float64)
    return {name: np.mod(numbers * step, 1.0) for name, step in page_steps().items()}


@cache
def _tape(accounting: str, scope: str) -> Tape:
    ends = [f"{end}_{name}" for name in MOVED for end in ("low", "high")]
    return trace(
        lambda **given: drawn_bill(accounting=accounting, scope=scope, **given),
        dict.fromkeys([*ends, *page_steps()], NUMBER),
    )


def _quantile(ordered: Draws, share: float) -> float:
    """Return the value a share of the way through sorted draws, between neighbours."""
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    step = ordered[below + 1] - ordered[below]
    return float(ordered[below] + (place - below) * step)
