"""What each model family's ``config.json`` means.

One builder per family reads its fields and returns an
:class:`~dsv3.architecture.sizes.Architecture`. Sizes must be given; an absent
switch or number takes the value of the family's config class in ``transformers``,
against which the tests compare every family. A field that would change a count and that
a family does not have is refused, never ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dsv3.architecture.attention import (
    Windows,
    grouped_attention,
    late_windows,
    latent_attention,
    listed_windows,
    no_windows,
    switched_window,
    uniform_windows,
)
from dsv3.architecture.experts import (
    grouped_experts,
    hashed_experts,
    mtp_modules,
    scattered_dense_layers,
)
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.release import quantization, rope
from dsv3.architecture.sizes import (
    Architecture,
    Attention,
    AttentionLayers,
    Experts,
    GroupedQueryAttention,
)
from dsv3.architecture.sparse_reading import (
    compressed_attention,
    shared_selections,
    sparse_latent_attention,
)
from dsv3.architecture.values import ConfigError, refuse, shown
from explorables.arithmetic import nearest_names

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
    *("layers_block_type", "full_attention_interval", "attention_chunk_size"),
    *("cross_attention_layers", "add_cross_attention", "is_encoder_decoder"),
    *("num_kv_shared_layers", "hidden_size_per_layer_input", "draft_vocab_size"),
    *("text_config", "vision_config", "audio_config", "block_configs", "pruned_heads"),
)
"""Fields that make another model of a config when they are switched on."""


def build(config: Mapping[str, object]) -> Architecture:
    """Return the architecture that a parsed ``config.json`` describes.

    Examples
    --------
    >>> build({"model_type": "llama"})
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: num_attention_heads is missing: \
a llama config must give it
    """
    if "model_type" not in config:
        message = "model_type is missing: it names the family of the model"
        raise ConfigError(message)
    model_type = config["model_type"]
    if not isinstance(model_type, str) or model_type not in FAMILIES:
        near = nearest_names(shown(model_type), FAMILIES)
        refuse("model_type", model_type, f"not supported; {near}")
    try:
        return FAMILIES[model_type].build(ConfigFields(config, model_type))
    except ConfigError:
        raise
    except ValueError as error:
        # The records' own rules speak the same language: name, value, rule.
        raise ConfigError(str(error)) from None


def deepseek_v3(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V3 or a Kimi K2: latent attention, experts with a bias."""
    return _assemble(
        fields,
        attention=latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        experts=grouped_experts(
            fields,
            default_groups=(8, 4),
            default_scale=2.5,
            default_scoring="sigmoid",
            default_norm=True,
            methods=["noaux_tc"],
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def deepseek_v32(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V3.2: DeepSeek-V3 with an indexer beside latent attention."""
    return _assemble(
        fields,
        attention=sparse_latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        experts=grouped_experts(
            fields,
            default_groups=(8, 4),
            default_scale=2.5,
            default_scoring="sigmoid",
            default_norm=True,
            methods=["noaux_tc"],
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def glm_moe_dsa(fields: ConfigFields) -> Architecture:
    """Build a GLM-5: a V3.2 whose layers may share an indexer's selection."""
    attention = sparse_latent_attention(fields)
    return _assemble(
        fields,
        attention=attention,
        attention_layers=shared_selections(fields, attention),
        intermediate_size=fields.size("intermediate_size"),
        experts=grouped_experts(
            fields,
            default_groups=(1, 1),
            default_scale=2.5,
            default_scoring="sigmoid",
            default_norm=True,
            methods=["noaux_tc"],
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def deepseek_v4(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V4: compressed attention, experts in every layer, mHC."""
    attention, layers = compressed_attention(fields)
    return _assemble(
        fields,
        attention=attention,
        attention_layers=layers,
        intermediate_size=None,
        experts=hashed_experts(fields),
        num_nextn_predict_layers=mtp_modules(fields),
        hc_mult=fields.size_or(4, "hc_mult"),
    )


def deepseek_v2(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V2: latent attention, experts chosen without a bias."""
    return _assemble(
        fields,
        attention=latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        mlp_bias=fields.flag("mlp_bias", default=False),
        experts=grouped_experts(
            fields,
            default_groups=(1, 1),
            default_scale=1.0,
            default_scoring="softmax",
            default_norm=False,
            methods=["greedy", "group_limited_greedy"],
        ),
    )


def llama(fields: ConfigFields) -> Architecture:
    """Build a Llama: grouped-query attention, every layer dense."""
    bias = fields.flag("attention_bias", default=False)
    return _assemble(
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
    return _assemble(
        fields,
        attention=grouped_attention(
            fields, late_windows(fields), query_key_value_bias=True
        ),
        intermediate_size=fields.size("intermediate_size"),
    )


def qwen3(fields: ConfigFields) -> Architecture:
    """Build a Qwen3: dense, queries and keys normalised."""
    return _assemble(
        fields,
        attention=_qwen3_attention(fields, late_windows(fields), default_head_dim=128),
        intermediate_size=fields.size("intermediate_size"),
    )


def qwen3_moe(fields: ConfigFields) -> Architecture:
    """Build a Qwen3 with experts in the layers that are not said to be dense."""
    windows = uniform_windows(fields, switched_window(fields))
    fields.size_or(0, "max_window_layers", at_least=0)
    return _assemble(
        fields,
        attention=_qwen3_attention(fields, windows),
        intermediate_size=fields.size("intermediate_size"),
        experts=Experts(
            n_routed_experts=fields.size("num_experts", "num_local_experts"),
            num_experts_per_tok=fields.size("num_experts_per_tok"),
            moe_intermediate_size=fields.size("moe_intermediate_size"),
            first_k_dense_replace=scattered_dense_layers(fields),
            norm_topk_prob=fields.flag("norm_topk_prob", default=False),
        ),
    )


def mixtral(fields: ConfigFields) -> Architecture:
    """Build a Mixtral: experts in every layer, and no dense feed-forward."""
    windows = uniform_windows(fields, fields.optional_size("sliding_window"))
    return _assemble(
        fields,
        attention=grouped_attention(fields, windows),
        intermediate_size=None,
        experts=Experts(
            n_routed_experts=fields.size("num_local_experts", "num_experts"),
            num_experts_per_tok=fields.size("num_experts_per_tok"),
            moe_intermediate_size=fields.size("intermediate_size"),
        ),
    )


def gpt_oss(fields: ConfigFields) -> Architecture:
    """Build a gpt-oss: a window in every other layer, sinks, biases throughout."""
    bias = fields.flag("attention_bias", default=True)
    window = fields.optional_size("sliding_window", default=128)
    every_other = (fields.size("num_hidden_layers") + 1) // 2
    return _assemble(
        fields,
        attention=grouped_attention(
            fields,
            listed_windows(fields, window, default_layers=every_other),
            default_head_dim=64,
            query_key_value_bias=bias,
            output_bias=bias,
            attention_sinks=True,
        ),
        intermediate_size=None,
        experts=Experts(
            n_routed_experts=fields.size("num_local_experts", "num_experts"),
            num_experts_per_tok=fields.size("num_experts_per_tok", "experts_per_token"),
            moe_intermediate_size=fields.size("intermediate_size"),
            router_bias=True,
            expert_bias=True,
        ),
    )


def glm4_moe(fields: ConfigFields) -> Architecture:
    """Build a GLM-4.5: grouped-query attention with DeepSeek-V3's experts."""
    return _assemble(
        fields,
        attention=grouped_attention(
            fields,
            no_windows(fields),
            query_key_value_bias=fields.flag("attention_bias", default=False),
            qk_norm=fields.flag("use_qk_norm", default=False),
        ),
        intermediate_size=fields.size("intermediate_size"),
        experts=grouped_experts(
            fields,
            default_groups=(1, 1),
            default_scale=1.0,
            default_scoring="sigmoid",
            default_norm=True,
            methods=["noaux_tc"],
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How a family's config is read, and what the absence of a number means in it."""

    build: Callable[[ConfigFields], Architecture]
    """Reads the fields."""

    max_position_embeddings: int
    rms_norm_eps: float = 1e-6
    initializer_range: float = 0.02
    rope_theta: float = 10000.0


PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of DeepSeek's first weights [deepseekai2024v3]_ (section 4.2).

The 0.02 of the released file contradicts the report, and is used only if it is there.
"""

FAMILIES: Mapping[str, Family] = {
    "deepseek_v2": Family(
        build=deepseek_v2,
        max_position_embeddings=2048,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "deepseek_v3": Family(
        build=deepseek_v3,
        max_position_embeddings=4096,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "deepseek_v32": Family(
        build=deepseek_v32,
        max_position_embeddings=163840,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "deepseek_v4": Family(
        build=deepseek_v4,
        max_position_embeddings=1048576,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "glm4_moe": Family(
        build=glm4_moe, max_position_embeddings=131072, rms_norm_eps=1e-5
    ),
    "glm_moe_dsa": Family(
        build=glm_moe_dsa, max_position_embeddings=202752, rms_norm_eps=1e-5
    ),
    "gpt_oss": Family(
        build=gpt_oss,
        max_position_embeddings=131072,
        rms_norm_eps=1e-5,
        rope_theta=150000.0,
    ),
    "kimi_k2": Family(
        build=deepseek_v3,
        max_position_embeddings=4096,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "llama": Family(build=llama, max_position_embeddings=2048),
    "mixtral": Family(
        build=mixtral,
        max_position_embeddings=131072,
        rms_norm_eps=1e-5,
        rope_theta=1e6,
    ),
    "qwen2": Family(build=qwen2, max_position_embeddings=32768),
    "qwen3": Family(build=qwen3, max_position_embeddings=32768),
    "qwen3_moe": Family(build=qwen3_moe, max_position_embeddings=32768),
}
"""Every supported ``model_type``."""


def _qwen3_attention(
    fields: ConfigFields, windows: Windows, *, default_head_dim: int | None = None
) -> GroupedQueryAttention:
    bias = fields.flag("attention_bias", default=False)
    return grouped_attention(
        fields,
        windows,
        default_head_dim=default_head_dim,
        query_key_value_bias=bias,
        output_bias=bias,
        qk_norm=True,
    )


def _assemble(
    fields: ConfigFields,
    *,
    attention: Attention,
    attention_layers: tuple[AttentionLayers, ...] = (),
    intermediate_size: int | None,
    experts: Experts | None = None,
    mlp_bias: bool = False,
    num_nextn_predict_layers: int = 0,
    hc_mult: int | None = None,
) -> Architecture:
    """Add what every family shares, and refuse what nobody has read."""
    rope_theta, rope_scaling = rope(fields)
    defaults = FAMILIES[fields.model_type]
    longest = fields.optional_size("max_position_embeddings")
    eps, spread = defaults.rms_norm_eps, defaults.initializer_range
    architecture = Architecture(
        model_type=fields.model_type,
        vocab_size=fields.size("vocab_size"),
        hidden_size=fields.size("hidden_size"),
        num_hidden_layers=fields.size("num_hidden_layers"),
        attention=attention,
        attention_layers=attention_layers,
        intermediate_size=intermediate_size,
        experts=experts,
        mlp_bias=mlp_bias,
        num_nextn_predict_layers=num_nextn_predict_layers,
        hc_mult=hc_mult,
        tie_word_embeddings=fields.flag("tie_word_embeddings", default=False),
        hidden_act=fields.text("hidden_act", default="silu"),
        rms_norm_eps=fields.fraction("rms_norm_eps", default=eps),
        initializer_range=fields.fraction("initializer_range", default=spread),
        max_position_embeddings=longest or defaults.max_position_embeddings,
        rope_theta=rope_theta or defaults.rope_theta,
        rope_scaling=rope_scaling,
        quantization=quantization(fields),
    )
    fields.refuse_unread(COUNT_CHANGING)
    return architecture
