"""A picture of a rule: chips as points, its lines as steps in the same plane."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from matplotlib.axes import Axes

from dsv3.figures.style import (
    INK,
    SIDES,
    Picture,
    Side,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)
from dsv3.policy import staircase

Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipPoint:
    """One chip, or several at one place, in the plane of a rule."""

    name: str
    """Words beside the point."""

    at: Place
    """Total processing performance, and the rule's other measure."""

    status: Literal["controlled", "notified", "not controlled"]
    """What the rule says of it; decides colour and marker."""

    side: Side = "right"
    """Side on which the name stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """The edge of a rule: the corners from which on it holds."""

    name: str

    corners: tuple[Place, ...]
    """Lower bounds of each clause; 0 where a clause does not test a measure."""

    dashed: bool = False
    """Whether the edge is that of a weaker clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One axis: its words, its ends and its marks."""

    label: str

    ends: Place
    """Smallest and largest value shown."""

    ticks: tuple[float, ...]


MARKERS = {"controlled": "s", "notified": "D", "not controlled": "o"}
NOUNS = {"controlled": "compute", "notified": "money", "not controlled": "network"}
WORDS = {
    "controlled": "licence needed",
    "notified": "licence or notice",
    "not controlled": "no clause met",
}


def chips_and_lines(
    points: Sequence[ChipPoint],
    lines: Sequence[RuleLine],
    *,
    across: Scale,
    up: Scale,
    name: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw chips in the plane of two measures, and where a rule begins.

    Both axes are logarithmic. Chips the rule holds are squares, those it asks a
    notice for diamonds, the others circles.
    """
    figure, drawn = axes(height_inches=3.9)
    (left, right), (bottom, top) = across.ends, up.ends
    for line in lines:
        edge = staircase(line.corners, bottom=bottom, right=right, top=top)
        drawn.plot(
            [x for x, _ in edge],
            [y for _, y in edge],
            color=INK,
            linewidth=1.4,
            linestyle=(0, (4, 3)) if line.dashed else "-",
            label=line.name,
        )
    for point in points:
        _draw_chip(drawn, point)
    for status in dict.fromkeys(point.status for point in points):
        _draw_chip(drawn, None, status)
    drawn.set(xscale="log", yscale="log", xlim=(left, right), ylim=(bottom, top))
    drawn.minorticks_off()
    drawn.set_xticks(across.ticks, [f"{tick:,g}" for tick in across.ticks])
    drawn.set_yticks(up.ticks, [f"{tick:,g}" for tick in up.ticks])
    drawn.set(xlabel=across.label, ylabel=up.label)
    figure.legend(loc="outside lower center", frameon=False, fontsize=9.5, ncols=3)
    return chart(figure, name=name, **words)


def _draw_chip(drawn: Axes, point: ChipPoint | None, status: str = "") -> None:
    """Draw one chip with its name, or the legend's sample of a status."""
    shown = point.status if point else status
    colour = noun_colours()[NOUNS[shown]]
    drawn.plot(
        [point.at[0]] if point else [],
        [point.at[1]] if point else [],
        MARKERS[shown],
        color=colour,
        markeredgecolor=INK,
        markersize=8,
        label="" if point else WORDS[shown],
    )
    if point:
        offset, across, upright = SIDES[point.side]
        beside(drawn, point.name, point.at, offset, ha=across, va=upright, fontsize=9.5)
