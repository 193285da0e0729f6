"""A small reader with a short window, made to read longer texts.

The reader's architecture with and without YaRN, the windows of its phases, the little
training that teaches it to answer for needles (:mod:`dsv3.learning.needles`), and its
loss by position.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from dsv3.architecture import Architecture, RopeScaling
from dsv3.facts import fact
from dsv3.learning.needles import needle_text
from dsv3.model.configuration import tiny
from dsv3.model.multi_token_prediction import prediction_loss
from dsv3.model.transformer import Transformer

WINDOW = 64
"""Tokens of the first window; DeepSeek-V3's is 4,096."""

ROPE_THETA = 256.0
"""Base that lets the slowest of 8 pairs turn 0.08 times over 64 tokens, as the
slowest of V3's turns 0.09 times over 4,096."""

LENGTHS = (64, 128, 256, 512, 1024, 2048)
"""Lengths at which the reader is judged."""


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


def reader_architecture(*, yarn: bool, window: int = WINDOW) -> Architecture:
    """Return a small dense model, with or without DeepSeek-V3's YaRN.

    Two layers of latent attention and plain feed-forwards: experts have no part in what
    is asked here. Factor and turns of YaRN are the published ones; only the length
    trained first is the small window.

    Examples
    --------
    >>> reader_architecture(yarn=True).rope_scaling.numbers["factor"]
    40.0
    >>> reader_architecture(yarn=False).rope_scaling is None
    True
    """
    small, hidden, layers = tiny(), 64, 2
    assert small.experts is not None
    attention = replace(
        small.latent_attention,
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
    return replace(
        small,
        hidden_size=hidden,
        num_hidden_layers=layers,
        attention=attention,
        intermediate_size=2 * hidden,
        experts=replace(small.experts, first_k_dense_replace=layers),
        num_nextn_predict_layers=0,
        initializer_range=0.5 / hidden**0.5,
        rope_theta=ROPE_THETA,
        rope_scaling=scaling if yarn else None,
        max_position_embeddings=LENGTHS[-1],
    )


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
    """Train a model to read and to answer; yield each step's loss of answers, in nats.

    The loss learned from is that of the next byte, everywhere, and again that of the
    answers alone: they are few, and what comes before them is mostly chance. Text,
    sizes and keys are as in `dsv3.learning.needles.needle_text`; there is a step for
    each of AdamW's rates.
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
        piece = needle_text(
            text, batch=batch, size=size, keys=keys, generator=generator
        )
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
def loss_by_position(
    model: Transformer, tokens_BT: Int[Tensor, "B T"], edges: Sequence[int]
) -> list[float]:
    """Return the loss of the next byte between given positions, in nats.

    A mean is given for each two neighbours among the rising edges.
    """
    losses = [_losses(model, row_T[None]) for row_T in tokens_BT]
    mean_T = torch.cat(losses).double().mean(0)
    return [float(mean_T[low:high].mean()) for low, high in pairwise(edges)]


def _losses(
    model: Transformer, tokens_BT: Int[Tensor, "B T"]
) -> Float[Tensor, "B T-1"]:
    logits_BWT = model(tokens_BT).logits_BSW[:, :-1].transpose(1, 2)
    return cross_entropy(logits_BWT, tokens_BT[:, 1:], reduction="none")
