"""Needles stand where they are said to, and answers are judged as they should."""

from dataclasses import replace

import pytest
import torch

from dsv3.learning.long_context import reader_architecture
from dsv3.learning.needles import (
    DEPTHS,
    FIRST_ANSWER,
    FIRST_NEEDLE,
    FIRST_QUESTION,
    KEYS,
    VALUES,
    NeedleText,
    needle_text,
    plain_text,
    probes,
    recall,
)
from dsv3.model import Transformer

TEXT = plain_text(torch.arange(4096) % 257)


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_reader() -> Transformer:
    return Transformer(reader_architecture(yarn=False), chance())


def read_by_hand(tokens: list[int], asked: int) -> tuple[int, int, int]:
    """Return the last value of the key asked for, the one before, and its place."""
    key = tokens[asked] - FIRST_QUESTION
    first = FIRST_NEEDLE + VALUES * key
    found = [
        (place, token - first)
        for place, token in enumerate(tokens[:asked])
        if first <= token < first + VALUES
    ]
    (_, stale), (place, fresh) = found
    return FIRST_ANSWER + fresh, FIRST_ANSWER + stale, place


def test_plain_text_has_room_for_needles_questions_and_answers() -> None:
    reserved = {FIRST_ANSWER + n for n in range(VALUES)}
    reserved |= {FIRST_QUESTION + n for n in range(KEYS)}
    reserved |= {FIRST_NEEDLE + n for n in range(KEYS * VALUES)}
    assert len(reserved) == VALUES + KEYS + KEYS * VALUES
    assert not reserved & set(TEXT.tolist())
    letters = torch.tensor(list(b"def f(x):\n\treturn x"))
    assert plain_text(letters).tolist() == letters.tolist()


@pytest.mark.parametrize(("size", "keys"), [(64, 5), (64, 10), (512, 16)])
def test_the_right_answer_is_the_later_needle(size: int, keys: int) -> None:
    piece = needle_text(TEXT, batch=8, size=size, keys=keys, generator=chance())
    for row, tokens in enumerate(piece.tokens_BT.tolist()):
        for at, asked in enumerate(piece.asked_BK[row].tolist()):
            right, stale, _ = read_by_hand(tokens, asked)
            assert tokens[asked + 1] == right == piece.answers_BK[row, at]
            assert stale == piece.stale_BK[row, at] != right


@pytest.mark.parametrize("size", [40, 64, 512])
def test_probes_ask_at_the_end_for_every_depth(size: int) -> None:
    piece = probes(TEXT, batch=8, size=size, generator=chance())
    room = size - 2 * DEPTHS
    assert sorted(piece.asked_BK[0].tolist()) == list(range(room, size, 2))
    for row, tokens in enumerate(piece.tokens_BT.tolist()):
        for depth, asked in enumerate(piece.asked_BK[row].tolist()):
            right, stale, place = read_by_hand(tokens, asked)
            assert tokens[asked + 1] == right == piece.answers_BK[row, depth]
            assert stale == piece.stale_BK[row, depth] != right
            assert depth * room // DEPTHS <= place < (depth + 1) * room // DEPTHS


def test_too_many_needles_are_refused() -> None:
    with pytest.raises(ValueError, match="keys is 11: must be from 1 to 10 in 64"):
        needle_text(TEXT, batch=1, size=64, keys=11, generator=chance())
    with pytest.raises(ValueError, match="size is 39: must be at least 40"):
        probes(TEXT, batch=1, size=39, generator=chance())


def test_who_knows_all_answers_is_right_and_who_is_behind_is_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece = probes(TEXT, batch=4, size=64, generator=chance())

    def saying(answers: torch.Tensor) -> Transformer:
        logits = torch.zeros(*piece.tokens_BT.shape, 257)
        logits[torch.arange(4)[:, None], piece.asked_BK, answers] = 1.0
        model = small_reader()
        said = replace(model(piece.tokens_BT), logits_BSW=logits)
        monkeypatch.setattr(model, "forward", lambda _tokens: said)
        return model

    knows = recall(saying(piece.answers_BK), piece)
    assert knows.right == (1.0,) * DEPTHS
    assert knows.stale == (0.0,) * DEPTHS
    behind = recall(saying(piece.stale_BK), piece)
    assert behind.right == (0.0,) * DEPTHS
    assert behind.stale == (1.0,) * DEPTHS


def test_judging_in_parts_is_judging_the_whole() -> None:
    model = small_reader()
    piece = probes(TEXT, batch=10, size=2048, generator=chance())
    rows = [
        NeedleText(
            tokens_BT=piece.tokens_BT[at : at + 1],
            asked_BK=piece.asked_BK[at : at + 1],
            stale_BK=piece.stale_BK[at : at + 1],
        )
        for at in range(10)
    ]
    each = [recall(model, row).right for row in rows]
    means = [sum(column) / 10 for column in zip(*each, strict=True)]
    assert recall(model, piece).right == pytest.approx(means)
