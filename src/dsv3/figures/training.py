"""Curves over training: several runs of each, and how far they lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from dsv3.figures.style import (
    FAINT,
    INK,
    LINE_STYLES,
    Line,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

ROOM_FOR_LABELS = 1.42
"""Width of the drawing over that of the curves."""

LABEL_DISTANCE_SHARE = 0.075
"""Least distance of two labels, over the height of the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCurve:
    """One measure over the steps of several runs."""

    name: str

    runs: Sequence[Sequence[float]]
    """For each run its value at every judged step."""

    line: Line

    noun: str = ""
    """Noun whose colour it takes; ink when left out."""


def training_curves(
    steps: Sequence[int],
    curves: Sequence[TrainingCurve],
    *,
    measure: str,
    shares: bool = False,
    **words: Unpack[Words],
) -> Picture:
    """Draw measures over training: the mean of the runs, and their spread.

    `measure` has the words of the vertical axis, with the unit; `shares` are printed as
    percent.
    """
    figure, drawn = axes(height_inches=3.6)
    for curve in curves:
        colour = noun_colours().get(curve.noun, INK)
        by_step = list(zip(*curve.runs, strict=True))
        means = [sum(values) / len(values) for values in by_step]
        lows, highs = [min(v) for v in by_step], [max(v) for v in by_step]
        drawn.fill_between(steps, lows, highs, color=colour, alpha=0.18, linewidth=0)
        style = LINE_STYLES[curve.line]
        drawn.plot(steps, means, color=colour, linestyle=style, linewidth=1.8)
    drawn.set_xlim(0, steps[-1] * ROOM_FOR_LABELS)
    ticks = [step for step in steps if step % (steps[-1] // 5) == 0]
    drawn.set_xticks(ticks)
    drawn.set_xlabel("training steps", x=0.5 / ROOM_FOR_LABELS)
    drawn.set_ylabel(measure)
    if shares:
        drawn.set_ylim(0, 1.04)
        drawn.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    _rule(drawn, steps[-1])
    _label_ends(drawn, steps[-1], curves)
    return chart(figure, name=f"training-curves-{measure}-{words['caption']}", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInterval:
    """The difference of two ways of training: of each seed, and the mean's interval."""

    name: str

    values: Sequence[float]
    """The difference of each seed."""

    low: float
    high: float

    word: str
    """What is said of it beside its row."""

    noun: str = ""
    """Noun whose colour it takes; ink when left out."""


def difference_intervals(
    rows: Sequence[DifferenceInterval],
    *,
    bound: float,
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw differences seed by seed, the interval of each mean, and a bound around 0.

    `measure` has the words of the axis, with the unit, in which `bound` is too.
    """
    figure, drawn = axes(height_inches=0.8 + 0.4 * len(rows))
    drawn.axvspan(-bound, bound, color=FAINT, alpha=0.35, linewidth=0)
    right = max(max(row.high, *row.values) for row in rows)
    for place, row in enumerate(reversed(rows)):
        colour = noun_colours().get(row.noun, INK)
        heights = [place + 0.17] * len(row.values)
        drawn.plot(row.values, heights, "o", color=colour, markersize=4.5, alpha=0.75)
        drawn.plot([row.low, row.high], [place - 0.12] * 2, color=colour, linewidth=3)
        mean = (row.low + row.high) / 2
        drawn.plot([mean, mean], [place - 0.3, place + 0.06], color=INK, linewidth=1.4)
        beside(drawn, row.word, (right, place), (10, 0), va="center")
    drawn.set_yticks(range(len(rows)), [row.name for row in reversed(rows)])
    drawn.tick_params(axis="y", length=0)
    drawn.set_ylim(-0.6, len(rows) - 0.4)
    drawn.set_xlabel(measure)
    drawn.grid(axis="x")
    return chart(figure, name=f"difference-intervals-{measure}", **words)


def _rule(drawn: Axes, last: int) -> None:
    """Draw the grid as far as the curves reach, so that it strikes no label out."""
    low, high = drawn.get_ylim()
    ticks = [tick for tick in drawn.get_yticks() if low <= tick <= high]
    drawn.hlines(ticks, 0, last, color=FAINT, linewidth=0.6, zorder=0)
    drawn.set_ylim(low, high)


def _label_ends(drawn: Axes, last: int, curves: Sequence[TrainingCurve]) -> None:
    """Write each curve's name beside its end, apart from its neighbours."""
    ends = [sum(run[-1] for run in curve.runs) / len(curve.runs) for curve in curves]
    low, high = drawn.get_ylim()
    places = spread_apart(ends, distance=LABEL_DISTANCE_SHARE * (high - low))
    for curve, end, place in zip(curves, ends, places, strict=True):
        drawn.annotate(
            curve.name,
            (last, end),
            xytext=(last * 1.035, place),
            color=noun_colours().get(curve.noun, INK),
            va="center",
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.5},
        )


def spread_apart(places: Sequence[float], *, distance: float) -> list[float]:
    """Move places up as little as it takes to keep a distance, lowest first.

    Examples
    --------
    >>> spread_apart([0.5, 0.0, 0.4], distance=0.25)
    [0.65, 0.0, 0.4]
    """
    moved, below = list(places), float("-inf")
    for index in sorted(range(len(moved)), key=moved.__getitem__):
        moved[index] = below = max(moved[index], below + distance)
    return moved
