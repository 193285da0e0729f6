"""Finding the text model in a config that wraps it.

A model that sees or hears keeps the config of its text model in a field of its own, or
has its sizes beside those of the eye. Both are opened here; what is left out is said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dsv3.architecture.values import refuse

NESTS = ("text_config", "language_config", "llm_config", "thinker_config")
"""Fields that hold the config of a text model."""

INHERITED = ("quantization_config", "quantization", "dtype", "torch_dtype")
"""Fields of the whole that hold for its text model too, if that has none of its own."""

TEXT_TYPES: Mapping[str, str] = {
    "gemma3": "gemma3_text",
    "glm4v_moe": "glm4_moe",
    "glm4v_moe_text": "glm4_moe",
    "kimi_k25": "deepseek_v3",
    "kimi_vl": "deepseek_v3",
    "llama4": "llama4_text",
    "llava": "llama",
    "llava_next": "llama",
    "llava_onevision": "qwen2",
    "mistral3": "mistral",
    "pixtral": "mistral",
    "qwen2_5_vl": "qwen2",
    "qwen2_5_vl_text": "qwen2",
    "qwen2_vl": "qwen2",
    "qwen2_vl_text": "qwen2",
    "qwen3_5": "qwen3_5_text",
    "qwen3_5_moe": "qwen3_5_moe_text",
    "qwen3_vl": "qwen3",
    "qwen3_vl_moe": "qwen3_moe",
    "qwen3_vl_moe_text": "qwen3_moe",
    "qwen3_vl_text": "qwen3",
}
"""Families by the names that their text models have inside others; also what a wrapper
holds if its text model does not say its ``model_type``."""

OTHER_MODELS = ("vision_config", "audio_config", "speech_config", "vision_tower_config")
"""Parts of a config that belong to another model beside the one of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """The fields of a text model, and the parts around it that are left out."""

    fields: Mapping[str, object]
    left_out: tuple[str, ...] = ()

    nested: bool = False
    """Whether it was a part of another config, whose class may give any size."""


def opened(config: Mapping[str, object], known: Collection[str]) -> TextConfig:
    """Return the config of the text model, found in a wrapper or the config itself.

    `known` is the families by name.

    Examples
    --------
    >>> seeing = {"model_type": "qwen3_vl", "text_config": {"hidden_size": 8},
    ...           "vision_config": {"depth": 3}}
    >>> opened(seeing, ["qwen3"])  # doctest: +NORMALIZE_WHITESPACE
    TextConfig(fields={'hidden_size': 8, 'model_type': 'qwen3'},
        left_out=('vision_config',), nested=True)
    """
    nests = [name for name in NESTS if config.get(name)]
    if not nests or config.get("model_type") in tuple(known):
        return _renamed(config, known)
    inner = config[nests[0]]
    if not isinstance(inner, Mapping):
        refuse(nests[0], inner, "must be an object")
    outer_type, inner_type = config.get("model_type"), inner.get("model_type")
    fields = {name: config[name] for name in INHERITED if name in config}
    if "tie_word_embeddings" in config:
        fields["tie_word_embeddings"] = config["tie_word_embeddings"]
    fields |= inner
    if inner_type is None and isinstance(outer_type, str):
        fields["model_type"] = outer_type
    others = tuple(name for name in OTHER_MODELS if config.get(name))
    found = opened(fields, known)
    left_out = others or (f"all of {outer_type} but its {nests[0]}",)
    left_out += found.left_out
    return TextConfig(fields=found.fields, left_out=left_out, nested=True)


def _renamed(config: Mapping[str, object], known: Collection[str]) -> TextConfig:
    """Return a config under the name of the family that its text model is of.

    Where that is another name, the config of an eye may stand beside the sizes.
    """
    name = config.get("model_type")
    if not isinstance(name, str) or name in known or name not in TEXT_TYPES:
        return TextConfig(fields=config)
    left_out = tuple(other for other in OTHER_MODELS if config.get(other))
    kept = {key: value for key, value in config.items() if key not in left_out}
    return TextConfig(
        fields={**kept, "model_type": TEXT_TYPES[name]}, left_out=left_out
    )
