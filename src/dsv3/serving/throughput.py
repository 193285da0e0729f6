"""Tokens per second of a service spread over many GPUs: bounds from below and above.

Attention is copied to every GPU and works on that GPU's own sequences; the routed
experts are dealt out, and tokens travel to them and back. Owns what a step then
computes, reads and sends on one GPU. Knows no money.

Functions take plain numbers or recorded ones (see `dsv3.arithmetic`).
"""

from dataclasses import dataclass

from dsv3.arithmetic import Number, maximum, minimum, power, require, where
from dsv3.roofline import time_bounds
from dsv3.serving.served import Rates, ServedModel
from dsv3.serving.step import FLOP_PER_WEIGHT, StepLoad

NODE_GPUS = 8
"""GPUs that reach one another over the node's own links."""

EVEN = 0.5
"""A prompt's token attends to half of the prompt on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """Time of one step on one GPU, by what takes it, and its bounds."""

    compute_seconds: Number
    """Multiplying, at peak."""

    memory_seconds: Number
    """Reading, at full bandwidth."""

    network_seconds: Number
    """Sending tokens to experts and back, at full bandwidth."""

    lower_seconds: Number
    """All three overlap perfectly: the longest of them."""

    upper_seconds: Number
    """None overlaps: their sum."""


def held_bytes(
    load: StepLoad,
    *,
    weight_width: Number,
    expert_gpus: Number,
    sequences_per_gpu: Number,
    context_tokens: Number,
) -> Number:
    """Return what one GPU holds: its share of experts, all else, and its cache.

    Parameters
    ----------
    load
        The model.
    weight_width
        Bytes of a weight.
    expert_gpus
        GPUs that the routed experts are dealt out to.
    sequences_per_gpu, context_tokens
        Sequences of each GPU, and their length.

    Examples
    --------
    >>> from dsv3.serving import released_model
    >>> load = released_model().model
    >>> shared = dict(weight_width=1.0, expert_gpus=144, context_tokens=4989)
    >>> round(held_bytes(load, sequences_per_gpu=128, **shared) / 1e9, 1)
    65.6
    """
    weights = load.common_parameters + load.routed_parameters / expert_gpus
    cache = sequences_per_gpu * context_tokens * load.cache_bytes_per_token
    return weight_width * weights + cache


def decode_time(
    served: ServedModel,
    rates: Rates,
    *,
    weight_width: Number,
    expert_gpus: Number,
    sequences_per_gpu: Number,
    context_tokens: Number,
    drafted_tokens: Number,
) -> StepTime:
    """Bound the time of one decoding step: every sequence of every GPU, once.

    An expert is read if any of the step's tokens, from any GPU, is sent to it. Each
    of a token's copies crosses the network unless its expert is on the same GPU.

    Parameters
    ----------
    served, rates
        The model and the chip.
    weight_width
        Bytes of a weight.
    expert_gpus
        GPUs that the routed experts are dealt out to, W; at least 1.
    sequences_per_gpu
        Sequences that one GPU decodes at once, above 0.
    context_tokens
        Earlier tokens of each, not negative.
    drafted_tokens
        Drafts that are checked in the step, 0 or 1 by one prediction module.

    Raises
    ------
    ValueError
        If an argument is outside its range; the message names it.
    """
    _require_spread(expert_gpus, sequences_per_gpu, context_tokens)
    drafts = drafted_tokens
    checked = sequences_per_gpu * (1 + drafts)
    step = {"spread": expert_gpus, "sequences": sequences_per_gpu}
    model = _work(served.model, rates, tokens=checked, context=context_tokens, **step)
    module = _work(
        served.module, rates, tokens=sequences_per_gpu, context=context_tokens, **step
    )
    away = served.num_experts_per_tok * (1 - 1 / expert_gpus)
    drafting = sequences_per_gpu * drafts * served.module_expert_layers
    sent = served.copy_bytes * away * (served.expert_layers * checked + drafting)
    cached = model.cache_bytes + drafts * module.cache_bytes
    weights = model.weights_read + drafts * module.weights_read
    return _bounded(
        rates,
        flop=model.flop + drafts * module.flop,
        read_bytes=weight_width * weights + cached,
        sent_bytes=sent,
        expert_gpus=expert_gpus,
    )


def prefill_time(
    served: ServedModel,
    rates: Rates,
    *,
    weight_width: Number,
    expert_gpus: Number,
    chunk_tokens: Number,
    prompt_tokens: Number,
) -> StepTime:
    """Bound the time in which one GPU takes in a chunk of prompts.

    Tokens are many, so every expert is read. A token crosses the network once for
    each other node that holds one of its experts, and is passed on inside it.

    Parameters
    ----------
    served, rates, weight_width, expert_gpus
        As in `decode_time`.
    chunk_tokens
        Tokens that one GPU takes in at once, above 0.
    prompt_tokens
        Length of the prompts that they belong to, above 0.

    Raises
    ------
    ValueError
        If an argument is outside its range; the message names it.
    """
    _require_spread(expert_gpus, chunk_tokens, prompt_tokens)
    load = served.model
    met = load.common_parameters + load.chosen_share * load.routed_parameters
    scores = served.prompt_score_flop_per_token_squared * prompt_tokens * EVEN
    slower = rates.weight_flop_per_s / rates.bf16_flop_per_s
    weights = load.common_parameters + load.routed_parameters / expert_gpus
    copies = _nodes_visited(served, expert_gpus)
    sent = served.copy_bytes * served.expert_layers * copies * chunk_tokens
    return _bounded(
        rates,
        flop=chunk_tokens * (FLOP_PER_WEIGHT * met + scores * slower),
        read_bytes=weight_width * weights,
        sent_bytes=sent,
        expert_gpus=expert_gpus,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    flop: Number
    weights_read: Number
    cache_bytes: Number


def _work(
    load: StepLoad,
    rates: Rates,
    *,
    tokens: Number,
    sequences: Number,
    context: Number,
    spread: Number,
) -> _Work:
    """Count one GPU's share of a step; FLOP in units of the weights' format."""
    needed = 1 - power(1 - load.chosen_share, tokens * spread)
    met = load.common_parameters + load.chosen_share * load.routed_parameters
    slower = rates.weight_flop_per_s / rates.bf16_flop_per_s
    scores = load.score_flop_per_token_squared * context * slower
    return _Work(
        flop=tokens * (FLOP_PER_WEIGHT * met + scores),
        weights_read=load.common_parameters + needed * load.routed_parameters / spread,
        cache_bytes=sequences * context * load.cache_bytes_per_token,
    )


def _nodes_visited(served: ServedModel, expert_gpus: Number) -> Number:
    """Return how many times one token of a prompt is sent out.

    Inside a node to each expert's GPU; between nodes once to each other node, of N:
    (N - 1) (1 - (1 - 1/N)^k) for k experts drawn evenly, at most the groups allowed.
    """
    chosen = served.num_experts_per_tok
    nodes = maximum(expert_gpus / NODE_GPUS, 1.0)
    drawn = (nodes - 1) * (1 - power(1 - 1 / nodes, chosen))
    inside = chosen * (1 - 1 / expert_gpus)
    return where(expert_gpus <= NODE_GPUS, inside, minimum(drawn, served.topk_group))


def _bounded(
    rates: Rates,
    *,
    flop: Number,
    read_bytes: Number,
    sent_bytes: Number,
    expert_gpus: Number,
) -> StepTime:
    inside = expert_gpus <= NODE_GPUS
    way = where(inside, rates.node_bytes_per_s, rates.network_bytes_per_s)
    found = time_bounds(
        flop=flop,
        moved_bytes=read_bytes,
        peak_flop_per_s=rates.weight_flop_per_s,
        bytes_per_s=rates.hbm_bytes_per_s,
    )
    network = sent_bytes / way
    return StepTime(
        compute_seconds=found.compute_seconds,
        memory_seconds=found.memory_seconds,
        network_seconds=network,
        lower_seconds=maximum(found.lower_seconds, network),
        upper_seconds=found.upper_seconds + network,
    )


def _require_spread(expert_gpus: Number, at_once: Number, length: Number) -> None:
    require("expert_gpus", expert_gpus, expert_gpus >= 1, "must be at least 1")
    require("tokens", at_once, at_once > 0, "must be above 0")
    require("context_tokens", length, length >= 0, "must not be negative")
