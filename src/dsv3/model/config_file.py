"""A model's settings to and from Hugging Face's ``config.json``, and presets.

Owns which field of the file each setting is, and what its absence means. Knows
no tensor.
"""

import json
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import cast

from dsv3.architecture import (
    Architecture,
    Experts,
    LatentAttention,
    RopeScaling,
    preset_record,
    read_config,
)
from dsv3.model.configuration import (
    PUBLISHED_INITIALIZER_RANGE,
    SCORING_FUNCTIONS,
    TOPK_METHODS,
    ModelSettings,
    ScoringFunction,
    TopkMethod,
    require_word,
)
from explorables.arithmetic import require

CONFIG_NAME = "config.json"

ONLY_VALUES: Mapping[str, tuple[object, ...]] = {
    "hidden_act": ("silu",),
    "rope_interleave": (True,),
    "moe_layer_freq": (1,),
}
"""Fields that have one meaning here; another value would be another model."""


def read_settings(source: str | PathLike[str] | Mapping[str, object]) -> ModelSettings:
    """Return the settings that a Hugging Face ``config.json`` describes.

    An absent ``initializer_range`` is the published 0.006; the released file's
    0.02 contradicts the report and is used only if it is there.

    Parameters
    ----------
    source
        Path of the file, path of a folder that holds it, or its parsed content.

    Returns
    -------
    ModelSettings
        Everything needed to build the model.

    Raises
    ------
    ValueError
        If a field is missing, wrong, or describes a model that is not one of
        DeepSeek's. The message is one line.

    Examples
    --------
    >>> read_settings("nowhere")
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: config is 'nowhere': there is no such file
    """
    architecture = read_config(source)
    fields = source if isinstance(source, Mapping) else _parsed(Path(fspath(source)))
    for name, values in ONLY_VALUES.items():
        value = fields.get(name, values[0])
        require(name, value, value in values, f"must be {values[0]!r}")
    newer = architecture.model_type != "deepseek_v2"
    scoring = fields.get("scoring_func", "sigmoid" if newer else "softmax")
    method = fields.get("topk_method", "noaux_tc" if newer else "greedy")
    require_word("scoring_func", scoring, *SCORING_FUNCTIONS)
    require_word("topk_method", method, *TOPK_METHODS)
    return ModelSettings(
        architecture=architecture,
        scoring_func=cast("ScoringFunction", scoring),
        topk_method=cast("TopkMethod", method),
        norm_topk_prob=_flag(fields, "norm_topk_prob", default=newer),
        rms_norm_eps=_number(fields, "rms_norm_eps", 1e-6),
        initializer_range=_number(
            fields, "initializer_range", PUBLISHED_INITIALIZER_RANGE
        ),
    )


def preset_settings(name: str) -> ModelSettings:
    """Return the settings of a known model with latent attention.

    Parameters
    ----------
    name
        One of :func:`dsv3.architecture.preset_names`.

    Returns
    -------
    ModelSettings
        Its settings.

    Raises
    ------
    ValueError
        If there is none of that name or it has another kind of attention.

    Examples
    --------
    >>> preset_settings("deepseek-v2-lite").scoring_func
    'softmax'
    """
    return read_settings(preset_record(name).config)


def tiny() -> ModelSettings:
    """Return a model of the published shape, small, with every size different.

    It has all that DeepSeek-V3 has: a dense layer first, query compression,
    groups of experts, a shared expert, YaRN and one prediction module. No two
    sizes of its tensors agree, so a transposed axis cannot hide. The vocabulary
    is the 256 bytes and a mark for the start of a text. The first weights'
    spread keeps the published 0.006 in proportion: both are about 0.5/sqrt(d).

    Returns
    -------
    ModelSettings
        About 2 million parameters.

    Examples
    --------
    >>> tiny().hidden_size, tiny().vocab_size
    (96, 257)
    """
    return ModelSettings(
        architecture=Architecture(
            model_type="deepseek_v3",
            vocab_size=257,
            hidden_size=96,
            num_hidden_layers=4,
            attention=LatentAttention(
                num_attention_heads=8,
                q_lora_rank=72,
                kv_lora_rank=48,
                qk_nope_head_dim=28,
                qk_rope_head_dim=12,
                v_head_dim=20,
            ),
            intermediate_size=224,
            experts=_tiny_experts(),
            num_nextn_predict_layers=1,
            max_position_embeddings=512,
            rope_theta=10000.0,
            rope_scaling=_tiny_yarn(),
        ),
        initializer_range=0.05,
    )


