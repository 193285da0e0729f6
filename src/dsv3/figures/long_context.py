"""Long contexts: how rotary pairs turn, where needles are found, loss by place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.ticker import FuncFormatter

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

CELL_WIDTH, CELL_HEIGHT = 33, 24
GRID_GAP, ROW_GAP = 18, 40
LEFT, TOP = 58, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How often every pair turns, under one condition."""

    name: str
    """Words at the line."""

    turns: Sequence[float]
    """Turns of each RoPE pair, the fastest first."""

    line: Line

    noun: str

    label_pair: int
    """Pair at which its name is written."""

    label_above: bool = True
    """Whether the name stands above the line there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Shares by depth and length."""

    title: str

    shares: Sequence[Sequence[float]]
    """For each length one share for each depth, the text's start first."""


def pair_turns(
    conditions: Sequence[Turns],
    *,
    ramp: tuple[float, float],
    **words: Unpack[Words],
) -> Picture:
    """Draw the turns of rotary pairs on a logarithmic axis, and the ramp.

    `ramp` has the pairs at which the ramp begins and ends.
    """
    figure, drawn = axes(height_inches=3.8)
    colours = noun_colours()
    drawn.axvspan(*ramp, color=colours["network"], alpha=0.14, linewidth=0)
    for one in conditions:
        colour = colours.get(one.noun, INK)
        style = LINE_STYLES[one.line]
        drawn.plot(one.turns, color=colour, linestyle=style, linewidth=1.8)
        beside(
            drawn,
            one.name,
            (one.label_pair, one.turns[one.label_pair]),
            (6, 7) if one.label_above else (-6, -15),
            ha="left" if one.label_above else "right",
        )
    drawn.axhline(1, color=INK, linewidth=0.9, linestyle=LINE_STYLES["dotted"])
    beside(drawn, "one full rotation", (0, 1), (2, 4))
    drawn.set_yscale("log")
    drawn.minorticks_off()
    drawn.yaxis.set_major_formatter(FuncFormatter(lambda turns, _: f"{turns:,g}"))
    drawn.set_xlim(0, len(conditions[0].turns) - 1)
    low, high = drawn.get_ylim()
    beside(drawn, "the ramp", (sum(ramp) / 2, high), (0, -14), ha="center")
    drawn.set_ylim(low, high)
    drawn.set_xlabel("RoPE pair, the fastest first")
    drawn.set_ylabel("rotations (log scale)")
    return chart(figure, name="pair-turns", **words)


def needle_grids(
    rows: Mapping[str, Sequence[Grid]],
    *,
    lengths: Sequence[int],
    **words: Unpack[Words],
) -> Picture:
    """Draw grids of shares side by side: lengths across, depths down.

    The share stands in each cell as a percentage, and its shade says it again. Lengths
    are tokens of the text, and rows stand under their titles.
    """
    across = max(len(grids) for grids in rows.values())
    depths = len(next(iter(rows.values()))[0].shares[0])
    grid_width, grid_height = len(lengths) * CELL_WIDTH, depths * CELL_HEIGHT
    pitch = TOP + grid_height + ROW_GAP
    body = []
    for down, (name, grids) in enumerate(rows.items()):
        top = down * pitch
        body.append(_words(name, x=0, y=top + 14, weight="600"))
        for depth, word in ((0, "start"), (depths - 1, "end")):
            y = top + TOP + depth * CELL_HEIGHT + 16
            body.append(_words(word, x=LEFT - 8, y=y, anchor="end"))
        for place, grid in enumerate(grids):
            left = LEFT + place * (grid_width + GRID_GAP)
            body.append(_words(grid.title, x=left, y=top + 34))
            body.append(_cells(grid, left=left, top=top + TOP))
            body.append(_columns(lengths, left=left, top=top + TOP + grid_height + 14))
    width = LEFT + across * (grid_width + GRID_GAP) - GRID_GAP
    height = len(rows) * pitch - ROW_GAP + 20
    opening = f'<svg viewBox="0 0 {width} {height}" class="dsv3-grids">'
    svg = f"{opening}{''.join(body)}</svg>"
    return picture(themed(svg), **words)


def _cells(grid: Grid, *, left: int, top: int) -> str:
    """Draw the cells of one grid, each with its percentage."""
    colour = noun_colours()["compute"]
    drawn = []
    for column, shares in enumerate(grid.shares):
        for depth, share in enumerate(shares):
            x, y = left + column * CELL_WIDTH, top + depth * CELL_HEIGHT
            drawn.append(
                f'<rect x="{x}" y="{y}" width="{CELL_WIDTH - 1}" '
                f'height="{CELL_HEIGHT - 1}" fill="{colour}" '
                f'fill-opacity="{0.02 + 0.4 * share * share:.2f}"/>'
            )
            middle = x + CELL_WIDTH / 2
            drawn.append(_words(f"{100 * share:.0f}", x=middle, y=y + 16))
    return f'<g text-anchor="middle">{"".join(drawn)}</g>'


def _columns(lengths: Sequence[int], *, left: int, top: int) -> str:
    """Write the lengths below one grid."""
    return "".join(
        _words(
            f"{length // 1024}K" if length % 1024 == 0 else str(length),
            x=left + (at + 0.5) * CELL_WIDTH,
            y=top,
            anchor="middle",
        )
        for at, length in enumerate(lengths)
    )


def _words(text: str, *, x: float, y: float, anchor: str = "", weight: str = "") -> str:
    how = f' text-anchor="{anchor}"' if anchor else ""
    how += f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="12.5" fill="currentColor"{how}>'
        f"{text}</text>"
    )


def loss_by_place(
    lengths: Sequence[int],
    losses: Mapping[str, Sequence[Sequence[float]]],
    *,
    styles: Mapping[str, tuple[Line, str]],
    **words: Unpack[Words],
) -> Picture:
    """Draw the loss of the next byte by where it stands, with the spread of seeds.

    `lengths` are the positions up to which each mean reaches, doubling or more;
    `losses` hold for each state, for each seed, a mean for each span. `styles` has the
    line and the noun of each state.
    """
    figure, drawn = axes(height_inches=3.6)
    for name, runs in losses.items():
        line, noun = styles[name]
        colour = noun_colours().get(noun, INK)
        by_place = list(zip(*runs, strict=True))
        means = [sum(values) / len(values) for values in by_place]
        lows, highs = [min(v) for v in by_place], [max(v) for v in by_place]
        drawn.fill_between(lengths, lows, highs, color=colour, alpha=0.16, linewidth=0)
        drawn.plot(
            lengths, means, color=colour, linestyle=LINE_STYLES[line], linewidth=1.8
        )
        beside(drawn, name, (lengths[-1], means[-1]), (7, -4))
    drawn.set_xscale("log", base=2)
    drawn.minorticks_off()
    drawn.set_xticks(lengths, [f"{length:,}" for length in lengths])
    drawn.set_xlim(lengths[0], lengths[-1] * (lengths[-1] / lengths[0]) ** 0.5)
    drawn.set_xlabel("position in the text, up to (tokens, log scale)", x=0.33)
    drawn.set_ylabel("loss of the next byte, nats")
    drawn.grid(axis="y")
    return chart(figure, name="loss-by-place", **words)
