"""The plain algorithm learns and spells what the `tokenizers` library does."""

import re
from pydoc_data.topics import topics

import pytest
from hypothesis import given, strategies as st
from tokenizers import Tokenizer, models, trainers

from dsv3.learning.byte_pairs import (
    BYTES,
    byte_pair_tokens,
    learned_merges,
    token_bytes,
    token_end_share,
)

MERGES = 120


def plain(topic: str) -> str:
    """Return a help text without runs of one sign, which may be counted two ways."""
    text = topics[topic].encode("ascii", "ignore").decode()
    return re.sub(r"(\W)\1+", r"\1", re.sub(r"\s+", " ", text))


TEXT = plain("try") + plain("for") + plain("assert")


@pytest.fixture(scope="module")
def merges() -> tuple[tuple[int, int], ...]:
    return learned_merges(TEXT.encode(), MERGES)


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    """Return a tokenizer that was trained on the same text, by somebody else's code."""
    assert len(TEXT) > 5000
    made = Tokenizer(models.BPE())
    size = len(set(TEXT)) + MERGES
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False)
    made.train_from_iterator([TEXT], trainer)
    return made


def test_the_library_learns_the_same_merges(
    merges: tuple[tuple[int, int], ...], library: Tokenizer
) -> None:
    ours = [token_bytes(BYTES + n, merges).decode() for n in range(MERGES)]
    ids = sorted(library.get_vocab().items(), key=lambda item: item[1])
    theirs = [word for word, _ in ids][-MERGES:]
    assert ours == theirs


def test_the_library_spells_another_text_alike(
    merges: tuple[tuple[int, int], ...], library: Tokenizer
) -> None:
    other = "".join(letter for letter in plain("if") if letter in TEXT)
    assert len(other) > 400
    ours = [
        token_bytes(t, merges).decode()
        for t in byte_pair_tokens(other.encode(), merges)
    ]
    assert ours == library.encode(other).tokens


@given(text=st.binary(max_size=200))
def test_any_bytes_come_back(text: bytes) -> None:
    merges = learned_merges(text, 10)
    tokens = byte_pair_tokens(text, merges)
    assert b"".join(token_bytes(token, merges) for token in tokens) == text
    assert len(tokens) <= max(len(text) - len(merges), 0) or not merges


def test_learning_stops_when_no_pair_comes_twice() -> None:
    assert learned_merges(b"abcd", 5) == ()
    assert learned_merges(b"", 5) == ()
    assert learned_merges(b"abab", 5) == ((97, 98),)


def test_ends_of_tokens_are_counted_where_two_pieces_meet() -> None:
    text = b"def f():\n    pass\n\nx: int\ny:\n    1\n"
    assert token_end_share(text, [], before=b":", after=b"\n") == 1
    joined = [(ord(":"), ord("\n"))]
    assert token_end_share(text, joined, before=b":", after=b"\n") == 0
    assert token_end_share(text, joined, before=b":", after=b" ") == 1
    # Of "aaa" the merge takes the first pair of three and leaves the second.
    assert token_end_share(b"aaa", [(97, 97)], before=b"a", after=b"a") == 0.5
    with pytest.raises(ValueError, match=r"must meet in the text at least once"):
        token_end_share(text, [], before=b":", after=b"!")


def test_bad_input_is_refused(merges: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match=r"merges is -1: must be 0 or above"):
        learned_merges(b"text", -1)
    with pytest.raises(ValueError, match=r"token is 376: must be from 0 to 375"):
        token_bytes(376, merges)
