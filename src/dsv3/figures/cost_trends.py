"""Pictures of many runs: cost over the years, and compute against cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, Unpack

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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

LabelPlace: TypeAlias = Literal["left above", "right above", "right below"]

LABEL_OFFSETS: Mapping[LabelPlace, tuple[float, float]] = {
    "left above": (-7, 4),
    "right above": (7, 4),
    "right below": (7, -10),
}
"""Points from a mark to its label."""

MARKERS = {"confident": "o", "likely": "s", "speculative": "x", "unknown": "x"}
"""Mark of each confidence: the second channel beside the words of the legend."""

MARK_WORDS = {"o": "confident", "s": "likely", "x": "speculative or unknown"}
DOLLAR_TICKS = {1e2: "$100", 1e4: "$10K", 1e6: "$1M", 1e8: "$100M", 1e10: "$10B"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPoint:
    """One run on a picture of many."""

    day: date
    """Day of its release."""

    usd: float
    """What it is estimated to have cost."""

    flop: float
    """Compute of its training."""

    confidence: str
    """How sure the source is: a key of `MARKERS`."""

    label: str = ""
    """Words beside it; empty for most."""

    label_place: LabelPlace = "left above"

    is_ours: bool = False
    """Whether it is the run this report is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLine:
    """A line through the points between two days."""

    first: tuple[date, float]
    """Day and dollars where it begins."""

    last: tuple[date, float]
    """Day and dollars where it ends."""


def cost_over_time(
    points: Sequence[CostPoint],
    *,
    line: TrendLine,
    **words: Unpack[Words],
) -> Picture:
    """Draw the cost of runs over their days of release, with a trend."""
    figure, drawn = axes(height_inches=4.2)
    for point in points:
        _mark(drawn, point, point.day.toordinal())
    days = [day.toordinal() for day, _ in (line.first, line.last)]
    dollars = [usd for _, usd in (line.first, line.last)]
    drawn.plot(days, dollars, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    years = range(points[0].day.year + 1, points[-1].day.year + 2)
    drawn.set_xticks(
        [date(year, 1, 1).toordinal() for year in years], [str(year) for year in years]
    )
    drawn.set_xlabel("release")
    _dollars(figure, drawn, points)
    return chart(figure, name="cost-over-time", **words)


def compute_against_cost(
    points: Sequence[CostPoint],
    **words: Unpack[Words],
) -> Picture:
    """Draw the cost of runs against their compute, both on logarithmic axes."""
    figure, drawn = axes(height_inches=4.2)
    for point in points:
        _mark(drawn, point, point.flop)
    drawn.set_xscale("log")
    ticks = range(19, 28, 2)
    names = [f"$\\mathdefault{{10^{{{tick}}}}}$" for tick in ticks]
    drawn.set_xticks([10.0**tick for tick in ticks], names)
    drawn.set_xlabel("FLOP of training (logarithmic)")
    _dollars(figure, drawn, points)
    return chart(figure, name="compute-against-cost", **words)


def _mark(drawn: Axes, point: CostPoint, x: float) -> None:
    """Draw one run: filled in the colour of money if it is the report's own."""
    money = noun_colours()["money"]
    colour = money if point.is_ours else INK
    drawn.plot(
        [x],
        [point.usd],
        "D" if point.is_ours else MARKERS[point.confidence],
        markersize=9 if point.is_ours else 5,
        markerfacecolor=money if point.is_ours else "none",
        markeredgecolor=colour,
        linestyle="none",
        zorder=4 if point.is_ours else 2,
    )
    if point.label:
        beside(
            drawn,
            point.label,
            (x, point.usd),
            LABEL_OFFSETS[point.label_place],
            ha="right" if point.label_place == "left above" else "left",
            fontsize=9.5,
        )


def _dollars(figure: Figure, drawn: Axes, points: Sequence[CostPoint]) -> None:
    drawn.set_yscale("log")
    drawn.minorticks_off()
    drawn.set_yticks(list(DOLLAR_TICKS), list(DOLLAR_TICKS.values()))
    least, most = min(p.usd for p in points), max(p.usd for p in points)
    drawn.set_ylim(least / 2, most * 4)
    drawn.set_ylabel("estimated cost (log scale)")
    drawn.grid(axis="y", color=FAINT)
    shown = {MARKERS[point.confidence] for point in points if not point.is_ours}
    for marker in sorted(shown, key=list(MARK_WORDS).index):
        drawn.plot(
            [],
            [],
            marker,
            color=INK,
            markerfacecolor="none",
            label=f"compute {MARK_WORDS[marker]}",
        )
    figure.legend(loc="outside lower center", frameon=False, fontsize=9.5, ncols=3)
