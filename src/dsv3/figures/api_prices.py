"""Pictures of token prices: one maker's prices over time, and ratios over all mixes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack

from matplotlib.axes import Axes

from dsv3.figures.style import (
    FAINT,
    INK,
    LINE_STYLES,
    Line,
    Picture,
    Words,
    axes,
    chart,
    noun_colours,
)

LINES: Mapping[str, Line] = {
    "output": "solid",
    "input": "dashed",
    "cached input": "dotted",
}
"""Line of each kind of token: the second channel beside its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSpell:
    """A price of one kind of token that held for a while."""

    kind: str
    """Kind of token: ``output``, ``input`` or ``cached input``."""

    first_day: date

    end_day: date
    """First day it no longer held, or the last day it was seen."""

    usd_per_million_tokens: float

    series: str
    """Spells of one series are joined by a step; others are not."""


def price_history(
    spells: Sequence[PriceSpell],
    *,
    names: Sequence[tuple[date, str]],
    **words: Unpack[Words],
) -> Picture:
    """Draw prices as steps over time, one line a kind of token.

    `names` are written along the top, each from a day on.
    """
    figure, drawn = axes(height_inches=4.2)
    money = noun_colours()["money"]
    for kind, line in LINES.items():
        style = LINE_STYLES[line]
        own = sorted(
            (one for one in spells if one.kind == kind), key=lambda one: one.first_day
        )
        for series in dict.fromkeys(one.series for one in own):
            steps = [one for one in own if one.series == series]
            days = [
                day.toordinal() for one in steps for day in (one.first_day, one.end_day)
            ]
            usd = [one.usd_per_million_tokens for one in steps for _ in range(2)]
            drawn.plot(days, usd, color=money, linestyle=style, linewidth=2)
        drawn.plot([], [], color=money, linestyle=style, linewidth=2, label=kind)
    drawn.set_yscale("log")
    drawn.minorticks_off()
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
    drawn.set_yticks(ticks, [f"${tick:g}" for tick in ticks])
    drawn.set_ylim(0.002, 8)
    for place, (day, name) in enumerate(names):
        drawn.axvline(day.toordinal(), color=FAINT, linewidth=0.8, zorder=0)
        # Neighbours that lie weeks apart stand on two levels.
        level = (5.0, 2.7)[place % 2]
        drawn.text(day.toordinal() + 5, level, name, fontsize=9, va="center")
    years = sorted({one.end_day.year for one in spells})
    halves = [date(year, month, 1) for year in years for month in (1, 7)]
    drawn.set_xticks(
        [day.toordinal() for day in halves],
        [day.strftime("%b %Y") for day in halves],
    )
    drawn.set_xlim(
        min(one.first_day for one in spells).toordinal() - 12,
        max(one.end_day for one in spells).toordinal() + 40,
    )
    drawn.set_ylabel("per million tokens (log scale)")
    drawn.grid(axis="y")
    figure.legend(loc="outside lower center", frameon=False, fontsize=9.5, ncols=3)
    return chart(figure, name="api-price-history", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioSpan:
    """How far one price ratio reaches over all mixes of traffic."""

    rival: str
    """Model whose price is divided."""

    offer: str
    """Offer of DeepSeek-V3 that divides it."""

    lowest_ratio: float
    highest_ratio: float


MARKERS = ("o", "D", "s")
"""Ends of the spans, by offer: the second channel beside colour and height."""


def ratio_spans(
    spans: Sequence[RatioSpan],
    *,
    band: tuple[float, float],
    **words: Unpack[Words],
) -> Picture:
    """Draw each ratio's reach over all mixes on a log axis, with a band behind.

    Rivals stand from the top down, at most three offers; `band` has the ratios between
    which the background is tinted.
    """
    rivals = list(dict.fromkeys(one.rival for one in spans))
    offers = list(dict.fromkeys(one.offer for one in spans))
    figure, drawn = axes(height_inches=0.62 * len(rivals) + 1.3)
    drawn.axvspan(*band, color=FAINT, alpha=0.35, linewidth=0)
    drawn.axvline(1, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    money = noun_colours()["money"]
    for one in spans:
        place = offers.index(one.offer)
        height = -rivals.index(one.rival) + 0.24 * (1 - place)
        colour = money if place == 0 else INK
        drawn.plot(
            [one.lowest_ratio, one.highest_ratio],
            [height, height],
            color=colour,
            linewidth=3 if place == 0 else 1.4,
            marker=MARKERS[place],
            markersize=6,
            markerfacecolor=money if place == 0 else "none",
        )
    drawn.set_yticks([-place for place in range(len(rivals))], rivals)
    drawn.set_ylim(-len(rivals) + 0.45, 0.85)
    drawn.text((band[0] * band[1]) ** 0.5, 0.62, "5-10×", ha="center", fontsize=9.5)
    _ratio_axis(
        drawn,
        lowest_ratio=min(one.lowest_ratio for one in spans),
        highest_ratio=max(one.highest_ratio for one in spans),
    )
    for place, offer in enumerate(offers):
        drawn.plot(
            [],
            [],
            color=money if place == 0 else INK,
            marker=MARKERS[place],
            markerfacecolor=money if place == 0 else "none",
            linewidth=3 if place == 0 else 1.4,
            label=offer,
        )
    figure.legend(loc="outside lower center", frameon=False, fontsize=9.5, ncols=3)
    return chart(figure, name="api-ratio-spans", **words)


def _ratio_axis(drawn: Axes, *, lowest_ratio: float, highest_ratio: float) -> None:
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
    drawn.set_xscale("log")
    drawn.minorticks_off()
    drawn.set_xticks(ticks, [f"{tick:g}×" for tick in ticks])
    drawn.set_xlim(lowest_ratio / 1.2, highest_ratio * 1.2)
    drawn.set_xlabel("rival's price over DeepSeek-V3's, over every mix (log scale)")
    drawn.grid(axis="x")
