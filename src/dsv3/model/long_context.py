"""A small reader with a short window, and a task that needs a long memory.

Owns the needles: how they are planted in real text, asked for, and judged by
depth and length; and the little training that teaches a small model to answer.
A needle is one byte that no text here has: it names a key and a value. The same
key stands twice, first with a stale value, and whoever asks for the key wants
the later one. So the reader must find its needles, and know which came last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from dsv3.architecture import LatentAttention, RopeScaling
from dsv3.arithmetic import require
from dsv3.facts import fact
from dsv3.model.config_file import tiny
from dsv3.model.configuration import ModelSettings
from dsv3.model.corpus import windows
from dsv3.model.multi_token_prediction import prediction_loss
from dsv3.model.transformer import Transformer

WINDOW = 64
"""Tokens of the first window; DeepSeek-V3's is 4,096."""

KEYS, VALUES = 16, 8
FIRST_ANSWER, FIRST_QUESTION, FIRST_NEEDLE = 1, 14, 128
"""Bytes that text does not need: 8 for answers, 16 for questions, 128 for needles."""

DEPTHS = 5
"""Parts of a text, from its start to its end, in which a needle is looked for."""

ROPE_THETA = 256.0
"""Base that lets the slowest of 8 pairs turn 0.08 times over 64 tokens, as the
slowest of V3's turns 0.09 times over 4,096."""

LENGTHS = (64, 128, 256, 512, 1024, 2048)
"""Lengths at which the reader is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
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


def windows_by_phase(window: int = WINDOW) -> tuple[int, int, int]:
    """Return the windows of the base run and of two extensions, as published.

    The factors are those of DeepSeek-V3 [deepseekai2024v3]_ (section 4.3): 4K to
    32K to 128K.

    Examples
    --------
    >>> windows_by_phase()
    (64, 512, 2048)
    """
    base = fact("v3.sequence_tokens").number
    name = "v3.context_extension.{}_sequence_tokens"
    longer = [fact(name.format(phase)).number for phase in ("first", "second")]
    first, second = (round(window * length / base) for length in longer)
    return window, first, second


def reader_settings(*, yarn: bool, window: int = WINDOW) -> ModelSettings:
    """Return a small dense model, with or without DeepSeek-V3's YaRN.

    Two layers of latent attention and plain feed-forwards: experts have no part
    in what is asked here. Factor and turns of YaRN are the published ones; only
    the length trained first is the small window.

    Parameters
    ----------
    yarn
        Whether position is stretched.
    window
        The length trained first.

    Examples
    --------
    >>> reader_settings(yarn=True).yarn.factor, reader_settings(yarn=False).yarn
    (40.0, None)
    """
    whole = tiny()
    small, hidden, layers = whole.architecture, 64, 2
    assert small.experts is not None
    assert isinstance(small.attention, LatentAttention)
    attention = replace(
        small.attention,
        num_attention_heads=4,
        q_lora_rank=None,
        kv_lora_rank=hidden // 2,
        qk_nope_head_dim=12,
        qk_rope_head_dim=16,
        v_head_dim=12,
    )
    names = ("factor", "beta_fast", "beta_slow", "mscale")
    stretching = {name: float(fact(f"v3.yarn.{name}").number) for name in names}
    stretching["mscale_all_dim"] = stretching["mscale"]
    stretching["original_max_position_embeddings"] = float(window)
    scaling = RopeScaling(rope_type="yarn", settings=tuple(sorted(stretching.items())))
    architecture = replace(
        small,
        hidden_size=hidden,
        num_hidden_layers=layers,
        attention=attention,
        intermediate_size=2 * hidden,
        experts=replace(small.experts, first_k_dense_replace=layers),
        num_nextn_predict_layers=0,
        rope_theta=ROPE_THETA,
        rope_scaling=scaling if yarn else None,
        max_position_embeddings=LENGTHS[-1],
    )
    spread = 0.5 / hidden**0.5
    return replace(whole, architecture=architecture, initializer_range=spread)


def plain_text(tokens: Tensor) -> Tensor:
    """Return a text without the bytes that needles, questions and answers use."""
    answer = (tokens >= FIRST_ANSWER) & (tokens < FIRST_ANSWER + VALUES)
    question = (tokens >= FIRST_QUESTION) & (tokens < FIRST_QUESTION + KEYS)
    needle = (tokens >= FIRST_NEEDLE) & (tokens < FIRST_NEEDLE + KEYS * VALUES)
    return torch.where(answer | question | needle, torch.tensor(ord("?")), tokens)


def planted(
    text: Tensor, *, batch: int, size: int, keys: int, generator: torch.Generator
) -> Planted:
    """Return pieces of text with needles and questions at random places.

    Parameters
    ----------
    text
        Tokens from `plain_text`.
    batch, size
        Pieces, and tokens in each.
    keys
        Keys planted in a piece; each has two needles and, after them, a question.
    generator
        Source of chance.

    Raises
    ------
    ValueError
        If the pieces are too short for so many, or there are fewer keys.
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
    return Planted(
        tokens_BT=tokens_BT, asked_BK=asked_BK, stale_BK=FIRST_ANSWER + stale_BK
    )


