"""Pictures of width: bills as bars between quantiles, and what widens them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

MILLION = 1e6
TICKS_MILLION = (3, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillBar:
    """The spread of one bill."""

    accounting: str
    """Accounting, the heading of its group."""

    scope: str

    quantiles_usd: tuple[float, float, float, float, float]
    """Bills below which 5, 25, 50, 75 and 95 percent of the draws lie."""


def bill_bars(
    bars: Sequence[BillBar],
    *,
    headline_usd: float,
    **words: Unpack[Words],
) -> Picture:
    """Draw each bill from its 5 to its 95 percent quantile, on a logarithmic axis.

    The thick part holds the middle half of the draws, the tick is the middle; a dashed
    line stands at the headline.
    """
    groups = list(dict.fromkeys(bar.accounting for bar in bars))
    figure, drawn = axes(height_inches=0.42 * len(bars) + 0.45 * len(groups) + 0.8)
    money = noun_colours()["money"]
    drawn.axvline(
        headline_usd / MILLION, color=INK, linewidth=0.9, linestyle=(0, (4, 3))
    )
    height, heights, names = 0.0, [], []
    for group in groups:
        drawn.text(3.05, height, group, fontsize=10.5, fontweight="bold", va="center")
        height -= 0.8
        for bar in (one for one in bars if one.accounting == group):
            low, quarter, middle, three_quarters, high = (
                usd / MILLION for usd in bar.quantiles_usd
            )
            drawn.plot([low, high], [height] * 2, color=money, linewidth=2)
            drawn.plot([quarter, three_quarters], [height] * 2, color=money, lw=9)
            drawn.plot([middle] * 2, [height - 0.3, height + 0.3], color=INK, lw=2)
            heights.append(height)
            names.append(bar.scope)
            height -= 0.9
        height -= 0.2
    drawn.set_yticks(heights, names)
    drawn.tick_params(axis="y", length=0)
    drawn.set_ylim(height + 0.4, 0.5)
    drawn.set_xscale("log")
    drawn.minorticks_off()
    drawn.set_xticks(TICKS_MILLION, [f"${tick}M" for tick in TICKS_MILLION])
    drawn.set_xlim(3, 150)
    drawn.set_xlabel("bill (logarithmic); the dashed line is the report's")
    drawn.grid(axis="x")
    return chart(figure, name="bill-bars", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwingBar:
    """What one assumption does to the bill."""

    name: str
    at_low_usd: float
    at_high_usd: float

    low: str
    """The low end as printed."""

    high: str
    """The high end as printed."""


def swing_bars(
    bars: Sequence[SwingBar],
    *,
    middle_usd: float,
    **words: Unpack[Words],
) -> Picture:
    """Draw a tornado: one bar an assumption, from the bill at one end to the other."""
    figure, drawn = axes(height_inches=0.5 * len(bars) + 0.9)
    money = noun_colours()["money"]
    drawn.axvline(middle_usd / MILLION, color=INK, linewidth=0.9)
    for place, bar in enumerate(bars):
        ends = (bar.at_low_usd / MILLION, bar.at_high_usd / MILLION)
        drawn.barh(
            -place, ends[1] - ends[0], 0.55, ends[0], color=money, edgecolor=FAINT
        )
        rising = ends[0] <= ends[1]
        for usd, text, left in (
            (ends[0], bar.low, rising),
            (ends[1], bar.high, not rising),
        ):
            beside(
                drawn,
                text,
                (usd, -place),
                (-5 if left else 5, 0),
                ha="right" if left else "left",
                va="center",
                fontsize=9.5,
            )
    drawn.set_yticks([-place for place in range(len(bars))], [bar.name for bar in bars])
    drawn.tick_params(axis="y", length=0)
    least = min(min(bar.at_low_usd, bar.at_high_usd) for bar in bars) / MILLION
    most = max(max(bar.at_low_usd, bar.at_high_usd) for bar in bars) / MILLION
    room = 0.3 * (most - least)
    drawn.set_xlim(max(0.0, least - room), most + room)
    ticks = [tick for tick in range(0, 200, 10) if least - room <= tick <= most + room]
    drawn.set_xticks(ticks, [f"${tick}M" for tick in ticks])
    drawn.set_xlabel("cost, the other assumptions at their central values")
    drawn.grid(axis="x")
    return chart(figure, name="swing-bars", **words)
