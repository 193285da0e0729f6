"""The time of one layer of experts in training: compute, and tokens on their way.

Links, node limit and precision decide the time of dispatch and combine, beside that of
the layer's arithmetic.
"""

import functools
from dataclasses import dataclass

from dsv3 import accounting, architecture, collectives
from dsv3.facts import fact
from dsv3.measurements import record
from explorables.arithmetic import Choice, Number, lookup, maximum, require

NODES = 8
"""Nodes that DeepSeek-V3's experts are spread over [deepseekai2024v3]_ (3.2)."""

RANKS_PER_NODE = 8

MULTIPROCESSORS = 132
"""Of an H800 or H100 module."""

FORWARD_UNITS = 3
"""A forward pass, and a backward pass of twice its arithmetic."""

ALL_TO_ALLS = 4
"""Dispatch and combine forward, and the same for the gradients backward."""

_THOUSAND = 1e3

OVERLAPS = ("overlapped", "one after the other")
"""Whether communication runs while another chunk computes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLayer:
    """One layer of experts, forward and backward, on one GPU; in milliseconds."""

    dispatch_milliseconds: Number
    """One dispatch of the GPU's tokens."""

    combine_milliseconds: Number

    communication_milliseconds: Number
    """Two of each, and their waits."""

    compute_milliseconds: Number
    """Attention and experts, on the multiprocessors that are left."""

    layer_milliseconds: Number
    """Both: the longer if they overlap, else the sum."""

    exposed_share: Number
    """Share of the layer's time in which nothing is computed."""

    communication_to_compute_ratio: Number

    experts_at_equal_time: Number
    """Experts of a token at which NVLink takes as long as the network."""


def expert_layer(
    *,
    nvlink_bytes_per_s: Number,
    network_bytes_per_s: Number,
    communication_sms: Number,
    topk_group: Number,
    num_experts_per_tok: Number,
    dispatch_format: Choice,
    combine_format: Choice,
    counting: Choice,
    overlap: Choice,
    waiting_milliseconds: Number,
    compute_flop_per_s: Number,
    tokens: Number,
) -> ExpertLayer:
    """Time a layer of DeepSeek-V3's experts in training, with the links as knobs.

    The layout is the published one: 256 experts over eight nodes of eight GPUs, a
    sequence of 4,096 tokens a GPU by default. Every multiprocessor given to
    communication hands on :func:`feeding_bytes_per_s_per_sm` and is lost to compute.
    Bandwidths are of one GPU and direction. `topk_group` and `num_experts_per_tok` are
    the nodes a token may visit and its experts, and `waiting_milliseconds` go to
    setting up and waiting for others in each all-to-all. `compute_flop_per_s` is what a
    GPU sustains on all its multiprocessors.

    Examples
    --------
    4,096 tokens in FP8, four copies each, at 50 GB/s: 2.4 ms.

    >>> layer = expert_layer(
    ...     nvlink_bytes_per_s=160e9,
    ...     network_bytes_per_s=50e9,
    ...     communication_sms=20,
    ...     topk_group=4,
    ...     num_experts_per_tok=8,
    ...     dispatch_format="fp8",
    ...     combine_format="bf16",
    ...     counting="at most",
    ...     overlap="overlapped",
    ...     waiting_milliseconds=0,
    ...     compute_flop_per_s=656e12,
    ...     tokens=4096,
    ... )
    >>> round(layer.dispatch_milliseconds, 2), round(layer.combine_milliseconds, 2)
    (2.42, 4.7)
    """
    sms = communication_sms
    require("communication_sms", sms, sms >= 1, "must be at least 1")
    require("communication_sms", sms, sms < MULTIPROCESSORS, "must leave some of 132")
    waiting = waiting_milliseconds
    require("waiting_milliseconds", waiting, waiting >= 0, "must not be negative")
    require("compute_flop_per_s", compute_flop_per_s, compute_flop_per_s > 0, "above 0")
    copies = collectives.copies_per_token(
        n_routed_experts=fact("v3.n_routed_experts").number,
        num_experts_per_tok=num_experts_per_tok,
        nodes=NODES,
        ranks_per_node=RANKS_PER_NODE,
        topk_group=topk_group,
        counting=counting,
    )
    dispatch, combine = (
        collectives.all_to_all(
            tokens=tokens,
            bytes_per_copy=collectives.token_bytes(
                hidden_size=fact("v3.hidden_size").number, wire_format=wire_format
            ),
            copies=copies,
            network_bytes_per_s=network_bytes_per_s,
            nvlink_bytes_per_s=nvlink_bytes_per_s,
            feeding_bytes_per_s=sms * feeding_bytes_per_s_per_sm(),
        ).seconds
        for wire_format in (dispatch_format, combine_format)
    )
    communication = 2 * (dispatch + combine) + ALL_TO_ALLS * waiting / _THOUSAND
    flop = FORWARD_UNITS * tokens * forward_flop_per_token(num_experts_per_tok)
    left = (MULTIPROCESSORS - sms) / MULTIPROCESSORS
    compute = flop / (compute_flop_per_s * left)
    longer = maximum(communication, compute)
    whole = lookup(
        overlap,
        {"overlapped": longer, "one after the other": communication + compute},
        name="overlap",
    )
    return ExpertLayer(
        dispatch_milliseconds=_THOUSAND * dispatch,
        combine_milliseconds=_THOUSAND * combine,
        communication_milliseconds=_THOUSAND * communication,
        compute_milliseconds=_THOUSAND * compute,
        layer_milliseconds=_THOUSAND * whole,
        exposed_share=(whole - compute) / whole,
        communication_to_compute_ratio=communication / compute,
        experts_at_equal_time=collectives.experts_at_equal_time(
            topk_group=topk_group,
            nvlink_bytes_per_s=nvlink_bytes_per_s,
            network_bytes_per_s=network_bytes_per_s,
        ),
    )


