"""What a model asks of memory, whichever chips hold it.

Weights by what divides them, cache per token, and the widest thing a layer computes.
"""

from dataclasses import dataclass

from dsv3 import accounting
from dsv3.architecture import Architecture
from dsv3.formats import BF16, HELD_FORMATS
from dsv3.serving.model_records import model_record
from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    either,
    negated,
    require,
)

GATED_WIDTHS = 3
"""Gate, up and their product: what a feed-forward holds at once of each token."""

NO_WINDOW = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryDemand:
    """What one model at one precision of weights asks of memory."""

    common_bytes: Number

    routed_bytes: Number
    """Weights of all routed experts, which expert parallelism divides."""

    module_common_bytes: Number
    """What one module for drafting adds to the first; its embedding and head are the
    model's own. 0 where there is none."""

    module_routed_bytes: Number
    """What it adds to the second."""

    full_cache_bytes_per_token: Number
    """Cache of one token in the layers that attend to everything, in BF16."""

    windowed_cache_bytes_per_token: Number
    """Cache of one token in the layers with a sliding window, in BF16."""

    window_tokens: Number
    """Tokens those layers keep."""

    state_bytes: Number
    """What all layers keep of a sequence however long, in BF16."""

    cache_shards: Number
    """Ways in which tensor parallelism can divide the cache: heads of keys; 1 for a
    latent, which has no heads."""

    residual_elements: Number
    """Numbers of one token that a layer carries through."""

    widest_elements: Number
    """Numbers of one token that the widest part of a layer holds at once."""


def memory_demand(model: Choice | Architecture, precision: Choice) -> MemoryDemand:
    """Return what a model asks of memory, weights at a precision.

    Examples
    --------
    >>> demand = memory_demand("deepseek-v3", "fp8")
    >>> round(demand.common_bytes / 1e9, 1), round(demand.routed_bytes / 1e9, 1)
    (19.1, 654.1)
    """
    return model_record(counted_memory_demand, model, precision, HELD_FORMATS)


def counted_memory_demand(model: Architecture, precision: str) -> MemoryDemand:
    """Count what a model asks of memory; `memory_demand` takes names too."""
    routed = accounting.routed_expert_bytes(model, precision)
    full, windowed = _cache_bytes_per_token(model)
    counts = [count for _, count in accounting.attention_counts(model)]
    windows = [one.window for one in model.layer_attention if one.window is not None]
    module_common, module_routed = _module_bytes(model, precision)
    return MemoryDemand(
        common_bytes=accounting.weight_bytes(model, precision) - routed,
        routed_bytes=routed,
        module_common_bytes=module_common,
        module_routed_bytes=module_routed,
        full_cache_bytes_per_token=full,
        windowed_cache_bytes_per_token=windowed,
        window_tokens=windows[0] if windows else NO_WINDOW,
        state_bytes=accounting.state_bytes(model),
        cache_shards=min(count.cache_shards for count in counts),
        residual_elements=2 * model.hidden_size,
        widest_elements=widest_elements(model),
    )


def _cache_bytes_per_token(model: Architecture) -> tuple[Number, Number]:
    """Return the cache of a token in layers without a window, and in those with one."""
    kept = [
        (one.window is None, BF16.element_bytes * one.layers * count.cached_elements)
        for one, count in accounting.attention_counts(model)
    ]
    full = sum(size for is_full, size in kept if is_full)
    return full, sum(size for is_full, size in kept if not is_full)


def require_module(
    name: str, value: object, drafts: Condition, demand: MemoryDemand
) -> None:
    """Refuse drafts of a model that has no module to draft with.

    Examples
    --------
    >>> require_module("drafts", True, True, memory_demand("llama-3.1-8b", "bf16"))
    Traceback (most recent call last):
        ...
    ValueError: drafts is True: the model has no module that drafts
    """
    able = either(negated(drafts), demand.module_common_bytes > 0)
    require(name, value, able, "the model has no module that drafts")


def _module_bytes(model: Architecture, precision: str) -> tuple[Number, Number]:
    """Return one drafting module's bytes: what all tokens meet, and its experts."""
    modules = model.num_nextn_predict_layers
    if not modules:
        return 0, 0
    count = accounting.parameter_count(model)
    repeated = count.multi_token_prediction.shipped_parameters
    repeated -= count.multi_token_prediction.total_parameters
    with_modules = accounting.weight_bytes(
        model, precision, with_multi_token_prediction=True
    )
    added = with_modules - accounting.weight_bytes(model, precision)
    own = (added - BF16.element_bytes * repeated) / modules
    layers = model.num_expert_layers
    routed = accounting.routed_expert_bytes(model, precision) / max(layers, 1)
    return own - routed, routed


def widest_elements(model: Architecture) -> Number:
    """Return how many numbers of one token the widest part of a layer holds.

    Attention holds queries, keys, values and their sums; a feed-forward its gate,
    its other half and their product; an expert layer those of every expert that
    works on the token, with the copies sent there and back. Scores are not held by
    kernels that work in tiles, and are not counted.

    Examples
    --------
    Eight chosen experts of DeepSeek-V3 and a shared one:
    8 x (2 x 7168 + 3 x 2048) + 3 x 2048.

    >>> from dsv3.architecture import preset
    >>> widest_elements(preset("deepseek-v3"))
    169984
    """
    experts = model.experts
    counts = [count for _, count in accounting.attention_counts(model)]
    attended = max(count.activation_elements for count in counts)
    dense = GATED_WIDTHS * (model.intermediate_size or 0)
    if experts is None:
        return max(attended, dense)
    inner = GATED_WIDTHS * experts.moe_intermediate_size
    copies = experts.num_experts_per_tok * (2 * model.hidden_size + inner)
    return max(attended, dense, copies + GATED_WIDTHS * experts.shared_size)
