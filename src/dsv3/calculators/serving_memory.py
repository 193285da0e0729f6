"""What a service keeps in memory: whether a model fits, and how large its cache is."""

from typing import Annotated

from dsv3 import accounting, architecture, serving
from dsv3.calculators.arguments import ContextTokens, Gpu
from dsv3.calculators.defaults import Default, assumed, derived
from dsv3.calculators.serving_arguments import (
    PARALLELISM,
    SERVING_GPU,
    HeldPrecision,
    ServedModel,
    UsableShare,
)
from dsv3.formats import RELEASED
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Condition, Number

CachePrecision = Annotated[
    Choice,
    Argument(
        "Cache precision",
        "How the KV cache is stored.",
        options={name: name.upper() for name in serving.BYTES_PER_ELEMENT},
    ),
]

COMPARED_CACHES = ("deepseek-v3", "deepseek-v2", "llama-3.1-405b", "qwen2.5-72b")
"""Presets whose attention the cache may be counted with at one press."""

V3_SIZES = serving.cache_arguments(architecture.preset("deepseek-v3"))


def _released(name: str) -> Default:
    return derived(float(V3_SIZES[name]), "DeepSeek-V3's config.json")


@calculator(
    command="dsv3 fit",
    title="Does it fit?",
    summary="Memory of a service by part, and how many GPUs hold it.",
    finding="Eight H200s hold DeepSeek-V3 with room to spare; eight H100s do not.",
    outputs={
        "headroom_bytes": "Left on each GPU",
        "weights_bytes": "Weights",
        "cache_bytes": "KV cache",
        "activations_bytes": "Activations",
        "reserved_bytes": "Reserved",
        "fitting_sequences_count": "Sequences that fit",
        "minimum_gpus": "Fewest GPUs",
        "layout_gpus": "Next power of two",
    },
    curve=Curve(x="context_tokens", y="headroom_bytes"),
    presets={
        "One sequence, 128K": {"sequences": 1, "context_tokens": 131072},
        "16 H100": {"gpu": "H100 SXM", "gpus": 16},
        "A100, eight bits": {"gpu": "A100 SXM", "gpus": 16, "precision": "int8"},
        "A100, BF16": {"gpu": "A100 SXM", "gpus": 32, "precision": "bf16"},
        "Expert parallel": {"layout": serving.EXPERT, "sequences": 256},
    },
    controls=(
        "model",
        "precision",
        "gpu",
        "gpus",
        "layout",
        "context_tokens",
        "sequences",
        "usable_share",
    ),
    in_view=("model", "precision", "gpu", "gpus"),
)
def fit(
    *,
    model: ServedModel = "deepseek-v3",
    precision: HeldPrecision = RELEASED,
    gpu: Annotated[Choice, SERVING_GPU] = "H200 SXM",
    gpus: Annotated[
        Number,
        Argument(
            "GPUs",
            "GPUs that hold one copy of the model together.",
            1,
            64,
            step=1,
            scale="log",
        ),
    ] = 8.0,
    layout: Annotated[
        Choice,
        Argument(
            "Parallelism",
            "How the model is split: each matrix over all GPUs (TP), routed experts "
            "over all GPUs with the rest copied to each (EP), or layers over GPUs "
            "(PP).",
            options=PARALLELISM,
        ),
    ] = serving.TENSOR,
    context_tokens: ContextTokens = 4096.0,
    sequences: Annotated[
        Number,
        Argument("Batch size", "Sequences held at once, on all GPUs.", 1, 2048, step=1),
    ] = 16.0,
    cache_precision: CachePrecision = "bf16",
    chunk_tokens: Annotated[
        Number,
        Argument(
            "Prefill chunk",
            "Tokens of prompts computed at once: on each GPU, or on all together under "
            "tensor parallelism.",
        ),
    ] = 8192.0,
    usable_share: UsableShare = assumed("serving.usable_memory_share"),
    gpu_memory: Annotated[
        Number,
        Argument(
            "GPU memory",
            "Memory of one GPU where it is not that of a listed one; 0 for what the "
            "driver of the chosen GPU reports.",
            unit="gpu_memory_bytes",
        ),
    ] = 0.0,
    drafts: Annotated[
        Condition,
        Argument(
            "MTP module",
            "Hold the prediction module that drafts tokens too; off for a model "
            "without one.",
        ),
    ] = False,
) -> serving.Fit:
    """Plan the memory of a service; see `serving.fit`.

    Examples
    --------
    >>> fit().layout_gpus, fit(gpu="H100 SXM").layout_gpus
    (8, 16)
    """
    return serving.fit(
        model=model,
        precision=precision,
        gpu=gpu,
        gpus=gpus,
        layout=layout,
        context_tokens=context_tokens,
        sequences=sequences,
        cache_precision=cache_precision,
        chunk_tokens=chunk_tokens,
        usable_share=usable_share,
        drafts=drafts,
        gpu_memory=gpu_memory,
    )


