"""Choosing tokens one after another, with a cache.

Greedy choice, sampling, batches of unequal prompts and streaming. Every prompt begins
at position 0 of its own row; what stands after a shorter prompt is overwritten before
it could be seen, so no padding is masked. Speculative decoding is
:mod:`dsv3.model.speculation`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import index
from typing import SupportsIndex

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dsv3.model.cache import LatentCache
from dsv3.model.finite import require_finite
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a token is chosen from its probabilities."""

    temperature: float = 0.0
    """Divides the logits; 0 takes the most probable token."""

    top_p: float = 1.0
    """Keeps the fewest most probable tokens that have this share together."""

    def __post_init__(self) -> None:
        warm = 0 <= self.temperature < float("inf")
        require("temperature", self.temperature, warm, "must be 0 or above, and finite")
        share = 0 < self.top_p <= 1
        require("top_p", self.top_p, share, "must be above 0 and at most 1")


GREEDY = Sampling()
"""Always the most probable token; of equals the first."""


def choose_tokens(
    logits_BW: Float[Tensor, "B W"],
    sampling: Sampling,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " B"]:
    """Return a token for each row of logits; only a greedy choice needs no generator.

    A row whose largest is not finite is refused.

    Examples
    --------
    >>> choose_tokens(torch.tensor([[0.0, 2.0, 1.0]]), GREEDY).tolist()
    [1]
    """
    # The largest carries NaN along; a lone -inf is a token ruled out, and allowed.
    largest_B, tokens_B = logits_BW.max(dim=-1)
    finite_B = largest_B.isfinite()
    worst = "none" if finite_B.all() else float(largest_B[~finite_B][0])
    rule = "must be finite; the model's weights or their type do not allow it"
    require("the largest of the logits", worst, bool(finite_B.all()), rule)
    if sampling.temperature == 0:
        return tokens_B
    require_chance(sampling, generator)
    shares_BW = (logits_BW / sampling.temperature).softmax(dim=-1)
    sorted_BW, tokens_BW = shares_BW.sort(dim=-1, descending=True, stable=True)
    # A token is kept if those before it fall short of top_p: so is the first, always.
    before_BW = sorted_BW.cumsum(dim=-1) - sorted_BW
    kept_BW = sorted_BW * (before_BW < sampling.top_p)
    drawn_B1 = torch.multinomial(kept_BW, 1, generator=generator)
    return tokens_BW.gather(1, drawn_B1)[:, 0]


def require_chance(sampling: Sampling, generator: torch.Generator | None) -> None:
    """Refuse to sample without a source of chance."""
    sourced = sampling.temperature == 0 or generator is not None
    require("generator", generator, sourced, "sampling needs a torch.Generator")


def require_prompts(
    model: Transformer, prompts: Sequence[Sequence[int]], new_tokens: int
) -> None:
    """Refuse what cannot be continued, before any work is done.

    That is no prompt, an empty one, one that is too long or has unknown tokens, and a
    model whose weights are not finite.
    """
    require("new_tokens", new_tokens, new_tokens >= 1, "must be at least 1")
    require("prompts", len(prompts), len(prompts) > 0, "must be at least one")
    longest = model.architecture.max_position_embeddings
    for number, prompt in enumerate(prompts):
        name, rule = f"prompt {number}", "must be a list of whole-number token ids"
        require(name, prompt, not isinstance(prompt, str | bytes | int), rule)
        size = len(prompt)
        require(f"length of {name}", size, size > 0, "must be at least 1")
        rule = f"with {new_tokens} new tokens it must be at most {longest}"
        require(f"length of {name}", size, size + new_tokens <= longest, rule)
        for token in prompt:
            _require_token(f"token of {name}", token, model.embed_tokens.num_embeddings)
    require_finite("model", type(model).__name__, model.state_dict())


def _require_token(name: str, token: object, vocab_size: int) -> None:
    rule = f"must be from 0 to {vocab_size - 1}"
    # A tensor's and an array's whole numbers are as good as Python's own.
    known = isinstance(token, SupportsIndex) and 0 <= index(token) < vocab_size
    require(name, token, known, rule)


def stream(
    model: Transformer,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
    stop_token: int | None = None,
) -> Iterator[tuple[int | None, ...]]:
    """Yield the next token of every prompt, step by step; None after a text's end.

    Prompts may differ in length. A text ends with `stop_token`, or after `new_tokens`;
    the stream stops when all have ended. What cannot be continued is refused at once,
    not at the first step.
    """
    require_prompts(model, prompts, new_tokens)
    require_chance(sampling, generator)
    if stop_token is not None:
        _require_token("stop_token", stop_token, model.embed_tokens.num_embeddings)
    return _steps(
        model,
        prompts,
        new_tokens=new_tokens,
        sampling=sampling,
        generator=generator,
        stop_token=stop_token,
    )


@torch.inference_mode()
def _prefilled(
    model: Transformer, prompts: Sequence[Sequence[int]], new_tokens: int
) -> tuple[LatentCache, Tensor]:
    """Return a cache that holds the prompts, and the logits at their ends."""
    device = model.lm_head.weight.device
    lengths_B = torch.tensor([len(prompt) for prompt in prompts], device=device)
    longest = int(lengths_B.max())
    cache = model.new_cache(batch=len(prompts), capacity=longest + new_tokens)
    padded = [[*prompt, *[0] * (longest - len(prompt))] for prompt in prompts]
    prediction = model(torch.tensor(padded, device=device), cache)
    cache.set_lengths(lengths_B)
    rows_B = torch.arange(len(prompts), device=device)
    return cache, prediction.logits_BSW[rows_B, lengths_B - 1]


def _steps(
    model: Transformer,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    sampling: Sampling,
    generator: torch.Generator | None,
    stop_token: int | None,
) -> Iterator[tuple[int | None, ...]]:
    cache, logits_BW = _prefilled(model, prompts, new_tokens)
    ended = [False] * len(prompts)
    for step in range(new_tokens):
        tokens_B = choose_tokens(logits_BW, sampling, generator)
        tokens = tokens_B.tolist()
        yield tuple(
            None if over else token for token, over in zip(tokens, ended, strict=True)
        )
        ended = [
            over or token == stop_token
            for token, over in zip(tokens, ended, strict=True)
        ]
        if all(ended) or step == new_tokens - 1:
            return
        # Not around the yield: the mode would leak into the reader's own code.
        with torch.inference_mode():
            logits_BW = model(tokens_B[:, None], cache).logits_BSW[:, -1]


def generate(
    model: Transformer,
    prompts: Sequence[Sequence[int]],
    *,
    new_tokens: int,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
    stop_token: int | None = None,
) -> list[list[int]]:
    """Return every prompt's new tokens, `stop_token` included; see :func:`stream`."""
    texts: list[list[int]] = [[] for _ in prompts]
    for step in stream(
        model,
        prompts,
        new_tokens=new_tokens,
        sampling=sampling,
        generator=generator,
        stop_token=stop_token,
    ):
        for text, token in zip(texts, step, strict=True):
            if token is not None:
                text.append(token)
    return texts
