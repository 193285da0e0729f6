"""Squares to count with: rows of equal squares, and the words beside them."""

import html

SIDE = 12
"""Side of one square, in drawing units."""

PITCH = 15
"""Distance from one square to the next."""

COLUMNS = 44
"""Squares in a full row."""

WIDTH = COLUMNS * PITCH
"""Width of a drawing made of full rows."""


def squares(count: int, *, top: int, fill: str) -> str:
    """Draw a number of squares, row after row from the left."""
    path = "".join(
        f"M{at % COLUMNS * PITCH} {top + at // COLUMNS * PITCH}h{SIDE}v{SIDE}h-{SIDE}z"
        for at in range(count)
    )
    return f'<path fill="{fill}" d="{path}"/>'


def height_of(count: int) -> int:
    """Return the height that a number of squares takes."""
    return -(-count // COLUMNS) * PITCH


def label(text: str, *, x: int, y: int) -> str:
    """Write words beside squares, in the page's type and ink."""
    return (
        f'<text x="{x}" y="{y}" font-size="14" fill="currentColor">'
        f"{html.escape(text)}</text>"
    )
