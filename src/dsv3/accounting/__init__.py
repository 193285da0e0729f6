"""How to count a model: parameters, work and bytes, without running it.

Every function takes an :class:`~dsv3.architecture.Architecture` whose sizes are plain
numbers or recorded ones. The rooms ``attention``, ``experts``,
``multi_token_prediction``, ``rotary`` and ``transformer`` are twins of the torch
model's: same names, no imports between them, and their agreement is tested.
"""

from dsv3.accounting.attention import (
    absorbed_score_flop,
    attention_count,
    attention_counts,
    key_value_elements,
    latent_elements,
)
from dsv3.accounting.attention_kind import (
    AttentionCount,
    DecodeForm,
    Selection,
    attended_tokens,
)
from dsv3.accounting.cache_methods import METHODS, cached_elements_by_method
from dsv3.accounting.kv_cache import KVCache, kv_cache
from dsv3.accounting.memory import (
    CheckpointElements,
    checkpoint_elements,
    kv_cache_bytes,
    kv_cache_bytes_per_token,
    multi_head_kv_cache_bytes_per_token,
    routed_expert_bytes,
    state_bytes,
    weight_bytes,
)
from dsv3.accounting.microscope import Microscope, microscope
from dsv3.accounting.multi_token_prediction import MultiTokenPredictionCount
from dsv3.accounting.quantization import (
    optimizer_bytes_per_parameter,
    swiglu_input_elements_per_token,
    tiled_bytes,
)
from dsv3.accounting.recurrence import DELTA_RULE_PRODUCTS, STATE_SPACE_PRODUCTS
from dsv3.accounting.redesign import ModelSize, redesign
from dsv3.accounting.released import (
    ReleasedWeights,
    released_format,
    released_weights,
)
from dsv3.accounting.rotary import (
    RotaryPair,
    RotaryStretch,
    rotary_pair,
    rotary_ramp,
    rotary_stretch,
    temperature_ratio,
)
from dsv3.accounting.routing import expected_groups, expert_teams
from dsv3.accounting.sparse_attention import index_score_flop
from dsv3.accounting.transformer import (
    ActiveConvention,
    ParameterCount,
    parameter_count,
)
from dsv3.accounting.work import (
    FlopCount,
    decode_flop_per_token,
    flop_per_token,
)

__all__ = [
    "DELTA_RULE_PRODUCTS",
    "METHODS",
    "STATE_SPACE_PRODUCTS",
    "ActiveConvention",
    "AttentionCount",
    "CheckpointElements",
    "DecodeForm",
    "FlopCount",
    "KVCache",
    "Microscope",
    "ModelSize",
    "MultiTokenPredictionCount",
    "ParameterCount",
    "ReleasedWeights",
    "RotaryPair",
    "RotaryStretch",
    "Selection",
    "absorbed_score_flop",
    "attended_tokens",
    "attention_count",
    "attention_counts",
    "cached_elements_by_method",
    "checkpoint_elements",
    "decode_flop_per_token",
    "expected_groups",
    "expert_teams",
    "flop_per_token",
    "index_score_flop",
    "key_value_elements",
    "kv_cache",
    "kv_cache_bytes",
    "kv_cache_bytes_per_token",
    "latent_elements",
    "microscope",
    "multi_head_kv_cache_bytes_per_token",
    "optimizer_bytes_per_parameter",
    "parameter_count",
    "redesign",
    "released_format",
    "released_weights",
    "rotary_pair",
    "rotary_ramp",
    "rotary_stretch",
    "routed_expert_bytes",
    "state_bytes",
    "swiglu_input_elements_per_token",
    "temperature_ratio",
    "tiled_bytes",
    "weight_bytes",
]
