"""A running service: what it holds, whether that fits, and what a step of it brings.

This floor knows workloads: how many sequences, how long, on which chip. It knows no
money.
"""

from dsv3.serving.cache import (
    BYTES_PER_ELEMENT,
    CacheSize,
    cache_arguments,
    cache_size,
)
from dsv3.serving.fit import (
    EXPERT,
    LAYERS,
    LAYOUTS,
    TENSOR,
    Fit,
    fit,
)
from dsv3.serving.measured import TAKING_IN, WRITING, MeasuredSpeed, measured_speeds
from dsv3.serving.memory_demand import MemoryDemand, memory_demand
from dsv3.serving.network_limit import (
    DecodeLimit,
    decode_limit,
    published_decode_limit,
)
from dsv3.serving.offload import OffloadedDecode, offloaded_decode
from dsv3.serving.rates import WEIGHT_PRECISIONS, Rates, rated, require_precision
from dsv3.serving.service import (
    Service,
    ServicePlan,
    Workload,
    published_day_sequences,
    service,
)
from dsv3.serving.speculation import (
    MOST_DRAFTED_TOKENS,
    Speculation,
    expected_tokens,
    implied_overhead_share,
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
from dsv3.serving.token_demand import TokenDemand, token_demand

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
    "CacheSize",
    "DecodeLimit",
    "Fit",
    "MeasuredSpeed",
    "MemoryDemand",
    "ModuleAndModel",
    "OffloadedDecode",
    "Rates",
    "Service",
    "ServicePlan",
    "Speculation",
    "StepLoad",
    "StepTime",
    "TokenDemand",
    "Workload",
    "cache_arguments",
    "cache_size",
    "decode_limit",
    "decode_time",
    "draft_load",
    "expected_tokens",
    "fit",
    "implied_overhead_share",
    "measured_speeds",
    "memory_demand",
    "offloaded_decode",
    "prefill_time",
    "published_day_sequences",
    "published_decode_limit",
    "rated",
    "released_loads",
    "require_precision",
    "service",
    "speculation",
    "step_load",
    "step_seconds",
    "token_demand",
]
