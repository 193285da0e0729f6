"""What grows with a context: one line for each model, both axes logarithmic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from dsv3.figures.style import (
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
class ContextLine:
    """One model's values, a value for each length."""

    name: str
    """Words at the end of the line."""

    values: Sequence[float]
    line: Line

    noun: str
    """A noun of the palette; any other word is ink."""

    lift_points: float = 0.0
    """How far above the line's end its name stands."""


def by_context(
    lengths: Sequence[int],
    lines: Sequence[ContextLine],
    *,
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw what models need against the length of a context.

    `lengths` are tokens, doubling; `measure` says on the axis what is drawn, and its
    unit.
    """
    figure, drawn = axes(height_inches=3.8)
    colours = noun_colours()
    for one in lines:
        colour = colours.get(one.noun, INK)
        style = LINE_STYLES[one.line]
        drawn.plot(lengths, one.values, color=colour, linestyle=style, linewidth=1.8)
        beside(drawn, one.name, (lengths[-1], one.values[-1]), (6, one.lift_points - 3))
    drawn.set_xscale("log", base=2)
    drawn.set_yscale("log")
    shown = lengths[::2]
    drawn.set_xticks(shown, [f"{length // 1024:,}K" for length in shown])
    drawn.set_xlim(lengths[0], lengths[-1] * (lengths[-1] / lengths[0]) ** 0.24)
    low, high = drawn.get_ylim()
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    drawn.set_yticks([10.0**power for power in powers], [_tick(one) for one in powers])
    drawn.minorticks_off()
    drawn.set_xlabel("context length, tokens (log scale)", x=0.38)
    drawn.set_ylabel(f"{measure} (log scale)")
    drawn.grid(axis="y")
    return chart(figure, name=f"by-context-{measure}", **words)


def _tick(power: int) -> str:
    return f"{10.0**power:,g}"