def _tiny_experts() -> Experts:
    return Experts(
        n_routed_experts=30,
        num_experts_per_tok=3,
        moe_intermediate_size=44,
        n_shared_experts=1,
        first_k_dense_replace=1,
        n_group=5,
        topk_group=2,
        routed_scaling_factor=2.5,
        routing_bias=True,
    )


def _tiny_yarn() -> RopeScaling:
    settings = {
        "beta_fast": 32.0,
        "beta_slow": 1.0,
        "factor": 4.0,
        "mscale": 1.0,
        "mscale_all_dim": 1.0,
        "original_max_position_embeddings": 128.0,
    }
    return RopeScaling(rope_type="yarn", settings=tuple(settings.items()))


def config_fields(settings: ModelSettings) -> dict[str, object]:
    """Return the ``config.json`` that describes a model.

    Parameters
    ----------
    settings
        The model.

    Returns
    -------
    dict
        Fields by Hugging Face's names; :func:`read_settings` gives the settings
        back.

    Examples
    --------
    >>> read_settings(config_fields(tiny())) == tiny()
    True
    """
    sizes = settings.architecture
    fields: dict[str, object] = {
        "architectures": [ARCHITECTURES.get(sizes.model_type, sizes.model_type)],
        "model_type": sizes.model_type,
        "vocab_size": settings.vocab_size,
        "hidden_size": settings.hidden_size,
        "intermediate_size": sizes.intermediate_size,
        "num_hidden_layers": settings.num_hidden_layers,
        "num_nextn_predict_layers": settings.num_nextn_predict_layers,
        "hidden_act": "silu",
        "rms_norm_eps": settings.rms_norm_eps,
        "initializer_range": settings.initializer_range,
        "tie_word_embeddings": False,
        "max_position_embeddings": settings.max_position_embeddings,
        "rope_theta": settings.rope_theta,
        "rope_scaling": _rope_fields(sizes.rope_scaling),
    }
    return fields | _attention_fields(settings) | _expert_fields(settings)


ARCHITECTURES: Mapping[str, str] = {
    "deepseek_v2": "DeepseekV2ForCausalLM",
    "deepseek_v3": "DeepseekV3ForCausalLM",
}
"""What Hugging Face calls the model classes of these families."""


def _attention_fields(settings: ModelSettings) -> dict[str, object]:
    attention = settings.attention
    return {
        "num_attention_heads": attention.num_attention_heads,
        "num_key_value_heads": attention.num_attention_heads,
        "q_lora_rank": attention.q_lora_rank,
        "kv_lora_rank": attention.kv_lora_rank,
        "qk_nope_head_dim": attention.qk_nope_head_dim,
        "qk_rope_head_dim": attention.qk_rope_head_dim,
        "v_head_dim": attention.v_head_dim,
        "attention_bias": attention.attention_bias,
    }


def _expert_fields(settings: ModelSettings) -> dict[str, object]:
    experts = settings.experts
    assert experts is not None  # both families have experts
    routing = experts.routing
    return {
        "moe_intermediate_size": experts.moe_intermediate_size,
        "n_shared_experts": experts.n_shared_experts,
        "first_k_dense_replace": experts.first_k_dense_replace,
        "n_routed_experts": routing.n_routed_experts,
        "num_experts_per_tok": routing.num_experts_per_tok,
        "n_group": routing.n_group,
        "topk_group": routing.topk_group,
        "routed_scaling_factor": routing.routed_scaling_factor,
        "scoring_func": routing.scoring_func,
        "topk_method": routing.topk_method,
        "norm_topk_prob": routing.norm_topk_prob,
    }


def _rope_fields(scaling: RopeScaling | None) -> dict[str, object] | None:
    if scaling is None:
        return None
    return {"type": scaling.rope_type, **dict(scaling.settings)}


def _parsed(path: Path) -> Mapping[str, object]:
    file = path / CONFIG_NAME if path.is_dir() else path
    fields: dict[str, object] = json.loads(file.read_text(encoding="utf-8-sig"))
    return fields


def _flag(fields: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = fields.get(name, default)
    require(name, value, isinstance(value, bool), "must be true or false")
    return bool(value)


def _number(fields: Mapping[str, object], name: str, default: float) -> float:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        require(name, value, condition=False, rule="must be a number")
        raise AssertionError
    return value
