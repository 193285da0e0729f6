"""A picture of what a factor of hardware is worth in years of better methods."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from dsv3.figures.style import (
    INK,
    LINE_STYLES,
    Picture,
    Words,
    axes,
    chart,
    noun_colours,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """Years by factor, at one pace of progress."""

    name: str
    """Words of the legend."""

    points: tuple[tuple[float, float], ...]
    """Factor of hardware, and years that make up for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareFactor:
    """A factor worth naming."""

    name: str
    """Words along its line."""

    ratio: float
    """GPU-hours over those of the published chip."""


def progress_fan(
    lines: Sequence[ProgressLine],
    factors: Sequence[HardwareFactor],
    **words: Unpack[Words],
) -> Picture:
    """Draw years of progress over a factor of hardware, one line a pace.

    The space between the first line and the last is tinted. All lines are at the same
    factors, the fastest pace first.
    """
    figure, drawn = axes(height_inches=4.0)
    colour = noun_colours()["compute"]
    first, last = lines[0].points, lines[-1].points
    across = [x for x, _ in first]
    drawn.fill_between(
        across, [y for _, y in first], [y for _, y in last], color=colour, alpha=0.13
    )
    for line, style in zip(lines, LINE_STYLES.values(), strict=False):
        drawn.plot(
            [x for x, _ in line.points],
            [y for _, y in line.points],
            color=colour,
            linestyle=style,
            linewidth=2,
            label=line.name,
        )
    top = max(y for _, y in last)
    for factor in factors:
        drawn.axvline(factor.ratio, color=INK, linewidth=0.9, linestyle=(0, (2, 2)))
        drawn.text(
            factor.ratio * 1.03,
            top,
            factor.name,
            rotation=90,
            ha="left",
            va="top",
            fontsize=9.5,
        )
    drawn.set(xscale="log", xlim=(across[0], across[-1]), ylim=(0, top * 1.03))
    drawn.minorticks_off()
    ticks = [t for t in (1, 2, 3, 5, 10, 20, 50, 100) if across[0] <= t <= across[-1]]
    drawn.set_xticks(ticks, [f"{tick}×" for tick in ticks])
    drawn.set(
        xlabel="GPU-hours over those of the published run (log scale)",
        ylabel="years of progress that make up for it",
    )
    drawn.grid(axis="y")
    figure.legend(loc="outside lower center", frameon=False, fontsize=9.5, ncols=3)
    return chart(figure, name="progress-fan", **words)
