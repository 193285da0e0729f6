"""The numbers that ``transformers`` gives a config that leaves them out, by family.

Tests hold them to its config classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the absence of a number means in a family, whatever its layers are."""

    max_position_embeddings: int
    rms_norm_eps: float = 1e-6
    initializer_range: float = 0.02
    rope_theta: float = 10000.0


PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of DeepSeek's first weights [deepseekai2024v3]_ (section 4.2).

The 0.02 of the released file contradicts the report, and is used only if it is there.
"""

DEFAULTS: Mapping[str, Defaults] = {
    "deepseek_v2": Defaults(
        max_position_embeddings=2048, initializer_range=PUBLISHED_INITIALIZER_RANGE
    ),
    "deepseek_v3": Defaults(
        max_position_embeddings=4096, initializer_range=PUBLISHED_INITIALIZER_RANGE
    ),
    "glm4_moe": Defaults(max_position_embeddings=131072, rms_norm_eps=1e-5),
    "gpt_oss": Defaults(
        max_position_embeddings=131072, rms_norm_eps=1e-5, rope_theta=150000.0
    ),
    "kimi_k2": Defaults(
        max_position_embeddings=4096, initializer_range=PUBLISHED_INITIALIZER_RANGE
    ),
    "llama": Defaults(max_position_embeddings=2048),
    "mixtral": Defaults(
        max_position_embeddings=131072, rms_norm_eps=1e-5, rope_theta=1e6
    ),
    "qwen2": Defaults(max_position_embeddings=32768),
    "qwen3": Defaults(max_position_embeddings=32768),
    "qwen3_moe": Defaults(max_position_embeddings=32768),
}
"""The numbers of each family's config class in ``transformers``."""
