"""Families that attend to a selection of the context, or to a compressed one."""

from collections.abc import Mapping

from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.experts import (
    biased_experts,
    hashed_experts,
    listed_dense_layers,
    mtp_modules,
)
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.latent_families import PUBLISHED_INITIALIZER_RANGE
from dsv3.architecture.sizes import Architecture
from dsv3.architecture.sparse_reading import (
    compressed_attention,
    shared_selections,
    sparse_latent_attention,
)


def deepseek_v32(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V3.2: DeepSeek-V3 with an indexer beside latent attention."""
    return assemble(
        fields,
        attention=sparse_latent_attention(fields),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(
            fields,
            default_groups=(8, 4),
            default_scale=2.5,
            dense_layers=listed_dense_layers(fields, default_first=3),
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def glm_moe_dsa(fields: ConfigFields) -> Architecture:
    """Build a GLM-5: a V3.2 whose layers may share an indexer's selection."""
    attention = sparse_latent_attention(fields)
    return assemble(
        fields,
        attention=attention,
        attention_layers=shared_selections(fields, attention),
        intermediate_size=fields.size("intermediate_size"),
        experts=biased_experts(
            fields,
            default_scale=2.5,
            dense_layers=listed_dense_layers(fields, default_first=3),
        ),
        num_nextn_predict_layers=mtp_modules(fields),
    )


def deepseek_v4(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V4: compressed attention, experts in every layer, mHC."""
    attention, layers = compressed_attention(fields)
    return assemble(
        fields,
        attention=attention,
        attention_layers=layers,
        intermediate_size=None,
        experts=hashed_experts(fields),
        num_nextn_predict_layers=mtp_modules(fields),
        mtp_shared_vocabulary=True,
        hc_mult=fields.size_or(4, "hc_mult"),
    )


SPARSE: Mapping[str, Family] = {
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
    "glm_moe_dsa": Family(
        build=glm_moe_dsa,
        max_position_embeddings=202752,
        rms_norm_eps=1e-05,
    ),
}
"""Families with an indexer, or with compressed entries."""
