"""How long a step of a service takes on many GPUs: bounds from below and above.

Between them lies the time of kernels that run in turn.

Two ways to spread a model are timed. In one, attention is copied to every GPU and works
on that GPU's own sequences, while the routed experts are dealt out and tokens travel to
them and back. In the other every matrix is cut, and the GPUs sum their parts twice in
each layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dsv3.collectives import ring_all_reduce_bytes
from dsv3.roofline import time_bounds
from dsv3.serving.fit import EXPERT, TENSOR
from dsv3.serving.rates import Rates
from dsv3.serving.step import FLOP_PER_WEIGHT, StepLoad
from dsv3.serving.token_demand import TokenDemand
from explorables.arithmetic import (
    Choice,
    Number,
    lookup,
    maximum,
    minimum,
    power,
    require,
    total,
    where,
)

SPREADS = (TENSOR, EXPERT)
"""Ways to spread a model that are timed."""

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
    """Sending tokens between GPUs, at full bandwidth."""

    lower_seconds: Number
    """All three overlap perfectly, over the whole step: the longest of them.

    No order of the work can be faster. It takes that attention of some sequences runs
    while weights are read for others.
    """

    phased_seconds: Number
    """Products with weights and attention run one after the other.

    Each takes the longer of multiplying and reading, and sending hides behind them. So
    do kernels that run in turn; it lies between the two other bounds.
    """

    upper_seconds: Number
    """None overlaps: the sum of all three."""


def decode_time(
    demand: TokenDemand,
    rates: Rates,
    *,
    layout: Choice,
    gpus: Number,
    sequences_per_gpu: Number,
    context_tokens: Number,
    drafted_tokens: Number,
) -> StepTime:
    """Bound the time of one decoding step: every sequence of every GPU, once.

    An expert is read if any of the step's tokens, from any GPU, is sent to it. Each of
    a token's copies crosses the network unless its expert is on the same GPU. Where
    every matrix is cut, a cache is divided by its heads of keys at most, so every GPU
    reads the whole of a latent's. `gpus` hold one copy of the routed experts together,
    and `drafted_tokens` are checked in the step, 0 or 1 by one prediction module.
    """
    _require_spread(gpus, sequences_per_gpu, context_tokens)
    own, drafts = sequences_per_gpu, drafted_tokens
    passes = ((demand.model, own * (1 + drafts), 1), (demand.module, own, drafts))
    copies = _cache_copies(demand, layout, gpus)
    phases = []
    for load, tokens, times in passes:
        weights = _work(demand, load, layout=layout, gpus=gpus, tokens=tokens)
        attention = _cache(load, rates, own, context_tokens, tokens)
        phases += [weights.repeated(times), attention.repeated(times, copies=copies)]
    away = demand.num_experts_per_tok * (1 - 1 / gpus)
    layers = demand.expert_layers * (1 + drafts) + demand.module_expert_layers * drafts
    return _bounded(
        rates,
        phases,
        sent_bytes=lookup(
            layout,
            {
                EXPERT: own * demand.copy_bytes * away * layers,
                TENSOR: _summed(demand, gpus, own * (1 + drafts)),
            },
            name="layout",
        ),
        gpus=gpus,
    )


def prefill_time(
    demand: TokenDemand,
    rates: Rates,
    *,
    layout: Choice,
    gpus: Number,
    chunk_tokens: Number,
    prompt_tokens: Number,
) -> StepTime:
    """Bound the time in which one GPU takes in its share of a chunk of prompts.

    Tokens are many, so every expert is read. A token crosses the network once for
    each other node that holds one of its experts, and is passed on inside it.
    """
    _require_spread(gpus, chunk_tokens, prompt_tokens)
    scores = demand.prompt_score_flop_per_token_squared * prompt_tokens * EVEN
    scores = scores + demand.model.state_flop_per_token
    selected = minimum(demand.model.selected_tokens, prompt_tokens)
    # The first tokens of a prompt have fewer to select from.
    fewer = selected * EVEN * (selected / maximum(prompt_tokens, 1))
    scores = scores + demand.prompt_selected_score_flop * (selected - fewer)
    weights = _work(demand, demand.model, layout=layout, gpus=gpus, tokens=chunk_tokens)
    attention = _Work(flop=chunk_tokens * scores * _slower(rates), read_bytes=0.0)
    copies = _nodes_visited(demand, gpus)
    return _bounded(
        rates,
        [weights, attention],
        sent_bytes=lookup(
            layout,
            {
                EXPERT: chunk_tokens
                * demand.copy_bytes
                * demand.expert_layers
                * copies,
                TENSOR: _summed(demand, gpus, chunk_tokens),
            },
            name="layout",
        ),
        gpus=gpus,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One GPU's share of a step; FLOP in units of the weights' format."""

    flop: Number
    read_bytes: Number

    def repeated(self, times: Number, *, copies: Number = 1) -> "_Work":
        """Return it done several times, with several copies of what is read."""
        return _Work(
            flop=times * self.flop, read_bytes=times * copies * self.read_bytes
        )


