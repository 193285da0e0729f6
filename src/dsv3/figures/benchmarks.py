"""Scores of many benchmarks: one model among its rivals, a row for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.axes import Axes

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    chart,
    noun_colours,
)

ROW_INCHES = 0.27
LEAD_AT = 104.0
"""Where the lead is written, in points of the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One benchmark."""

    name: str

    own: float
    """Score of the model that the figure is about."""

    open_rivals: Sequence[float]
    """Scores of rivals whose weights are published."""

    closed_rivals: Sequence[float]
    """Scores of rivals whose weights are not."""

    @property
    def lead(self) -> float:
        """Points by which the model leads the best rival."""
        return self.own - max((*self.open_rivals, *self.closed_rivals))


def scores_by_benchmark(
    rows: Sequence[ScoreRow],
    *,
    own: str,
    measure: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw one model's scores among its rivals', the greatest lead at the top.

    The model is a filled dot, rivals are outlines: rings for those with published
    weights, triangles for the others. The lead over the best of them is written at the
    right. `measure` has the words of the horizontal axis, with the unit.
    """
    if not rows:
        message = "rows is (): a figure of scores must have at least one"
        raise ValueError(message)
    ordered = sorted(rows, key=lambda row: row.lead)
    figure, drawn = axes(height_inches=1.1 + ROW_INCHES * len(rows))
    for place, row in enumerate(ordered):
        _row(drawn, place, row)
    drawn.set_yticks(range(len(ordered)), [row.name for row in ordered])
    drawn.tick_params(axis="y", length=0)
    drawn.set_ylim(-0.7, len(ordered) - 0.3)
    drawn.set_xlim(0, 118)
    drawn.set_xticks(range(0, 101, 20))
    drawn.set_xlabel(measure)
    drawn.text(LEAD_AT, len(ordered) - 0.35, "lead", fontsize=9.5, va="bottom")
    _legend(drawn, own)
    return chart(figure, name=f"scores-{measure}", **words)


def _row(drawn: Axes, place: int, row: ScoreRow) -> None:
    """Draw one benchmark: a rule, the rivals, the model and its lead."""
    drawn.hlines(place, 0, 100, color=FAINT, linewidth=0.5, zorder=0)
    for marker, scores in (("o", row.open_rivals), ("^", row.closed_rivals)):
        drawn.plot(
            scores,
            [place] * len(scores),
            marker,
            markersize=5.5,
            markerfacecolor="none",
            markeredgecolor=INK,
            markeredgewidth=0.8,
        )
    colour = noun_colours()["compute"]
    drawn.plot([row.own], [place], "o", color=colour, markersize=7.5, zorder=3)
    text = f"{row.lead:+.1f}".replace("-", "\N{MINUS SIGN}")
    drawn.text(
        LEAD_AT,
        place,
        text,
        va="center",
        fontsize=9.5,
        color=INK,
        fontweight="bold" if row.lead > 0 else "normal",
    )


def _legend(drawn: Axes, own: str) -> None:
    """Say above the rows which mark is whose."""
    colour = noun_colours()["compute"]
    drawn.plot([], [], "o", color=colour, markersize=7.5, label=own)
    for marker, label in (("o", "published weights"), ("^", "closed")):
        drawn.plot(
            [],
            [],
            marker,
            markersize=6,
            markerfacecolor="none",
            markeredgecolor=INK,
            label=label,
        )
    drawn.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        frameon=False,
        fontsize=9.5,
        handletextpad=0.2,
        columnspacing=1.2,
        borderaxespad=0.2,
    )
