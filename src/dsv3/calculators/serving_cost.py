"""What tokens cost to serve: on rented GPUs, and on own ones against an API."""

from dataclasses import replace
from typing import Annotated

from dsv3 import economics, serving
from dsv3.calculators.arguments import CacheHitShare, OutputShare
from dsv3.calculators.defaults import assumed, derived, published
from dsv3.calculators.serving_arguments import (
    ACCEPTANCE,
    BF16,
    DRAFTED_TOKENS,
    EXAMPLE_CONTEXT,
    GPUS,
    INFINIBAND,
    NETWORK,
    NO_ACCEPTANCE,
    ONE_NODE,
    SERVING_GPU,
    TENSOR,
    AcceptanceShare,
    Layout,
    Precision,
    PromptTokens,
    ReachedShare,
    ServedModel,
    UsableShare,
)
from explorables import Argument, Curve, Otherwise, calculator
from explorables.arithmetic import Choice, Number

DAY = economics.published_day_mix()
DAY_ORIGIN = "tokens of the day that DeepSeek published, inference system overview"

ONE_NODE_PRESET: dict[str, float | bool | str] = {
    "gpu": "H200 SXM",
    "prefill_gpus": 8,
    "decode_gpus": 8,
    "sequences": 256,
    "context_tokens": 4096,
}


@calculator(
    command="dsv3 serving cost",
    title="What a million tokens cost to serve",
    summary="Tokens per second of a service, and dollars for a million of them.",
    finding="At two dollars an hour, DeepSeek's layout serves a million tokens of its "
    "day's mix for about twelve cents.",
    outputs={
        "usd_per_million_tokens": "Blended, per million tokens",
        "output_usd_per_million_tokens": "Output, per million tokens",
        "input_usd_per_million_tokens": "Input, per million tokens",
        "least_usd_per_million_tokens": "Blended, with full overlap",
        "reader_tokens_per_s": "Speed of one sequence",
        "decode_tokens_per_s_per_gpu": "Decode throughput",
        "headroom_bytes": "Left on each GPU",
    },
    curve=Curve(x="sequences", y="usd_per_million_tokens"),
    presets={
        "8 H200": ONE_NODE_PRESET,
        "16 H100": ONE_NODE_PRESET
        | {"gpu": "H100 SXM", "prefill_gpus": 16, "decode_gpus": 16},
        "8 H200, one sequence": ONE_NODE_PRESET
        | {"sequences": 1, "layout": serving.TENSOR},
    },
    scenario_of="model",
    otherwise={
        "precision": BF16,
        "gpu": Otherwise(value="H100 SXM", why="no chip was named"),
        "layout": TENSOR,
        "prefill_gpus": ONE_NODE,
        "decode_gpus": ONE_NODE,
        "sequences": Otherwise(value=64.0, why="an example"),
        "context_tokens": EXAMPLE_CONTEXT,
        "network_bytes_per_s": INFINIBAND,
        "usd_per_gpu_hour": Otherwise(
            value=assumed("rental.hopper_usd_per_gpu_hour"),
            why="the middle of dated offers of Hopper cards",
        ),
        "output_share": Otherwise(value=0.25, why="an example: three in for one out"),
        "cache_hit_share": Otherwise(value=0.0, why="an example: nothing is cached"),
        "acceptance_share": NO_ACCEPTANCE,
    },
    controls=(
        "gpu",
        "layout",
        "prefill_gpus",
        "decode_gpus",
        "sequences",
        "context_tokens",
        "network_bytes_per_s",
        "drafted_tokens",
        "reached_share",
        "usd_per_gpu_hour",
        "output_share",
        "cache_hit_share",
    ),
    in_view=("gpu", "layout", "sequences", "usd_per_gpu_hour"),
)
def serving_cost(
    *,
    model: ServedModel = "deepseek-v3",
    precision: Precision = "fp8",
    gpu: Annotated[
        Choice,
        replace(SERVING_GPU, offered=[g for g in GPUS if g != "A100 SXM"]),
    ] = "H800 SXM",
    layout: Layout = serving.EXPERT,
    prefill_gpus: Annotated[
        Number,
        Argument("Prefill GPUs", "GPUs that prefill together.", 1, 64, step=1),
    ] = published("inference.prefill_ep"),
    decode_gpus: Annotated[
        Number,
        Argument("Decode GPUs", "GPUs that decode together.", 1, 320, step=1),
    ] = published("inference.decode_ep"),
    sequences: Annotated[
        Number,
        Argument(
            "Batch size", "Sequences decoded at once, on all GPUs.", 1, 40000, step=1
        ),
    ] = derived(
        serving.published_day_sequences(),
        "tokens per second of a node over those of a reader, inference system overview",
    ),
    context_tokens: Annotated[
        Number,
        Argument(
            "Context length",
            "Tokens that each sequence holds on average.",
            256,
            131072,
            step=1,
        ),
    ] = published("inference.kv_tokens_per_output_token"),
    prompt_tokens: PromptTokens = 4096.0,
    network_bytes_per_s: Annotated[Number, NETWORK] = published(
        "v3.infiniband_bytes_per_s"
    ),
    drafted_tokens: Annotated[Number, DRAFTED_TOKENS] = 0.0,
    acceptance_share: AcceptanceShare = ACCEPTANCE,
    reached_share: ReachedShare = assumed("serving.reached_share"),
    usable_share: UsableShare = assumed("serving.usable_memory_share"),
    usd_per_gpu_hour: Annotated[
        Number,
        Argument(
            "Rental price",
            "Price of one GPU for one hour, with its share of everything.",
            0.5,
            10,
        ),
    ] = published("v3.usd_per_gpu_hour"),
    output_share: OutputShare = derived(float(DAY.output_share), DAY_ORIGIN),
    cache_hit_share: CacheHitShare = derived(
        float(DAY.cached_input_share / (DAY.input_share + DAY.cached_input_share)),
        DAY_ORIGIN,
    ),
) -> economics.ServingCost:
    """Price a million tokens on a plan of GPUs; see `economics.serving_cost`.

    Examples
    --------
    >>> round(serving_cost().usd_per_million_tokens, 2)
    0.12
    """
    return economics.serving_cost(
        model=model,
        precision=precision,
        gpu=gpu,
        layout=layout,
        prefill_gpus=prefill_gpus,
        decode_gpus=decode_gpus,
        sequences=sequences,
        context_tokens=context_tokens,
        prompt_tokens=prompt_tokens,
        network_bytes_per_s=network_bytes_per_s,
        drafted_tokens=drafted_tokens,
        acceptance_share=acceptance_share,
        reached_share=reached_share,
        usable_share=usable_share,
        usd_per_gpu_hour=usd_per_gpu_hour,
        output_share=output_share,
        cache_hit_share=cache_hit_share,
    )