def _work(
    demand: TokenDemand,
    load: StepLoad,
    *,
    layout: Choice,
    gpus: Number,
    tokens: Number,
) -> _Work:
    """Count the weights that `tokens` of each GPU meet, and those that are read."""
    needed = 1 - power(1 - load.chosen_share, tokens * gpus)
    met = load.common_parameters + load.chosen_share * load.routed_parameters
    common = demand.common_bytes_per_parameter * load.common_parameters
    routed = demand.routed_bytes_per_parameter * load.routed_parameters
    shared = lookup(layout, {EXPERT: common, TENSOR: common / gpus}, name="layout")
    return _Work(
        flop=tokens * FLOP_PER_WEIGHT * met, read_bytes=shared + needed * routed / gpus
    )


def _cache(
    load: StepLoad, rates: Rates, sequences: Number, context: Number, tokens: Number
) -> _Work:
    """Count attention's scores, and the cache of one GPU's sequences."""
    return _Work(
        flop=tokens * load.scores_flop(context) * _slower(rates),
        read_bytes=sequences * load.read_cache_bytes(context),
    )


def _slower(rates: Rates) -> Number:
    """Scores are multiplied in BF16: longer than weights by the peaks' ratio."""
    return rates.weight_flop_per_s / rates.bf16_flop_per_s


def _cache_copies(demand: TokenDemand, layout: Choice, gpus: Number) -> Number:
    cut = gpus / minimum(gpus, demand.memory.cache_shards)
    return lookup(layout, {EXPERT: 1.0, TENSOR: cut}, name="layout")


def _summed(demand: TokenDemand, gpus: Number, tokens_per_gpu: Number) -> Number:
    """Bytes that one GPU sends so that all know the sums of all tokens' parts."""
    message = demand.summed_bytes * tokens_per_gpu * gpus
    return ring_all_reduce_bytes(ranks=gpus, message_bytes=message)


def _nodes_visited(demand: TokenDemand, gpus: Number) -> Number:
    """Return how many times one token of a prompt is sent out.

    Inside a node to each expert's GPU; between nodes once to each other node, of N:
    (N - 1) (1 - (1 - 1/N)^k) for k experts drawn evenly, at most the groups allowed.
    """
    chosen = demand.num_experts_per_tok
    nodes = maximum(gpus / NODE_GPUS, 1.0)
    drawn = (nodes - 1) * (1 - power(1 - 1 / nodes, chosen))
    inside = chosen * (1 - 1 / gpus)
    return where(gpus <= NODE_GPUS, inside, minimum(drawn, demand.topk_group))


def _bounded(
    rates: Rates,
    phases: Sequence[_Work],
    *,
    sent_bytes: Number,
    gpus: Number,
) -> StepTime:
    inside = gpus <= NODE_GPUS
    way = where(inside, rates.node_bytes_per_s, rates.network_bytes_per_s)
    network = sent_bytes / way
    found = [
        time_bounds(
            flop=phase.flop,
            moved_bytes=phase.read_bytes,
            peak_flop_per_s=rates.weight_flop_per_s,
            bytes_per_s=rates.hbm_bytes_per_s,
        )
        for phase in phases
    ]
    compute = total(phase.compute_seconds for phase in found)
    memory = total(phase.memory_seconds for phase in found)
    phased = total(phase.lower_seconds for phase in found)
    return StepTime(
        compute_seconds=compute,
        memory_seconds=memory,
        network_seconds=network,
        lower_seconds=maximum(maximum(compute, memory), network),
        phased_seconds=maximum(phased, network),
        upper_seconds=compute + memory + network,
    )


def _require_spread(gpus: Number, at_once: Number, length: Number) -> None:
    require("gpus", gpus, gpus >= 1, "must be at least 1")
    require("tokens", at_once, at_once > 0, "must be above 0")
    require("context_tokens", length, length >= 0, "must not be negative")
