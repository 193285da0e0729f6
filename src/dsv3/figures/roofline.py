"""Pictures of bounds: work under a chip's roof, links by node limit, a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from dsv3.figures.style import (
    FAINT,
    INK,
    LINE_STYLES,
    SIDES,
    Line,
    Picture,
    Side,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

_SAMPLES = 81


@dataclass(frozen=True, slots=True, kw_only=True)
class Roof:
    """The bound of one precision."""

    name: str
    """Words above its flat part."""

    peak_flop_per_s: float
    """Height of the flat part."""

    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A kernel: where it may run at best, or where it was measured."""

    name: str
    """Words beside the mark; none when empty."""

    flop_per_byte: float
    """Arithmetic intensity."""

    flop_per_s: float

    measured: bool = False
    """Whether somebody measured it (a diamond), or it is a bound (a circle)."""

    noun: Literal["compute", "memory"] = "compute"
    """What bounds it; decides the colour."""

    side: Side = "right"


def roofline(
    marks: Sequence[Mark],
    roofs: Sequence[Roof],
    *,
    bytes_per_s: float,
    **words: Unpack[Words],
) -> Picture:
    """Draw kernels under the roofs of a chip, intensity across and rate up.

    Each roof is drawn twice: as the line that perfect overlap reaches, and faintly as
    the curve that no overlap at all still reaches.
    """
    figure, drawn = axes(height_inches=4.8)
    left, right = 10.0, 2e4
    across = [left * (right / left) ** (n / (_SAMPLES - 1)) for n in range(_SAMPLES)]
    for roof in roofs:
        peak, style = roof.peak_flop_per_s, LINE_STYLES[roof.line]
        best = [min(peak, x * bytes_per_s) for x in across]
        worst = [x / (x / peak + 1 / bytes_per_s) for x in across]
        drawn.plot(across, best, color=INK, linestyle=style, linewidth=1.6)
        drawn.plot(across, worst, color=FAINT, linestyle=style, linewidth=1.2)
        beside(drawn, roof.name, (right, peak), (0, 4), ha="right")
    for mark in marks:
        _draw_mark(drawn, mark)
    drawn.set(xscale="log", yscale="log", xlim=(left, right))
    drawn.set_ylim(
        left * bytes_per_s, 1.9 * max(roof.peak_flop_per_s for roof in roofs)
    )
    drawn.minorticks_off()
    drawn.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    drawn.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y / 1e12:,.0f}"))
    drawn.set_xlabel("arithmetic intensity, FLOP per byte")
    drawn.set_ylabel("TFLOP/s")
    for measured, meaning in ((False, "at its bound"), (True, "measured")):
        drawn.plot(
            [],
            [],
            "D" if measured else "o",
            color=INK,
            label=meaning,
            markerfacecolor=INK if measured else "none",
        )
    drawn.legend(loc="lower right", frameon=False)
    return chart(figure, name="roofline", **words)


def _draw_mark(drawn: Axes, mark: Mark) -> None:
    """Draw one kernel with its name."""
    place = (mark.flop_per_byte, mark.flop_per_s)
    colour = noun_colours()[mark.noun]
    drawn.plot(
        [place[0]],
        [place[1]],
        "D" if mark.measured else "o",
        color=colour,
        markerfacecolor=colour if mark.measured else "none",
        markeredgewidth=1.6,
        markersize=6,
        zorder=3,
    )
    offset, across, upright = SIDES[mark.side]
    beside(drawn, mark.name, place, offset, ha=across, va=upright, fontsize=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLine:
    """One line over the number of node limit of a token."""

    name: str
    """Words at its right end."""

    milliseconds: Sequence[float]
    """A time for each number of nodes."""

    line: Line

    noun: str = ""
    """Noun whose colour it takes; ink when left out."""


def time_by_nodes(
    nodes: Sequence[int],
    lines: Sequence[LinkLine],
    *,
    built: int,
    **words: Unpack[Words],
) -> Picture:
    """Draw times over the node limit, with the limit that was built marked.

    `built` is the limit of the published model.
    """
    figure, drawn = axes(height_inches=3.4)
    drawn.axvline(built, color=FAINT, linewidth=1.0, linestyle=(0, (4, 3)))
    for one in lines:
        colour = noun_colours().get(one.noun, INK)
        drawn.plot(
            nodes,
            one.milliseconds,
            color=colour,
            linestyle=LINE_STYLES[one.line],
            linewidth=1.8,
        )
        beside(
            drawn,
            one.name,
            (nodes[-1], one.milliseconds[-1]),
            (6, 0),
            va="center",
            color=colour,
        )
    drawn.set_xlim(nodes[0], nodes[-1] * 1.42)
    drawn.set_ylim(bottom=0)
    drawn.xaxis.set_major_locator(FixedLocator(list(nodes)))
    drawn.xaxis.set_minor_locator(NullLocator())
    drawn.set_xlabel("node limit of a token", x=0.36)
    drawn.set_ylabel("ms for dispatch and combine")
    drawn.spines["bottom"].set_bounds(nodes[0], nodes[-1])
    return chart(figure, name="time-by-nodes", **words)


def traced_lanes(
    lanes: Mapping[str, Sequence[tuple[float, float]]],
    nouns: Mapping[str, str],
    **words: Unpack[Words],
) -> Picture:
    """Draw when each kind of kernel ran, a lane a kind, time in milliseconds across.

    Spans of time stand under the words at the left; a lane without a noun takes ink.
    """
    figure, drawn = axes(height_inches=0.8 + 0.42 * len(lanes))
    for at, (name, spans) in enumerate(lanes.items()):
        colour = noun_colours().get(nouns.get(name, ""), INK)
        bars = [(start, end - start) for start, end in spans]
        drawn.broken_barh(bars, (-at - 0.34, 0.68), facecolors=colour, linewidth=0)
    drawn.set_yticks([-at for at in range(len(lanes))], list(lanes))
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    drawn.set_ylim(0.5 - len(lanes), 0.5)
    drawn.set_xlim(left=0)
    drawn.set_xlabel("milliseconds")
    return chart(figure, name="traced-lanes", **words)
