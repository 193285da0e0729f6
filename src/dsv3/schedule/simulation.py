"""The clock: a plan and chunk times in, the moment of every operation out.

One event simulator runs every plan. A slot starts when its rank is free and all
that it needs has arrived: a forward needs the forward of the stage before, a
backward its own forward and the backward of the stage behind, and the weights'
part the inputs' part. A chunk's activations are alive from the start of its
forward to the end of the last part of its backward.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dsv3.schedule.legality import require_legal
from dsv3.schedule.operations import (
    EQUAL_TIMES,
    ChunkTimes,
    Kind,
    Operation,
    Plan,
    Slot,
)

Need = tuple[bool, int, int]
"""What an operation leaves for others: forward or backward, micro-batch, stage."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A plan that was run."""

    plan: Plan
    times: ChunkTimes

    starts: tuple[tuple[float, ...], ...]
    """For each rank, when each of its slots started."""

    @cached_property
    def makespan(self) -> float:
        """Time from the first start to the last end."""
        return max(end for rank in range(len(self.starts)) for end in self.ends(rank))

    def ends(self, rank: int) -> list[float]:
        """Return when each of a rank's slots ended."""
        slots = zip(self.starts[rank], self.plan.ranks[rank], strict=True)
        return [start + self.times.of(slot) for start, slot in slots]

    def busy(self, rank: int) -> float:
        """Return how long a rank worked."""
        return sum(self.times.of(slot) for slot in self.plan.ranks[rank])

    @cached_property
    def bubbles(self) -> tuple[float, ...]:
        """For each rank, how long it waited, from the first start to the last end."""
        ranks = range(len(self.starts))
        return tuple(self.makespan - self.busy(rank) for rank in ranks)

    @property
    def bubble_share(self) -> float:
        """Share of all ranks' time that they wait."""
        return sum(self.bubbles) / (len(self.bubbles) * self.makespan)

    def in_order(self) -> tuple[Operation, ...]:
        """Return every operation of all ranks, by the time at which it started.

        Nothing comes before what it needs, so one worker could go through them.
        """
        started = [
            (start, rank, slot)
            for rank, slots in enumerate(self.plan.ranks)
            for start, slot in zip(self.starts[rank], slots, strict=True)
        ]
        started.sort(key=lambda item: item[:2])
        return tuple(operation for *_, slot in started for operation in slot)

    def live_chunks(self, rank: int) -> list[tuple[int, int]]:
        """Return for each slot of a rank the chunks alive during it and after it.

        Examples
        --------
        >>> from dsv3.schedule import gpipe, run
        >>> run(gpipe(2, 2)).live_chunks(0)
        [(1, 1), (2, 2), (2, 1), (1, 0)]
        """
        live, counts = 0, []
        for slot in self.plan.ranks[rank]:
            live += sum(operation.kind is Kind.FORWARD for operation in slot)
            during = live
            ending = (Kind.BACKWARD, Kind.WEIGHT)
            live -= sum(operation.kind in ending for operation in slot)
            counts.append((during, live))
        return counts

    @cached_property
    def peak_chunks(self) -> tuple[int, ...]:
        """For each rank, the most chunks whose activations it holds at a time."""
        return tuple(
            max(during for during, _ in self.live_chunks(rank))
            for rank in range(len(self.starts))
        )


def run(plan: Plan, times: ChunkTimes = EQUAL_TIMES) -> Timeline:
    """Run a plan; one that is not legal, or whose ranks wait in a ring, is refused.

    All parts take 1 and a pair 3 when times are left out.

    Examples
    --------
    Two stages, one micro-batch: forward, forward, backward, backward.

    >>> from dsv3.schedule import one_forward_one_backward
    >>> run(one_forward_one_backward(2, 1)).starts
    ((0.0, 4.0), (1.0, 2.0))
    """
    require_legal(plan)
    return Timeline(plan=plan, times=times, starts=_Clock(plan, times).starts())


class _Clock:
    """The state of a run: how far each rank is, and what has been made when."""

    def __init__(self, plan: Plan, times: ChunkTimes) -> None:
        self.plan, self.times = plan, times
        self.last = plan.stages - 1
        self.made: dict[Need, float] = {}
        self.waiting: dict[Need, int] = {}
        self.free = [0.0] * len(plan.ranks)
        self.started: list[list[float]] = [[] for _ in plan.ranks]

    def starts(self) -> tuple[tuple[float, ...], ...]:
        """Let every rank go as far as it can, until all have ended."""
        ready = list(range(len(self.plan.ranks)))
        while ready:
            ready += self._advance(ready.pop())
        for rank, slots in enumerate(self.plan.ranks):
            if len(self.started[rank]) < len(slots):
                slot = slots[len(self.started[rank])]
                self._refuse_ring(rank, slot)
        return tuple(map(tuple, self.started))

    def _advance(self, rank: int) -> list[int]:
        """Run a rank until it must wait; return the ranks that it set free."""
        freed: list[int] = []
        slots, started = self.plan.ranks[rank], self.started[rank]
        for slot in slots[len(started) :]:
            start = self.free[rank]
            for need, away in self._needs(slot):
                if need not in self.made:
                    self.waiting[need] = rank
                    return freed
                arrived = self.made[need] + (self.times.between_ranks if away else 0)
                start = max(start, arrived)
            started.append(start)
            self.free[rank] = end = start + self.times.of(slot)
            for operation in slot:
                if operation.kind is not Kind.WEIGHT:
                    made = _key(operation)
                    self.made[made] = end
                    if made in self.waiting:
                        freed.append(self.waiting.pop(made))
        return freed

    def _needs(self, slot: Slot) -> Iterator[tuple[Need, bool]]:
        """Yield what a slot needs of other stages, and whether from another rank."""
        for operation in slot:
            stage = operation.stage
            if operation.kind is Kind.WEIGHT:
                continue
            forward = operation.kind is Kind.FORWARD
            if stage == (0 if forward else self.last):
                continue
            other = stage - 1 if forward else stage + 1
            holders = self.plan.holders[operation.direction]
            away = holders[other] != holders[stage]
            yield (forward, operation.micro_batch, other), away

    def _refuse_ring(self, rank: int, slot: Slot) -> None:
        missing = next(need for need, _ in self._needs(slot) if need not in self.made)
        forward, micro_batch, stage = missing
        kind = Kind.FORWARD if forward else Kind.BACKWARD
        awaited = Operation(kind=kind, micro_batch=micro_batch, stage=stage)
        shown = " with ".join(map(str, slot))
        message = (
            f"rank {rank}, {shown}: waits for ever for {awaited}; "
            "the ranks wait for each other"
        )
        raise ValueError(message)


def _key(operation: Operation) -> Need:
    forward = operation.kind is Kind.FORWARD
    return (forward, operation.micro_batch, operation.stage)
