"""Families with multi-head latent attention over the whole context."""

from collections.abc import Mapping

from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.attention import latent_attention
from dsv3.architecture.experts import (
    biased_experts,
    grouped_experts,
    listed_dense_layers,
    mtp_modules,
)
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.sizes import Architecture, AttentionLayers, Experts


def deepseek_v3(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V3 or a Kimi K2: latent attention, experts with a bias."""
    return assemble(
        fields,
        attention=latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(fields, default_groups=(8, 4), default_scale=2.5),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def deepseek_v2(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V2: latent attention, experts chosen without a bias."""
    return assemble(
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


def glm4_moe_lite(fields: ConfigFields) -> Architecture:
    """Build a GLM-4.7-Flash: latent attention with DeepSeek-V3's experts."""
    return assemble(
        fields,
        attention=latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(
            fields,
            default_scale=1.8,
            dense_layers=listed_dense_layers(fields, default_first=1),
        ),
        num_nextn_predict_layers=fields.size_or(
            0, "num_nextn_predict_layers", at_least=0
        ),
    )


def longcat_flash(fields: ConfigFields) -> Architecture:
    """Build a LongCat-Flash: two attentions and two dense feed-forwards in a layer.

    Experts stand beside them. Some that the router may choose do nothing, so fewer
    parameters than are counted as active may work on a token.
    """
    fields.ignore("num_hidden_layers", "head_dim")
    layers = fields.size("num_layers")
    attention = latent_attention(fields)
    return assemble(
        fields,
        attention=attention,
        attention_layers=(AttentionLayers(attention=attention, layers=2 * layers),),
        layers=layers,
        intermediate_size=fields.size("ffn_hidden_size", "intermediate_size"),
        dense_layers=2 * layers,
        expert_layers=layers,
        norms_per_layer=4,
        experts=Experts(
            n_routed_experts=fields.size("n_routed_experts", "num_local_experts"),
            num_experts_per_tok=fields.size("moe_topk", "num_experts_per_tok"),
            moe_intermediate_size=fields.size(
                "expert_ffn_hidden_size", "moe_intermediate_size"
            ),
            zero_expert_num=fields.size("zero_expert_num", at_least=0),
            router_bias=fields.flag("router_bias", default=False),
            topk_method="noaux_tc",
            norm_topk_prob=fields.flag("norm_topk_prob", default=False),
        ),
    )


PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of DeepSeek's first weights [deepseekai2024v3]_ (section 4.2).

The 0.02 of the released file contradicts the report, and is used only if it is there.
"""

LATENT: Mapping[str, Family] = {
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
    "glm4_moe_lite": Family(
        build=glm4_moe_lite,
        max_position_embeddings=202752,
        rms_norm_eps=1e-05,
    ),
    "kimi_k2": Family(
        build=deepseek_v3,
        max_position_embeddings=4096,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "longcat_flash": Family(
        build=longcat_flash,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=10000000.0,
    ),
}
"""Families that cache one latent in place of keys and values."""
