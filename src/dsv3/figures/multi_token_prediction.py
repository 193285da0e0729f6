"""Pictures of predicting further: drafts on a text."""

import html
from collections.abc import Sequence
from typing import Unpack

from dsv3.figures.style import Picture, Words, noun_colours, picture, themed

COLUMNS = 64
COLUMN = 10
ROW = 26
LINE_END = "↵"
SPACE = "·"


def drafted_passage(
    text: str,
    accepted: Sequence[bool | None],
    **words: Unpack[Words],
) -> Picture:
    """Draw a text with every character whose draft was accepted, or was not.

    An accepted draft stands on a tinted field, a rejected one has a line under it;
    a character that was not drafted has neither. Spaces and ends of lines are shown.

    Raises
    ------
    ValueError
        If there is not one verdict for each character.
    """
    if len(accepted) != len(text):
        message = (
            f"accepted has {len(accepted)} verdicts: must be {len(text)}, the text's"
        )
        raise ValueError(message)
    body, row, column = [], 0, 0
    for character, verdict in zip(text, accepted, strict=True):
        body.append(_field(verdict, x=column * COLUMN, y=row * ROW))
        body.append(_glyph(character, x=column * COLUMN, y=row * ROW))
        column += 1
        if character == "\n" or column == COLUMNS:
            row, column = row + 1, 0
    rows = row + (column > 0)
    svg = (
        f'<svg viewBox="0 0 {COLUMNS * COLUMN} {rows * ROW}" class="dsv3-passage">'
        f'<g font-size="15" style="font-family: var(--book-mono, monospace)">'
        f"{''.join(body)}</g></svg>"
    )
    return picture(themed(svg), **words)


def _field(verdict: bool | None, *, x: int, y: int) -> str:
    """Return what stands behind or under a character."""
    colours = noun_colours()
    if verdict is None:
        return ""
    if verdict:
        return (
            f'<rect x="{x}" y="{y + 2}" width="{COLUMN}" height="{ROW - 6}" '
            f'fill="{colours["compute"]}" fill-opacity="0.25"/>'
        )
    return (
        f'<rect x="{x + 1}" y="{y + ROW - 6}" width="{COLUMN - 2}" height="3" '
        f'fill="{colours["memory"]}"/>'
    )


def _glyph(character: str, *, x: int, y: int) -> str:
    shown = {"\n": LINE_END, " ": SPACE}.get(character, character)
    faint = ' fill-opacity="0.45"' if shown in {LINE_END, SPACE} else ""
    return (
        f'<text x="{x + COLUMN / 2}" y="{y + 17}" text-anchor="middle" '
        f'fill="currentColor"{faint}>{html.escape(shown)}</text>'
    )