def probes(
    text: Tensor, *, batch: int, size: int, generator: torch.Generator
) -> Planted:
    """Return pieces of text that ask at their end for a needle of every depth.

    The piece is cut into `DEPTHS` equal parts. Each has one fresh needle at a
    random place, with its stale one anywhere before, and all are asked for at
    the end in random order. Questions are given by depth, the start first.

    Parameters
    ----------
    text
        Tokens from `plain_text`.
    batch, size
        Pieces, and tokens in each, 40 or more.
    generator
        Source of chance.
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
    return Planted(
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


def learn(
    model: Transformer,
    text: Tensor,
    *,
    size: int,
    batch: int,
    keys: int,
    rates: Sequence[float],
    seed: int,
) -> Iterator[float]:
    """Train a model to read and to answer, one step for each learning rate.

    The loss is that of the next byte, everywhere, and again that of the answers
    alone: they are few, and what comes before them is mostly chance.

    Parameters
    ----------
    model
        Changed in place.
    text
        Tokens from `plain_text`.
    size, batch, keys
        As in `planted`.
    rates
        AdamW's learning rate at every step.
    seed
        Seed of the text's order and of the needles.

    Yields
    ------
    float
        The loss of the answers at each step, in nats.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(
        model.parameters(),
        betas=(0.9, 0.95),
        weight_decay=fact("v3.weight_decay").number,
        fused=True,
    )
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        piece = planted(text, batch=batch, size=size, keys=keys, generator=generator)
        logits_BTW = model(piece.tokens_BT).logits_BSW
        answers = cross_entropy(
            piece.logits_at_questions(logits_BTW).flatten(0, 1),
            piece.answers_BK.flatten(),
        )
        loss = prediction_loss(logits_BTW, piece.tokens_BT, 1) + answers
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        clip_grad_norm_(model.parameters(), fact("v3.gradient_clip_norm").number)
        optimizer.step()
        yield float(answers.detach())


def base_rates(steps: int, peak: float = 4e-3) -> list[float]:
    """Return the base run's learning rates: a rise, a constant, and 0.3 of it.

    Examples
    --------
    >>> rates = base_rates(100, peak=1.0)
    >>> rates[0], rates[50], rates[99]
    (0.05, 1.0, 0.3)
    """
    late = 0.7 * steps
    return [
        peak * min(1.0, step / 20) * (1.0 if step <= late else 0.3)
        for step in range(1, steps + 1)
    ]


@torch.inference_mode()
def recall(model: Transformer, asked: Planted) -> Recall:
    """Return how a model answers questions, by the depth of their needles.

    Parameters
    ----------
    model
        The model.
    asked
        Pieces from `probes`.
    """
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


@torch.inference_mode()
def loss_by_position(
    model: Transformer, tokens_BT: Int[Tensor, "B T"], edges: Sequence[int]
) -> list[float]:
    """Return the loss of the next byte between given positions, in nats.

    Parameters
    ----------
    model
        The model.
    tokens_BT
        Whole texts.
    edges
        Positions in rising order; a mean is given for each two neighbours.
    """
    losses = [_losses(model, row_T[None]) for row_T in tokens_BT]
    mean_T = torch.cat(losses).double().mean(0)
    return [float(mean_T[low:high].mean()) for low, high in pairwise(edges)]


def _losses(
    model: Transformer, tokens_BT: Int[Tensor, "B T"]
) -> Float[Tensor, "B T-1"]:
    logits_BWT = model(tokens_BT).logits_BSW[:, :-1].transpose(1, 2)
    return cross_entropy(logits_BWT, tokens_BT[:, 1:], reduction="none")
