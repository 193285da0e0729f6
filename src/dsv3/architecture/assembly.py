"""What every family's config says besides its layers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dsv3.architecture.fields import ConfigFields, FamilyDefaults
from dsv3.architecture.quantization import quantization
from dsv3.architecture.rope import rope
from dsv3.architecture.sizes import (
    Architecture,
    AttentionLayers,
    CachedAttention,
    Experts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(FamilyDefaults):
    """How a family's config is read, and what the absence of a number means in it."""

    build: Callable[[ConfigFields], Architecture]
    """Reads the fields."""


COUNT_CHANGING = (
    *("attention_bias", "qkv_bias", "use_qkv_bias", "mlp_bias", "add_bias_linear"),
    *("lm_head_bias", "use_qk_norm", "qk_layernorm", "sliding_window", "layer_types"),
    *("num_experts", "num_local_experts", "n_routed_experts", "num_shared_experts"),
    *("n_shared_experts", "shared_expert_intermediate_size", "moe_intermediate_size"),
    *("expert_layer_period", "moe_layer_freq", "decoder_sparse_step"),
    *("first_k_dense_replace", "mlp_only_layers", "topk_method", "num_hash_layers"),
    *("num_nextn_predict_layers", "num_mtp_layers", "kv_lora_rank", "q_lora_rank"),
    *("qk_nope_head_dim", "qk_rope_head_dim", "index_topk", "index_n_heads"),
    *("index_head_dim", "linear_attn_config", "attn_layer_period", "hc_mult"),
    *("indexer_types", "index_topk_pattern", "compress_ratios", "compress_rates"),
    *("o_groups", "o_lora_rank"),
    *("linear_num_value_heads", "mamba_num_heads", "zero_expert_num", "use_bias"),
    *("moe_latent_size", "num_dense_layers", "mlp_layer_types", "moe_layers"),
    *("hybrid_override_pattern", "sliding_window_pattern", "attention_out_bias"),
    *("layers_block_type", "full_attention_interval", "attention_chunk_size"),
    *("cross_attention_layers", "add_cross_attention", "is_encoder_decoder"),
    *("num_kv_shared_layers", "hidden_size_per_layer_input", "draft_vocab_size"),
    *("text_config", "vision_config", "audio_config", "block_configs", "pruned_heads"),
)
"""Fields that make another model of a config when they are switched on."""

ACTIVATIONS = ("hidden_act", "hidden_activation", "mlp_hidden_act")
"""Spellings of the function between a feed-forward's projections."""

EPSILONS = ("norm_eps", "layer_norm_epsilon")
"""Other spellings of what is added to the mean square in every norm."""


def assemble(
    fields: ConfigFields,
    *,
    attention: CachedAttention,
    intermediate_size: int | None,
    experts: Experts | None = None,
    attention_layers: tuple[AttentionLayers, ...] = (),
    layers: int | None = None,
    **others: Any,
) -> Architecture:
    """Add what every family shares, and refuse what nobody has read.

    `layers` is given where the config counts them otherwise; `others` are further
    fields of the architecture.
    """
    family = fields.family
    rope_theta, rope_scaling = rope(fields)
    longest = fields.optional_size("max_position_embeddings", "model_max_length")
    eps, spread = family.rms_norm_eps, family.initializer_range
    tied = fields.flag("tie_word_embeddings", default=family.tie_word_embeddings)
    if layers is None:
        layers = fields.size("num_hidden_layers")
    architecture = Architecture(
        model_type=fields.model_type,
        vocab_size=fields.size("vocab_size"),
        hidden_size=fields.size("hidden_size"),
        num_hidden_layers=layers,
        attention=attention,
        intermediate_size=intermediate_size,
        experts=experts,
        attention_layers=attention_layers,
        tie_word_embeddings=tied and family.ties,
        hidden_act=fields.text(*ACTIVATIONS, default=family.hidden_act),
        rms_norm_eps=fields.fraction("rms_norm_eps", *EPSILONS, default=eps),
        initializer_range=fields.fraction("initializer_range", default=spread),
        max_position_embeddings=longest or family.max_position_embeddings,
        rope_theta=rope_theta or family.rope_theta,
        rope_scaling=rope_scaling,
        torch_dtype=fields.text("dtype", "torch_dtype", default="bfloat16"),
        quantization=quantization(fields),
        **others,
    )
    fields.refuse_unread(COUNT_CHANGING)
    return replace(architecture, defaulted=fields.defaulted)
