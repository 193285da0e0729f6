"""What each model family's ``config.json`` means.

One builder per family reads its fields and returns an
:class:`~dsv3.architecture.sizes.Architecture`. An absent size, switch or number takes
the value of the family's config class in ``transformers``, against which the tests
compare every family; an architecture lists the sizes that were absent. A field that
would change a count and that a family does not have is refused, never ignored.
"""

from collections.abc import Mapping
from dataclasses import replace

from dsv3.architecture import (
    dense_families,
    expert_families,
    hybrid_families,
    latent_families,
)
from dsv3.architecture.assembly import Family, assemble
from dsv3.architecture.attention import latent_attention
from dsv3.architecture.class_defaults import CLASS_DEFAULTS, CORE_SIZES
from dsv3.architecture.experts import grouped_experts, mtp_modules
from dsv3.architecture.fields import ConfigFields
from dsv3.architecture.kinds import refuse_kind
from dsv3.architecture.sizes import Architecture
from dsv3.architecture.values import ConfigError
from dsv3.architecture.wrapping import TextConfig, opened


def build(config: Mapping[str, object]) -> Architecture:
    """Return the architecture that a parsed ``config.json`` describes.

    A text model inside a larger one is opened; what is left out is listed.

    Examples
    --------
    >>> build({"model_type": "llama"})
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: num_attention_heads is missing: \
a llama config must give it
    """
    try:
        text = opened(config, FAMILIES)
        return replace(_built(text), left_out=text.left_out)
    except ConfigError:
        raise
    except ValueError as error:
        # The records' own rules speak the same language: name, value, rule.
        raise ConfigError(str(error)) from None


def _built(text: TextConfig) -> Architecture:
    name = text.fields.get("model_type")
    if not isinstance(name, str) or name not in FAMILIES:
        refuse_kind(text.fields, FAMILIES)
    family, sizes = FAMILIES[name], CLASS_DEFAULTS.get(CLASSES.get(name, name), {})
    if not text.nested:
        sizes = {key: size for key, size in sizes.items() if key not in CORE_SIZES}
    return family.build(ConfigFields(text.fields, name, family, sizes))


def deepseek_v3(fields: ConfigFields) -> Architecture:
    """Build a DeepSeek-V3 or a Kimi K2: latent attention, experts with a bias."""
    return assemble(
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


PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of DeepSeek's first weights [deepseekai2024v3]_ (section 4.2).

The 0.02 of the released file contradicts the report, and is used only if it is there.
"""

CLASSES = {"kimi_k2": "deepseek_v3"}
"""Families whose weights are loaded into another family's class."""

FAMILIES: Mapping[str, Family] = {
    **dense_families.DENSE,
    **expert_families.EXPERT,
    **hybrid_families.HYBRID,
    **latent_families.LATENT,
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
    "kimi_k2": Family(
        build=deepseek_v3,
        max_position_embeddings=4096,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
}
"""Every supported ``model_type``."""
