"""Packing loses no token and cuts no document needlessly; a moved middle comes back."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, strategies as st
from torch import Tensor

from dsv3.learning import Training, TrainingSettings, help_texts
from dsv3.learning.corpus import FILL_BEGIN, FILL_END, FILL_HOLE, MARK
from dsv3.learning.sequence_packing import (
    best_fit_packing,
    end_to_end_packing,
    fill_in_middle,
    fill_in_middle_parts,
    original_document,
)
from dsv3.model import Transformer, tiny

texts = st.lists(st.binary(max_size=40), min_size=1, max_size=25)


def tokens(text: bytes) -> Tensor:
    return torch.tensor([MARK, *text])


def pieces(rows: Tensor) -> list[bytes]:
    """Return what lies between marks, over all rows, end to end."""
    strip = rows.flatten().tolist()
    found, open_piece = [], bytearray()
    for token in strip:
        if token == MARK:
            found.append(bytes(open_piece))
            open_piece = bytearray()
        else:
            open_piece.append(token)
    return [piece for piece in [*found, bytes(open_piece)] if piece]


@given(documents=texts, size=st.integers(min_value=2, max_value=30))
def test_end_to_end_is_the_strip_itself(documents: list[bytes], size: int) -> None:
    made = end_to_end_packing([tokens(text) for text in documents], size=size)
    strip = [token for text in documents for token in (MARK, *text)]
    flat = made.rows.flatten().tolist()
    assert flat[: len(strip)] == strip
    assert set(flat[len(strip) :]) <= {MARK}
    assert len(flat) - len(strip) < size
    assert made.padding_share == pytest.approx(1 - len(strip) / len(flat))


@given(documents=texts, size=st.integers(min_value=2, max_value=50))
def test_best_fit_keeps_every_byte_and_cuts_nothing_that_fits(
    documents: list[bytes], size: int
) -> None:
    given_tokens = [tokens(text) for text in documents]
    made = best_fit_packing(given_tokens, size=size)
    assert sorted(made.rows[made.rows != MARK].tolist()) == sorted(b"".join(documents))
    short = [text for text in documents if text and len(text) < size]
    rows = [pieces(row) for row in made.rows]
    whole = [piece for row in rows for piece in row]
    for text in short:
        assert text in whole or any(text in piece for piece in whole)
    assert made.needless_cuts == 0
    assert made.cut_documents == sum(len(text) + 1 > size for text in documents)
    # First-fit-decreasing and its kin never need twice the rows that are enough.
    assert len(made.rows) <= 2 * -(-sum(map(len, given_tokens)) // size)


def test_an_example_by_hand() -> None:
    # Five texts of 14, 7, 5, 2 and 3 tokens into rows of 8, mark included: the long
    # one becomes 8 and 6, and the pieces 8, 7, 6 + 2, 5 + 3 fill four rows.
    lengths = (14, 7, 5, 2, 3)
    documents = [torch.tensor([MARK, *[n] * (n - 1)]) for n in lengths]
    fitted = best_fit_packing(documents, size=8)
    assert len(fitted.rows) == 4
    assert (fitted.cut_documents, fitted.needless_cuts) == (1, 0)
    assert fitted.padding_share == pytest.approx(1 / 32)
    # End to end they lie at 0-13, 14-20, 21-25, 26-27, 28-30: two short ones are cut.
    strip = end_to_end_packing(documents, size=8)
    assert len(strip.rows) == 4
    assert (strip.cut_documents, strip.needless_cuts) == (3, 2)


@given(text=st.binary(max_size=60), seed=st.integers(0, 10_000))
def test_a_moved_middle_comes_back(text: bytes, seed: int) -> None:
    chance = torch.Generator().manual_seed(seed)
    moved = fill_in_middle(tokens(text), share=1.0, generator=chance)
    assert torch.equal(original_document(moved), tokens(text))
    order = [t for t in moved.tolist() if t > MARK]
    assert order == [FILL_BEGIN, FILL_HOLE, FILL_END]
    assert moved.tolist()[:2] == [MARK, FILL_BEGIN]


def test_prefix_suffix_and_middle_come_in_this_order() -> None:
    text = bytes(range(200))
    chance = torch.Generator().manual_seed(0)
    moved = fill_in_middle(tokens(text), share=1.0, generator=chance).tolist()
    hole, end = moved.index(FILL_HOLE), moved.index(FILL_END)
    prefix, suffix, middle = moved[2:hole], moved[hole + 1 : end], moved[end + 1 :]
    assert bytes(prefix + middle + suffix) == text
    assert min(map(len, (prefix, suffix, middle))) > 0


def test_one_document_in_ten_is_moved_and_the_cuts_fall_anywhere() -> None:
    chance = torch.Generator().manual_seed(0)
    document = tokens(bytes(99))
    made = [fill_in_middle(document, share=0.1, generator=chance) for _ in range(4000)]
    moved = [one.tolist() for one in made if len(one) > len(document)]
    # 400 are expected with a standard deviation of 19.
    assert 320 < len(moved) < 480
    middles = [len(one) - 1 - one.index(FILL_END) for one in moved]
    # The middle between two even cuts is a third of the text on the average.
    assert sum(middles) / len(middles) == pytest.approx(33, abs=5)


def test_no_document_is_moved_at_a_share_of_0() -> None:
    document = tokens(b"whole")
    chance = torch.Generator().manual_seed(0)
    assert fill_in_middle(document, share=0.0, generator=chance) is document
    assert original_document(document) is document


def test_bad_input_is_refused() -> None:
    chance, document = torch.Generator(), tokens(b"text")
    with pytest.raises(ValueError, match=r"share is 1.5: must be from 0 to 1"):
        fill_in_middle(document, share=1.5, generator=chance)
    with pytest.raises(ValueError, match=r"document is \[1, 2\]: must begin with 256"):
        fill_in_middle(torch.tensor([1, 2]), share=0.1, generator=chance)
    with pytest.raises(ValueError, match=r"must hold each of the three signs once"):
        fill_in_middle_parts(document)
    with pytest.raises(ValueError, match=r"size is 1: must be at least 2"):
        best_fit_packing([document], size=1)
    with pytest.raises(ValueError, match=r"documents is 0: must be at least one"):
        end_to_end_packing([], size=8)


def test_a_model_with_the_signs_in_its_vocabulary_trains_on_packed_rows() -> None:
    chance = torch.Generator().manual_seed(0)
    texts = [
        fill_in_middle(text, share=0.5, generator=chance)
        for text in list(help_texts().values())[:12]
    ]
    rows = best_fit_packing(texts, size=48).rows
    assert bool((rows == FILL_HOLE).any())
    model = Transformer(replace(tiny(), vocab_size=FILL_END + 1), chance)
    how = TrainingSettings(steps=6, batch=4, context=48, warmup_steps=2)
    training = Training(model, rows, how)
    losses = [training.advance().loss for _ in range(6)]
    assert losses[-1] < losses[0]
