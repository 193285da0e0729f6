"""Shapes: boxes for work, bars to scale, outlines for what encloses or is absent.

Shape and stroke say what a thing is, and colour says it again.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from explorables.diagram.marks import (
    LEADING,
    Area,
    Mark,
    Noun,
    Point,
    Role,
    lines,
    number,
    rectangle,
    text,
)

Texture = Literal["solid", "tint", "hatched", "counter-hatched", "faint", "outline"]
"""How an area is filled: in use, in the running, kept, kept too, idle, absent."""

_CORNER = 2
_TIP = 5
"""Length of a chevron's point."""


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    name: str,
    *sizes: str,
    noun: Noun = "compute",
) -> Mark:
    """Draw a matrix product: a square box with a bold name and its sizes below."""
    rect = rectangle((x, y, width, height), f"dg-box dg-{noun} dg-edge", _CORNER)
    return _named(rect, (x, y, width, height), name, sizes, "bold")


def pill(x: float, y: float, width: float, height: float, name: str) -> Mark:
    """Draw another operation (a norm, a softmax): a pill with a plain name."""
    rect = rectangle((x, y, width, height), "dg-pill dg-edge", height / 2)
    return _named(rect, (x, y, width, height), name, (), "name")


def chevron(
    x: float,
    y: float,
    width: float,
    height: float,
    name: str = "",
    *more: str,
    down: bool = False,
    noun: Noun = "network",
) -> Mark:
    """Draw a communication step: a chevron that points right, or down."""
    if down:
        path = (
            f"M{number(x)} {number(y)}l{number(width / 2)} {_TIP}"
            f"l{number(width / 2)} {-_TIP}v{number(height - _TIP)}"
            f"l{number(-width / 2)} {_TIP}l{number(-width / 2)} {-_TIP}z"
        )
    else:
        path = (
            f"M{number(x)} {number(y)}h{number(width - _TIP)}"
            f"l{_TIP} {number(height / 2)}l{-_TIP} {number(height / 2)}"
            f"h{number(_TIP - width)}l{_TIP} {number(-height / 2)}z"
        )
    shape = f'<path d="{path}" class="dg-step dg-{noun} dg-edge"/>'
    return _named(shape, (x, y, width, height), name, more, "name")


def _named(shape: str, area: Area, name: str, below: Sequence[str], role: Role) -> Mark:
    """Set a name, and lines below it, in the middle of a shape."""
    x, y, width, height = area
    pitch = 17
    first = y + height / 2 + 4.5 - pitch * len(below) / 2
    middle = x + width / 2
    words = text(middle, first, name, role, anchor="middle").svg if name else ""
    for index, line in enumerate(below, start=1):
        words += text(middle, first + index * pitch, line, "note", anchor="middle").svg
    return Mark(svg=shape + words, x=x, y=y, width=width, height=height)


def bar(
    x: float,
    y: float,
    width: float,
    height: float,
    texture: Texture = "solid",
    *,
    noun: Noun = "compute",
) -> Mark:
    """Draw an area that is to scale; the texture says in what state it is."""
    return bars([(x, y, width, height)], texture, noun=noun)


def bars(
    areas: Iterable[Area],
    texture: Texture = "solid",
    *,
    noun: Noun = "compute",
) -> Mark:
    """Draw several areas of one texture as one shape; each is x, y, width, height.

    Examples
    --------
    >>> two = bars([(0, 0, 4, 4), (6, 0, 4, 4)], "faint")
    >>> two.width, two.svg
    (10, '<path d="M0 0h4v4h-4zM6 0h4v4h-4z" class="dg-area dg-faint dg-compute"/>')
    """
    drawn = list(areas)
    path = "".join(
        f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"
        for x, y, width, height in drawn
    )
    left = min(x for x, _, _, _ in drawn)
    above = min(y for _, y, _, _ in drawn)
    filling = ""
    if texture in ("hatched", "counter-hatched"):
        filling = f' style="fill:url(#@{texture}-{noun})"'
    return Mark(
        svg=f'<path d="{path}" class="dg-area dg-{texture} dg-{noun}"{filling}/>',
        x=left,
        y=above,
        width=max(x + width for x, _, width, _ in drawn) - left,
        height=max(y + height for _, y, _, height in drawn) - above,
    )


def triangles(
    areas: Iterable[Area], texture: Texture = "solid", *, noun: Noun = "compute"
) -> Mark:
    """Draw the lower left halves of areas: a causal mask, keys across, queries down.

    Examples
    --------
    >>> triangles([(0, 0, 8, 4)]).svg
    '<path d="M0 0v4h8z" class="dg-solid dg-compute"/>'
    """
    drawn = list(areas)
    path = "".join(
        f"M{number(x)} {number(y)}v{number(height)}h{number(width)}z"
        for x, y, width, height in drawn
    )
    svg = f'<path d="{path}" class="dg-{texture} dg-{noun}"/>'
    return replace(bars(drawn, texture), svg=svg)


