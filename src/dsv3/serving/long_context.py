"""What a long context costs DeepSeek-V3 and the models after it.

The cache of one sequence, and the work of the next token, as the context grows.
"""

import functools
from dataclasses import dataclass

from dsv3 import accounting, architecture
from dsv3.accounting import DecodeForm, FlopCount, latent_elements, tiled_bytes
from dsv3.architecture import Architecture
from dsv3.facts import fact
from dsv3.formats import BF16
from explorables.arithmetic import Choice, Number, lookup

LATER_MODELS = ("deepseek-v3", "deepseek-v3.2", "deepseek-v4-pro", "deepseek-v4-flash")
"""DeepSeek-V3 and what took its place, in the order of release."""

AS_RELEASED = "as released"
"""Every model's cache in the layout of its maker's own code."""

CACHE_LAYOUTS = (AS_RELEASED, "bf16")
"""Ways to store what is cached."""

FP4_SHARE = 0.5
"""A number in FP4, and a product of two, over those in FP8: half the bits."""

KEY_ELEMENTS = 128
"""Numbers of an indexer's key, in V3.2 and in V4."""

V4_ENTRY_ELEMENTS = 512
"""Numbers of one entry of V4's cache, key and value in one."""

MXFP4_TILE = 32
"""Numbers in MXFP4 that share a scale of one byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheLayout:
    """How wide what is cached is stored, scales included."""

    bytes_per_element: Number
    """Of keys and values, or what stands for them."""

    index_bytes_per_element: Number
    """Of an indexer's keys."""

    index_share: Number
    """An index score's product, in products of FP8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextCost:
    """What one more token costs after a context."""

    kv_cache_bytes: Number
    """Cache of the sequence."""

    attention_flop_per_token: Number
    """Scores and weighted values of the next token, an indexer's scores included."""

    forward_flop_per_token: Number
    """All of the next token's work."""

    attention_share: Number
    """The second of the third."""


@functools.cache
def released_layout(model: str) -> CacheLayout:
    """Return the layout in which a model's maker stores its cache.

    V3's code keeps BF16; V3.2 and V4 keep FP8 with scales, and rotary parts in BF16.

    Examples
    --------
    >>> released_layout("deepseek-v3").bytes_per_element
    2.0
    >>> round(released_layout("deepseek-v4-pro").bytes_per_element, 3)
    1.141
    """
    if model == "deepseek-v3":
        return CacheLayout(
            bytes_per_element=float(BF16.element_bytes),
            index_bytes_per_element=0.0,
            index_share=0.0,
        )
    if model == "deepseek-v3.2":
        # One key is a tile of FP8: inference/model.py of the released code.
        entry, key_bytes = latent_elements(512, 64), tiled_bytes(KEY_ELEMENTS)
        return CacheLayout(
            bytes_per_element=fact("v32.cache.entry_bytes").number / float(entry),
            index_bytes_per_element=float(key_bytes) / KEY_ELEMENTS,
            index_share=1.0,
        )
    return CacheLayout(
        bytes_per_element=fact("v4.cache.entry_bytes").number / V4_ENTRY_ELEMENTS,
        index_bytes_per_element=FP4_SHARE + 1 / MXFP4_TILE,
        index_share=FP4_SHARE,
    )


def context_cost(
    *, model: Choice, context_tokens: Number, layout: Choice
) -> ContextCost:
    """Return what the next token costs after a context.

    `model` is one of `LATER_MODELS`, `layout` one of `CACHE_LAYOUTS`. Latent attention
    is in its absorbed form, as when decoding.

    Examples
    --------
    After a million tokens V4-Pro has a tenth of V3.2's cache:

    >>> v32, v4 = (
    ...     context_cost(model=name, context_tokens=2**20, layout="as released")
    ...     for name in ("deepseek-v3.2", "deepseek-v4-pro")
    ... )
    >>> round(v32.kv_cache_bytes / v4.kv_cache_bytes, 1)
    9.5
    """
    counts = {name: _decode_flop(name, context_tokens) for name in LATER_MODELS}
    attention = lookup(
        model, {name: _attention(one) for name, one in counts.items()}, name="model"
    )
    forward = lookup(
        model,
        {name: one.forward_flop_per_token for name, one in counts.items()},
        name="model",
    )
    caches = {name: _cache_bytes(name, context_tokens) for name in LATER_MODELS}
    by_layout = {
        way: lookup(
            model, {name: one[way] for name, one in caches.items()}, name="model"
        )
        for way in CACHE_LAYOUTS
    }
    return ContextCost(
        kv_cache_bytes=lookup(layout, by_layout, name="layout"),
        attention_flop_per_token=attention,
        forward_flop_per_token=forward,
        attention_share=attention / forward,
    )


