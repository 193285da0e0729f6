"""Families that mix attention with layers that keep a state of fixed size."""

from collections.abc import Mapping, Sequence
from typing import Any

from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.attention import (
    Windows,
    grouped_attention,
    latent_sizes,
    layer_counts,
    sliding_window,
)
from dsv3.architecture.cached_attention import GroupedQueryAttention
from dsv3.architecture.expert_families import gated_shared_experts
from dsv3.architecture.experts import listed_dense_layers
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.recurrence import GatedDeltaNet, KimiDeltaAttention, Mamba2
from dsv3.architecture.sizes import (
    Architecture,
    AttentionLayers,
    Experts,
)
from dsv3.architecture.values import refuse, whole

FULL, LINEAR = "full_attention", "linear_attention"


def qwen3_next(fields: ConfigFields) -> Architecture:
    """Build a Qwen3-Next: three gated delta nets to one full attention, and experts.

    The released files' prediction module is not named in their config.
    """
    return _gated_delta(
        fields,
        intermediate_size=fields.size("intermediate_size"),
        experts=gated_shared_experts(fields, default_norm=True),
    )


def qwen3_5(fields: ConfigFields) -> Architecture:
    """Build the text model of a Qwen3.5: as Qwen3-Next, with dense feed-forwards."""
    return _gated_delta(fields, intermediate_size=fields.size("intermediate_size"))


def qwen3_5_moe(fields: ConfigFields) -> Architecture:
    """Build the text model of a Qwen3.5 of experts, which every layer has."""
    experts = gated_shared_experts(fields, default_norm=True)
    dense = experts.first_k_dense_replace
    if dense:
        refuse("mlp_only_layers", dense, "must be empty: every layer has experts")
    return _gated_delta(fields, intermediate_size=None, experts=experts)


def _gated_delta(fields: ConfigFields, **others: Any) -> Architecture:
    attention = _gated_attention(fields)
    if not fields.flag("attn_output_gate", default=True):
        refuse("attn_output_gate", value=False, rule="every such model has the gate")
    full = _full_of(fields, every=fields.size_or(4, "full_attention_interval"))
    layers = fields.size("num_hidden_layers")
    linear = GatedDeltaNet(
        linear_num_key_heads=fields.size("linear_num_key_heads"),
        linear_num_value_heads=fields.size("linear_num_value_heads"),
        linear_key_head_dim=fields.size("linear_key_head_dim"),
        linear_value_head_dim=fields.size("linear_value_head_dim"),
        linear_conv_kernel_dim=fields.size("linear_conv_kernel_dim"),
    )
    dedicated = fields.flag("mtp_use_dedicated_embeddings", default=False)
    return assemble(
        fields,
        attention=attention,
        attention_layers=(
            AttentionLayers(attention=attention, layers=full),
            AttentionLayers(attention=linear, layers=layers - full),
        ),
        num_nextn_predict_layers=fields.size_or(
            0, "mtp_num_hidden_layers", "num_nextn_predict_layers", at_least=0
        ),
        mtp_shared_vocabulary=not dedicated,
        **others,
    )


def _gated_attention(fields: ConfigFields) -> GroupedQueryAttention:
    bias = fields.flag("attention_bias", default=False)
    return grouped_attention(
        fields,
        _no_windows(fields),
        query_key_value_bias=bias,
        output_bias=bias,
        qk_norm=True,
        output_gate=True,
    )


def _no_windows(fields: ConfigFields) -> Windows:
    """Return no windows; the list of layers is read elsewhere."""
    if sliding_window(fields) is not None:
        refuse("sliding_window", sliding_window(fields), "must be null")
    return Windows()


def _full_of(fields: ConfigFields, *, every: int) -> int:
    """Count the layers with full attention: as listed, or one in so many."""
    counts = layer_counts(fields, (FULL, LINEAR))
    layers = fields.size("num_hidden_layers")
    return layers // every if counts is None else counts[FULL]


def kimi_linear(fields: ConfigFields) -> Architecture:
    """Build a Kimi Linear: delta attention and latent attention, without positions."""
    attention = latent_sizes(fields)
    table = fields.table("linear_attn_config") or {}
    heads = fields.size("linear_num_heads")
    width, kernel = (
        fields.size("linear_head_dim"),
        fields.size("linear_conv_kernel_dim"),
    )
    linear = KimiDeltaAttention(
        linear_num_heads=whole("num_heads", table.get("num_heads", heads)),
        linear_head_dim=whole("head_dim", table.get("head_dim", width)),
        linear_conv_kernel_dim=whole(
            "short_conv_kernel_size", table.get("short_conv_kernel_size", kernel)
        ),
    )
    layers, full = fields.size("num_hidden_layers"), _full_layers(fields, table)
    grouped = fields.flag("moe_renormalize", default=True)
    return assemble(
        fields,
        attention=attention,
        attention_layers=(
            AttentionLayers(attention=attention, layers=full),
            AttentionLayers(attention=linear, layers=layers - full),
        ),
        intermediate_size=fields.size("intermediate_size"),
        experts=Experts(
            n_routed_experts=fields.size("num_experts", "num_local_experts"),
            num_experts_per_tok=fields.size(
                "num_experts_per_token", "num_experts_per_tok"
            ),
            moe_intermediate_size=fields.size("moe_intermediate_size"),
            n_shared_experts=fields.size(
                "num_shared_experts", "n_shared_experts", at_least=0
            ),
            first_k_dense_replace=listed_dense_layers(fields, default_first=1),
            scoring_func="sigmoid",
            topk_method="noaux_tc",
            norm_topk_prob=grouped,
        ),
    )


