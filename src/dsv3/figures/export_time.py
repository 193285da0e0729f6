"""Pictures of rules over time: what a chip might do when, and how limits moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    chart,
    noun_colours,
)

LOOKS: Mapping[str, tuple[str, str]] = {
    "free": ("network", ""),
    "licence or notice": ("money", ""),
    "by licence": ("compute", "////"),
    "closed": ("compute", ""),
    "unknown": ("", ""),
}
"""Noun whose colour a state takes, and its hatch; unknown stays faint."""

LANES = ("tighter", "mixed", "looser", "other side", "proposal", "unknown")
"""Directions from the top down."""

LANE_LOOKS: Mapping[str, tuple[str, str]] = {
    "tighter": ("^", "compute"),
    "mixed": ("D", "money"),
    "looser": ("v", "network"),
    "other side": ("s", "memory"),
    "proposal": ("o", ""),
    "unknown": ("X", ""),
}
"""Marker and noun of each direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpell:
    """Days in a row in one state."""

    first_day: date

    end_day: date
    """First day after it."""

    state: str
    """A name of :data:`LOOKS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipRow:
    """One chip: computed states as bars, recorded ones as marks."""

    name: str

    spells: tuple[StateSpell, ...]
    """Computed states, the earliest first."""

    records: tuple[tuple[date, bool], ...] = ()
    """Days on which a source states something, and whether it agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedDirection:
    """One event: its day and the way it moved the limits."""

    day: date

    direction: str
    """A name of :data:`LANES`."""


def _years(drawn: Axes, first: date, last: date) -> None:
    """Mark the first of each year and the middle of it."""
    marks = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in (1, 7)
        if first <= date(year, month, 1) <= last
    ]
    drawn.set_xticks(
        [day.toordinal() for day in marks],
        [day.strftime("%Y" if day.month == 1 else "Jul") for day in marks],
    )
    drawn.set_xlim(first.toordinal() - 10, last.toordinal() + 10)


def sale_periods(rows: Sequence[ChipRow], **words: Unpack[Words]) -> Picture:
    """Draw computed states over time, one bar a chip, with recorded days on top.

    A filled dot is a source that agrees with the bar, a ringed cross one that does not.
    Spells of all chips cover the same days.
    """
    figure, drawn = axes(height_inches=0.36 * len(rows) + 1.5)
    for place, row in enumerate(rows):
        for spell in row.spells:
            noun, hatch = LOOKS[spell.state]
            length = (spell.end_day - spell.first_day).days
            drawn.barh(
                -place,
                length,
                left=spell.first_day.toordinal(),
                height=0.56,
                color=noun_colours()[noun] if noun and not hatch else "none",
                edgecolor=noun_colours()[noun] if noun else FAINT,
                hatch=hatch,
                linewidth=1,
            )
        for day, agrees in row.records:
            drawn.plot(
                day.toordinal(),
                -place,
                "o" if agrees else "X",
                color=INK,
                markerfacecolor=INK if agrees else "none",
                markersize=5 if agrees else 9,
            )
    shown = dict.fromkeys(spell.state for row in rows for spell in row.spells)
    handles: list[object] = [
        Patch(
            facecolor=noun_colours()[noun] if noun and not hatch else "none",
            edgecolor=noun_colours()[noun] if noun else FAINT,
            hatch=hatch,
            label=state,
        )
        for state, (noun, hatch) in LOOKS.items()
        if state in shown
    ]
    handles += drawn.plot([], [], "o", color=INK, markersize=5, label="record agrees")
    handles += drawn.plot(
        [],
        [],
        "X",
        color=INK,
        markerfacecolor="none",
        markersize=9,
        label="it does not",
    )
    drawn.set_yticks([-place for place in range(len(rows))], [r.name for r in rows])
    drawn.set_ylim(-len(rows) + 0.4, 0.6)
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    days = [s for row in rows for s in row.spells]
    _years(drawn, min(s.first_day for s in days), max(s.end_day for s in days))
    figure.legend(
        handles=handles,
        loc="outside lower center",
        frameon=False,
        fontsize=9.5,
        ncols=4,
    )
    return chart(figure, name="sale-periods", **words)


def directions(
    events: Sequence[DatedDirection],
    **words: Unpack[Words],
) -> Picture:
    """Draw events over time, one lane a direction."""
    figure, drawn = axes(height_inches=2.5)
    for place, lane in enumerate(LANES):
        own = [one for one in events if one.direction == lane]
        marker, noun = LANE_LOOKS[lane]
        drawn.axhline(-place, color=FAINT, linewidth=0.8, zorder=0)
        drawn.plot(
            [one.day.toordinal() for one in own],
            [-place for _ in own],
            marker,
            color=noun_colours()[noun] if noun else "none",
            markeredgecolor=INK,
            markersize=9,
            clip_on=False,
        )
    counts = [sum(one.direction == lane for one in events) for lane in LANES]
    names = [f"{lane} ({n})" for lane, n in zip(LANES, counts, strict=True)]
    drawn.set_yticks([-place for place in range(len(LANES))], names)
    drawn.set_ylim(-len(LANES) + 0.4, 0.6)
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    days = [one.day for one in events]
    _years(drawn, min(days), max(days))
    return chart(figure, name="directions", **words)
