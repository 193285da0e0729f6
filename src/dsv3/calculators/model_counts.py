"""What a model is made of: parameters, FLOP, KV cache and weights."""

from collections.abc import Mapping
from typing import Annotated

from dsv3 import accounting
from dsv3.calculators.arguments import ContextTokens, Model, architecture_of
from dsv3.formats import RELEASED, WEIGHT_FORMATS
from explorables import Argument, calculator
from explorables.arithmetic import Choice, Condition, Number


@calculator(
    command="dsv3 params",
    title="Parameters",
    summary="Parameters by component.",
)
def parameters(*, model: Model = "deepseek-v3") -> Mapping[str, object]:
    """Count a model's parameters by part; see `accounting.parameter_count`.

    Examples
    --------
    >>> parameters()["total_parameters"]
    671026419200
    """
    return accounting.parameter_count(architecture_of(model)).summary()


@calculator(
    command="dsv3 flops",
    title="FLOP per token",
    summary="Matmul FLOP per token by component.",
)
def flops(
    *,
    model: Model = "deepseek-v3",
    context_tokens: ContextTokens = 4096.0,
    causal: Annotated[
        Condition,
        Argument(
            "Causal mask",
            "Count half of the attention matrix: a token attends to earlier ones only.",
        ),
    ] = True,
) -> Mapping[str, object]:
    """Count a model's FLOP per token by part; see `accounting.flop_per_token`.

    Examples
    --------
    >>> round(flops()["training_flop_per_token"] / 1e9, 2)
    250.45
    """
    return accounting.flop_per_token(
        architecture_of(model), context_tokens=context_tokens, causal=causal
    ).summary()


@calculator(
    command="dsv3 cache",
    title="KV cache",
    summary="Bytes of key-value cache.",
)
def kv_cache(
    *,
    model: Model = "deepseek-v3",
    bytes_per_element: Annotated[
        Number,
        Argument("Bytes per element", "Bytes of one cached number; 2 for BF16."),
    ] = 2.0,
    context_tokens: ContextTokens = 4096.0,
) -> accounting.KVCache:
    """Count what a model's attention keeps of a sequence; see `accounting.kv_cache`.

    Examples
    --------
    >>> kv_cache().kv_cache_bytes_per_token
    70272.0
    """
    return accounting.kv_cache(
        architecture_of(model),
        context_tokens=context_tokens,
        bytes_per_element=bytes_per_element,
    )


@calculator(
    command="dsv3 weights",
    title="Weights",
    summary="Bytes of the weights as released, or at a precision.",
)
def weights(
    *,
    model: Model = "deepseek-v3",
    precision: Annotated[
        Choice,
        Argument(
            "Precision",
            "How weights are stored: as released, by the model's config; or in a "
            "format, with embedding, head and norms in two bytes in any but FP32.",
            options=(RELEASED, *WEIGHT_FORMATS),
        ),
    ] = RELEASED,
) -> Mapping[str, object]:
    """Count the bytes of a model's weights; see `accounting.weight_bytes`.

    Examples
    --------
    >>> round(weights()["weight_bytes"] / 1e9, 1)
    673.2
    """
    counted = architecture_of(model)
    stored = precision
    if precision == RELEASED:
        stored = accounting.released_format(counted)
    return {
        "precision": precision,
        "weight_format": stored,
        "weight_bytes": accounting.weight_bytes(counted, precision),
    }
