"""DualPipe and DualPipeV: two streams of micro-batches that fill each other's waits.

Both are the same list of eight phases. In DualPipe the streams enter at the two
ends, and a rank holds a stage of each direction; in DualPipeV they are the two
halves of one way through the model, down the ranks and back up. A rank's stream 0
is the one that reaches it first.

Source: the released code (deepseekai2025dualpipe, dualpipe/dualpipe.py and
dualpipev.py) and Figure 5 of the report; tests hold the lists to orders that the
released code took.
"""

from collections import deque
from collections.abc import Callable

from dsv3.schedule.operations import Kind, Operation, Plan, Slot
from dsv3.schedule.plain_plans import require_sizes

Make = Callable[[Kind, int, int], Operation]
"""Make an operation from its kind, its stream and its place in the stream."""


class _Rank:
    """The list of one rank while it is written down.

    The weights' part of a split backward waits in a queue, first in, first out.
    """

    def __init__(self, make: Make) -> None:
        self.make = make
        self.slots: list[Slot] = []
        self.forwards = [0, 0]
        self.backwards = [0, 0]
        self.waiting: deque[Operation] = deque()

    def _next_forward(self, stream: int) -> Operation:
        place = self.forwards[stream]
        self.forwards[stream] += 1
        return self.make(Kind.FORWARD, stream, place)

    def _next_backward(self, stream: int, kind: Kind) -> Operation:
        place = self.backwards[stream]
        self.backwards[stream] += 1
        if kind is Kind.INPUT:
            self.waiting.append(self.make(Kind.WEIGHT, stream, place))
        return self.make(kind, stream, place)

    def forward(self, stream: int) -> None:
        """Add a forward."""
        self.slots.append((self._next_forward(stream),))

    def backward(self, stream: int, *, split: bool = False) -> None:
        """Add a backward, whole or its inputs' part."""
        kind = Kind.INPUT if split else Kind.BACKWARD
        self.slots.append((self._next_backward(stream, kind),))

    def pair(self, forward: int, backward: int) -> None:
        """Add a forward of one stream that overlaps a backward of the other."""
        slot = (
            self._next_forward(forward),
            self._next_backward(backward, Kind.BACKWARD),
        )
        self.slots.append(slot)

    def weight(self) -> None:
        """Add the weights' part that has waited longest."""
        self.slots.append((self.waiting.popleft(),))


def phase_counts(half: int, from_end: int, each: int) -> tuple[int, ...]:
    """Return how often a rank repeats each of the eight phases.

    `half` is the ranks in one half of the pipe, `from_end` those between this one and
    its end of the pipe, `each` the micro-batches of a stream.

    Examples
    --------
    The first of 8 ranks with 10 micro-batches a direction:

    >>> phase_counts(4, 0, 10)
    (6, 1, 3, 3, 3, 1, 3, 1)
    """
    rest = half - from_end - 1
    main = each - 2 * half + from_end + 1
    return (2 * rest, from_end + 1, rest, main, rest, from_end + 1, rest, from_end + 1)


def _eight_phases(
    make: Make, *, half: int, from_end: int, each: int
) -> tuple[Slot, ...]:
    rank = _Rank(make)
    counts = phase_counts(half, from_end, each)
    for _ in range(counts[0]):
        rank.forward(0)
    for _ in range(counts[1]):
        rank.forward(0)
        rank.forward(1)
    for _ in range(counts[2]):
        rank.backward(1, split=True)
        rank.weight()
        rank.forward(1)
    for at in range(counts[3]):
        if at == 0 and from_end == half - 1:
            # In the middle the first pair would wait for itself: its parts go apart.
            rank.forward(0)
            rank.backward(1)
        else:
            rank.pair(0, 1)
        rank.pair(1, 0)
    for _ in range(counts[4]):
        rank.backward(1)
        rank.pair(1, 0)
    for at in range(2 * counts[5]):
        # The second half of this phase leaves the weights for later.
        rank.backward(1 - at % 2, split=at >= counts[5])
    for _ in range(counts[6]):
        rank.weight()
        rank.backward(0, split=True)
    for _ in range(counts[7]):
        rank.weight()
    return tuple(rank.slots)


def dual_pipe(stages: int, micro_batches: int) -> Plan:
    """Return DualPipe's plan: half of the micro-batches enter at either end.

    As many ranks as stages. Both numbers are even, with two micro-batches or more for
    each stage.

    Examples
    --------
    >>> plan = dual_pipe(2, 4)
    >>> ["&".join(operation.kind for operation in slot) for slot in plan.ranks[0]]
    ['F', 'F', 'F', 'B', 'F&B', 'B', 'I', 'W']
    """
    require_sizes(stages, micro_batches)
    _require_even("stages", stages)
    _require_even("micro_batches", micro_batches)
    _require_enough(micro_batches, stages)
    half, each = stages // 2, micro_batches // 2
    holders = (tuple(range(stages)), tuple(reversed(range(stages))))

    def rank_slots(rank: int) -> tuple[Slot, ...]:
        second = rank >= half

        def make(kind: Kind, stream: int, place: int) -> Operation:
            direction = stream ^ second
            return Operation(
                kind=kind,
                micro_batch=place + direction * each,
                stage=rank if direction == 0 else stages - 1 - rank,
                direction=direction,
            )

        from_end = min(rank, stages - 1 - rank)
        return _eight_phases(make, half=half, from_end=from_end, each=each)

    return Plan(
        name="dualpipe",
        micro_batches=micro_batches,
        holders=holders,
        ranks=tuple(rank_slots(rank) for rank in range(stages)),
    )


def dual_pipe_v(stages: int, micro_batches: int) -> Plan:
    """Return DualPipeV's plan: each rank holds a stage of the way down and one up.

    Half as many ranks as stages, which are even; at least as many micro-batches.

    Examples
    --------
    >>> plan = dual_pipe_v(4, 4)
    >>> plan.holders, plan.parameter_copies
    (((0, 1, 1, 0),), 1)
    """
    require_sizes(stages, micro_batches)
    _require_even("stages", stages)
    ranks = stages // 2
    _require_enough(micro_batches, ranks)

    def rank_slots(rank: int) -> tuple[Slot, ...]:
        def make(kind: Kind, stream: int, place: int) -> Operation:
            stage = rank if stream == 0 else stages - 1 - rank
            return Operation(kind=kind, micro_batch=place, stage=stage)

        return _eight_phases(make, half=ranks, from_end=rank, each=micro_batches)

    return Plan(
        name="dualpipev",
        micro_batches=micro_batches,
        holders=((*range(ranks), *reversed(range(ranks))),),
        ranks=tuple(rank_slots(rank) for rank in range(ranks)),
    )


def _require_even(name: str, value: int) -> None:
    if value % 2:
        message = f"{name} is {value}: must be even"
        raise ValueError(message)


def _require_enough(micro_batches: int, ranks: int) -> None:
    if micro_batches < 2 * ranks:
        message = (
            f"micro_batches is {micro_batches}: must be at least two for each of the "
            f"{ranks} ranks"
        )
        raise ValueError(message)
