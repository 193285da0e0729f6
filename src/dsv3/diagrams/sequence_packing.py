"""Documents packed into rows, end to end and by best fit, and what attention joins.

The finding: best fit cuts no document that a row could hold, and without a mask most
pairs of a packed row may join different documents.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorables.diagram import (
    Area,
    Diagram,
    Layout,
    Mark,
    Noun,
    Texture,
    bars,
    diagram,
    frame,
    lens,
    linked,
    text,
    triangles,
)

Marks = tuple[Mark, ...]

Row = Sequence[tuple[int, int]]
"""Pieces in a row: the number of a document, and how many of its tokens."""

CAPTION = """
End to end, {needless} documents that a row could hold are cut; by best fit, none. In
the marked row {others:.0%} of the pairs that attention computes join different
documents.
"""

NOTE = """
The length of a bar is the tokens of one document or a part of it; a row is {row:,}
tokens, as in DeepSeek-V3. The report names best-fit packing as its model and prints no
settings; it masks nothing between documents in pre-training, and masks samples in
fine-tuning.
"""

DESCRIPTION = """
The same {documents} documents in rows of {row:,} tokens, packed in two ways. Laid end
to end they fill {strip} rows; {needless} of those that a row could hold are cut, and
{long} are longer than a row. By best fit, with the longest piece first, they take
{fitted} rows and only the long ones are cut; {free:.1%} of the places stay free. Beside
it stands the causal attention of the row with {pieces} documents, keys across and
queries down: a triangle for each document, and blocks between documents, which
pre-training does not mask. The blocks are {others:.0%} of all pairs.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The same documents packed in two ways."""

    row_tokens: int
    end_to_end: Sequence[Row]
    best_fit: Sequence[Row]

    @property
    def lengths(self) -> dict[int, int]:
        """Tokens of each document."""
        found: Counter[int] = Counter()
        for row in self.best_fit:
            for document, tokens in row:
                found[document] += tokens
        return dict(found)

    @property
    def needless(self) -> set[int]:
        """Documents that end to end cuts and a row could hold."""
        pieces = Counter(one for row in self.end_to_end for one, _ in row)
        return {
            one
            for one, count in pieces.items()
            if count > 1 and self.lengths[one] <= self.row_tokens
        }

    @property
    def mixed(self) -> int:
        """The row by best fit with the most documents."""
        return max(range(len(self.best_fit)), key=lambda at: len(self.best_fit[at]))

    @property
    def others_share(self) -> float:
        """Share of the causal pairs of the mixed row that join different documents."""
        parts = [tokens for _, tokens in self.best_fit[self.mixed]]
        own = sum(tokens * (tokens + 1) for tokens in parts)
        return 1 - own / (sum(parts) * (sum(parts) + 1))


def sequence_packing(
    *, row_tokens: int, end_to_end: Sequence[Row], best_fit: Sequence[Row]
) -> Diagram:
    """Draw documents packed end to end and by best fit, and attention in one row."""
    packed = Packed(row_tokens=row_tokens, end_to_end=end_to_end, best_fit=best_fit)
    lengths = packed.lengths
    places = row_tokens * len(best_fit)
    said = {
        "documents": len(lengths),
        "row": row_tokens,
        "strip": len(end_to_end),
        "fitted": len(best_fit),
        "needless": len(packed.needless),
        "long": sum(length > row_tokens for length in lengths.values()),
        "free": 1 - sum(lengths.values()) / places,
        "pieces": len(best_fit[packed.mixed]),
        "others": packed.others_share,
    }

    def draw(*, wide: bool) -> Layout:
        return _page(packed) if wide else _phone(packed)

    return diagram(
        draw,
        name="sequence-packing",
        page="training-recipe/pre-training",
        title="Documents packed into rows, and attention in a row",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="Python's help texts, bytes as tokens; DeepSeek-V3 report, section 4.1",
    )


TOP = 30
"""Where the rows of a packing begin, below its name."""


def _page(packed: Packed) -> Layout:
    width, pitch, side = 226, 20, 196
    second, third = 252, 522
    rows = max(len(packed.end_to_end), len(packed.best_fit))
    below = TOP + max(rows * pitch, side) + 18
    top = TOP + packed.mixed * pitch
    return Layout(
        height=below + 60,
        marks=(
            *_packing(packed, packed.end_to_end, (0, width, pitch), "end to end"),
            *_packing(packed, packed.best_fit, (second, width, pitch), "best fit"),
            frame(second - 2, top - 2, width + 4, pitch, strong=True),
            lens(
                ((second + width + 2, top - 2), (second + width + 2, top + pitch - 2)),
                ((third, TOP), (third, TOP + side)),
            ),
            text(third, 15, "attention in one row", "bold"),
            *_attention(packed, (third, TOP, side, side)),
            *_legend(below, (0, second, third)),
            _link(0, below + 44, "Masked in fine-tuning"),
        ),
    )


def _phone(packed: Packed) -> Layout:
    width, pitch, side = 350, 19, 200
    first = TOP + len(packed.end_to_end) * pitch + 22
    second = first + TOP + len(packed.best_fit) * pitch + 22
    top = first + TOP + packed.mixed * pitch
    below = second + TOP + side + 24
    fitted = _packing(packed, packed.best_fit, (0, width, pitch), "best fit", top=first)
    return Layout(
        height=below + 92,
        marks=(
            *_packing(packed, packed.end_to_end, (0, width, pitch), "end to end"),
            *fitted,
            frame(1, top - 2, width, pitch, strong=True),
            text(0, second + 15, "attention in the marked row", "bold"),
            *_attention(packed, (1, second + TOP, side, side)),
            *_legend(below, None),
            _link(0, below + 78, "Masked in fine-tuning"),
        ),
    )


def _packing(
    packed: Packed,
    rows: Sequence[Row],
    columns: tuple[float, float, float],
    name: str,
    *,
    top: float = 0,
) -> Marks:
    """Draw rows of documents: the long ones, those cut needlessly, and what is free."""
    left, width, pitch = columns
    scale = width / packed.row_tokens
    areas: dict[tuple[Texture, Noun], list[Area]] = {}
    for at, row in enumerate(rows):
        x, y = left, top + TOP + at * pitch
        for document, tokens in row:
            cut = document in packed.needless and rows is packed.end_to_end
            long = packed.lengths[document] > packed.row_tokens
            kind: tuple[Texture, Noun] = (
                ("hatched", "memory")
                if cut
                else ("faint", "soft")
                if long
                else ("tint", "compute")
            )
            size = tokens * scale
            area = (x + 0.5, y, max(size - 1.5, 0.5), pitch - 4)
            areas.setdefault(kind, []).append(area)
            x += size
        free = left + width - x
        if free > 2:
            empty = (x + 0.5, y, free - 1.5, pitch - 4)
            areas.setdefault(("outline", "soft"), []).append(empty)
    return (
        text(left, top + 15, f"{name}: {len(rows)} rows", "bold"),
        *(bars(found, texture, noun=noun) for (texture, noun), found in areas.items()),
    )


def _attention(packed: Packed, area: Area) -> Marks:
    """Draw the causal pairs of one row: within documents, and between them."""
    left, top, side, _ = area
    row = packed.best_fit[packed.mixed]
    scale = side / sum(tokens for _, tokens in row)
    starts = [0.0]
    for _, tokens in row:
        starts.append(starts[-1] + tokens * scale)
    spans = list(pairwise(starts))
    own = [
        (left + start, top + start, end - start, end - start) for start, end in spans
    ]
    others = [
        (left + key, top + start, key_end - key, end - start)
        for start, end in spans
        for key, key_end in spans
        if key < start
    ]
    return (
        bars(others, "counter-hatched", noun="network"),
        triangles(own, "tint"),
        text(left + side, top + 40, "keys across,", "note", anchor="end"),
        text(left + side, top + 55, "queries down", "note", anchor="end"),
    )


LEGEND: Sequence[tuple[Texture, Noun, str]] = [
    ("hatched", "memory", "cut, though a row could hold it"),
    ("faint", "soft", "of a document longer than a row"),
    ("counter-hatched", "network", "pairs between documents"),
]


def _legend(y: float, columns: Sequence[float] | None) -> Marks:
    """Name the textures, in one line on a page and in rows on a phone."""
    marks: list[Mark] = []
    for at, (texture, noun, words) in enumerate(LEGEND):
        x = columns[at] if columns else 0
        baseline = y if columns else y + 18 * at
        marks += [
            bars([(x + 1, baseline - 9, 18, 11)], texture, noun=noun),
            text(x + 27, baseline, words, "note"),
        ]
    return tuple(marks)


def _link(x: float, y: float, words: str) -> Mark:
    return linked(
        "training-recipe/post-training#sample-masking-in-packed-sft",
        f"{words}: sample masking in packed SFT",
        text(x, y, words, "bold"),
        target=(x, y - 17, 160, 24),
    )
