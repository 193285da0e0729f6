"""Pictures of pre-training: settings along the tokens, loss by compute, marked text."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    blank,
    chart,
    noun_colours,
    picture,
    themed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStrip:
    """One figure of a run, over its whole length."""

    name: str
    """What it is, with its unit."""

    values: Sequence[float]
    """Its value at every point."""

    ticks: Sequence[float]
    """Values that the axis names."""

    labels: Sequence[str]
    """How they are written."""

    noun: str = ""


def run_strips(
    points: Sequence[float],
    strips: Sequence[RunStrip],
    *,
    across: str,
    changes: Sequence[float] = (),
    **words: Unpack[Words],
) -> Picture:
    """Draw figures of one run, a strip each, over the same axis.

    `changes` are where a setting changes its rule: thin lines through all strips.
    `across` has the words of the axis that they share, with the unit.
    """
    figure = blank(height_inches=0.6 + 1.0 * len(strips))
    rows = figure.subplots(len(strips), 1, sharex=True, squeeze=False)[:, 0]
    for drawn, strip in zip(rows, strips, strict=True):
        drawn.patch.set_alpha(0)
        colour = noun_colours().get(strip.noun, INK)
        for change in changes:
            drawn.axvline(change, color=FAINT, linewidth=0.7, zorder=0)
        drawn.plot(points, strip.values, color=colour, linewidth=1.8)
        drawn.fill_between(points, strip.values, color=colour, alpha=0.12, linewidth=0)
        drawn.set_title(strip.name, loc="left", fontsize=10.5, color=INK)
        drawn.set_yticks(strip.ticks, strip.labels)
        drawn.set_ylim(0, 1.1 * max(strip.values))
        drawn.set_xlim(0, points[-1])
    rows[-1].set_xlabel(across)
    return chart(figure, name=f"run-strips-{across}", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossFamily:
    """Runs of one kind of model, each a point."""

    name: str

    points: Sequence[tuple[float, float]]
    """Compute and loss of every run."""

    mark: Literal["o", "s", "^"]
    """How a run is drawn."""

    noun: str = ""
    filled: bool = True


def loss_by_compute(
    families: Sequence[LossFamily],
    line: Sequence[tuple[float, float]],
    *,
    line_name: str,
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw losses over compute, both on logarithmic axes, with a fitted line.

    `line` has the ends of the fitted line, and `measure` says what the loss is, with
    its unit.
    """
    figure, drawn = axes(height_inches=4.0)
    drawn.set_xscale("log")
    drawn.set_yscale("log")
    drawn.plot(
        *zip(*line, strict=True),
        color=INK,
        linewidth=1,
        linestyle=(0, (4, 3)),
        label=line_name,
    )
    for family in families:
        colour = noun_colours().get(family.noun, INK)
        drawn.plot(
            *zip(*family.points, strict=True),
            family.mark,
            color=colour,
            markerfacecolor=colour if family.filled else "none",
            markersize=7,
            label=family.name,
        )
    losses = [loss for family in families for _, loss in family.points]
    low, high = math.floor(10 * min(losses)), math.ceil(10 * max(losses))
    ticks = [tenth / 10 for tenth in range(low, high + 1, 2)]
    drawn.yaxis.set_major_locator(FixedLocator(ticks))
    drawn.yaxis.set_minor_locator(NullLocator())
    drawn.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.1f}"))
    drawn.grid(axis="y")
    drawn.set_xlabel("training FLOP of the run (log scale)")
    drawn.set_ylabel(f"{measure} (log scale)")
    drawn.legend(frameon=False, loc="lower left", labelcolor=INK)
    return chart(figure, name="loss-by-compute", **words)


COLUMNS = 72
COLUMN, ROW = 9.6, 26
SIGNS = {"\n": "↵", " ": "·"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """A piece of text that stands for itself: a token, or a part of a document."""

    text: str
    """Its characters."""

    noun: str = ""
    """Noun whose colour lies behind it; a quiet one when left out."""


def text_pieces(pieces: Sequence[TextPiece], **words: Unpack[Words]) -> Picture:
    """Draw a text with a field behind each of its pieces, so that the cuts are seen.

    Spaces and ends of lines are shown; after an end of line a new row begins.
    """
    body: list[str] = []
    row = column = 0
    for piece in pieces:
        rest = piece.text
        while rest:
            room = COLUMNS - column
            end = rest.find("\n") + 1
            length = min(room, end or len(rest))
            # An end of line that would stand alone in the next row stays in this one.
            length += end == length + 1
            body.append(_strip(rest[:length], piece.noun, column=column, row=row))
            ended = rest[length - 1] == "\n"
            rest, column = rest[length:], column + length
            if ended or column >= COLUMNS:
                row, column = row + 1, 0
    rows = row + (column > 0)
    svg = (
        f'<svg viewBox="0 0 {(COLUMNS + 1) * COLUMN:.0f} {rows * ROW}" '
        'class="dsv3-passage">'
        '<g font-size="15" style="font-family: var(--book-mono, monospace)">'
        f"{''.join(body)}</g></svg>"
    )
    return picture(themed(svg), **words)


def _strip(text: str, noun: str, *, column: int, row: int) -> str:
    """Return a piece, or the part of it that lies in one row."""
    x, y, width = column * COLUMN, row * ROW, len(text) * COLUMN
    colour = noun_colours().get(noun, FAINT)
    shown = html.escape("".join(SIGNS.get(letter, letter) for letter in text))
    return (
        f'<rect x="{x + 0.7:.1f}" y="{y + 2}" width="{width - 1.4:.1f}" '
        f'height="{ROW - 5}" rx="2" fill="{colour}" fill-opacity="0.28"/>'
        f'<text x="{x:.1f}" y="{y + 17}" textLength="{width:.1f}" '
        f'fill="currentColor">{shown}</text>'
    )