@calculator(
    command="dsv3 serving cache",
    title="The KV cache of a service",
    summary="The KV cache of a service, by attention and sizes.",
    finding="At these lengths DeepSeek-V3's cache fits on one GPU; choose multi-head "
    "and see how many it fills.",
    outputs={
        "kv_cache_bytes": "Cache of the service",
        "kv_cache_bytes_per_token": "Cache of one token",
        "fitting_tokens": "Tokens that fit on one GPU",
        "cache_gpus": "GPUs filled by the cache",
        "multi_head_ratio": "MHA cache over this one",
    },
    curve=Curve(x="context_tokens", y="kv_cache_bytes"),
    presets={
        architecture.preset_record(name).title: serving.cache_arguments(
            architecture.preset(name)
        )
        for name in COMPARED_CACHES
    },
    in_view=("method", "gpu", "context_tokens", "sequences"),
)
def cache_size(
    *,
    method: Annotated[
        Choice,
        Argument("Attention", "What is cached per token.", options=accounting.METHODS),
    ] = "latent",
    precision: CachePrecision = "bf16",
    gpu: Gpu = "H800 SXM",
    context_tokens: Annotated[
        Number,
        Argument("Context length", "Tokens a sequence has reached.", 1024, 163840),
    ] = 32768.0,
    sequences: Annotated[
        Number, Argument("Batch size", "Sequences held at once.", 1, 4096, step=1)
    ] = 32.0,
    num_hidden_layers: Annotated[
        Number, Argument("Layers", "Layers that keep a cache.", 1, 128, step=1)
    ] = _released("num_hidden_layers"),
    num_attention_heads: Annotated[
        Number, Argument("Attention heads", "Heads of one layer.", 1, 256, step=1)
    ] = _released("num_attention_heads"),
    head_dim: Annotated[
        Number,
        Argument("Head dimension", "Numbers in a key or value.", 32, 256, step=32),
    ] = _released("head_dim"),
    num_key_value_heads: Annotated[
        Number,
        Argument(
            "KV heads",
            "Groups of heads that share a key and a value.",
            1,
            128,
            step=1,
            when=("method", "grouped-query"),
        ),
    ] = 8.0,
    kv_lora_rank: Annotated[
        Number,
        Argument(
            "Latent dimension",
            "Numbers in the latent that keys and values are rebuilt from.",
            64,
            2048,
            step=64,
            when=("method", "latent"),
        ),
    ] = _released("kv_lora_rank"),
    qk_rope_head_dim: Annotated[
        Number,
        Argument(
            "RoPE dimension",
            "Numbers in the key that carries position, shared by all heads.",
            16,
            128,
            step=16,
            when=("method", "latent"),
        ),
    ] = _released("qk_rope_head_dim"),
) -> serving.CacheSize:
    """Size the KV cache of a service; see `serving.cache_size`.

    Examples
    --------
    >>> cache_size().kv_cache_bytes_per_token
    70272.0
    """
    return serving.cache_size(
        method=method,
        num_hidden_layers=num_hidden_layers,
        num_attention_heads=num_attention_heads,
        num_key_value_heads=num_key_value_heads,
        head_dim=head_dim,
        kv_lora_rank=kv_lora_rank,
        qk_rope_head_dim=qk_rope_head_dim,
        context_tokens=context_tokens,
        sequences=sequences,
        precision=precision,
        gpu=gpu,
    )
