"""What each model family's ``config.json`` means.

One builder per family reads its fields and returns an
:class:`~dsv3.architecture.sizes.Architecture`. An absent size, switch or number takes
the value of the family's config class in ``transformers``, against which the tests
compare every family; an architecture lists the sizes that were absent. A field that
would change a count and that a family does not have is refused, never ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dsv3.architecture import dense_families, expert_families, hybrid_families
from dsv3.architecture.assembly import assemble
from dsv3.architecture.attention import latent_attention
from dsv3.architecture.class_defaults import CLASS_DEFAULTS, CORE_SIZES
from dsv3.architecture.experts import grouped_experts, mtp_modules
from dsv3.architecture.fields import ConfigFields, FamilyDefaults
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
    family, sizes = FAMILIES[name], CLASS_DEFAULTS[CLASSES.get(name, name)]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Family(FamilyDefaults):
    """How a family's config is read, and what the absence of a number means in it."""

    build: Callable[[ConfigFields], Architecture]
    """Reads the fields."""


PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of DeepSeek's first weights [deepseekai2024v3]_ (section 4.2).

The 0.02 of the released file contradicts the report, and is used only if it is there.
"""

CLASSES = {"kimi_k2": "deepseek_v3"}
"""Families whose weights are loaded into another family's class."""

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
    "dots1": Family(build=expert_families.dots1, max_position_embeddings=2048),
    "ernie4_5_moe": Family(
        build=expert_families.ernie4_5_moe,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
        tie_word_embeddings=True,
    ),
    "gemma3_text": Family(
        build=dense_families.gemma3,
        max_position_embeddings=131072,
        rope_theta=1000000.0,
        hidden_act="gelu_pytorch_tanh",
        tie_word_embeddings=True,
    ),
    "glm4_moe": Family(
        build=expert_families.glm4_moe,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
    ),
    "glm4_moe_lite": Family(
        build=expert_families.glm4_moe_lite,
        max_position_embeddings=202752,
        rms_norm_eps=1e-05,
    ),
    "gpt_oss": Family(
        build=expert_families.gpt_oss,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=150000.0,
    ),
    "hunyuan_v1_moe": Family(
        build=expert_families.hunyuan_v1_moe,
        max_position_embeddings=2048,
        rms_norm_eps=1e-05,
    ),
    "kimi_k2": Family(
        build=deepseek_v3,
        max_position_embeddings=4096,
        initializer_range=PUBLISHED_INITIALIZER_RANGE,
    ),
    "kimi_linear": Family(
        build=hybrid_families.kimi_linear,
        ties=False,
        max_position_embeddings=1048576,
        rms_norm_eps=1e-05,
    ),
    "llama": Family(build=dense_families.llama, max_position_embeddings=2048),
    "llama4_text": Family(
        build=expert_families.llama4,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
    ),
    "longcat_flash": Family(
        build=expert_families.longcat_flash,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=10000000.0,
    ),
    "minimax_m2": Family(
        build=expert_families.minimax_m2,
        max_position_embeddings=196608,
        rope_theta=5000000.0,
    ),
    "ministral3": Family(
        build=dense_families.mistral,
        max_position_embeddings=262144,
        rms_norm_eps=1e-05,
        rope_theta=1000000.0,
    ),
    "mistral": Family(build=dense_families.mistral, max_position_embeddings=131072),
    "mixtral": Family(
        build=expert_families.mixtral,
        max_position_embeddings=131072,
        rms_norm_eps=1e-05,
        rope_theta=1000000.0,
    ),
    "nemotron_h": Family(
        build=hybrid_families.nemotron_h,
        ties=False,
        max_position_embeddings=4096,
        rms_norm_eps=1e-05,
        hidden_act="relu2",
    ),
    "olmo3": Family(
        build=dense_families.olmo3,
        max_position_embeddings=2048,
        rms_norm_eps=1e-05,
        rope_theta=500000.0,
    ),
    "phi3": Family(
        build=dense_families.phi3, max_position_embeddings=4096, rms_norm_eps=1e-05
    ),
    "qwen2": Family(build=dense_families.qwen2, max_position_embeddings=32768),
    "qwen2_moe": Family(build=expert_families.qwen2_moe, max_position_embeddings=32768),
    "qwen3": Family(build=dense_families.qwen3, max_position_embeddings=32768),
    "qwen3_5_moe_text": Family(
        build=hybrid_families.qwen3_5_moe, max_position_embeddings=32768
    ),
    "qwen3_5_text": Family(
        build=hybrid_families.qwen3_5, max_position_embeddings=32768
    ),
    "qwen3_moe": Family(build=expert_families.qwen3_moe, max_position_embeddings=32768),
    "qwen3_next": Family(
        build=hybrid_families.qwen3_next, max_position_embeddings=32768
    ),
    "seed_oss": Family(build=dense_families.seed_oss, max_position_embeddings=524288),
}
"""Every supported ``model_type``."""
