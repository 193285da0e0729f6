"""How this package arrives at the published layouts of a service.

A layout counts as recomputed if the planner needs as many GPUs, rounded up to the
power of two that engines are started with.
"""

from dsv3 import calculators
from dsv3.facts import fact
from explorables.quantities import SECONDS_PER_DAY, SECONDS_PER_HOUR

MILLION = 1e6
LONG_CONTEXT_TOKENS = 131_072.0
GLM_SEQUENCES = 8.0
"""Largest batch of the published table."""


def v3_on_h200_in_fp8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H200 SXM", precision="fp8")


def v3_on_h20_in_fp8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H20 SXM", precision="fp8")


def v3_on_h100_in_fp8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H100 SXM", precision="fp8")


def v3_on_a100_in_bf16() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="A100 SXM", precision="bf16")


def v3_on_a100_in_int8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="A100 SXM", precision="int8")


def v3_on_a100_in_int4() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="A100 SXM", precision="int4")


def v3_on_b200_in_fp8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="B200 SXM", precision="fp8")


def v3_on_mi300x_in_fp8() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="MI300X OAM", precision="fp8")


def v3_on_h200_in_bf16() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H200 SXM", precision="bf16")


def v3_on_mi300x_in_bf16() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="MI300X OAM", precision="bf16")


def v3_on_h100_in_bf16() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H100 SXM", precision="bf16")


def v3_on_h20_in_bf16() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H20 SXM", precision="bf16")


def v3_on_h200_in_int4() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H200 SXM", precision="int4")


def v3_on_h20_in_int4() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H20 SXM", precision="int4")


def v3_on_h100_in_int4() -> float:
    """GPUs that the planner asks for."""
    return _v3_gpus(gpu="H100 SXM", precision="int4")


def v3_demonstration() -> float:
    """GPUs of the run's own kind that the planner asks for."""
    return _v3_gpus(gpu="H800 SXM", precision="fp8")


def glm_on_h100_in_bf16() -> float:
    """GPUs that the planner asks for, short contexts."""
    return _glm_gpus(gpu="H100 SXM", precision="bf16")


def glm_on_h200_in_bf16() -> float:
    """GPUs that the planner asks for, short contexts."""
    return _glm_gpus(gpu="H200 SXM", precision="bf16")


def glm_on_h100_in_fp8() -> float:
    """GPUs that the planner asks for, short contexts."""
    return _glm_gpus(gpu="H100 SXM", precision="fp8")


def glm_on_h200_in_fp8() -> float:
    """GPUs that the planner asks for, short contexts."""
    return _glm_gpus(gpu="H200 SXM", precision="fp8")


def glm_long_on_h100_in_bf16() -> float:
    """GPUs that the planner asks for, full contexts."""
    return _glm_gpus(gpu="H100 SXM", precision="bf16", context=LONG_CONTEXT_TOKENS)


def glm_long_on_h200_in_bf16() -> float:
    """GPUs that the planner asks for, full contexts."""
    return _glm_gpus(gpu="H200 SXM", precision="bf16", context=LONG_CONTEXT_TOKENS)


def glm_long_on_h100_in_fp8() -> float:
    """GPUs that the planner asks for, full contexts."""
    return _glm_gpus(gpu="H100 SXM", precision="fp8", context=LONG_CONTEXT_TOKENS)


def glm_long_on_h200_in_fp8() -> float:
    """GPUs that the planner asks for, full contexts."""
    return _glm_gpus(gpu="H200 SXM", precision="fp8", context=LONG_CONTEXT_TOKENS)


def nodes_of_the_published_day() -> float:
    """Nodes that the day's tokens take at the published speed of a node."""
    taken_in = fact("inference.input_tokens_per_day").number
    written = fact("inference.output_tokens_per_day").number
    node_seconds = (
        taken_in / fact("inference.prefill_tokens_per_s_per_node").number
        + written / fact("inference.decode_tokens_per_s_per_node").number
    )
    return node_seconds / SECONDS_PER_DAY


def sglang_output_usd() -> float:
    """Dollars for a million tokens written, at the rate DeepSeek assumes."""
    node_usd = fact("v3.gpus_per_node").number * fact("v3.usd_per_gpu_hour").number
    per_hour = fact("sglang.decode_tokens_per_s_per_node").number * SECONDS_PER_HOUR
    return node_usd / per_hour * MILLION


def _v3_gpus(*, gpu: str, precision: str) -> float:
    """Plan as the examples start: every matrix cut, nothing else stated."""
    return float(calculators.fit(gpu=gpu, precision=precision).layout_gpus)


def _glm_gpus(*, gpu: str, precision: str, context: float = 4096.0) -> float:
    """Plan as the table says: a module that drafts, eight sequences, one width."""
    plan = calculators.fit(
        model="glm-4.5",
        precision=precision,
        gpu=gpu,
        context_tokens=context,
        sequences=GLM_SEQUENCES,
        cache_precision=precision,
        drafts=True,
    )
    return float(plan.layout_gpus)
