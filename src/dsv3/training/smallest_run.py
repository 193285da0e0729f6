"""How few GPUs hold a run: layouts tried from the smallest up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dsv3.architecture import Architecture
from dsv3.training.memory import TrainingMemory
from dsv3.training.published_memory import fullest_rank, published_layout
from dsv3.training.trained_model import trained_model
from explorables.arithmetic import Choice, Condition, Number

GPUS_PER_NODE = 8
MOST_GPUS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestRun:
    """The fewest GPUs that hold a run, and how they are laid out."""

    training_gpus: float
    """GPUs; NaN where no layout up to 4,096 of them fits."""

    stage_count: float
    data_parallel_count: float
    expert_parallel_count: float

    total_bytes: float
    """On the fullest rank."""

    headroom_bytes: float


def smallest_run(
    *,
    model: Choice | Architecture,
    gpu: Choice,
    recipe: Choice,
    method: Choice,
    adapter_rank: Number,
    reference: Condition,
    zero_stage: Choice,
    recomputed: Choice,
    sequence_tokens: Number,
    micro_batch_sequences: Number,
    reserved_bytes: Number,
) -> SmallestRun:
    """Find the fewest GPUs, a power of two, whose fullest rank fits.

    Pipelines of 1F1B with 1 to 16 stages are tried, the rest of the GPUs data parallel
    with experts dealt out as far as they go, and without tensor parallelism. Four
    micro-batches for each stage; among layouts of as many GPUs the emptiest is chosen.

    Examples
    --------
    Llama 3.1 8B, all weights, on H100s:

    >>> smallest_run(
    ...     model="llama-3.1-8b", gpu="H100 SXM", recipe="zero", method="full",
    ...     adapter_rank=16.0, reference=False, zero_stage="3",
    ...     recomputed="whole layers", sequence_tokens=8192.0,
    ...     micro_batch_sequences=1.0, reserved_bytes=4e9,
    ... ).training_gpus
    2.0
    """  # fmt: skip
    given = {
        "model": model,
        "gpu": gpu,
        "recipe": recipe,
        "method": method,
        "adapter_rank": adapter_rank,
        "reference": reference,
        "zero_stage": zero_stage,
        "recomputed": recomputed,
        "sequence_tokens": sequence_tokens,
        "micro_batch_sequences": micro_batch_sequences,
        "reserved_bytes": reserved_bytes,
    }
    gpus = 1
    while gpus <= MOST_GPUS:
        tried = [(fullest_rank(layout), layout) for layout in _layouts(given, gpus)]
        best = max(tried, key=lambda pair: float(pair[0].headroom_bytes), default=None)
        if best is not None and best[0].headroom_bytes >= 0:
            return _found(*best)
        gpus *= 2
    never = float("nan")
    return SmallestRun(
        training_gpus=never,
        stage_count=never,
        data_parallel_count=never,
        expert_parallel_count=never,
        total_bytes=never,
        headroom_bytes=never,
    )


def _layouts(given: Mapping[str, Any], gpus: int) -> Iterator[dict[str, Any]]:
    """Yield layouts of so many GPUs."""
    sizes = trained_model(given["model"])
    blocks = sizes.num_hidden_layers + sizes.num_modules
    experts = round(float(sizes.n_routed_experts))
    for stages in (1, 2, 4, 8, 16):
        if stages > min(gpus, float(blocks)):
            continue
        replicas = gpus // stages
        ways = replicas
        while ways > 1 and (experts < ways or experts % ways):
            ways //= 2
        yield {
            **published_layout(),
            **given,
            "schedule": "1f1b",
            "stages": float(stages),
            "data_parallel_ways": float(replicas),
            "expert_parallel_ways": float(ways),
            "micro_batches": 4.0 * stages,
        }


def _found(memory: TrainingMemory, layout: Mapping[str, Any]) -> SmallestRun:
    return SmallestRun(
        training_gpus=float(memory.training_gpus),
        stage_count=layout["stages"],
        data_parallel_count=layout["data_parallel_ways"],
        expert_parallel_count=layout["expert_parallel_ways"],
        total_bytes=float(memory.total_bytes),
        headroom_bytes=float(memory.headroom_bytes),
    )
