"""Needles in real text: planted, asked for, and judged by depth and length.

A needle is one byte that no text here has: it names a key and a value. The same key
stands twice, first with a stale value, and whoever asks for the key wants the later
one. So a reader must find its needles, and know which came last.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Int
from torch import Tensor

from dsv3.learning.corpus import windows
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

KEYS, VALUES = 16, 8
FIRST_ANSWER, FIRST_QUESTION, FIRST_NEEDLE = 1, 14, 128
"""Bytes that text does not need: 8 for answers, 16 for questions, 128 for needles."""

DEPTHS = 5
"""Parts of a text, from its start to its end, in which a needle is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedleText:
    """Text with needles and questions in it."""

    tokens_BT: Tensor
    """The text; after each question stands its answer."""

    asked_BK: Tensor
    """Where the questions stand."""

    stale_BK: Tensor
    """The answers that would be out of date."""

    @property
    def answers_BK(self) -> Tensor:
        """The right answers."""
        rows_B1 = torch.arange(len(self.tokens_BT))[:, None]
        return self.tokens_BT[rows_B1, self.asked_BK + 1]

    def logits_at_questions(self, logits_BTW: Tensor) -> Tensor:
        """Return what is predicted after each question."""
        rows_B1 = torch.arange(len(self.tokens_BT))[:, None]
        return logits_BTW[rows_B1, self.asked_BK]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How questions were answered, by the depth of the needle."""

    right: tuple[float, ...]
    """Share answered with the fresh value."""

    stale: tuple[float, ...]
    """Share answered with the value that was out of date."""


def plain_text(tokens: Tensor) -> Tensor:
    """Return a text without the bytes that needles, questions and answers use."""
    answer = (tokens >= FIRST_ANSWER) & (tokens < FIRST_ANSWER + VALUES)
    question = (tokens >= FIRST_QUESTION) & (tokens < FIRST_QUESTION + KEYS)
    needle = (tokens >= FIRST_NEEDLE) & (tokens < FIRST_NEEDLE + KEYS * VALUES)
    return torch.where(answer | question | needle, torch.tensor(ord("?")), tokens)


def needle_text(
    text: Tensor, *, batch: int, size: int, keys: int, generator: torch.Generator
) -> NeedleText:
    """Return pieces of text with needles and questions at random places.

    Each key of a piece has two needles and, after them, a question. The text is of
    `plain_text`.
    """
    most = min(KEYS, size // 6)
    rule = f"must be from 1 to {most} in {size} tokens"
    require("keys", keys, 1 <= keys <= most, rule)
    tokens_BT = windows(text, batch=batch, size=size, generator=generator).clone()
    chance = torch.rand(batch, size // 2, generator=generator)
    slots = chance.argsort(1)[:, : 3 * keys].view(batch, keys, 3)
    first_BK, second_BK, asked_BK = (2 * slots.sort(-1).values).unbind(-1)
    names_BK = torch.rand(batch, KEYS, generator=generator).argsort(1)[:, :keys]
    fresh_BK, stale_BK = _values((batch, keys), generator)
    rows_B1 = torch.arange(batch)[:, None]
    tokens_BT[rows_B1, first_BK] = FIRST_NEEDLE + names_BK * VALUES + stale_BK
    tokens_BT[rows_B1, second_BK] = FIRST_NEEDLE + names_BK * VALUES + fresh_BK
    tokens_BT[rows_B1, asked_BK] = FIRST_QUESTION + names_BK
    tokens_BT[rows_B1, asked_BK + 1] = FIRST_ANSWER + fresh_BK
    return NeedleText(
        tokens_BT=tokens_BT, asked_BK=asked_BK, stale_BK=FIRST_ANSWER + stale_BK
    )


def probes(
    text: Tensor, *, batch: int, size: int, generator: torch.Generator
) -> NeedleText:
    """Return pieces of text that ask at their end for a needle of every depth.

    The piece is cut into `DEPTHS` equal parts. Each has one fresh needle at a random
    place, with its stale one anywhere before, and all are asked for at the end in
    random order. Questions are given by depth, the start first. The text is of
    `plain_text`, its pieces of 40 tokens or more.
    """
    require("size", size, size >= 8 * DEPTHS, f"must be at least {8 * DEPTHS}")
    tokens_BT = windows(text, batch=batch, size=size, generator=generator).clone()
    places = [_places(size - 2 * DEPTHS, generator) for _ in range(batch)]
    first_BK, second_BK = (torch.tensor(part) for part in zip(*places, strict=True))
    order_BK = torch.rand(batch, DEPTHS, generator=generator).argsort(1)
    asked_BK = size - 2 * DEPTHS + 2 * order_BK
    names_BK = torch.rand(batch, KEYS, generator=generator).argsort(1)[:, :DEPTHS]
    fresh_BK, stale_BK = _values((batch, DEPTHS), generator)
    rows_B1 = torch.arange(batch)[:, None]
    tokens_BT[rows_B1, first_BK] = FIRST_NEEDLE + names_BK * VALUES + stale_BK
    tokens_BT[rows_B1, second_BK] = FIRST_NEEDLE + names_BK * VALUES + fresh_BK
    tokens_BT[rows_B1, asked_BK] = FIRST_QUESTION + names_BK
    tokens_BT[rows_B1, asked_BK + 1] = FIRST_ANSWER + fresh_BK
    return NeedleText(
        tokens_BT=tokens_BT, asked_BK=asked_BK, stale_BK=FIRST_ANSWER + stale_BK
    )


def _values(
    shape: tuple[int, int], generator: torch.Generator
) -> tuple[Int[Tensor, "B K"], Int[Tensor, "B K"]]:
    """Return fresh values and stale ones, which differ from them."""
    fresh_BK = torch.randint(0, VALUES, shape, generator=generator)
    further_BK = torch.randint(1, VALUES, shape, generator=generator)
    return fresh_BK, (fresh_BK + further_BK) % VALUES


def _places(size: int, generator: torch.Generator) -> tuple[list[int], list[int]]:
    """Return free places of a stale and, after it, a fresh needle for every depth."""
    taken: set[int] = set()

    def free(low: int, high: int) -> int:
        while True:
            place = int(torch.randint(low, high, (), generator=generator))
            if place not in taken:
                taken.add(place)
                return place

    stale, fresh = [], []
    for depth in range(DEPTHS):
        low, high = depth * size // DEPTHS, (depth + 1) * size // DEPTHS
        fresh.append(free(max(low, 1), high))
        stale.append(free(0, fresh[-1]))
    return stale, fresh


@torch.inference_mode()
def recall(model: Transformer, asked: NeedleText) -> Recall:
    """Return how a model answers the questions of `probes`, by depth of the needle."""
    # A few pieces at a time: logits of long ones fill the memory.
    few = max(1, 8192 // asked.tokens_BT.shape[1])
    parts = [
        replace(
            asked,
            tokens_BT=asked.tokens_BT[at : at + few],
            asked_BK=asked.asked_BK[at : at + few],
        )
        for at in range(0, len(asked.tokens_BT), few)
    ]
    found = [p.logits_at_questions(model(p.tokens_BT).logits_BSW) for p in parts]
    said_BK = torch.cat(found).argmax(-1)

    def shares(wanted_BK: Tensor) -> tuple[float, ...]:
        return tuple((said_BK == wanted_BK).double().mean(0).tolist())

    return Recall(right=shares(asked.answers_BK), stale=shares(asked.stale_BK))
