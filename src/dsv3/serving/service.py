"""A whole service: prompts taken in on some GPUs, answers written on others.

Bounds come from the roofline; a share of the slower bound is reached.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from dsv3.architecture import Architecture
from dsv3.facts import fact
from dsv3.serving.fit import fit
from dsv3.serving.memory_demand import require_module
from dsv3.serving.rates import Rates, rated
from dsv3.serving.speculation import expected_tokens
from dsv3.serving.throughput import SPREADS, StepTime, decode_time, prefill_time
from dsv3.serving.token_demand import TokenDemand, token_demand
from explorables.arithmetic import (
    Choice,
    Number,
    both,
    floor,
    minimum,
    require,
    require_option,
)

CHUNK_TOKENS = 8192.0
"""Tokens of prompts that one GPU takes in at once; the bounds hardly change with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Speed of a service, at the share of the bound that is reached."""

    reader_tokens_per_s: Number
    """Tokens per second that one reader sees."""

    decode_tokens_per_s_per_gpu: Number
    """Tokens written, over the GPUs that write."""

    prefill_tokens_per_s_per_gpu: Number
    """Tokens of prompts taken in, over the GPUs that do."""

    most_decode_tokens_per_s_per_gpu: Number
    """Tokens written if everything overlapped perfectly at full rates."""

    most_prefill_tokens_per_s_per_gpu: Number
    """The same for prompts."""

    compute_seconds: Number
    """Of a decoding step: multiplying, at peak."""

    memory_seconds: Number
    """Of a decoding step: reading weights and cache, at full bandwidth."""

    network_seconds: Number
    """Of a decoding step: sending between GPUs, at full bandwidth."""

    headroom_bytes: Number
    """Memory left on the fuller GPU."""


class Workload(TypedDict):
    """Arguments of `service` that do not say which GPUs serve, for what calls it."""

    model: Choice | Architecture
    precision: Choice
    layout: Choice
    sequences: Number
    context_tokens: Number
    prompt_tokens: Number
    network_bytes_per_s: Number
    drafted_tokens: Number
    acceptance_share: Number
    reached_share: Number
    usable_share: Number


class ServicePlan(Workload):
    """All arguments of `service`, for what calls it."""

    gpu: Choice
    prefill_gpus: Number
    decode_gpus: Number


def service(
    *,
    model: Choice | Architecture,
    precision: Choice,
    gpu: Choice,
    layout: Choice,
    prefill_gpus: Number,
    decode_gpus: Number,
    sequences: Number,
    context_tokens: Number,
    prompt_tokens: Number,
    network_bytes_per_s: Number,
    drafted_tokens: Number,
    acceptance_share: Number,
    reached_share: Number,
    usable_share: Number,
) -> Service:
    """Find the speed of a service.

    `prefill_gpus` hold one copy that takes in prompts, `decode_gpus` one that writes
    `sequences` at once. `drafted_tokens` is 1 if a prediction module drafts a token in
    each step. `reached_share` is the speed over that of full rates where nothing
    overlaps; more than 1 takes overlap.

    Raises
    ------
    ValueError
        If the plan does not fit, or drafts are asked of a model without a module for
        them.

    Examples
    --------
    The layout that DeepSeek published for writing, with its load of that day:

    >>> found = service(
    ...     model="deepseek-v3", precision="fp8", gpu="H800 SXM",
    ...     layout="expert parallel", prefill_gpus=32.0, decode_gpus=144.0,
    ...     sequences=published_day_sequences(), context_tokens=4989.0,
    ...     prompt_tokens=4096.0, network_bytes_per_s=50e9, drafted_tokens=0.0,
    ...     acceptance_share=0.875, reached_share=0.7, usable_share=0.9,
    ... )  # fmt: skip
    >>> round(found.decode_tokens_per_s_per_gpu), round(found.reader_tokens_per_s)
    (1396, 16)
    """
    demand = token_demand(model, precision)
    require_option("layout", layout, SPREADS)
    require_module("drafted_tokens", drafted_tokens, drafted_tokens > 0, demand.memory)
    require("reached_share", reached_share, reached_share > 0, "must be above 0")
    rule = "must be 0 or 1: a module drafts one token"
    require("drafted_tokens", drafted_tokens, drafted_tokens <= 1, rule)
    rates = rated(gpu=gpu, precision=precision, network_bytes_per_s=network_bytes_per_s)
    headroom = _least_headroom(
        model=model,
        precision=precision,
        gpu=gpu,
        layout=layout,
        pools={
            "decode_gpus": (decode_gpus, sequences),
            "prefill_gpus": (prefill_gpus, 0.0),
        },
        context_tokens=context_tokens,
        usable_share=usable_share,
        drafted_tokens=drafted_tokens,
    )
    own = sequences / decode_gpus
    step = decode_time(
        demand,
        rates,
        layout=layout,
        gpus=decode_gpus,
        sequences_per_gpu=own,
        context_tokens=context_tokens,
        drafted_tokens=drafted_tokens,
    )
    chunk = _chunk_time(demand, rates, layout, prefill_gpus, prompt_tokens)
    tokens = expected_tokens(
        acceptance_share=acceptance_share, drafted_tokens=drafted_tokens
    )
    reader = reached_share * tokens / step.upper_seconds
    return Service(
        reader_tokens_per_s=reader,
        decode_tokens_per_s_per_gpu=reader * own,
        prefill_tokens_per_s_per_gpu=reached_share * CHUNK_TOKENS / chunk.upper_seconds,
        most_decode_tokens_per_s_per_gpu=own * tokens / step.lower_seconds,
        most_prefill_tokens_per_s_per_gpu=CHUNK_TOKENS / chunk.lower_seconds,
        compute_seconds=step.compute_seconds,
        memory_seconds=step.memory_seconds,
        network_seconds=step.network_seconds,
        headroom_bytes=headroom,
    )


def _chunk_time(
    demand: TokenDemand,
    rates: Rates,
    layout: Choice,
    gpus: Number,
    prompt_tokens: Number,
) -> StepTime:
    return prefill_time(
        demand,
        rates,
        layout=layout,
        gpus=gpus,
        chunk_tokens=CHUNK_TOKENS,
        prompt_tokens=prompt_tokens,
    )


def _least_headroom(
    *,
    model: Choice | Architecture,
    precision: Choice,
    gpu: Choice,
    layout: Choice,
    pools: Mapping[str, tuple[Number, Number]],
    context_tokens: Number,
    usable_share: Number,
    drafted_tokens: Number,
) -> Number:
    """Return the memory left on the fuller GPU; refuse a plan that does not fit."""
    for name, (gpus, _) in pools.items():
        whole = both(gpus >= 1, floor(gpus) == gpus)
        require(name, gpus, whole, "must be a whole number, at least 1")
    left = [
        fit(
            model=model,
            precision=precision,
            gpu=gpu,
            gpus=gpus,
            layout=layout,
            context_tokens=context_tokens,
            sequences=sequences,
            cache_precision="bf16",
            chunk_tokens=CHUNK_TOKENS,
            usable_share=usable_share,
            drafts=drafted_tokens > 0,
        ).headroom_bytes
        for gpus, sequences in pools.values()
    ]
    least = minimum(left[0], left[1])
    rule = "must leave room: take more GPUs, or fewer and shorter sequences"
    require("headroom_bytes", least, least >= 0, rule)
    return least


@functools.cache
def published_day_sequences() -> float:
    """Sequences that DeepSeek's published copy decoded at once, on average.

    They follow from the day's tokens per second of a node and of a reader
    [deepseekai2025inference]_.

    Examples
    --------
    >>> round(published_day_sequences() / 144)
    88
    """
    per_node = fact("inference.decode_tokens_per_s_per_node").number
    slow, fast = fact("inference.tokens_per_s_per_user").numbers
    readers_per_gpu = per_node / fact("v3.gpus_per_node").number / ((slow + fast) / 2)
    return fact("inference.decode_ep").number * readers_per_gpu
