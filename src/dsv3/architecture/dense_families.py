"""Families whose every layer has a dense feed-forward and caches its tokens."""

from collections.abc import Mapping

from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.attention import (
    Windows,
    grouped_attention,
    late_windows,
    no_windows,
    patterned_windows,
    sliding_window,
    uniform_windows,
)
from dsv3.architecture.cached_attention import GroupedQueryAttention
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import Architecture
from dsv3.architecture.values import refuse


def llama(fields: ConfigFields) -> Architecture:
    """Build a Llama: grouped-query attention, every layer dense."""
    bias = fields.flag("attention_bias", default=False)
    return assemble(
        fields,
        attention=grouped_attention(
            fields, no_windows(fields), query_key_value_bias=bias, output_bias=bias
        ),
        intermediate_size=fields.size("intermediate_size"),
        mlp_bias=fields.flag("mlp_bias", default=False),
    )


def qwen2(fields: ConfigFields) -> Architecture:
    """Build a Qwen2 or Qwen2.5: dense, with biases on queries, keys and values."""
    if not fields.flag("attention_bias", default=True):
        rule = "every qwen2 has query, key and value biases"
        refuse("attention_bias", value=False, rule=rule)
    return assemble(
        fields,
        attention=grouped_attention(
            fields, late_windows(fields), query_key_value_bias=True
        ),
        intermediate_size=fields.size("intermediate_size"),
    )


def qwen3(fields: ConfigFields) -> Architecture:
    """Build a Qwen3: dense, queries and keys normalised."""
    return assemble(
        fields,
        attention=qwen3_attention(fields, late_windows(fields), default_head_dim=128),
        intermediate_size=fields.size("intermediate_size"),
    )


def mistral(fields: ConfigFields) -> Architecture:
    """Build a Mistral or a Ministral 3: grouped-query attention, all in a window."""
    window = sliding_window(fields, default=4096)
    return assemble(
        fields,
        attention=grouped_attention(fields, uniform_windows(fields, window)),
        intermediate_size=fields.size("intermediate_size"),
    )


def phi3(fields: ConfigFields) -> Architecture:
    """Build a Phi-3 or Phi-4: queries, keys and values in one matrix, as are gates."""
    window = sliding_window(fields)
    return assemble(
        fields,
        attention=grouped_attention(fields, uniform_windows(fields, window)),
        intermediate_size=fields.size("intermediate_size"),
    )


def seed_oss(fields: ConfigFields) -> Architecture:
    """Build a Seed-OSS: biases on queries, keys and values."""
    return assemble(
        fields,
        attention=grouped_attention(
            fields,
            no_windows(fields),
            query_key_value_bias=fields.flag("attention_bias", default=True),
            output_bias=fields.flag("attention_out_bias", default=False),
        ),
        intermediate_size=fields.size("intermediate_size"),
        mlp_bias=fields.flag("mlp_bias", default=False),
    )


def olmo3(fields: ConfigFields) -> Architecture:
    """Build an OLMo 3: windows in three layers of four, norms after each part."""
    window = sliding_window(fields, default=4096)
    bias = fields.flag("attention_bias", default=False)
    return assemble(
        fields,
        attention=grouped_attention(
            fields,
            patterned_windows(fields, window, every=4),
            query_key_value_bias=bias,
            output_bias=bias,
            qk_norm=True,
            qk_norm_over_heads=True,
        ),
        intermediate_size=fields.size("intermediate_size"),
    )


def gemma3(fields: ConfigFields) -> Architecture:
    """Build a Gemma 3: windows in five layers of six, norms around each part."""
    window = sliding_window(fields, default=4096)
    every = fields.size_or(6, "sliding_window_pattern", "_sliding_window_pattern")
    bias = fields.flag("attention_bias", default=False)
    return assemble(
        fields,
        attention=grouped_attention(
            fields,
            patterned_windows(fields, window, every=every),
            query_key_value_bias=bias,
            output_bias=bias,
            qk_norm=True,
        ),
        intermediate_size=fields.size("intermediate_size"),
        norms_per_layer=4,
    )


def qwen3_attention(
    fields: ConfigFields, windows: Windows, *, default_head_dim: int | None = None
) -> GroupedQueryAttention:
    """Read attention with normalised queries and keys, as Qwen3 has it."""
    if not fields.flag("use_qk_norm", default=True):
        rule = f"every {fields.model_type} normalises its queries and keys"
        refuse("use_qk_norm", value=False, rule=rule)
    bias = fields.flag("attention_bias", default=False)
    return grouped_attention(
        fields,
        windows,
        default_head_dim=default_head_dim,
        query_key_value_bias=bias,
        output_bias=bias,
        qk_norm=True,
    )


DENSE: Mapping[str, Family] = {
    "gemma3_text": Family(
        build=gemma3,
        max_position_embeddings=131072,
        rope_theta=1000000.0,
        hidden_act="gelu_pytorch_tanh",
        tie_word_embeddings=True,
    ),
    "llama": Family(build=llama, max_position_embeddings=2048),
    "ministral3": Family(
        build=mistral,
        max_position_embeddings=262144,
        rms_norm_eps=1e-05,
        rope_theta=1000000.0,
    ),
    "mistral": Family(build=mistral, max_position_embeddings=131072),
    "olmo3": Family(
        build=olmo3,
        max_position_embeddings=2048,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
    ),
    "phi3": Family(build=phi3, max_position_embeddings=4096, rms_norm_eps=1e-05),
    "qwen2": Family(build=qwen2, max_position_embeddings=32768),
    "qwen3": Family(build=qwen3, max_position_embeddings=32768),
    "seed_oss": Family(build=seed_oss, max_position_embeddings=524288),
}
"""Families whose feed-forwards are all dense."""
