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
    sparse_families,
)
from dsv3.architecture.assembly import Family
from dsv3.architecture.class_defaults import CLASS_DEFAULTS, CORE_SIZES
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


CLASSES = {"kimi_k2": "deepseek_v3"}
"""Families whose weights are loaded into another family's class."""

FAMILIES: Mapping[str, Family] = {
    **dense_families.DENSE,
    **expert_families.EXPERT,
    **hybrid_families.HYBRID,
    **latent_families.LATENT,
    **sparse_families.SPARSE,
}
"""Every supported ``model_type``."""
