"""Pictures of attention: what is remembered, what it costs, what heads look at."""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from dsv3.figures.squares import PITCH, WIDTH, height_of, label, squares
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
    picture,
    themed,
)
from explorables.quantities import format_number, unit_of

NUMBERS_PER_SQUARE = 64
LABEL = 18
GAP = 14

WAY_STYLES: Mapping[str, tuple[str, str, Line]] = {
    "cached K/V": ("memory", "s", "dashed"),
    "absorbed": ("compute", "o", "solid"),
    "rebuilt": ("network", "^", "dotted"),
}
"""Colour, marker and line of each way of attending."""

MARGIN = 24
"""Room for the text along the top and the left of a map."""

LEAST_PERCENT = 8
"""Weights below this are left out: they would be dots too small to see."""

SPACE = "·"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadMap:
    """Where one head looks, from every place of a text."""

    name: str
    """What it looks at, in words."""

    mark: Literal["circle", "square", "diamond"]
    """Shape of its marks, the channel beside colour."""

    noun: str

    percent: Sequence[Sequence[float]]
    """For each place the weight on every place up to it, of 100."""


def cached_numbers(
    elements_by_method: Mapping[str, float],
    *,
    ours: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw the numbers kept of one token in one layer, one square for 64 of them.

    The method `ours` has the colour of compute, the rest that of memory.
    """
    body, top = [], 0
    for method, elements in elements_by_method.items():
        count = round(elements / NUMBERS_PER_SQUARE)
        colour = noun_colours()["compute" if method == ours else "memory"]
        number = format_number(elements, unit_of("count"))
        body.append(label(f"{method}: {number}", x=0, y=top + 13))
        body.append(squares(count, top=top + LABEL, fill=colour))
        top += LABEL + height_of(count) + GAP
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {top - GAP + PITCH}" class="dsv3-squares">'
        + "".join(body)
        + "</svg>"
    )
    return picture(themed(svg), **words)


def time_by_length(
    lengths: Sequence[int],
    milliseconds: Mapping[str, Sequence[float]],
    *,
    axis: str,
    crossing: float | None = None,
    **words: Unpack[Words],
) -> Picture:
    """Draw the time that ways of attending take against a number of tokens.

    A way's name is written at the end of its line; three ways have a style. `axis` says
    what the tokens are, and `crossing` marks where two ways take the same time.
    """
    for name in milliseconds:
        if name not in WAY_STYLES:
            message = f"way is {name!r}: must be one of {', '.join(WAY_STYLES)}"
            raise ValueError(message)
    figure, drawn = axes(height_inches=3.6)
    for name, times in milliseconds.items():
        noun, marker, line = WAY_STYLES[name]
        drawn.plot(
            lengths,
            times,
            marker=marker,
            markersize=5,
            linestyle=LINE_STYLES[line],
            color=noun_colours()[noun],
        )
        beside(drawn, name, (lengths[-1], times[-1]), (8, -4))
    drawn.set_xscale("log", base=2)
    drawn.set_yscale("log")
    drawn.set_xticks(lengths, [f"{length:,}" for length in lengths])
    drawn.set_xlim(lengths[0] * 0.85, lengths[-1] * (lengths[-1] / lengths[0]) ** 0.2)
    low, high = (round(math.log10(y)) for y in drawn.get_ylim())
    ticks = [10.0**power for power in range(low, high + 1)]
    drawn.set_yticks(ticks, [f"{tick:,g}" for tick in ticks])
    drawn.minorticks_off()
    if crossing is not None:
        drawn.axvline(crossing, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        beside(
            drawn,
            f"same time at {crossing:.0f}",
            (crossing, drawn.get_ylim()[0]),
            (-6, 8),
            ha="right",
        )
    drawn.set_xlabel(f"{axis} (log scale)")
    drawn.set_ylabel("milliseconds (log scale)")
    drawn.grid(axis="y")
    return chart(figure, name=f"time-by-{axis}", **words)


def attention_map(
    text: str,
    heads: Sequence[HeadMap],
    **words: Unpack[Words],
) -> Picture:
    """Draw what some heads look at: a row for each place, marks where it looks.

    A mark's area is its weight; a full square of the grid would be all of it. Each head
    has a colour and a shape. The text stands along both sides, with spaces shown, and
    the legend where no token can look: ahead. A token is a character.

    Raises
    ------
    ValueError
        If a head has not one row for each character, as long as its place.
    """
    for head in heads:
        sizes = [len(row) for row in head.percent]
        if sizes != list(range(1, len(text) + 1)):
            message = (
                f"percent of {head.name!r} has {len(sizes)} rows: must be "
                f"{len(text)}, from 1 to {len(text)} long"
            )
            raise ValueError(message)
    cell = (WIDTH - MARGIN) / len(text)
    body = [_alongside(text, cell)]
    for number, head in enumerate(heads):
        path = "".join(
            _mark(head.mark, column, row, cell, weight)
            for row, weights in enumerate(head.percent)
            for column, weight in enumerate(weights)
            if weight >= LEAST_PERCENT
        )
        key = _mark(head.mark, len(text) * 0.5, 3 + 2 * number, cell, 100)
        colour = noun_colours()[head.noun]
        body.append(f'<path fill="{colour}" d="{path}{key}"/>')
        x, y = MARGIN + (len(text) * 0.5 + 2) * cell, MARGIN + (3.9 + 2 * number) * cell
        body.append(label(head.name, x=round(x), y=round(y)))
    svg = f'<svg viewBox="0 0 {WIDTH} {WIDTH}" class="ex-map">{"".join(body)}</svg>'
    return picture(themed(svg), **words)


def _alongside(text: str, cell: float) -> str:
    """Write the text along the top and down the left, a character a place."""
    letters = []
    for place, character in enumerate(text):
        glyph = html.escape(SPACE if character == " " else character)
        middle = MARGIN + (place + 0.5) * cell
        letters.append(f'<text x="{middle:.1f}" y="{MARGIN - 8}">{glyph}</text>')
        letters.append(f'<text x="9" y="{middle + 4:.1f}">{glyph}</text>')
    # The diagonal: a token looking at itself.
    end = MARGIN + len(text) * cell
    line = f"M{MARGIN} {MARGIN}L{end:.0f} {end:.0f}"
    return (
        f'<g font-family="monospace" font-size="12" text-anchor="middle" '
        f'fill="currentColor">{"".join(letters)}</g>'
        f'<path d="{line}" stroke="currentColor" stroke-opacity="0.25"/>'
    )


def _mark(shape: str, column: float, row: float, cell: float, percent: float) -> str:
    """Return the path of a mark whose area is its weight."""
    x, y = MARGIN + (column + 0.5) * cell, MARGIN + (row + 0.5) * cell
    area = cell * cell * percent / 100
    if shape == "circle":
        r = math.sqrt(area / math.pi)
        arc = f"a{r:.1f} {r:.1f} 0 1 0"
        return f"M{x - r:.1f} {y:.1f}{arc} {2 * r:.1f} 0{arc} {-2 * r:.1f} 0z"
    if shape == "diamond":
        h = math.sqrt(area / 2)
        return (
            f"M{x:.1f} {y - h:.1f}l{h:.1f} {h:.1f}l{-h:.1f} {h:.1f}l{-h:.1f} {-h:.1f}z"
        )
    s = math.sqrt(area)
    return f"M{x - s / 2:.1f} {y - s / 2:.1f}h{s:.1f}v{s:.1f}h{-s:.1f}z"
