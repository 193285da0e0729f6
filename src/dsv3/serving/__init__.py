"""A running service: what it holds, whether that fits, and what a step of it brings.

This floor knows workloads: how many sequences, how long, on which chip. It knows no
money.
"""

from dsv3.serving.cache import (
    BYTES_PER_ELEMENT as BYTES_PER_ELEMENT,
    CacheSize as CacheSize,
    cache_arguments as cache_arguments,
    cache_size as cache_size,
)
from dsv3.serving.fit import (
    EXPERT as EXPERT,
    LAYERS as LAYERS,
    LAYOUTS as LAYOUTS,
    TENSOR as TENSOR,
    Fit as Fit,
    fit as fit,
)
from dsv3.serving.long_context import (
    CACHE_LAYOUTS as CACHE_LAYOUTS,
    LATER_MODELS as LATER_MODELS,
    ContextCost as ContextCost,
    cache_ratio as cache_ratio,
    context_cost as context_cost,
    fp8_equivalent_flop as fp8_equivalent_flop,
    fp8_equivalent_ratio as fp8_equivalent_ratio,
    grouped_query_share as grouped_query_share,
    released_layout as released_layout,
)
from dsv3.serving.measured import (
    DECODE as DECODE,
    PREFILL as PREFILL,
    MeasuredSpeed as MeasuredSpeed,
    measured_speeds as measured_speeds,
)
from dsv3.serving.memory_demand import (
    MemoryDemand as MemoryDemand,
    memory_demand as memory_demand,
)
from dsv3.serving.network_limit import (
    DecodeLimit as DecodeLimit,
    decode_limit as decode_limit,
    published_decode_limit as published_decode_limit,
)
from dsv3.serving.offload import (
    OffloadedDecode as OffloadedDecode,
    offloaded_decode as offloaded_decode,
)
from dsv3.serving.rates import (
    HELD_PRECISIONS as HELD_PRECISIONS,
    WEIGHT_PRECISIONS as WEIGHT_PRECISIONS,
    Rates as Rates,
    rated as rated,
    require_precision as require_precision,
)
from dsv3.serving.service import (
    Service as Service,
    ServicePlan as ServicePlan,
    Workload as Workload,
    published_day_sequences as published_day_sequences,
    service as service,
)
from dsv3.serving.speculation import (
    MOST_DRAFTED_TOKENS as MOST_DRAFTED_TOKENS,
    Speculation as Speculation,
    expected_tokens as expected_tokens,
    implied_overhead_share as implied_overhead_share,
    speculation as speculation,
)
from dsv3.serving.step import (
    ModuleAndModel as ModuleAndModel,
    StepLoad as StepLoad,
    draft_load as draft_load,
    released_loads as released_loads,
    step_load as step_load,
    step_seconds as step_seconds,
)
from dsv3.serving.throughput import (
    NODE_GPUS as NODE_GPUS,
    SPREADS as SPREADS,
    StepTime as StepTime,
    decode_time as decode_time,
    prefill_time as prefill_time,
)
from dsv3.serving.token_demand import (
    TokenDemand as TokenDemand,
    token_demand as token_demand,
)
