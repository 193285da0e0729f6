"""A running service: what it holds, and what a step of it brings.

This floor knows workloads: how many sequences, how long, on which chip. It knows no
money.
"""

from dsv3.serving.cache import (
    BYTES_PER_ELEMENT,
    CacheXRay,
    cache_xray,
    memory_bytes_by_gpu,
    preset_cache,
)
from dsv3.serving.speculation import (
    MOST_DRAFTED_TOKENS,
    Speculation,
    expected_tokens,
    implied_overhead_share,
    one_module_speculation,
    speculation,
)
from dsv3.serving.step import ModuleAndModel, StepLoad, released_loads, step_seconds

__all__ = [
    "BYTES_PER_ELEMENT",
    "MOST_DRAFTED_TOKENS",
    "CacheXRay",
    "ModuleAndModel",
    "Speculation",
    "StepLoad",
    "cache_xray",
    "expected_tokens",
    "implied_overhead_share",
    "memory_bytes_by_gpu",
    "one_module_speculation",
    "preset_cache",
    "released_loads",
    "speculation",
    "step_seconds",
]
