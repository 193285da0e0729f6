"""A layer of experts in training: arithmetic, and tokens on their way."""

from typing import Annotated

from dsv3 import collectives, training
from dsv3.calculators.defaults import derived, published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number

TRACE = "counted in the profiler's trace that DeepSeek published"
H100_NVLINK = derived(
    training.achieved_nvlink_bytes_per_s("H100"),
    "the H100's NVLink at the share of its rating that the report counts with",
)
TRACED_LINKS = {
    "network_bytes_per_s": derived(training.traced_network_bytes_per_s(), TRACE),
    "waiting_milliseconds": derived(training.traced_waiting_milliseconds(), TRACE),
}


@calculator(
    command="dsv3 training expert-layer",
    title="H800 bandwidth as a parameter",
    summary="Time of a layer of experts in training: compute and all-to-all.",
    finding="At the report's figures communication takes half the time of computation, "
    "and the H100's faster NVLink would change nothing.",
    outputs={
        "communication_milliseconds": "Communication, forward and backward",
        "dispatch_milliseconds": "One dispatch",
        "combine_milliseconds": "One combine",
        "compute_milliseconds": "Compute, forward and backward",
        "layer_milliseconds": "The layer",
        "exposed_share": "Exposed communication",
        "communication_to_compute_ratio": "Communication over computation",
        "experts_at_equal_time": "Experts at link balance",
    },
    curve=Curve(x="topk_group", y="communication_milliseconds"),
    presets={
        "As the report counts": {},
        "As the trace shows": TRACED_LINKS,
        "H100's NVLink": {"nvlink_bytes_per_s": H100_NVLINK},
        "Thirteen experts": {"num_experts_per_tok": 13.0},
    },
    in_view=(
        "nvlink_bytes_per_s",
        "network_bytes_per_s",
        "topk_group",
        "num_experts_per_tok",
    ),
)
def expert_layer(
    *,
    nvlink_bytes_per_s: Annotated[
        Number,
        Argument("NVLink", "Bandwidth of one GPU in one direction.", 20e9, 900e9),
    ] = published("v3.nvlink_bytes_per_s"),
    network_bytes_per_s: Annotated[
        Number,
        Argument(
            "InfiniBand",
            "Bandwidth between nodes of one GPU in one direction.",
            10e9,
            400e9,
        ),
    ] = published("v3.infiniband_bytes_per_s"),
    communication_sms: Annotated[
        Number,
        Argument(
            "SMs for communication",
            "Multiprocessors of 132 that move tokens and are lost to compute.",
            1,
            100,
            step=1,
            unit="count",
        ),
    ] = published("v3.communication_sms"),
    topk_group: Annotated[
        Number,
        Argument(
            "Nodes per token",
            "Nodes, of eight, on which a token's experts may lie.",
            1,
            8,
            step=1,
            unit="count",
        ),
    ] = published("v3.topk_group"),
    num_experts_per_tok: Annotated[
        Number,
        Argument(
            "Experts per token",
            "Routed experts that a token is sent to, without the shared one.",
            1,
            16,
            step=1,
            unit="count",
        ),
    ] = published("v3.num_experts_per_tok"),
    waiting_milliseconds: Annotated[
        Number,
        Argument(
            "Latency per all-to-all",
            "Setting up and waiting for other ranks, for each exchange.",
            0,
            5,
        ),
    ] = 0.0,
    compute_flop_per_s: Annotated[
        Number,
        Argument(
            "Sustained compute",
            "FLOP/s of a GPU if all its multiprocessors compute.",
            1e14,
            2e15,
        ),
    ] = derived(training.traced_compute_flop_per_s(), TRACE),
    tokens: Annotated[
        Number,
        Argument(
            "Tokens per GPU",
            "Tokens of one GPU that go through the layer together.",
            512,
            16384,
            step=512,
        ),
    ] = published("v3.sequence_tokens"),
    dispatch_format: Annotated[
        Choice,
        Argument(
            "Dispatch format",
            "Number format of tokens on the way to their experts.",
            options=collectives.WIRE_FORMATS,
        ),
    ] = "fp8",
    combine_format: Annotated[
        Choice,
        Argument(
            "Combine format",
            "Number format of the experts' answers on the way back.",
            options=collectives.WIRE_FORMATS,
        ),
    ] = "bf16",
    counting: Annotated[
        Choice,
        Argument(
            "Counting of copies",
            "The most nodes and experts that a token may reach, or the mean at random.",
            options=collectives.COUNTINGS,
        ),
    ] = "at most",
    overlap: Annotated[
        Choice,
        Argument(
            "Overlap",
            "Whether tokens of one chunk travel while another is computed.",
            options=training.OVERLAPS,
        ),
    ] = training.OVERLAPS[0],
) -> training.ExpertLayer:
    """Time a layer of DeepSeek-V3's experts; see `training.expert_layer`.

    Examples
    --------
    4,096 tokens in FP8, four copies each, at 50 GB/s: 2.4 ms.

    >>> round(expert_layer().dispatch_milliseconds, 2)
    2.42
    """
    return training.expert_layer(
        nvlink_bytes_per_s=nvlink_bytes_per_s,
        network_bytes_per_s=network_bytes_per_s,
        communication_sms=communication_sms,
        topk_group=topk_group,
        num_experts_per_tok=num_experts_per_tok,
        waiting_milliseconds=waiting_milliseconds,
        compute_flop_per_s=compute_flop_per_s,
        tokens=tokens,
        dispatch_format=dispatch_format,
        combine_format=combine_format,
        counting=counting,
        overlap=overlap,
    )
