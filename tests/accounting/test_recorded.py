"""Counts of recorded sizes equal those of plain ones, after a trip by tape."""

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3.accounting import (
    ActiveConvention,
    DecodeForm,
    decode_flop_per_token,
    flop_per_token,
    kv_cache_bytes,
    kv_cache_bytes_per_token,
    multi_head_kv_cache_bytes_per_token,
    parameter_count,
    weight_bytes,
)
from dsv3.architecture import Architecture, LatentAttention, preset
from dsv3.formats import WEIGHT_FORMATS
from explorables.arithmetic import NUMBER, Number, Tape, evaluate, trace

Sizes = Mapping[str, Number]


def redesigned(base: Architecture, sizes: Sizes) -> Architecture:
    """Change sizes wherever the record that has them stands."""
    parts: dict[str, Any] = {
        name: dataclasses.replace(part, **own(part, sizes))
        for name in ("attention", "experts")
        if (part := getattr(base, name)) is not None
    }
    return dataclasses.replace(base, **parts | own(base, sizes))


def own(record: object, sizes: Sizes) -> dict[str, Any]:
    """Return the sizes that a record has."""
    return {name: size for name, size in sizes.items() if hasattr(record, name)}


def counts(base: Architecture, sizes: Sizes) -> dict[str, Number]:
    """Return everything that a page could show of a model."""
    architecture = redesigned(base, sizes)
    count = parameter_count(architecture)
    causal = flop_per_token(architecture, 4096, with_multi_token_prediction=True)
    results: dict[str, Number] = {
        **count.parts(),
        "total": count.total,
        "modules": count.multi_token_prediction.shipped_parameters,
        **{
            convention.name: count.active(convention) for convention in ActiveConvention
        },
        **causal.parts(),
        "training": causal.training_flop_per_token,
        "full": flop_per_token(architecture, 100, causal=False).forward_flop_per_token,
        "decode": decode_flop_per_token(architecture, 1000).forward_flop_per_token,
        **{each: weight_bytes(architecture, each) for each in WEIGHT_FORMATS},
        "cached": kv_cache_bytes_per_token(architecture),
        "cache": kv_cache_bytes(architecture, 1000),
        "plain": multi_head_kv_cache_bytes_per_token(architecture),
    }
    if isinstance(architecture.attention, LatentAttention):
        absorbed = decode_flop_per_token(architecture, 1000, DecodeForm.ABSORBED)
        results["absorbed"] = absorbed.forward_flop_per_token
    return results


SIZES = {
    "deepseek-v3": {
        **{"num_hidden_layers": (4, 128), "hidden_size": (64, 16384)},
        **{"kv_lora_rank": (1, 4096), "q_lora_rank": (1, 4096)},
        **{"num_attention_heads": (1, 256), "moe_intermediate_size": (1, 8192)},
        **{"n_routed_experts": (32, 512), "vocab_size": (1, 300_000)},
        **{"num_nextn_predict_layers": (0, 3), "n_shared_experts": (0, 4)},
    },
    "deepseek-v3.2": {
        **{"num_hidden_layers": (4, 128), "hidden_size": (64, 16384)},
        **{"moe_intermediate_size": (1, 8192), "vocab_size": (1, 300_000)},
    },
    "deepseek-v4-flash": {
        **{"hidden_size": (64, 16384), "hc_mult": (1, 8)},
        **{"moe_intermediate_size": (1, 8192), "vocab_size": (1, 300_000)},
    },
    "gpt-oss-120b": {
        **{"num_hidden_layers": (18, 128), "sliding_window": (1, 8192)},
        **{"head_dim": (2, 256), "hidden_size": (1, 16384)},
    },
    "llama-3.1-8b": {
        **{"num_hidden_layers": (1, 128), "intermediate_size": (1, 60_000)},
        **{"hidden_size": (1, 16384), "vocab_size": (1, 300_000)},
    },
}


@cache
def tape_of(name: str) -> Tape:
    """Trace a preset's counts once, with its sizes recorded."""
    return trace(
        lambda **sizes: counts(preset(name), sizes),
        dict.fromkeys(SIZES[name], NUMBER),
    )


STEPS = {"n_routed_experts": 8, "head_dim": 2}
"""Experts come in whole groups, and a rotated head in pairs."""


@pytest.mark.parametrize("name", SIZES)
@given(data=st.data())
def test_recorded_counts_equal_plain_ones(name: str, data: st.DataObject) -> None:
    base, ranges = preset(name), SIZES[name]
    sizes = {
        size: data.draw(st.integers(*limits), label=size)
        // STEPS.get(size, 1)
        * STEPS.get(size, 1)
        for size, limits in ranges.items()
    }
    inputs = {size: float(value) for size, value in sizes.items()}
    played = evaluate(tape_of(name), inputs)
    assert played.complaint is None
    assert dict(played.outputs) == counts(base, sizes)
