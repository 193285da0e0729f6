"""What a running service holds: the cache of its sequences, on chips of a size."""

from dataclasses import dataclass

from dsv3 import accounting, hardware
from dsv3.architecture import Architecture
from dsv3.formats import CACHE_FORMATS, number_formats
from explorables.arithmetic import (
    Choice,
    Number,
    ceil,
    lookup,
    lookup_record,
    require,
    require_option,
)

BYTES_PER_ELEMENT = {
    name: float(form.element_bytes)
    for name, form in number_formats(CACHE_FORMATS).items()
}
"""Width of one cached number, by precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSize:
    """A cache taken apart: per token, in all, and against a GPU's memory."""

    kv_cache_bytes_per_token: Number
    """All layers together."""

    kv_cache_bytes: Number
    """All sequences at their full length."""

    fitting_tokens: Number
    """Tokens whose cache fills one GPU's memory, weights left aside."""

    cache_gpus: Number
    """GPUs that the cache alone would fill."""

    multi_head_ratio: Number
    """Cache of multi-head attention with the same heads over this one."""


def cache_size(
    *,
    method: Choice,
    num_hidden_layers: Number,
    num_attention_heads: Number,
    num_key_value_heads: Number,
    head_dim: Number,
    kv_lora_rank: Number,
    qk_rope_head_dim: Number,
    context_tokens: Number,
    sequences: Number,
    precision: Choice,
    gpu: Choice,
) -> CacheSize:
    """Size the key-value cache of a service, whatever its attention.

    `method` is one of `dsv3.accounting.METHODS`, and `context_tokens` are those a
    sequence has reached.

    Examples
    --------
    >>> cache = cache_size(
    ...     method="latent", num_hidden_layers=61, num_attention_heads=128,
    ...     num_key_value_heads=8, head_dim=128, kv_lora_rank=512,
    ...     qk_rope_head_dim=64, context_tokens=32768, sequences=32,
    ...     precision="bf16", gpu="H800 SXM",
    ... )  # fmt: skip
    >>> cache.kv_cache_bytes_per_token, round(cache.multi_head_ratio, 1)
    (70272.0, 56.9)
    """
    require_option("precision", precision, tuple(BYTES_PER_ELEMENT))
    require("context_tokens", context_tokens, context_tokens > 0, "must be above 0")
    require("sequences", sequences, sequences >= 1, "must be at least 1")
    elements = accounting.cached_elements_by_method(
        num_attention_heads=num_attention_heads,
        num_key_value_heads=num_key_value_heads,
        head_dim=head_dim,
        kv_lora_rank=kv_lora_rank,
        qk_rope_head_dim=qk_rope_head_dim,
    )
    kept = lookup(method, elements, name="method")
    per_token = (
        kept
        * num_hidden_layers
        * lookup(precision, BYTES_PER_ELEMENT, name="precision")
    )
    whole = per_token * context_tokens * sequences
    memory = lookup_record(gpu, hardware.accelerators(), name="gpu").driver_memory_bytes
    return CacheSize(
        kv_cache_bytes_per_token=per_token,
        kv_cache_bytes=whole,
        fitting_tokens=memory / per_token,
        cache_gpus=ceil(whole / memory),
        multi_head_ratio=elements["multi-head"] / kept,
    )


def cache_arguments(model: Architecture) -> dict[str, str | float]:
    """Return the arguments of `cache_size` that a model's attention decides.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> cache_arguments(preset("llama-3.1-405b"))["method"]
    'grouped-query'
    """
    attends = accounting.attention_count(model.attention)
    return {
        "method": attends.method,
        "num_hidden_layers": float(model.num_hidden_layers),
        "num_attention_heads": float(model.attention.num_attention_heads),
        **{name: float(size) for name, size in attends.cache_sizes.items()},
    }
