"""The pairs of a rotary key as dials: angles seen in training, at 128K, with YaRN.

The finding: the slowest pairs would turn past what training showed, and YaRN slows
exactly these until they do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from dsv3.accounting import RotaryPair, rotary_pair
from dsv3.diagrams.sizes import released_sizes
from dsv3.facts import fact
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    Point,
    bars,
    diagram,
    dials,
    dimension,
    text,
)

Marks = tuple[Mark, ...]

BAR_HEIGHT = 48
"""Height of a frequency that is kept."""

CAPTION = """
In a text of {long} the {new} slowest of {pairs} pairs turn to angles that training at
{trained} never showed; slowed by YaRN they stay within the angles that it did.
"""

NOTE = """
A dial is one pair of the rotary key, fastest first; its filled sector is the arc that
the pair covers over the text, full after one rotation, and hatched where training never
came. The height of a bar is the frequency after YaRN, dotted what it takes away.
"""

DESCRIPTION = """
Three times {pairs} dials, one for each rotary pair, filled as far as the pair turns
over a text. At {trained} tokens, as trained, the {seen} fastest are full and the
other {new} show part of a turn, the slowest {least:.0%} of one. At {long} without YaRN
all are full, and in {new} the rest of the dial is new. At {long} with YaRN the same
{new} cover {share:.0%} of their trained arc. Bars below give each frequency after YaRN
against before: {kept} pairs keep it, {ramp} lie on a ramp, {slowed} are interpolated,
at 1/{factor:g}. No dial shows a new angle.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Every pair's turns in the three rows of dials, and its slowing."""

    trained: tuple[float, ...]
    plain: tuple[float, ...]
    """Over the long text, without YaRN."""
    stretched: tuple[float, ...]
    """Over the long text, with it."""
    speeds: tuple[float, ...]
    """Frequency after YaRN over frequency before."""
    stretched_shares: tuple[float, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Pairs that are kept, on the ramp and interpolated."""
        kept = sum(share == 0 for share in self.stretched_shares)
        slowed = sum(share == 1 for share in self.stretched_shares)
        return kept, len(self.trained) - kept - slowed, slowed

    @property
    def unseen(self) -> tuple[int, ...]:
        """Pairs that do not turn once in training."""
        return tuple(pair for pair, turns in enumerate(self.trained) if turns < 1)


@cache
def _turns() -> Turns:
    found = [_pair(pair) for pair in range(released_sizes().qk_rope_head_dim // 2)]
    return Turns(
        trained=tuple(float(one.trained_turns) for one in found),
        plain=tuple(float(_long_tokens() / one.period_tokens) for one in found),
        stretched=tuple(float(one.turns) for one in found),
        speeds=tuple(
            float(one.period_tokens / one.stretched_period_tokens) for one in found
        ),
        stretched_shares=tuple(float(one.stretched_share) for one in found),
    )


def _long_tokens() -> float:
    return fact("v3.context_extension.second_sequence_tokens").number


def _pair(pair: int) -> RotaryPair:
    return rotary_pair(
        pair=pair,
        factor=fact("v3.yarn.factor").number,
        beta_fast=fact("v3.yarn.beta_fast").number,
        beta_slow=fact("v3.yarn.beta_slow").number,
        context_tokens=_long_tokens(),
        qk_rope_head_dim=released_sizes().qk_rope_head_dim,
        rope_theta=fact("v3.rope_theta").number,
        trained_tokens=fact("v3.yarn.original_tokens").number,
    )


def rotary_dials() -> Diagram:
    """Draw the arcs that rotary pairs cover in training and in a long text."""
    turns = _turns()
    kept, ramp, slowed = turns.counts
    said = {
        "pairs": len(turns.trained),
        "new": len(turns.unseen),
        "seen": len(turns.trained) - len(turns.unseen),
        "least": turns.trained[-1],
        "share": turns.stretched[-1] / turns.trained[-1],
        "kept": kept,
        "ramp": ramp,
        "slowed": slowed,
        "factor": fact("v3.yarn.factor").number,
        "trained": _length(fact("v3.yarn.original_tokens").number),
        "long": _length(_long_tokens()),
    }
    return diagram(
        _draw,
        name="rotary-dials",
        page="training-recipe/long-context",
        title="Rotary pairs in training, at 128K, and with YaRN",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="the released settings; dsv3.accounting.rotary_pair",
    )


def _length(tokens: float) -> str:
    return f"{tokens / 1024:.0f}K"


def _draw(*, wide: bool) -> Layout:
    return _page() if wide else _phone()


def _arcs() -> list[tuple[str, Sequence[float]]]:
    turns, long = _turns(), _length(_long_tokens())
    trained = _length(fact("v3.yarn.original_tokens").number)
    return [
        (f"{trained}, as trained", turns.trained),
        (f"{long}, without YaRN", turns.plain),
        (f"{long}, with YaRN", turns.stretched),
    ]


def _page() -> Layout:
    """Draw a row of dials for each text: the same pair in the same column."""
    pitch, radius = 22.5, 9.5
    count = len(_turns().trained)
    marks: list[Mark] = []
    for row, (name, turns) in enumerate(_arcs()):
        top = row * 56
        centres = [(pitch * (at + 0.5), top + 36) for at in range(count)]
        marks += [text(0, top + 15, name, "bold"), *_dials(centres, turns, radius)]
    return Layout(height=296, marks=(*marks, *_speeds(172, pitch, 17)))


def _phone() -> Layout:
    """Draw a block for each text, its rows the kept, the ramp and the slowed."""
    pitch, radius, row_pitch = 29, 12, 28
    marks: list[Mark] = []
    for block, (name, turns) in enumerate(_arcs()):
        top = block * 122
        centres = [
            (1 + radius + pitch * at, top + 38 + row_pitch * row)
            for row, size in enumerate(_turns().counts)
            for at in range(size)
        ]
        marks += [text(0, top + 15, name, "bold"), *_dials(centres, turns, radius)]
    return Layout(height=494, marks=(*marks, *_speeds(370, 11, 8)))


def _dials(centres: Sequence[Point], turns: Sequence[float], radius: float) -> Marks:
    """Draw dials with the arc that training shows, and hatched what goes beyond."""
    trained = _turns().trained
    seen = [
        (0.0, min(1.0, turn, most)) for turn, most in zip(turns, trained, strict=True)
    ]
    marks = [dials(centres, radius, seen)]
    beyond = [
        (centre, (most, min(1.0, turn)))
        for centre, turn, most in zip(centres, turns, trained, strict=True)
        if min(1.0, turn) > most
    ]
    if beyond:
        places, arcs = zip(*beyond, strict=True)
        marks.append(dials(places, radius, arcs, "hatched", noun="memory"))
    return tuple(marks)


def _speeds(top: float, pitch: float, width: float) -> Marks:
    """Draw the frequency of each pair after YaRN, and name the three parts."""
    speeds = _turns().speeds
    base = top + 24 + BAR_HEIGHT
    lefts = [pitch * at + (pitch - width) / 2 for at in range(len(speeds))]
    kept = [
        (x, base - BAR_HEIGHT * speed, width, BAR_HEIGHT * speed)
        for x, speed in zip(lefts, speeds, strict=True)
    ]
    lost = [
        (x, base - BAR_HEIGHT, width, BAR_HEIGHT * (1 - speed))
        for x, speed in zip(lefts, speeds, strict=True)
        if speed < 1
    ]
    marks = [
        text(0, top + 15, "frequency after YaRN", "bold"),
        bars(kept),
        bars(lost, "outline", noun="soft"),
    ]
    start = 0
    names = ("kept", "on the ramp", "interpolated")
    for size, name in zip(_turns().counts, names, strict=True):
        first, last = lefts[start], lefts[start + size - 1] + width
        marks += [
            dimension((first, base + 14), (last, base + 14)),
            text((first + last) / 2, base + 34, f"{size} {name}", anchor="middle"),
        ]
        start += size
    return tuple(marks)