def grids(
    corners: Iterable[Point],
    texture: Texture = "solid",
    *,
    columns: int,
    rows: int,
    pitch: float,
    gap: float = 1,
    noun: Noun = "compute",
) -> Mark:
    """Draw grids of square cells to count, the upper left corner of each given.

    A row is one dashed line, so a thousand cells weigh as much as their rows.

    Examples
    --------
    >>> grids([(0, 0)], columns=8, rows=1, pitch=4).svg
    '<path d="M0 1.5h31" class="dg-grid dg-compute" style="stroke-width:3;\
stroke-dasharray:3 1"/>'
    """
    size, drawn = pitch - gap, list(corners)
    length = number(columns * pitch - gap)
    path = "".join(
        f"M{number(x)} {number(y + row * pitch + size / 2)}h{length}"
        for x, y in drawn
        for row in range(rows)
    )
    kind = "dg-grid dg-idle" if texture == "faint" else f"dg-grid dg-{noun}"
    dashes = (
        f"stroke-width:{number(size)};stroke-dasharray:{number(size)} {number(gap)}"
    )
    left, above = min(x for x, _ in drawn), min(y for _, y in drawn)
    return Mark(
        svg=f'<path d="{path}" class="{kind}" style="{dashes}"/>',
        x=left,
        y=above,
        width=max(x for x, _ in drawn) + columns * pitch - gap - left,
        height=max(y for _, y in drawn) + rows * pitch - gap - above,
    )


def socket(x: float, y: float, width: float, height: float, *words: str) -> Mark:
    """Draw the place of what is absent, has moved or was dropped: a dotted outline."""
    rect = rectangle((x, y, width, height), "dg-socket", _CORNER)
    first = y + height / 2 + 4.5 - LEADING * (len(words) - 1) / 2
    inside = lines(x + width / 2, first, words, anchor="middle").svg
    return Mark(svg=rect + inside, x=x, y=y, width=width, height=height)


def enclosure(x: float, y: float, width: float, height: float, name: str = "") -> Mark:
    """Draw what encloses others (a node, a group), its name inside at the top."""
    rect = rectangle((x, y, width, height), "dg-enclosure", 4)
    inside = text(x + 14, y + 19, name, "bold").svg if name else ""
    return Mark(svg=rect + inside, x=x, y=y, width=width, height=height)


def plate(x: float, y: float, width: float, height: float) -> Mark:
    """Clear an area of the ground for words that stand on a filled one."""
    rect = rectangle((x, y, width, height), "dg-plate")
    return Mark(svg=rect, x=x, y=y, width=width, height=height)


def frame(
    x: float, y: float, width: float, height: float, *, strong: bool = False
) -> Mark:
    """Draw a thin line around an area; a strong one singles it out."""
    rect = rectangle(
        (x, y, width, height), "dg-frame dg-strong" if strong else "dg-frame"
    )
    return Mark(svg=rect, x=x, y=y, width=width, height=height)


def device(
    x: float, y: float, width: float, height: float, name: str, *, active: bool = False
) -> Mark:
    """Draw a device (a GPU, a rank) with its name, a strong outline if in use."""
    classes = "dg-device dg-edge dg-strong" if active else "dg-device dg-edge"
    rect = rectangle((x, y, width, height), classes, _CORNER)
    role: Role = "bold" if active else "note"
    words = text(x + 10, y + height / 2 + 4.5, name, role)
    return Mark(svg=rect + words.svg, x=x, y=y, width=width, height=height)


def token(x: float, y: float, size: float = 10) -> Mark:
    """Draw the token itself, a small solid square around a point."""
    half = size / 2
    return bar(x - half, y - half, size, size, noun="ink")


def dials(
    centres: Iterable[Point],
    radius: float,
    turns: Iterable[tuple[float, float]],
    texture: Texture = "solid",
    *,
    noun: Noun = "compute",
) -> Mark:
    """Draw round dials, each filled from one share of a turn to another, clockwise.

    A share counts from the top. A dial that is filled from 0 to 1 is full; one that is
    filled by nothing is only a ring, as each dial is.

    Examples
    --------
    >>> quarter = dials([(10, 10)], 8, [(0, 0.25)])
    >>> 'd="M10 10V2A8 8 0 0 1 18 10z" class="dg-solid dg-compute"' in quarter.svg
    True
    """
    drawn = list(zip(centres, turns, strict=True))
    rings = "".join(_full(x, y, radius) for (x, y), _ in drawn)
    filled = "".join(
        _sector(x, y, radius, start, end)
        for (x, y), (start, end) in drawn
        if end > start
    )
    filling = ""
    if texture in ("hatched", "counter-hatched"):
        filling = f' style="fill:url(#@{texture}-{noun})"'
    left = min(x for (x, _), _ in drawn) - radius
    above = min(y for (_, y), _ in drawn) - radius
    return Mark(
        svg=f'<path d="{rings}" class="dg-frame"/>'
        f'<path d="{filled}" class="dg-{texture} dg-{noun}"{filling}/>',
        x=left,
        y=above,
        width=max(x for (x, _), _ in drawn) + radius - left,
        height=max(y for (_, y), _ in drawn) + radius - above,
    )


def _full(x: float, y: float, radius: float) -> str:
    across, size = number(2 * radius), number(radius)
    half = f"a{size} {size} 0 1 1"
    return f"M{number(x)} {number(y - radius)}{half} 0 {across}{half} 0 -{across}z"


def _sector(x: float, y: float, radius: float, start: float, end: float) -> str:
    """Write a sector between two shares of a turn; a whole turn is a disc."""
    if end - start >= 1:
        return _full(x, y, radius)
    first, last = (_on_dial(x, y, radius, share) for share in (start, end))
    size, is_large = number(radius), int(end - start > 1 / 2)
    begin = f"V{number(first[1])}" if start == 0 else f"L{_pair(first)}"
    arc = f"A{size} {size} 0 {is_large} 1 {_pair(last)}"
    return f"M{_pair((x, y))}{begin}{arc}z"


def _on_dial(x: float, y: float, radius: float, share: float) -> Point:
    angle = 2 * math.pi * share
    return x + radius * math.sin(angle), y - radius * math.cos(angle)


def _pair(point: Point) -> str:
    return " ".join(map(number, point))
