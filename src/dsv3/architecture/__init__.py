"""What decoder-only transformers are, by Hugging Face's names.

``read_config`` takes anybody's ``config.json``; ``preset`` takes a known model with its
source. Both give an :class:`Architecture`, which is all that counting and running need.
"""

from dsv3.architecture.cached_attention import GroupedQueryAttention, LatentAttention
from dsv3.architecture.presets import Preset, preset, preset_names, preset_record
from dsv3.architecture.reading import read_config
from dsv3.architecture.recurrence import GatedDeltaNet, KimiDeltaAttention, Mamba2
from dsv3.architecture.sizes import (
    Architecture,
    Attention,
    AttentionLayers,
    CachedAttention,
    Experts,
    Quantization,
    RopeScaling,
)
from dsv3.architecture.sparse_attention import (
    CompressedAttention,
    LightningIndexer,
    SparseLatentAttention,
)
from dsv3.architecture.values import ConfigError

__all__ = [
    "Architecture",
    "Attention",
    "AttentionLayers",
    "CachedAttention",
    "CompressedAttention",
    "ConfigError",
    "Experts",
    "GatedDeltaNet",
    "GroupedQueryAttention",
    "KimiDeltaAttention",
    "LatentAttention",
    "LightningIndexer",
    "Mamba2",
    "Preset",
    "Quantization",
    "RopeScaling",
    "SparseLatentAttention",
    "preset",
    "preset_names",
    "preset_record",
    "read_config",
]
