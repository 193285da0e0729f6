"""Marks and their words: what a drawing is made of, and how it is grouped.

A mark knows its outline, so a wire can start at ``box.right`` and end at
``other.left``. Lengths are in drawing units, of which a wide layout is 720 across and a
narrow one 352.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Point = tuple[float, float]

Area = tuple[float, float, float, float]
"""Left, top, width and height."""

Noun = Literal["compute", "memory", "network", "money", "soft", "ink"]
"""What a colour means; the last two are for what has no noun of its own."""

Role = Literal["title", "name", "bold", "note", "strong-note", "large"]
"""Size and weight of words: three levels of text, and one large number a side."""

Anchor = Literal["start", "middle", "end"]

LEADING = 15
"""From one baseline of a note to the next."""

_SUBSCRIPT = re.compile(r"_\{([^}]*)\}")
_HIDDEN = ' aria-hidden="true"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark of a drawing: its outline and its SVG."""

    svg: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

    @property
    def left(self) -> Point:
        """Middle of the left edge."""
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> Point:
        """Middle of the right edge."""
        return self.x + self.width, self.y + self.height / 2

    @property
    def top(self) -> Point:
        """Middle of the upper edge."""
        return self.x + self.width / 2, self.y

    @property
    def bottom(self) -> Point:
        """Middle of the lower edge."""
        return self.x + self.width / 2, self.y + self.height


def number(value: float) -> str:
    """Write a length: tenths are finer than a screen, and no zero trails.

    Examples
    --------
    >>> number(12.0), number(1 / 3)
    ('12', '0.3')
    """
    return f"{value:.1f}".rstrip("0").rstrip(".")


def text(
    x: float,
    y: float,
    words: str,
    role: Role = "name",
    *,
    anchor: Anchor = "start",
    noun: Noun | None = None,
) -> Mark:
    """Write one line of words with its baseline at y; ``W_{O}`` has a subscript.

    A name is in ink and its sizes, a note, are soft; a noun gives them its colour.

    Examples
    --------
    >>> text(0, 10, "W_{O}", "bold").svg
    '<text x="0" y="10" class="dg-bold" aria-hidden="true">W<tspan dy="3" \
class="dg-below">O</tspan></text>'
    """
    classes = f"dg-{role}"
    if anchor != "start":
        classes += f" dg-{anchor}"
    if noun:
        classes += f" dg-word dg-{noun}"
    svg = (
        f'<text x="{number(x)}" y="{number(y)}" class="{classes}"{_HIDDEN}>'
        f"{_with_subscripts(words)}</text>"
    )
    return Mark(svg=svg, x=x, y=y)


def _with_subscripts(words: str) -> str:
    pieces = _SUBSCRIPT.split(words)
    written = []
    for index, piece in enumerate(map(html.escape, pieces)):
        if index % 2:
            written.append(f'<tspan dy="3" class="dg-below">{piece}</tspan>')
        elif index and piece:
            # The line rises again with the first letter after a subscript.
            written.append(f'<tspan dy="-3">{piece}</tspan>')
        else:
            written.append(piece)
    return "".join(written)


def lines(
    x: float,
    y: float,
    words: Sequence[str],
    role: Role = "note",
    *,
    anchor: Anchor = "start",
    noun: Noun | None = None,
    leading: float = LEADING,
) -> Mark:
    """Write lines of words under each other, the first baseline at y."""
    written = (
        text(x, y + index * leading, line, role, anchor=anchor, noun=noun)
        for index, line in enumerate(words)
    )
    return Mark(svg="".join(line.svg for line in written), x=x, y=y)


def rectangle(area: Area, classes: str, corner: float = 0) -> str:
    """Write a rectangle as SVG."""
    x, y, width, height = map(number, area)
    rounded = f' rx="{number(corner)}"' if corner else ""
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{rounded} '
        f'class="{classes}"/>'
    )


def linked(
    address: str,
    says: str,
    *marks: Mark,
    target: Area | None = None,
) -> Mark:
    """Make marks one link; what it says begins with its visible words.

    Parameters
    ----------
    address
        A page from the book's root without its ending (``architecture/routing``), with
        or without a section, or a section of the same page (``#section``).
    says
        What a screen reader announces: the visible words, then where the link goes.
    target
        An area of 24 units or more to touch, as x, y, width, height, where the marks
        alone are smaller.
    """
    area = rectangle(target, "dg-target") if target else ""
    inside = "".join(mark.svg for mark in marks).replace(_HIDDEN, "")
    svg = (
        f'<a class="ex-page" href="@{html.escape(address)}" '
        f'aria-label="{html.escape(says)}">{area}{inside}</a>'
    )
    first = marks[0]
    return replace(first, svg=svg)


def only(states: int | Sequence[int], *marks: Mark) -> Mark:
    """Show marks in one state of the drawing, or in several, counted from 0.

    Everything that states share stands outside, so that it keeps its place.
    """
    shown = [states] if isinstance(states, int) else states
    classes = " ".join(["dg-only", *(f"dg-in-{state}" for state in shown)])
    inside = "".join(mark.svg for mark in marks)
    return Mark(svg=f'<g class="{classes}">{inside}</g>')


def placed(x: float, y: float, *marks: Mark) -> Mark:
    """Move marks that were drawn from 0, 0: a part of a drawing to its place."""
    inside = "".join(mark.svg for mark in marks)
    move = f"translate({number(x)} {number(y)})"
    return Mark(svg=f'<g transform="{move}">{inside}</g>', x=x, y=y)
