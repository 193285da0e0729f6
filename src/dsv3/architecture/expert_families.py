"""Families whose layers have experts and cache their tokens."""

from collections.abc import Mapping

from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.attention import (
    Windows,
    chunked_windows,
    grouped_attention,
    listed_windows,
    no_windows,
    sliding_window,
    switched_window,
    uniform_windows,
)
from dsv3.architecture.dense_families import qwen3_attention
from dsv3.architecture.experts import (
    biased_experts,
    interleaved_dense_layers,
    mtp_modules,
    scattered_dense_layers,
    stepped_dense_layers,
    uniform_size,
)
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import Architecture, Experts
from dsv3.architecture.values import refuse


def qwen3_moe(fields: ConfigFields) -> Architecture:
    """Build a Qwen3 with experts in the layers that are not said to be dense."""
    windows = uniform_windows(fields, switched_window(fields))
    fields.size_or(0, "max_window_layers", at_least=0)
    return assemble(
        fields,
        attention=qwen3_attention(fields, windows),
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
    windows = uniform_windows(fields, sliding_window(fields))
    return assemble(
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
    window = sliding_window(fields, default=128)
    every_other = (fields.size("num_hidden_layers") + 1) // 2
    return assemble(
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
    return assemble(
        fields,
        attention=grouped_attention(
            fields,
            no_windows(fields),
            query_key_value_bias=fields.flag("attention_bias", default=False),
            qk_norm=fields.flag("use_qk_norm", default=False),
        ),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(fields),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def qwen2_moe(fields: ConfigFields) -> Architecture:
    """Build a Qwen2-MoE: a shared expert of its own size, with a gate."""
    bias = fields.flag("qkv_bias", default=True)
    return assemble(
        fields,
        attention=grouped_attention(
            fields, _alternating_windows(fields), query_key_value_bias=bias
        ),
        intermediate_size=fields.size("intermediate_size"),
        experts=gated_shared_experts(fields, default_norm=False),
    )


def gated_shared_experts(fields: ConfigFields, *, default_norm: bool) -> Experts:
    """Read Qwen's experts beside a shared one with a gate."""
    return Experts(
        n_routed_experts=fields.size("num_experts", "num_local_experts"),
        num_experts_per_tok=fields.size("num_experts_per_tok"),
        moe_intermediate_size=fields.size("moe_intermediate_size"),
        n_shared_experts=1,
        shared_expert_intermediate_size=fields.size("shared_expert_intermediate_size"),
        shared_expert_gate=True,
        first_k_dense_replace=scattered_dense_layers(fields),
        norm_topk_prob=fields.flag("norm_topk_prob", default=default_norm),
    )


def _alternating_windows(fields: ConfigFields) -> Windows:
    """Read Qwen2-MoE's windows: every other early layer, if they are on."""
    window = switched_window(fields)
    below = fields.size_or(28, "max_window_layers", at_least=0)
    layers = min(below, fields.size("num_hidden_layers"))
    if window is None:
        return no_windows(fields)
    return listed_windows(fields, window, default_layers=(layers + 1) // 2)


def minimax_m2(fields: ConfigFields) -> Architecture:
    """Build a MiniMax-M2: norms over all heads, experts with a bias."""
    flags = {"use_qk_norm": True, "use_routing_bias": True}
    for name, expected in flags.items():
        if not fields.flag(name, default=expected):
            refuse(name, value=False, rule="every minimax_m2 that is counted has it")
    fields.word("qk_norm_type", ["per_layer"], default="per_layer")
    shared = fields.size_or(0, "shared_intermediate_size", at_least=0)
    if shared:
        refuse("shared_intermediate_size", shared, "must be 0 in a minimax_m2")
    return assemble(
        fields,
        attention=grouped_attention(
            fields, no_windows(fields), qk_norm=True, qk_norm_over_heads=True
        ),
        intermediate_size=None,
        experts=Experts(
            n_routed_experts=fields.size("num_local_experts", "num_experts"),
            num_experts_per_tok=fields.size("num_experts_per_tok"),
            moe_intermediate_size=fields.size("intermediate_size"),
            scoring_func=fields.word("scoring_func", ["sigmoid"], default="sigmoid"),
            topk_method="noaux_tc",
        ),
    )


def dots1(fields: ConfigFields) -> Architecture:
    """Build a dots.llm1: grouped-query attention, DeepSeek's experts with a bias."""
    return assemble(
        fields,
        attention=qwen3_attention(fields, _late_dots_windows(fields)),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(fields, default_norm=False),
    )


def _late_dots_windows(fields: ConfigFields) -> Windows:
    """Read windows in the layers from ``max_window_layers`` on."""
    window = sliding_window(fields, default=4096)
    full = fields.size_or(62, "max_window_layers", at_least=0)
    late = 0 if window is None else max(0, fields.size("num_hidden_layers") - full)
    return listed_windows(fields, window, default_layers=late)


def ernie4_5_moe(fields: ConfigFields) -> Architecture:
    """Build an ERNIE 4.5 of experts: shared ones, and a bias that steers the choice.

    Its prediction modules are not built by ``transformers`` and not counted.
    """
    fields.ignore("num_nextn_predict_layers")
    return assemble(
        fields,
        attention=grouped_attention(fields, no_windows(fields)),
        intermediate_size=fields.size("intermediate_size"),
        experts=Experts(
            n_routed_experts=fields.size("moe_num_experts", "num_experts"),
            num_experts_per_tok=fields.size("moe_k", "num_experts_per_tok"),
            moe_intermediate_size=fields.size("moe_intermediate_size"),
            n_shared_experts=fields.size("moe_num_shared_experts", at_least=0),
            first_k_dense_replace=interleaved_dense_layers(fields),
            topk_method="noaux_tc",
        ),
    )


def hunyuan_v1_moe(fields: ConfigFields) -> Architecture:
    """Build a Hunyuan of experts, one shared expert beside them in every layer."""
    shared = uniform_size(fields, "num_shared_expert", default=1)
    dense = fields.size("intermediate_size")
    inner = uniform_size(fields, "moe_intermediate_size", default=dense)
    if inner != dense:
        rule = f"must equal intermediate_size, {dense}, as transformers builds it"
        refuse("moe_intermediate_size", inner, rule)
    if shared != 1 or not fields.flag("use_mixed_mlp_moe", default=True):
        refuse("num_shared_expert", shared, "must be 1, as transformers builds it")
    return assemble(
        fields,
        attention=qwen3_attention(fields, no_windows(fields)),
        intermediate_size=None,
        experts=Experts(
            n_routed_experts=fields.size("num_experts", "num_local_experts"),
            num_experts_per_tok=uniform_size(
                fields, "moe_topk", "num_experts_per_tok", default=1
            ),
            moe_intermediate_size=dense,
            n_shared_experts=1,
        ),
    )


def llama4(fields: ConfigFields) -> Architecture:
    """Build a Llama 4: chunked attention, experts beside a shared one in some layers.

    A chunk is counted as a window: a token keeps at most a chunk's positions.
    """
    bias = fields.flag("attention_bias", default=False)
    fields.ignore("use_qk_norm")  # its norm has no weights
    inner = fields.size("intermediate_size")
    return assemble(
        fields,
        attention=grouped_attention(
            fields,
            chunked_windows(fields),
            query_key_value_bias=bias,
            output_bias=bias,
        ),
        intermediate_size=fields.size("intermediate_size_mlp"),
        experts=Experts(
            n_routed_experts=fields.size("num_local_experts", "num_experts"),
            num_experts_per_tok=fields.size("num_experts_per_tok"),
            moe_intermediate_size=inner,
            n_shared_experts=1,
            first_k_dense_replace=stepped_dense_layers(fields),
            scoring_func="sigmoid",
            norm_topk_prob=False,
        ),
    )


EXPERT: Mapping[str, Family] = {
    "dots1": Family(build=dots1, max_position_embeddings=2048),
    "ernie4_5_moe": Family(
        build=ernie4_5_moe,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
        tie_word_embeddings=True,
    ),
    "glm4_moe": Family(
        build=glm4_moe,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
    ),
    "gpt_oss": Family(
        build=gpt_oss,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=150000.0,
    ),
    "hunyuan_v1_moe": Family(
        build=hunyuan_v1_moe,
        max_position_embeddings=2048,
        rms_norm_eps=1e-05,
    ),
    "llama4_text": Family(
        build=llama4,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
    ),
    "minimax_m2": Family(
        build=minimax_m2,
        max_position_embeddings=196608,
        rope_theta=5000000.0,
    ),
    "mixtral": Family(
        build=mixtral,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=1000000.0,
    ),
    "qwen2_moe": Family(build=qwen2_moe, max_position_embeddings=32768),
    "qwen3_moe": Family(build=qwen3_moe, max_position_embeddings=32768),
}
"""Families with experts, and attention of one kind of layer after another."""
