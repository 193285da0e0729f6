"""A running service: what it holds, whether that fits, and what a step of it brings.

This floor knows workloads: how many sequences, how long, on which chip. It knows no
money.
"""

from dsv3.serving.cache import BYTES_PER_ELEMENT as BYTES_PER_ELEMENT
from dsv3.serving.cache import CacheSize as CacheSize
from dsv3.serving.cache import cache_arguments as cache_arguments
from dsv3.serving.cache import cache_size as cache_size
from dsv3.serving.fit import EXPERT as EXPERT
from dsv3.serving.fit import LAYERS as LAYERS
from dsv3.serving.fit import LAYOUTS as LAYOUTS
from dsv3.serving.fit import TENSOR as TENSOR
from dsv3.serving.fit import Fit as Fit
from dsv3.serving.fit import fit as fit
from dsv3.serving.measured import TAKING_IN as TAKING_IN
from dsv3.serving.measured import WRITING as WRITING
from dsv3.serving.measured import MeasuredSpeed as MeasuredSpeed
from dsv3.serving.measured import measured_speeds as measured_speeds
from dsv3.serving.memory_demand import MemoryDemand as MemoryDemand
from dsv3.serving.memory_demand import memory_demand as memory_demand
from dsv3.serving.network_limit import DecodeLimit as DecodeLimit
from dsv3.serving.network_limit import decode_limit as decode_limit
from dsv3.serving.network_limit import published_decode_limit as published_decode_limit
from dsv3.serving.offload import OffloadedDecode as OffloadedDecode
from dsv3.serving.offload import offloaded_decode as offloaded_decode
from dsv3.serving.rates import WEIGHT_PRECISIONS as WEIGHT_PRECISIONS
from dsv3.serving.rates import Rates as Rates
from dsv3.serving.rates import rated as rated
from dsv3.serving.rates import require_precision as require_precision
from dsv3.serving.service import Service as Service
from dsv3.serving.service import ServicePlan as ServicePlan
from dsv3.serving.service import Workload as Workload
from dsv3.serving.service import published_day_sequences as published_day_sequences
from dsv3.serving.service import service as service
from dsv3.serving.speculation import MOST_DRAFTED_TOKENS as MOST_DRAFTED_TOKENS
from dsv3.serving.speculation import Speculation as Speculation
from dsv3.serving.speculation import expected_tokens as expected_tokens
from dsv3.serving.speculation import implied_overhead_share as implied_overhead_share
from dsv3.serving.speculation import speculation as speculation
from dsv3.serving.step import ModuleAndModel as ModuleAndModel
from dsv3.serving.step import StepLoad as StepLoad
from dsv3.serving.step import draft_load as draft_load
from dsv3.serving.step import released_loads as released_loads
from dsv3.serving.step import step_load as step_load
from dsv3.serving.step import step_seconds as step_seconds
from dsv3.serving.throughput import NODE_GPUS as NODE_GPUS
from dsv3.serving.throughput import SPREADS as SPREADS
from dsv3.serving.throughput import StepTime as StepTime
from dsv3.serving.throughput import decode_time as decode_time
from dsv3.serving.throughput import prefill_time as prefill_time
from dsv3.serving.token_demand import TokenDemand as TokenDemand
from dsv3.serving.token_demand import token_demand as token_demand