def cache_ratio(*, model: str, context_tokens: float) -> float:
    """Return how many times DeepSeek-V3.2's cache is that of a model after it.

    Both as released.

    Examples
    --------
    >>> round(cache_ratio(model="deepseek-v4-flash", context_tokens=2**20), 1)
    13.7
    """
    before, after = (
        float(_cache_bytes(name, context_tokens)[AS_RELEASED])
        for name in ("deepseek-v3.2", model)
    )
    return before / after


def grouped_query_share(
    *,
    model: str,
    context_tokens: float,
    num_key_value_heads: float = 8,
    head_dim: float = 128,
) -> float:
    """Return a model's cache as released over that of grouped-query attention in BF16.

    Examples
    --------
    >>> round(grouped_query_share(model="deepseek-v4-pro", context_tokens=2**20), 3)
    0.02
    """
    layers = float(architecture.preset(model).num_hidden_layers)
    elements = accounting.key_value_elements(num_key_value_heads, head_dim)
    grouped = layers * context_tokens * float(elements) * BF16.element_bytes
    return float(_cache_bytes(model, context_tokens)[AS_RELEASED]) / grouped


def fp8_equivalent_flop(
    *, model: str, context_tokens: float, wide_output: bool = False
) -> float:
    """Return the next token's work, a BF16 product counted as two of FP8.

    Attention's scores and weighted values are in BF16, an indexer's scores in FP8
    (V3.2) or FP4 (V4), all else in FP8. With `wide_output` the grouped projection of
    V4's attention is in BF16, as its released code has it.

    Examples
    --------
    >>> v32 = fp8_equivalent_flop(model="deepseek-v3.2", context_tokens=2**20)
    >>> v4 = fp8_equivalent_flop(model="deepseek-v4-pro", context_tokens=2**20)
    >>> round(v32 / v4, 1)
    3.8
    """
    count = _decode_flop(model, context_tokens)
    wide = count.attention_scores_flop_per_token
    narrow = count.indexer_scores_flop_per_token
    share = released_layout(model).index_share
    flop = count.forward_flop_per_token + wide - (1 - share) * narrow
    if wide_output:
        flop = flop + _grouped_output_flop(architecture.preset(model))
    return float(flop)


def fp8_equivalent_ratio(
    *, model: str, context_tokens: float, wide_output: bool = False
) -> float:
    """Return how many times DeepSeek-V3.2's work is that of a model after it."""
    before = fp8_equivalent_flop(model="deepseek-v3.2", context_tokens=context_tokens)
    return before / fp8_equivalent_flop(
        model=model, context_tokens=context_tokens, wide_output=wide_output
    )


def _decode_flop(model: str, context_tokens: Number) -> FlopCount:
    made = architecture.preset(model)
    form = accounting.attention_count(made.attention).decode_form
    return accounting.decode_flop_per_token(made, context_tokens, DecodeForm(form))


def _attention(count: FlopCount) -> Number:
    return count.attention_scores_flop_per_token + count.indexer_scores_flop_per_token


def _cache_bytes(model: str, context_tokens: Number) -> dict[str, Number]:
    """Return the cache of one sequence by layout."""
    made, layout = architecture.preset(model), released_layout(model)
    return {
        AS_RELEASED: accounting.kv_cache_bytes(
            made,
            context_tokens,
            bytes_per_element=layout.bytes_per_element,
            index_bytes_per_element=layout.index_bytes_per_element,
        ),
        "bf16": accounting.kv_cache_bytes(made, context_tokens),
    }


def _grouped_output_flop(model: Architecture) -> Number:
    """Return the FLOP of the first of two output projections, over all layers."""
    hidden = model.hidden_size
    return sum(
        2 * float(group.layers) * float(one.matrices(hidden).output[0].parameters)
        for group, one in accounting.attention_counts(model)
    )
