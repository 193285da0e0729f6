"""A running service: what it holds, whether that fits, and what a step of it brings.

This floor knows workloads: how many sequences, how long, on which chip. It knows no
money.
"""

from dsv3.serving.cache import (
    BYTES_PER_ELEMENT,
    CacheXRay,
    cache_xray,
    preset_cache,
)
from dsv3.serving.fit import (
    EXPERT,
    LAYERS,
    LAYOUTS,
    TENSOR,
    Fit,
    fit,
    planned_fit,
    preset_fit,
)
from dsv3.serving.held import HeldModel, chosen_model, held_model
from dsv3.serving.measured import TAKING_IN, WRITING, MeasuredSpeed, measured_speeds
from dsv3.serving.network_limit import (
    DecodeLimit,
    decode_limit,
    published_decode_limit,
)
from dsv3.serving.offload import OffloadedDecode, offloaded_decode
from dsv3.serving.rates import WEIGHT_PRECISIONS, Rates, rated, require_precision
from dsv3.serving.served import (
    ServedModel,
    chosen_service,
    released_model,
    served_model,
)
from dsv3.serving.service import (
    Service,
    planned_service,
    published_service,
    service,
)
from dsv3.serving.speculation import (
    MOST_DRAFTED_TOKENS,
    Speculation,
    expected_tokens,
    implied_overhead_share,
    one_module_speculation,
    speculation,
)
from dsv3.serving.step import (
    ModuleAndModel,
    StepLoad,
    draft_load,
    released_loads,
    step_load,
    step_seconds,
)
from dsv3.serving.throughput import (
    NODE_GPUS,
    SPREADS,
    StepTime,
    decode_time,
    prefill_time,
)

__all__ = [
    "BYTES_PER_ELEMENT",
    "EXPERT",
    "LAYERS",
    "LAYOUTS",
    "MOST_DRAFTED_TOKENS",
    "NODE_GPUS",
    "SPREADS",
    "TAKING_IN",
    "TENSOR",
    "WEIGHT_PRECISIONS",
    "WRITING",
    "CacheXRay",
    "DecodeLimit",
    "Fit",
    "HeldModel",
    "MeasuredSpeed",
    "ModuleAndModel",
    "OffloadedDecode",
    "Rates",
    "ServedModel",
    "Service",
    "Speculation",
    "StepLoad",
    "StepTime",
    "cache_xray",
    "chosen_model",
    "chosen_service",
    "decode_limit",
    "decode_time",
    "draft_load",
    "expected_tokens",
    "fit",
    "held_model",
    "implied_overhead_share",
    "measured_speeds",
    "offloaded_decode",
    "one_module_speculation",
    "planned_fit",
    "planned_service",
    "prefill_time",
    "preset_cache",
    "preset_fit",
    "published_decode_limit",
    "published_service",
    "rated",
    "released_loads",
    "released_model",
    "require_precision",
    "served_model",
    "service",
    "speculation",
    "step_load",
    "step_seconds",
]
