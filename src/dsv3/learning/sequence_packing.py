"""Documents made into training sequences: a middle moved last, and rows filled.

This is the order of tokens between files and batches: fill-in-the-middle, and two ways
of filling rows of one length, end to end and by best fit.
"""

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dsv3.learning.corpus import FILL_BEGIN, FILL_END, FILL_HOLE, MARK
from explorables.arithmetic import require


def fill_in_middle(
    document: Tensor, *, share: float, generator: torch.Generator
) -> Tensor:
    """Return a document as it is, or by chance with its middle moved to the end.

    The order is prefix, suffix, middle [deepseekai2024v3]_ (section 4.1): a model that
    always reads forwards learns to write what stands between two texts. Both cuts fall
    anywhere with the same chance. `share` is the chance of being rearranged, published
    as 0.1.

    Then the tokens are mark, begin, prefix, hole, suffix, end, middle: three more.

    Examples
    --------
    >>> text = torch.tensor([MARK, *b"a middle"])
    >>> chance = torch.Generator().manual_seed(3)
    >>> moved = fill_in_middle(text, share=1.0, generator=chance).tolist()
    >>> [moved[0], moved[1], len(moved)] == [MARK, FILL_BEGIN, len(text) + 3]
    True
    """
    require("share", share, 0 <= share <= 1, "must be from 0 to 1")
    _require_mark(document)
    if float(torch.rand((), generator=generator)) >= share:
        return document
    places = torch.randint(1, len(document) + 1, (2,), generator=generator)
    first, second = sorted(places.tolist())
    parts = (document[1:first], document[second:], document[first:second])
    signs = torch.tensor([[FILL_BEGIN], [FILL_HOLE], [FILL_END]])
    pairs = [part for pair in zip(signs, parts, strict=True) for part in pair]
    return torch.cat((document[:1], *pairs))


def fill_in_middle_parts(moved: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return prefix, suffix and middle of a document that `fill_in_middle` rearranged.

    Examples
    --------
    >>> moved = torch.tensor([MARK, FILL_BEGIN, 1, 2, FILL_HOLE, 5, FILL_END, 3, 4])
    >>> [part.tolist() for part in fill_in_middle_parts(moved)]
    [[1, 2], [5], [3, 4]]
    """
    signs = (FILL_BEGIN, FILL_HOLE, FILL_END)
    found = [(moved == sign).nonzero().flatten().tolist() for sign in signs]
    whole = all(len(places) == 1 for places in found)
    rule = "must hold each of the three signs once"
    require("moved", moved.tolist()[:4], whole, rule)
    (begin,), (hole,), (end,) = found
    return moved[begin + 1 : hole], moved[hole + 1 : end], moved[end + 1 :]


def original_document(document: Tensor) -> Tensor:
    """Return a document of `fill_in_middle` in the order it was written in.

    Examples
    --------
    >>> moved = [MARK, FILL_BEGIN, 1, 2, FILL_HOLE, 5, FILL_END, 3, 4]
    >>> original_document(torch.tensor(moved)).tolist()[1:]
    [1, 2, 3, 4, 5]
    """
    if not bool((document == FILL_BEGIN).any()):
        return document
    prefix, suffix, middle = fill_in_middle_parts(document)
    return torch.cat((document[:1], prefix, middle, suffix))


Piece = tuple[int, int]
"""Number of a document, from 0, and how many of its tokens lie together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """Documents in rows of one length."""

    rows: Tensor
    """One sequence a row; what is left free holds marks."""

    pieces: tuple[tuple[Piece, ...], ...]
    """What lies in each row, in order."""

    documents: int

    cut_documents: int
    """Documents that lie in more than one row."""

    needless_cuts: int
    """Those among them that one row could have held."""

    padding_share: float
    """Places that hold no document's token, over all."""


def end_to_end_packing(documents: Sequence[Tensor], *, size: int) -> Packing:
    """Lay documents end to end and cut the strip into rows; only the last has room.

    A document begins with `MARK`, and a row has 2 tokens or more.

    Examples
    --------
    >>> texts = [torch.tensor([MARK, *range(length)]) for length in (5, 3)]
    >>> made = end_to_end_packing(texts, size=7)
    >>> made.cut_documents, tuple(made.rows.shape)
    (1, (2, 7))
    >>> made.pieces
    (((0, 6), (1, 1)), ((1, 3),))
    """
    _require_packable(documents, size)
    rows: list[list[Piece]] = []
    left = 0
    for number, document in enumerate(documents):
        rest = len(document)
        while rest:
            if not left:
                rows.append([])
                left = size
            rows[-1].append((number, min(rest, left)))
            rest, left = rest - rows[-1][-1][1], left - rows[-1][-1][1]
    return _packed(rows, documents, size)


def best_fit_packing(documents: Sequence[Tensor], *, size: int) -> Packing:
    """Fill rows so that no document is cut that a row could hold.

    Documents longer than a row are cut into rows and a rest; then every piece, the
    longest first, goes where it leaves the least room [ding2024truncations]_. Each row
    may have a little left.

    Examples
    --------
    >>> texts = [torch.tensor([MARK, *range(length)]) for length in (5, 3)]
    >>> best_fit_packing(texts, size=7).needless_cuts
    0
    """
    _require_packable(documents, size)
    pieces = [
        (number, len(piece))
        for number, document in enumerate(documents)
        for piece in document.split(size)
    ]
    rows: list[list[Piece]] = []
    room: list[tuple[int, int]] = []  # what each row has left, and its number
    for number, tokens in sorted(pieces, key=lambda piece: -piece[1]):
        place = bisect.bisect_left(room, (tokens, 0))
        left, row = room.pop(place) if place < len(room) else (size, len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((number, tokens))
        bisect.insort(room, (left - tokens, row))
    return _packed(rows, documents, size)


def _packed(
    rows: Sequence[Sequence[Piece]], documents: Sequence[Tensor], size: int
) -> Packing:
    """Set pieces into rows and count what became of the documents.

    A document that is longer than a row is laid in order, its rest last.
    """
    filled = torch.full((len(rows), size), MARK)
    begun = [0] * len(documents)
    pieces_of = Counter(number for row in rows for number, _ in row)
    for places, row in zip(filled, rows, strict=True):
        start = 0
        for number, tokens in row:
            piece = documents[number][begun[number] : begun[number] + tokens]
            places[start : start + tokens] = piece
            begun[number] += tokens
            start += tokens
    cut = [number for number, count in pieces_of.items() if count > 1]
    held = sum(map(len, documents))
    return Packing(
        rows=filled,
        pieces=tuple(map(tuple, rows)),
        documents=len(documents),
        cut_documents=len(cut),
        needless_cuts=sum(len(documents[number]) <= size for number in cut),
        padding_share=1 - held / filled.numel(),
    )


def _require_packable(documents: Sequence[Tensor], size: int) -> None:
    require("size", size, size >= 2, "must be at least 2")
    require("documents", len(documents), len(documents) > 0, "must be at least one")
    for document in documents:
        _require_mark(document)


def _require_mark(document: Tensor) -> None:
    begun = len(document) > 0 and int(document[0]) == MARK
    require("document", document.tolist()[:4], begun, f"must begin with {MARK}")