def _full_layers(fields: ConfigFields, table: Mapping[str, object]) -> int:
    """Count the layers with full attention: listed, in the table, or one in four."""
    layers = fields.size("num_hidden_layers")
    counts = layer_counts(fields, (FULL, LINEAR))
    if counts is not None:
        return counts[FULL]
    full, linear = table.get("full_attn_layers"), table.get("kda_layers")
    if full is None or linear is None:
        return (layers - 1) // 4
    if not isinstance(full, list | tuple) or not isinstance(linear, list | tuple):
        refuse("full_attn_layers", full, "must be a list, as kda_layers")
    numbers = [whole("an entry of full_attn_layers", one) for one in (*full, *linear)]
    if len(numbers) != layers or set(numbers) != set(range(1, len(numbers) + 1)):
        rule = f"must be with kda_layers every layer from 1 to {layers} once"
        refuse("full_attn_layers", full, rule)
    return len(full)


BLOCKS = {"M": "linear_attention", "E": "moe", "*": "full_attention", "-": "mlp"}
"""What a letter of ``hybrid_override_pattern`` stands for."""

OLD_BLOCKS = {"mamba": "linear_attention", "attention": "full_attention"}
"""Earlier names of two kinds of block."""


def nemotron_h(fields: ConfigFields) -> Architecture:
    """Build a Nemotron-H: blocks of Mamba-2, attention, feed-forward or experts."""
    blocks = _blocks(fields)
    sparse = blocks.count("moe")
    attention = grouped_attention(fields, _no_windows(fields))
    fields.flag("attention_bias", default=False)  # no block of attention has one
    mamba = Mamba2(
        mamba_num_heads=fields.size("mamba_num_heads"),
        mamba_head_dim=fields.size("mamba_head_dim"),
        ssm_state_size=fields.size("ssm_state_size"),
        n_groups=fields.size("n_groups", "mamba_n_groups"),
        conv_kernel=fields.size("conv_kernel", "mamba_d_conv"),
        use_conv_bias=fields.flag("use_conv_bias", default=True),
        use_bias=fields.flag("use_bias", default=False),
    )
    return assemble(
        fields,
        attention=attention,
        attention_layers=(
            AttentionLayers(attention=attention, layers=blocks.count(FULL)),
            AttentionLayers(attention=mamba, layers=blocks.count(LINEAR)),
        ),
        layers=len(blocks),
        intermediate_size=fields.size("intermediate_size"),
        dense_layers=blocks.count("mlp"),
        expert_layers=sparse,
        norms_per_layer=1,
        mlp_bias=fields.flag("mlp_bias", default=False),
        mlp_gated=False,
        experts=_nemotron_experts(fields) if sparse else None,
    )


def _blocks(fields: ConfigFields) -> Sequence[str]:
    """Return the kind of every block, by letters or by names."""
    # Shared experts have one size together, whatever their number.
    fields.ignore("num_hidden_layers", "num_nextn_predict_layers", "n_shared_experts")
    fields.ignore("moe_intermediate_size", "n_routed_experts", "num_local_experts")
    listed = fields.items("layers_block_type") or fields.items("layer_types")
    pattern = fields.text("hybrid_override_pattern", default="")
    if not listed and not pattern:
        refuse("hybrid_override_pattern", None, "must be given: it lists the blocks")
    named = [one if isinstance(one, str) else "" for one in listed or ()]
    kinds = [OLD_BLOCKS.get(one, one) for one in named]
    kinds = kinds or [BLOCKS.get(letter, letter) for letter in pattern]
    for kind in kinds:
        if kind not in BLOCKS.values():
            refuse("a block", kind, f"must be {' or '.join(BLOCKS.values())}")
    return kinds


def _nemotron_experts(fields: ConfigFields) -> Experts:
    return Experts(
        n_routed_experts=fields.size("n_routed_experts", "num_local_experts"),
        num_experts_per_tok=fields.size("num_experts_per_tok"),
        moe_intermediate_size=fields.size("moe_intermediate_size"),
        n_shared_experts=1,
        shared_expert_intermediate_size=fields.size(
            "moe_shared_expert_intermediate_size"
        ),
        moe_latent_size=fields.optional_size("moe_latent_size"),
        gated=False,
        scoring_func="sigmoid",
        topk_method="noaux_tc",
        norm_topk_prob=fields.flag("norm_topk_prob", default=True),
    )


HYBRID: Mapping[str, Family] = {
    "kimi_linear": Family(
        build=kimi_linear,
        ties=False,
        max_position_embeddings=1048576,
        rms_norm_eps=1e-05,
    ),
    "nemotron_h": Family(
        build=nemotron_h,
        ties=False,
        max_position_embeddings=4096,
        rms_norm_eps=1e-05,
        hidden_act="relu2",
    ),
    "qwen3_5_moe_text": Family(build=qwen3_5_moe, max_position_embeddings=32768),
    "qwen3_5_text": Family(build=qwen3_5, max_position_embeddings=32768),
    "qwen3_next": Family(build=qwen3_next, max_position_embeddings=32768),
}
"""Families with layers that keep a state in place of a cache."""
