"""Lines: wires and their heads, forks and sums, brackets and dimensions, ticks."""

from collections.abc import Sequence

from explorables.diagram.marks import Mark, Noun, Point, number

HEAD = 7
"""Length and width of an arrow's head."""


def wire(
    *points: Point,
    head: bool = True,
    noun: Noun = "soft",
    thickness: float | None = None,
    dashed: bool = False,
) -> Mark:
    """Draw a wire through points, along right angles, with a head at its end.

    A thickness makes it a network link whose width is its bandwidth.

    Raises
    ------
    ValueError
        If two neighbouring points are neither level nor plumb.

    Examples
    --------
    >>> wire((0, 0), (10, 0), head=False).svg
    '<path d="M0 0H10" class="dg-wire dg-soft"/>'
    """
    path, end = _run(points, shortened=_head_size(thickness) - 2 if head else 0)
    style = f' style="stroke-width:{number(thickness)}"' if thickness else ""
    classes = f"dg-wire dg-{noun}" + (" dg-dashed" if dashed else "")
    line = f'<path d="{path}" class="{classes}"{style}/>'
    tip = _head(points[-2], end, noun, _head_size(thickness)) if head else ""
    return Mark(svg=line + tip)


def _head_size(thickness: float | None) -> float:
    return max(HEAD, 2 * thickness if thickness else HEAD)


def _run(points: Sequence[Point], *, shortened: float) -> tuple[str, Point]:
    """Return the path through points, cut short at its end, and the last point."""
    (x, y), *rest = points
    path = f"M{number(x)} {number(y)}"
    for index, (to_x, to_y) in enumerate(rest):
        if to_x != x and to_y != y:
            message = f"points are {points!r}: a wire runs along right angles"
            raise ValueError(message)
        cut = shortened if index == len(rest) - 1 else 0
        if to_y == y:
            path += f"H{number(to_x - cut * _sign(to_x - x))}"
        else:
            path += f"V{number(to_y - cut * _sign(to_y - y))}"
        x, y = to_x, to_y
    return path, (x, y)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _head(before: Point, end: Point, noun: Noun, size: float) -> str:
    """Return a triangle whose point touches the end of a wire."""
    (from_x, from_y), (x, y) = before, end
    right, down = _sign(x - from_x), _sign(y - from_y)
    half = size / 2
    back_x, back_y = -right * size, -down * size
    side = f"{number(back_x - down * half)} {number(back_y + right * half)}"
    across = f"{number(2 * down * half)} {number(-2 * right * half)}"
    return (
        f'<path d="M{number(x)} {number(y)}l{side}l{across}z" '
        f'class="dg-head dg-{noun}"/>'
    )


def fork(x: float, y: float) -> Mark:
    """Draw the dot on a wire where one tensor goes two ways."""
    return Mark(
        svg=f'<circle cx="{number(x)}" cy="{number(y)}" r="3" class="dg-fork"/>'
    )


def plus(x: float, y: float) -> Mark:
    """Draw a sum, 16 across, around a point."""
    circle = f'<circle cx="{number(x)}" cy="{number(y)}" r="8" class="dg-sum dg-edge"/>'
    cross = f"M{number(x - 4)} {number(y)}h8m-4 -4v8"
    svg = f'{circle}<path d="{cross}" class="dg-cross"/>'
    return Mark(svg=svg, x=x - 8, y=y - 8, width=16, height=16)


def tick(x: float, y: float, *, noun: Noun = "compute") -> Mark:
    """Draw a tick, 11 wide, around a point: chosen, accepted."""
    path = f"M{number(x - 5.5)} {number(y)}l4 4.5l7 -9.5"
    return Mark(svg=f'<path d="{path}" class="dg-tick dg-{noun}"/>')


def cross(x: float, y: float) -> Mark:
    """Draw a cross, 8 wide, around a point: refused."""
    path = f"M{number(x - 4)} {number(y - 4)}l8 8m0 -8l-8 8"
    return Mark(svg=f'<path d="{path}" class="dg-tick dg-soft"/>')


def bracket(
    x: float, top: float, bottom: float, *, width: float = 5, absent: bool = False
) -> Mark:
    """Draw a bracket that closes to the right around rows; a dropped one is dotted."""
    path = (
        f"M{number(x)} {number(top)}h{number(width)}V{number(bottom)}h{number(-width)}"
    )
    classes = "dg-bracket dg-absent" if absent else "dg-bracket"
    return Mark(
        svg=f'<path d="{path}" class="{classes}"/>',
        x=x,
        y=top,
        width=width,
        height=bottom - top,
    )


def dimension(start: Point, end: Point, *, noun: Noun = "soft") -> Mark:
    """Draw a dimension line: a head at both ends, and a stop across each."""
    (x, y), (to_x, to_y) = start, end
    level = y == to_y
    stop = "m0 -6v12" if level else "m-6 0h12"
    stops = (
        f'<path d="M{number(x)} {number(y)}{stop}M{number(to_x)} {number(to_y)}{stop}" '
        f'class="dg-stop dg-{noun}"/>'
    )
    if level:
        line = f"M{number(x + HEAD)} {number(y)}H{number(to_x - HEAD)}"
    else:
        line = f"M{number(x)} {number(y + HEAD)}V{number(to_y - HEAD)}"
    shaft = f'<path d="{line}" class="dg-wire dg-{noun}"/>'
    heads = _head(start, end, noun, HEAD) + _head(end, start, noun, HEAD)
    return Mark(svg=stops + shaft + heads)


def idle_lane(start: Point, end: Point) -> Mark:
    """Draw the dotted line of a lane on which nothing happens."""
    path, _ = _run((start, end), shortened=0)
    return Mark(svg=f'<path d="{path}" class="dg-lane"/>')


def rule(y: float, width: float, *, x: float = 0) -> Mark:
    """Draw a thin line across, between parts of a drawing."""
    path = f"M{number(x)} {number(y)}h{number(width)}"
    return Mark(svg=f'<path d="{path}" class="dg-rule"/>')


def lens(small: tuple[Point, Point], large: tuple[Point, Point]) -> Mark:
    """Draw two faint lines from the ends of a part to the ends of its enlargement."""
    path = "".join(
        f"M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}"
        for (x, y), (to_x, to_y) in zip(small, large, strict=True)
    )
    return Mark(svg=f'<path d="{path}" class="dg-rule"/>')
