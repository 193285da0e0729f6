"""Chunk times that a published training step implies, and what they would give.

The paper at ISCA (zhao2025insights, Table 4) splits a step into the time of lone
forwards, lone backwards, weights' parts, overlapped pairs and bubble. Divided by
how often the first rank of DualPipe does each, they are chunk times. That the
table means the first rank is our reading, and nothing confirms it.
"""

from collections import Counter
from dataclasses import dataclass

from dsv3.facts import fact
from dsv3.schedule.dual_pipe import dual_pipe
from dsv3.schedule.operations import ChunkTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many slots of each sort a rank has; all but the pairs are lone."""

    forwards: int
    backwards: int
    """Whole ones."""

    input_parts: int
    weight_parts: int
    pairs: int


def tally(*, stages: int, micro_batches: int, rank: int = 0) -> Tally:
    """Count the slots of a rank of DualPipe, with micro-batches of both directions.

    Examples
    --------
    >>> tally(stages=16, micro_batches=120).pairs
    97
    """
    slots = dual_pipe(stages, micro_batches).ranks[rank]
    counts = Counter("".join(operation.kind for operation in slot) for slot in slots)
    return Tally(
        forwards=counts["F"],
        backwards=counts["B"],
        input_parts=counts["I"],
        weight_parts=counts["W"],
        pairs=counts["FB"],
    )


def published_micro_batches() -> int:
    """Return the sequences of a data-parallel replica in one published step.

    One sequence a micro-batch is assumed here; the report does not say.

    Examples
    --------
    >>> published_micro_batches()
    120
    """
    replicas = fact("v3.gpus").number / fact("v3.pipeline_parallel_ways").number
    return round(fact("v3.batch_sequences").number / replicas)


def implied_times(*, network: int = 0) -> ChunkTimes:
    """Return the chunk times that the published step implies, in seconds.

    `network` is a column of the table: 0 for the multi-plane network, 1 for the
    multi-rail.

    Examples
    --------
    >>> round(implied_times().pair, 4)
    0.1438
    """
    stages = round(fact("v3.pipeline_parallel_ways").number)
    count = tally(stages=stages, micro_batches=published_micro_batches())

    def seconds(name: str) -> float:
        return fact(f"isca.training.{name}_seconds").numbers[network]

    weight = seconds("weight_backward") / count.weight_parts
    # Lone backwards are whole ones and inputs' parts; the first contain a W each.
    inputs = seconds("backward") - count.backwards * weight
    return ChunkTimes(
        forward=seconds("forward") / count.forwards,
        input_backward=inputs / (count.backwards + count.input_parts),
        weight_backward=weight,
        pair=seconds("overlapped") / count.pairs,
    )
