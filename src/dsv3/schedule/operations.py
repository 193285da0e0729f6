"""What a rank does in a step: chunk operations, and the orders made of them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Which work is done on a chunk, by the letter that diagrams give it."""

    FORWARD = "F"
    """The stage applied to a micro-batch."""

    BACKWARD = "B"
    """The whole backward: gradients of the inputs and of the weights."""

    INPUT = "I"
    """The part of the backward that the stage before waits for."""

    WEIGHT = "W"
    """The part that nobody waits for: gradients of the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One kind of work on one micro-batch at one stage."""

    kind: Kind

    micro_batch: int
    """Which micro-batch of the step, from 0; both directions count together."""

    stage: int
    """Which stage of the model, from 0."""

    direction: int = 0
    """0 for micro-batches that enter at the first rank, 1 at the last."""

    def __str__(self) -> str:
        return f"{self.kind} of micro-batch {self.micro_batch} at stage {self.stage}"


Slot = tuple[Operation, ...]
"""One operation, or a forward and a backward that overlap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A schedule as data: what every rank does, in order."""

    name: str
    micro_batches: int

    holders: tuple[tuple[int, ...], ...]
    """For each direction, the rank that holds each stage."""

    ranks: tuple[tuple[Slot, ...], ...]
    """For each rank, its slots in order."""

    @property
    def stages(self) -> int:
        """Stages that a micro-batch passes."""
        return len(self.holders[0])

    @property
    def parameter_copies(self) -> int:
        """Copies of the model's weights that the ranks hold together."""
        return len(self.holders)

    def operations(self, rank: int) -> tuple[Operation, ...]:
        """Return a rank's operations, overlapped ones one after the other."""
        return tuple(operation for slot in self.ranks[rank] for operation in slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkTimes:
    """How long the work on a chunk takes, in any one unit of time."""

    forward: float

    input_backward: float
    """The part of a backward for the inputs."""

    weight_backward: float
    """The part of a backward for the weights."""

    pair: float
    """A forward and a whole backward that overlap."""

    between_ranks: float = 0.0
    """From the end of a chunk until the next rank has its result."""

    def __post_init__(self) -> None:
        for name in ("forward", "input_backward", "weight_backward", "pair"):
            value: float = getattr(self, name)
            # Written so that NaN fails too.
            if not 0 < value < float("inf"):
                message = f"{name} is {value!r}: must be above 0, and finite"
                raise ValueError(message)
        if not 0 <= self.between_ranks < float("inf"):
            value = self.between_ranks
            message = f"between_ranks is {value!r}: must be 0 or above, and finite"
            raise ValueError(message)

    @property
    def backward(self) -> float:
        """A whole backward."""
        return self.input_backward + self.weight_backward

    def of(self, slot: Slot) -> float:
        """Return the time that a slot takes.

        Examples
        --------
        >>> times = ChunkTimes(
        ...     forward=1, input_backward=1, weight_backward=1, pair=2.5
        ... )
        >>> forward = Operation(kind=Kind.FORWARD, micro_batch=3, stage=0)
        >>> backward = Operation(kind=Kind.BACKWARD, micro_batch=0, stage=0)
        >>> times.of((forward,)), times.of((backward,)), times.of((forward, backward))
        (1, 2, 2.5)
        """
        if len(slot) > 1:
            return self.pair
        match slot[0].kind:
            case Kind.FORWARD:
                return self.forward
            case Kind.BACKWARD:
                return self.backward
            case Kind.INPUT:
                return self.input_backward
            case Kind.WEIGHT:
                return self.weight_backward


EQUAL_TIMES = ChunkTimes(forward=1, input_backward=1, weight_backward=1, pair=3)
"""Every part takes as long, and overlapping saves nothing: easy to count by hand."""
