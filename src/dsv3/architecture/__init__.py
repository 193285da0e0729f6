"""What decoder-only transformers are, by Hugging Face's names.

``read_config`` takes anybody's ``config.json``; ``preset`` takes a known model with its
source. Both give an :class:`Architecture`, which is all that counting and running need.
"""

from dsv3.architecture.presets import Preset, preset, preset_names, preset_record
from dsv3.architecture.reading import read_config
from dsv3.architecture.recurrence import GatedDeltaNet, KimiDeltaAttention, Mamba2
from dsv3.architecture.sizes import (
    Architecture,
    Attention,
    AttentionLayers,
    CachedAttention,
    Experts,
    GroupedQueryAttention,
    LatentAttention,
    Quantization,
    RopeScaling,
)
from dsv3.architecture.values import ConfigError

__all__ = [
    "Architecture",
    "Attention",
    "AttentionLayers",
    "CachedAttention",
    "ConfigError",
    "Experts",
    "GatedDeltaNet",
    "GroupedQueryAttention",
    "KimiDeltaAttention",
    "LatentAttention",
    "Mamba2",
    "Preset",
    "Quantization",
    "RopeScaling",
    "preset",
    "preset_names",
    "preset_record",
    "read_config",
]
