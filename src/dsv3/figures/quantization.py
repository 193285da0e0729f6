"""Pictures of few bits: where a format's numbers lie, and what long sums lose."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCurve:
    """One way of adding, over the length of the sum."""

    name: str

    errors: Sequence[float]
    """A share for every length."""

    line: Line

    noun: str = ""
    """Noun whose colour it takes; ink when left out."""


def number_grids(
    grids: Mapping[str, Sequence[float]],
    **words: Unpack[Words],
) -> Picture:
    """Draw the positive numbers of each format as strokes, over powers of two.

    Positive finite numbers stand under the words at the left of their row.
    """
    figure, drawn = axes(height_inches=0.9 + 0.62 * len(grids))
    colours = [noun_colours()[noun] for noun in ("compute", "memory", "network")]
    for at, numbers in enumerate(grids.values()):
        across: list[float] = []
        up: list[float] = []
        for number in numbers:
            # One path with gaps: a path for each stroke would weigh much more.
            across += [math.log2(number)] * 2 + [math.nan]
            up += [-at - 0.3, -at + 0.3, math.nan]
        drawn.plot(across, up, color=colours[at % 3], linewidth=0.7)
    drawn.set_yticks([-at for at in range(len(grids))], list(grids))
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    drawn.set_ylim(0.55 - len(grids), 0.55)
    drawn.xaxis.set_major_locator(FixedLocator(range(-20, 17, 4)))
    drawn.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _power(round(x))))
    drawn.set_xlabel("positive numbers; each step to the right doubles")
    return chart(figure, name="number-grids", **words)


def _power(exponent: int) -> str:
    """Return a power of two as a reader would write it.

    Examples
    --------
    >>> _power(4), _power(-4), _power(16)
    ('16', '1/16', '65,536')
    """
    number = f"{2 ** abs(exponent):,}"
    return number if exponent >= 0 else f"1/{number}"


def error_by_length(
    lengths: Sequence[int],
    curves: Sequence[ErrorCurve],
    *,
    published: tuple[int, float],
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw relative errors over the length of a sum, with a published one beside.

    `lengths` are products in a sum, and `published` a length with its error.
    """
    figure, drawn = axes(height_inches=3.8)
    drawn.set_xscale("log", base=2)
    drawn.set_yscale("log")
    for curve in curves:
        colour = noun_colours().get(curve.noun, INK)
        style = LINE_STYLES[curve.line]
        drawn.plot(lengths, curve.errors, color=colour, linestyle=style, linewidth=1.8)
        beside(
            drawn,
            curve.name,
            (lengths[-1], curve.errors[-1]),
            (6, 0),
            va="center",
            color=colour,
        )
    length, share = published
    drawn.plot([length], [share], "D", color=INK, markersize=6)
    beside(drawn, "published", published, (-9, 0), ha="right", va="center")
    drawn.set_xlim(lengths[0], lengths[-1] * 16)
    drawn.xaxis.set_major_locator(FixedLocator(list(lengths)))
    drawn.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    drawn.xaxis.set_minor_locator(NullLocator())
    drawn.yaxis.set_minor_locator(NullLocator())
    drawn.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100 * y:g} %"))
    drawn.set_xlabel("products in the sum", x=0.32)
    drawn.set_ylabel(measure)
    low, high = drawn.get_ylim()
    decades = [tick for tick in drawn.get_yticks() if low <= tick <= high]
    drawn.hlines(decades, lengths[0], lengths[-1], color=FAINT, linewidth=0.6, zorder=0)
    drawn.set_ylim(low, high)
    return chart(figure, name="error-by-length", **words)
