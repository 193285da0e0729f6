"""What a long context costs DeepSeek-V3 and the models after it."""

from typing import Annotated

from dsv3 import architecture, serving
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number

LAYOUTS = {"as released": "as released", "bf16": "BF16 throughout"}


def _titles() -> dict[str, str]:
    return {
        name: architecture.preset_record(name).title for name in serving.LATER_MODELS
    }


@calculator(
    command="dsv3 serving context",
    title="What a long context costs",
    summary="Cache and work of DeepSeek-V3 and its successors by context length.",
    finding="At 128K, V3 spends nearly all of a token's work on attention; choose V3.2 "
    "or V4 and see how little is left.",
    outputs={
        "kv_cache_bytes": "Cache of one sequence",
        "attention_flop_per_token": "Attention, for the next token",
        "forward_flop_per_token": "All work for the next token",
        "attention_share": "Attention's share",
    },
    curve=Curve(x="context_tokens", y="attention_flop_per_token", y_scale="log"),
    presets={
        "V3": {"model": "deepseek-v3"},
        "V3.2": {"model": "deepseek-v3.2"},
        "V4-Pro": {"model": "deepseek-v4-pro"},
        "V4-Flash": {"model": "deepseek-v4-flash"},
    },
)
def context_cost(
    *,
    model: Annotated[
        Choice,
        Argument("Model", "DeepSeek-V3, or what took its place.", options=_titles),
    ] = "deepseek-v3",
    context_tokens: Annotated[
        Number,
        Argument(
            "Context length",
            "Tokens before the next one.",
            1024,
            1048576,
            scale="log",
        ),
    ] = 131072.0,
    layout: Annotated[
        Choice,
        Argument(
            "Cache precision",
            "How cached numbers are stored: as each model's own code stores them, "
            "scales included, or all in BF16.",
            options=LAYOUTS,
        ),
    ] = "as released",
) -> serving.ContextCost:
    """Say what the next token costs after a context; see `serving.context_cost`.

    Examples
    --------
    >>> round(context_cost().attention_share, 2)
    0.97
    >>> round(context_cost(model="deepseek-v4-pro").attention_share, 2)
    0.26
    """
    return serving.context_cost(
        model=model, context_tokens=context_tokens, layout=layout
    )