@functools.cache
def feeding_bytes_per_s_per_sm() -> float:
    """Bytes per second that one multiprocessor hands on, an assumption.

    The report says that 20 suffice for both links at full bandwidth
    [deepseekai2024v3]_ (section 3.2.2). We divide: 210 GB/s over 20. That is the
    least each must do, and that the rest follows in proportion is assumed.

    Examples
    --------
    >>> feeding_bytes_per_s_per_sm() / 1e9
    10.5
    """
    links = ("v3.nvlink_bytes_per_s", "v3.infiniband_bytes_per_s")
    both = sum(fact(name).number for name in links)
    return both / fact("v3.communication_sms").number


def forward_flop_per_token(num_experts_per_tok: Number) -> Number:
    """Forward FLOP of a token in one layer of experts, at 4,096 tokens of context.

    Examples
    --------
    >>> round(forward_flop_per_token(8) / 1e9, 3)
    1.338
    """
    attention, routed = _layer_flop()
    return attention + routed * num_experts_per_tok


@functools.cache
def _layer_flop() -> tuple[float, float]:
    """Return what a token's layer takes without its routed experts, and one expert."""
    v3 = architecture.preset("deepseek-v3")
    count, experts = accounting.flop_per_token(v3), v3.experts
    assert experts is not None
    everywhere = (
        count.attention_projections_flop_per_token
        + count.attention_scores_flop_per_token
    )
    here = count.shared_experts_flop_per_token + count.router_flop_per_token
    routed = count.routed_experts_flop_per_token / v3.num_expert_layers
    fixed = everywhere / v3.num_hidden_layers + here / v3.num_expert_layers
    return float(fixed), float(routed / experts.num_experts_per_tok)


@functools.cache
def traced_compute_flop_per_s() -> float:
    """FLOP/s that a GPU of the published trace sustains, scaled to all its SMs.

    The arithmetic of four layers, forward and backward, over the time in which the
    stream of computation was busy, on 112 of 132 multiprocessors.

    Examples
    --------
    >>> round(traced_compute_flop_per_s() / 1e12)
    656
    """
    trace = record("training_trace")
    busy = trace.measures["milliseconds"]["compute stream"] / 1e3
    layers, tokens = trace.settings["layers"], trace.settings["sequence_tokens"]
    chosen = fact("v3.num_experts_per_tok").number
    flop = FORWARD_UNITS * layers * tokens * float(forward_flop_per_token(chosen))
    (blocks,) = trace.measures["matrix products"]["blocks"]
    return float(flop / busy * MULTIPROCESSORS / blocks)


@functools.cache
def traced_network_bytes_per_s() -> float:
    """Bandwidth at which four copies a token take as long as in the published trace.

    Dispatch and combine move in turn for the time the trace shows; that every token
    visits four nodes is the report's count, which the trace does not state.

    Examples
    --------
    >>> round(traced_network_bytes_per_s() / 1e9, 1)
    35.4
    """
    trace = record("training_trace")
    moving = trace.measures["milliseconds"]["moving"] / 1e3
    hidden = fact("v3.hidden_size").number
    message = float(collectives.round_trip_bytes(hidden_size=hidden))
    tokens = 2 * trace.settings["layers"] * trace.settings["sequence_tokens"]
    copies = tokens * fact("v3.topk_group").number
    return float(copies * message / moving)


@functools.cache
def traced_waiting_milliseconds() -> float:
    """Milliseconds that the stream of communication spent waiting, for each all-to-all.

    Examples
    --------
    >>> round(traced_waiting_milliseconds(), 2)
    2.13
    """
    trace = record("training_trace")
    times = trace.measures["milliseconds"]
    waited = times["communication stream"] - times["moving"]
    return float(waited / (ALL_TO_ALLS * trace.settings["layers"]))
