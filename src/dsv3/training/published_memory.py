"""The published run's memory, rank by rank, and what each of its tricks saves.

Layout, schedule, precision and recomputation are published. One sequence in a
micro-batch, an even cut of the layers and BF16 weights beside their FP8 copies are
assumed; the reasons stand in data/assumptions.yaml and beside the recipe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dsv3.facts import assumption, fact
from dsv3.training.chip_layer import PUBLISHED_CHIP
from dsv3.training.memory import TrainingMemory, training_memory
from dsv3.training.memory_recipe import FULL, MEMORY_RECIPES
from dsv3.training.pipeline_share import DUAL_PIPE
from dsv3.training.saved_activations import ACTIVATION_FORMATS, NOTHING, SELECTIVE
from dsv3.training.trained_model import trained_model

PUBLISHED_RECIPE = "deepseek-v3"


def published_layout() -> dict[str, Any]:
    """Return the published run as arguments of `training_memory`.

    Examples
    --------
    >>> run = published_layout()
    >>> run["stages"] * run["data_parallel_ways"]
    2048.0
    """
    stages = fact("v3.pipeline_parallel_ways").number
    replicas = fact("v3.gpus").number / stages
    sequences = assumption("training.micro_batch_sequences").central
    return {
        "model": "deepseek-v3",
        "gpu": PUBLISHED_CHIP,
        "recipe": PUBLISHED_RECIPE,
        "method": FULL,
        "adapter_rank": 16.0,
        "reference": False,
        "schedule": DUAL_PIPE,
        "stages": stages,
        "rank": 1.0,
        "data_parallel_ways": replicas,
        "expert_parallel_ways": fact("v3.expert_parallel_ways").number,
        "tensor_parallel_ways": 1.0,
        "sequence_parallel": False,
        "zero_stage": "1",
        "recomputed": SELECTIVE,
        "micro_batches": fact("v3.batch_sequences").number / replicas / sequences,
        "micro_batch_sequences": sequences,
        "sequence_tokens": fact("v3.sequence_tokens").number,
        "expert_load_ratio": 1.0,
        "reserved_bytes": assumption("training.reserved_bytes").central,
    }


def published_memory(**changes: Any) -> TrainingMemory:
    """Return the published run's memory with some arguments of its layout changed.

    Examples
    --------
    Nothing recomputed would not have fitted:

    >>> published_memory(recomputed="nothing").headroom_bytes < 0
    True
    """
    return training_memory(**{**published_layout(), **changes})


def memory_by_rank(layout: Mapping[str, Any]) -> tuple[TrainingMemory, ...]:
    """Return the memory of every rank of a pipeline, the first one first.

    Examples
    --------
    >>> len(memory_by_rank(published_layout()))
    16
    """
    ranks = range(round(layout["stages"]))
    return tuple(training_memory(**{**layout, "rank": float(at)}) for at in ranks)


def fullest_rank(layout: Mapping[str, Any]) -> TrainingMemory:
    """Return the memory of the rank that holds the most.

    Examples
    --------
    >>> round(fullest_rank(published_layout()).total_bytes / 1e9, 1)
    71.8
    """
    return max(memory_by_rank(layout), key=lambda one: float(one.total_bytes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What one trick saves of the published run's memory."""

    name: str

    locator: str
    """Where the report names it."""

    saved_bytes: float
    """By how much more the fullest rank would hold without it."""


def savings() -> tuple[Saving, ...]:
    """Return what each published trick saves on the fullest rank, the largest first.

    Each is undone alone, so they do not add up.

    Examples
    --------
    >>> [saving.name for saving in savings()][:2]
    ['recomputation', 'ZeRO-1']
    """
    layout = published_layout()
    recipe = MEMORY_RECIPES[PUBLISHED_RECIPE]
    wide = replace(recipe, activations=ACTIVATION_FORMATS["bf16"])
    moments = replace(recipe, moments_bytes=2 * recipe.moments_bytes)
    undone: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
        ("ZeRO-1", "section 3.2", {"zero_stage": "0"}),
        ("recomputation", "section 3.2.3", {"recomputed": NOTHING}),
        ("FP8 and E5M6 activations", "section 3.3.3", {"recipe": wide}),
        ("BF16 moments", "section 3.3.3", {"recipe": moments}),
    )
    before = float(fullest_rank(layout).total_bytes)
    found = [
        Saving(
            name=name,
            locator=locator,
            saved_bytes=float(fullest_rank({**layout, **changes}).total_bytes) - before,
        )
        for name, locator, changes in undone
    ]
    found += [_shared_vocabulary(layout), _average_on_cpu(layout)]
    return tuple(sorted(found, key=lambda one: -one.saved_bytes))


def _shared_vocabulary(layout: Mapping[str, Any]) -> Saving:
    """Return what a second embedding and head for the prediction module would add.

    On the first and the last rank, which are not the fullest.
    """
    sizes, recipe = trained_model(layout["model"]), MEMORY_RECIPES[PUBLISHED_RECIPE]
    added = float(sizes.vocab_size * sizes.hidden_size + sizes.head_parameters)
    copies = 2 * float(layout["data_parallel_ways"])
    kept = float(recipe.weight_bytes + recipe.gradient_bytes)
    kept += float(recipe.optimizer_bytes) / copies
    return Saving(
        name="embedding and head shared with MTP",
        locator="section 3.2.3",
        saved_bytes=added * kept,
    )


def _average_on_cpu(layout: Mapping[str, Any]) -> Saving:
    return Saving(
        name="moving average in CPU memory",
        locator="section 3.2.3",
        saved_bytes=float(fullest_rank(layout).cpu_average_bytes),
    )
