"""Pictures of routing: quality seed by seed, and which experts read what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    blank,
    chart,
    noun_colours,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """One figure of one way of training, measured with several seeds."""

    name: str

    values: Sequence[float]
    """The figure of each seed."""

    mark: Literal["o", "s", "x"] = "o"

    noun: str = ""
    """Noun whose colour it takes; ink when left out."""


def figures_by_seed(
    rows: Sequence[Seeds],
    *,
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw one figure of every seed, a row for each way, the mean as a bar.

    `measure` says what the figure is, with its unit.
    """
    figure, drawn = axes(height_inches=0.7 + 0.36 * len(rows))
    for place, row in enumerate(reversed(rows)):
        colour = noun_colours().get(row.noun, INK)
        heights = [place] * len(row.values)
        drawn.plot(row.values, heights, row.mark, color=colour, markersize=7)
        mean = sum(row.values) / len(row.values)
        drawn.plot([mean, mean], [place - 0.28, place + 0.28], color=INK, linewidth=1.2)
    drawn.set_yticks(range(len(rows)), [row.name for row in reversed(rows)])
    drawn.tick_params(axis="y", length=0)
    drawn.set_ylim(-0.6, len(rows) - 0.4)
    drawn.set_xlabel(measure)
    drawn.grid(axis="x")
    return chart(figure, name=f"by-seed-{measure}", **words)


def experts_by_text(
    loads: Mapping[str, Sequence[int]],
    **words: Unpack[Words],
) -> Picture:
    """Draw which experts serve which kind of text, one row of bars for each kind.

    `loads` are the choices of every expert, by kind of text.
    """
    figure = blank(height_inches=0.5 + 1.05 * len(loads))
    rows = figure.subplots(len(loads), 1, sharex=True, sharey=True, squeeze=False)
    for drawn, (kind, load) in zip(rows[:, 0], loads.items(), strict=True):
        shares = [100 * tokens / sum(load) for tokens in load]
        drawn.patch.set_alpha(0)
        places = range(1, len(load) + 1)
        drawn.bar(places, shares, color=noun_colours()["compute"], width=0.72)
        even = 100 / len(load)
        drawn.axhline(even, color=FAINT, linewidth=1.2, linestyle=(0, (4, 3)))
        drawn.set_title(kind, loc="left", fontsize=10.5, color=INK)
        drawn.tick_params(axis="x", length=0)
    rows[-1, 0].set_xlabel("expert; dashed: an even share")
    rows[len(loads) // 2, 0].set_ylabel("share of selections, %")
    return chart(figure, name="experts-by-text", **words)
