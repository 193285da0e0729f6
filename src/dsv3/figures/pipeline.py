"""Pictures of schedules: ranks over time, each kind of work in its own band."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from dsv3.figures.squares import WIDTH, label
from dsv3.figures.style import FAINT, Picture, Words, noun_colours, picture, themed

Bar = tuple[float, float, str]
"""Start, duration, and kind: F, B, I, W or F&B."""

BANDS: Mapping[str, Sequence[tuple[float, float, str]]] = {
    "F": [(0.0, 0.5, "compute")],
    "B": [(0.5, 1.0, "memory")],
    "I": [(0.5, 0.8, "memory")],
    "W": [(0.8, 1.0, "network")],
    "F&B": [(0.0, 0.5, "compute"), (0.5, 1.0, "memory")],
}
"""Where in its row a kind is drawn, from the top, and in which colour."""

ROW = 15
"""Distance from one rank to the next, in drawing units."""

BAND = 13
"""Height of a row's bars."""

TITLE = 24
"""Height of a schedule's name above its ranks."""

TICK = 10
"""Time from one tick of the axis to the next."""


def schedules(
    timelines: Mapping[str, Sequence[Sequence[Bar]]],
    *,
    unit: str,
    **words: Unpack[Words],
) -> Picture:
    """Draw schedules under each other over one axis of time.

    `unit` has the words of the time axis.
    """
    longest = max(map(_end, timelines.values()))
    scale = (WIDTH - 2) / longest
    paths: dict[str, str] = {}
    names = []
    top = 0
    for name, ranks in timelines.items():
        names.append(label(f"{name}: {_end(ranks):g}", x=0, y=top + 16))
        top += TITLE
        for bars in ranks:
            for noun, path in _row(bars, top, scale):
                paths[noun] = paths.get(noun, "") + path
            top += ROW
    filled = "".join(
        f'<path fill="{noun_colours()[noun]}" d="{path}"/>'
        for noun, path in paths.items()
    )
    axis = _axis(longest, scale, top + 6, unit)
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {top + 52}" class="dsv3-waffle">'
        f"{''.join(names)}{filled}{axis}</svg>"
    )
    return picture(themed(svg), **words)


def _end(ranks: Sequence[Sequence[Bar]]) -> float:
    return max(start + lasts for bars in ranks for start, lasts, _ in bars)


def _row(bars: Sequence[Bar], top: int, scale: float) -> list[tuple[str, str]]:
    """Return the boxes of a row as pieces of paths, each with its colour."""
    pieces = []
    for start, lasts, kind in bars:
        # What is left free on the right keeps neighbours apart.
        wide = lasts * scale - 0.8
        for low, high, noun in BANDS[kind]:
            y, tall = top + BAND * low, BAND * (high - low) - 0.4
            box = f"M{start * scale:.1f} {y:.1f}h{wide:.1f}v{tall:.1f}h{-wide:.1f}z"
            pieces.append((noun, box))
    return pieces


def _axis(longest: float, scale: float, top: int, unit: str) -> str:
    """Return ticks, their numbers, and the words of the axis."""
    ticks = range(0, int(longest) + 1, TICK)
    rule = "".join(f"M{tick * scale:.1f} {top}v5" for tick in ticks)
    numbers = "".join(
        f'<text x="{tick * scale:.1f}" y="{top + 20}" font-size="13" text-anchor='
        f'"{"middle" if tick else "start"}" fill="currentColor">{tick}</text>'
        for tick in ticks
    )
    line = f'<path fill="none" stroke="{FAINT}" d="M0 {top}h{WIDTH}{rule}"/>'
    return line + numbers + label(unit, x=0, y=top + 41)
