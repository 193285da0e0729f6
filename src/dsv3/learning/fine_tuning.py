"""Supervised fine-tuning: samples packed into rows, and a loss on answers only.

Section 5.1 of the report [deepseekai2024v3]_: several samples share a row and do not
see each other, and the rate falls by half a cosine. Every sample is a question and an
answer; only the answer is learnt.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from dsv3.model.transformer import Prediction, Transformer
from explorables.arithmetic import require

PADDING = -1
"""Number of the sample that fills a row's rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A question with the answer that is to be learnt, both as tokens."""

    question: tuple[int, ...]
    answer: tuple[int, ...]

    def __post_init__(self) -> None:
        for name in ("question", "answer"):
            size = len(getattr(self, name))
            require(f"the {name}'s length", size, size >= 1, "must be at least 1")

    @property
    def tokens(self) -> tuple[int, ...]:
        """Question and answer."""
        return (*self.question, *self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSamples:
    """Samples laid into rows of one length."""

    tokens_BS: Tensor
    """Tokens; 0 where a row is not full."""

    samples_BS: Tensor
    """For each token the number of its sample, `PADDING` where there is none."""

    learnt_BS: Tensor
    """Whether a token belongs to an answer."""

    @property
    def filled_share(self) -> float:
        """Share of the places that hold a token of a sample."""
        return float((self.samples_BS != PADDING).float().mean())


def pack(samples: Sequence[Sample], *, row_tokens: int) -> PackedSamples:
    """Lay samples into as few rows as first fit needs.

    Each sample goes into the first row that has room, whole; the order of the samples
    within a row is that of the list.

    Examples
    --------
    >>> two = [Sample(question=(5,), answer=(6, 7)), Sample(question=(8,), answer=(9,))]
    >>> packed = pack(two, row_tokens=6)
    >>> packed.tokens_BS.tolist(), packed.samples_BS.tolist()
    ([[5, 6, 7, 8, 9, 0]], [[0, 0, 0, 1, 1, -1]])
    """
    require("samples", len(samples), len(samples) > 0, "must be at least one")
    rows: list[list[int]] = []
    room: list[int] = []
    for number, sample in enumerate(samples):
        size = len(sample.tokens)
        rule = f"must fit in a row of {row_tokens} tokens"
        require(f"length of sample {number}", size, size <= row_tokens, rule)
        row = next((at for at, left in enumerate(room) if left >= size), len(room))
        if row == len(room):
            rows.append([])
            room.append(row_tokens)
        rows[row].append(number)
        room[row] -= size
    return _laid(samples, rows, row_tokens)


def _laid(
    samples: Sequence[Sample], rows: Sequence[Sequence[int]], row_tokens: int
) -> PackedSamples:
    shape = (len(rows), row_tokens)
    tokens_BS = torch.zeros(shape, dtype=torch.long)
    samples_BS = torch.full(shape, PADDING)
    learnt_BS = torch.zeros(shape, dtype=torch.bool)
    for row, numbers in enumerate(rows):
        start = 0
        for number in numbers:
            sample = samples[number]
            end = start + len(sample.tokens)
            tokens_BS[row, start:end] = torch.tensor(sample.tokens)
            samples_BS[row, start:end] = number
            learnt_BS[row, start + len(sample.question) : end] = True
            start = end
    return PackedSamples(
        tokens_BS=tokens_BS, samples_BS=samples_BS, learnt_BS=learnt_BS
    )


def packed_logits(model: Transformer, packed: PackedSamples) -> Float[Tensor, "B S W"]:
    """Return the model's predictions on packed samples that see only themselves."""
    made: Prediction = model(packed.tokens_BS, samples_BS=packed.samples_BS)
    return made.logits_BSW


def answer_loss(
    logits_BSW: Float[Tensor, "B S W"],
    tokens_BS: Int[Tensor, "B S"],
    learnt_BS: Bool[Tensor, "B S"],
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy of the answers' tokens, in nats.

    Every token of an answer counts the same, whichever sample it is of. A token is
    predicted from the one before it, so a row's first token is never learnt.

    Examples
    --------
    Knowing nothing of four tokens costs log 4, questions cost nothing:

    >>> tokens = torch.tensor([[0, 1, 2]])
    >>> learnt = torch.tensor([[False, False, True]])
    >>> round(float(answer_loss(torch.zeros(1, 3, 4), tokens, learnt)), 4)
    1.3863
    """
    learnt_M = learnt_BS[:, 1:].flatten()
    rule = "must be at least one in a batch"
    require("tokens to learn", int(learnt_M.sum()), bool(learnt_M.any()), rule)
    predicted_MW = logits_BSW[:, :-1].flatten(0, 1)[learnt_M]
    return cross_entropy(predicted_MW, tokens_BS[:, 1:].flatten()[learnt_M])


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """How to fine-tune; the shape of the rate is the published one."""

    steps: int

    samples_per_step: int = 128
    """Samples of a step; V3's is not published."""

    row_tokens: int = 64
    learning_rate: float = 3e-3

    final_share: float = 0.2
    """Rate at the end over that at the start; V3 went from 5e-6 to 1e-6."""

    warmup_steps: int = 30
    """Steps over which the rate rises; V3 names none."""

    weight_decay: float = 0.1

    clip_norm: float = 1.0
    """Norm to which the gradient is scaled down."""

    seed: int = 0
    """Seed of the order of the samples."""

    def __post_init__(self) -> None:
        for name in ("steps", "samples_per_step", "row_tokens"):
            value: int = getattr(self, name)
            require(name, value, value >= 1, "must be at least 1")
        for name in ("learning_rate", "clip_norm"):
            rate: float = getattr(self, name)
            require(name, rate, 0 < rate < math.inf, "must be above 0 and finite")
        share = self.final_share
        require("final_share", share, 0 <= share <= 1, "must be from 0 to 1")
        warm = self.warmup_steps
        require("warmup_steps", warm, warm >= 0, "must not be negative")

    def rate(self, step: int) -> float:
        """Return the rate of a step, counted from 1.

        Examples
        --------
        >>> how = FineTuning(steps=100, learning_rate=1.0, warmup_steps=0)
        >>> how.rate(1), round(how.rate(100), 9)
        (1.0, 0.2)
        """
        done = (step - 1) / max(self.steps - 1, 1)
        wave = (1 + math.cos(math.pi * done)) / 2
        risen = min(1.0, step / self.warmup_steps) if self.warmup_steps else 1.0
        factor = self.final_share + (1 - self.final_share) * wave
        return self.learning_rate * risen * factor


def optimizer_for(
    model: Transformer, learning_rate: float, weight_decay: float
) -> torch.optim.AdamW:
    """Return AdamW with the report's moments; gates' biases are no weights of it."""
    return torch.optim.AdamW(
        model.parameters(),
        lr=learning_rate,
        betas=(0.9, 0.95),
        weight_decay=weight_decay,
        fused=True,
    )


def descend(
    model: Transformer,
    optimizer: torch.optim.AdamW,
    loss: Float[Tensor, ""],
    *,
    learning_rate: float,
    clip_norm: float,
) -> float:
    """Take one step down a loss and return the loss.

    If it or its gradient is not finite, the weights are as they were.
    """
    value = float(loss.detach())
    require("loss", value, math.isfinite(value), "must be finite")
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    norm = float(torch.nn.utils.clip_grad_norm_(model.parameters(), clip_norm))
    require("gradient's norm", norm, math.isfinite(norm), "must be finite")
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()
    return value


def fine_tune(
    model: Transformer, samples: Sequence[Sample], how: FineTuning
) -> Iterator[float]:
    """Fine-tune a model and yield each step's loss, in nats a token.

    The experts' biases stay as they are: nothing is done for their balance. A step is
    taken when its loss is asked for.
    """
    return _steps(model, packed_batches(samples, how), how)


def _steps(
    model: Transformer, batches: Iterator[PackedSamples], how: FineTuning
) -> Iterator[float]:
    optimizer = optimizer_for(model, how.learning_rate, how.weight_decay)
    for step, packed in enumerate(batches, start=1):
        logits_BSW = packed_logits(model, packed)
        yield descend(
            model,
            optimizer,
            answer_loss(logits_BSW, packed.tokens_BS, packed.learnt_BS),
            learning_rate=how.rate(step),
            clip_norm=how.clip_norm,
        )


def packed_batches(
    samples: Sequence[Sample], how: FineTuning
) -> Iterator[PackedSamples]:
    """Return the batches of all steps, packed; the same for the same seed.

    Samples come in a new order whenever all were seen.
    """
    require("samples", len(samples), len(samples) > 0, "must be at least one")
    return _batches(samples, how)


def _batches(samples: Sequence[Sample], how: FineTuning) -> Iterator[PackedSamples]:
    generator = torch.Generator().manual_seed(how.seed)
    waiting: list[int] = []
    for _ in range(how.steps):
        while len(waiting) < how.samples_per_step:
            waiting += torch.randperm(len(samples), generator=generator).tolist()
        now = waiting[: how.samples_per_step]
        waiting = waiting[how.samples_per_step :]
        yield pack([samples[at] for at in now], row_tokens=how.row_tokens)
