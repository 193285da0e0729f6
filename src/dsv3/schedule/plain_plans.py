"""Plans in one direction: GPipe, 1F1B, interleaved 1F1B, and zero bubble.

Each is a list of a rank's own decisions; nothing here looks at a clock, so that
a plan is the same whatever its chunks take.

Sources: the schedules are those compared in Table 2 of the DeepSeek-V3 report;
GPipe runs all forwards first, 1F1B alternates as soon as it can, and zero bubble
(ZB1P) puts off the weights' gradients to where a rank would wait.
"""

from collections.abc import Callable

from dsv3.schedule.operations import Kind, Operation, Plan, Slot


def require_sizes(stages: int, micro_batches: int) -> None:
    """Refuse sizes that no pipeline has: fewer than 2 stages, or no micro-batch."""
    sizes: tuple[tuple[str, object, int], ...] = (
        ("stages", stages, 2),
        ("micro_batches", micro_batches, 1),
    )
    for name, value, least in sizes:
        if not isinstance(value, int) or value < least:
            message = f"{name} is {value!r}: must be a whole number, {least} or above"
            raise ValueError(message)


def gpipe(stages: int, micro_batches: int) -> Plan:
    """Return GPipe's plan, a stage a rank: every forward, then every backward.

    Examples
    --------
    >>> [str(slot[0]) for slot in gpipe(2, 1).ranks[1]]
    ['F of micro-batch 0 at stage 1', 'B of micro-batch 0 at stage 1']
    """
    require_sizes(stages, micro_batches)
    kinds = (Kind.FORWARD, Kind.BACKWARD)
    ranks = tuple(
        tuple(_slot(kind, m, stage) for kind in kinds for m in range(micro_batches))
        for stage in range(stages)
    )
    return _straight("gpipe", micro_batches, ranks)


def one_forward_one_backward(stages: int, micro_batches: int) -> Plan:
    """Return 1F1B's plan, a stage a rank: few forwards ahead, as the last stage needs.

    Examples
    --------
    >>> plan = one_forward_one_backward(2, 3)
    >>> ["".join(slot[0].kind for slot in rank) for rank in plan.ranks]
    ['FFBFBB', 'FBFBFB']
    """
    require_sizes(stages, micro_batches)
    ranks = tuple(
        tuple(
            _alternated(
                stage,
                ahead=min(stages - 1 - stage, micro_batches),
                micro_batches=micro_batches,
                backward=lambda m, stage: [_slot(Kind.BACKWARD, m, stage)],
            )
        )
        for stage in range(stages)
    )
    return _straight("1f1b", micro_batches, ranks)


def _alternated(
    stage: int,
    *,
    ahead: int,
    micro_batches: int,
    backward: Callable[[int, int], list[Slot]],
) -> list[Slot]:
    """Return forwards ahead, then by turns a forward and a backward."""
    slots = [_slot(Kind.FORWARD, m, stage) for m in range(ahead)]
    for m in range(micro_batches):
        if m + ahead < micro_batches:
            slots.append(_slot(Kind.FORWARD, m + ahead, stage))
        slots += backward(m, stage)
    return slots


def _split_backward(micro_batch: int, stage: int) -> list[Slot]:
    """Return the inputs' part, and a weights' part that was put off."""
    slots = [_slot(Kind.INPUT, micro_batch, stage)]
    if micro_batch >= stage:
        slots.append(_slot(Kind.WEIGHT, micro_batch - stage, stage))
    return slots


def zero_bubble(stages: int, micro_batches: int) -> Plan:
    """Return ZB1P's plan, a stage a rank: 1F1B's, with the weights' gradients put off.

    A rank starts on them once it has as many chunks alive as the first rank of 1F1B,
    and so fills its waits at the end without more memory.

    Examples
    --------
    >>> plan = zero_bubble(2, 3)
    >>> ["".join(slot[0].kind for slot in rank) for rank in plan.ranks]
    ['FFIWFIWIW', 'FIFIWFIWW']
    """
    require_sizes(stages, micro_batches)
    ranks = []
    for stage in range(stages):
        slots = _alternated(
            stage,
            ahead=min(stages - 1 - stage, micro_batches),
            micro_batches=micro_batches,
            backward=_split_backward,
        )
        last = max(micro_batches - stage, 0)
        slots += [_slot(Kind.WEIGHT, m, stage) for m in range(last, micro_batches)]
        ranks.append(tuple(slots))
    return _straight("zb1p", micro_batches, tuple(ranks))


def interleaved(stages: int, micro_batches: int, *, chunks_per_rank: int = 2) -> Plan:
    """Return the interleaved plan: several stages a rank, one round after another.

    Micro-batches go in groups as large as there are ranks: a rank takes a group through
    its first stage, then through its second. Stages are a multiple of
    `chunks_per_rank`, micro-batches of the ranks.

    Examples
    --------
    >>> plan = interleaved(4, 2)
    >>> plan.holders
    ((0, 1, 0, 1),)
    >>> [f"{slot[0].kind}{slot[0].stage}" for slot in plan.ranks[1]]
    ['F1', 'F1', 'F3', 'B3', 'F3', 'B3', 'B1', 'B1']
    """
    require_sizes(stages, micro_batches)
    if chunks_per_rank < 2 or stages % chunks_per_rank or stages == chunks_per_rank:
        message = (
            f"stages is {stages}: must be a multiple of chunks_per_rank, "
            f"{chunks_per_rank}, with two ranks or more"
        )
        raise ValueError(message)
    ranks = stages // chunks_per_rank
    if micro_batches % ranks:
        message = (
            f"micro_batches is {micro_batches}: must be a multiple of the {ranks} ranks"
        )
        raise ValueError(message)
    return Plan(
        name="interleaved",
        micro_batches=micro_batches,
        holders=(tuple(stage % ranks for stage in range(stages)),),
        ranks=tuple(
            _interleaved_rank(rank, ranks, chunks_per_rank, micro_batches)
            for rank in range(ranks)
        ),
    )


def _interleaved_rank(
    rank: int, ranks: int, chunks: int, micro_batches: int
) -> tuple[Slot, ...]:
    total = micro_batches * chunks

    def visit(turn: int) -> tuple[int, int]:
        """Return the micro-batch and the round of a rank's turn."""
        group, inside = divmod(turn, ranks * chunks)
        return group * ranks + inside % ranks, inside // ranks

    def forward(turn: int) -> Slot:
        micro_batch, chunk = visit(turn)
        return _slot(Kind.FORWARD, micro_batch, chunk * ranks + rank)

    def backward(turn: int) -> Slot:
        micro_batch, chunk = visit(turn)
        return _slot(Kind.BACKWARD, micro_batch, (chunks - 1 - chunk) * ranks + rank)

    ahead = min(total, (ranks - rank - 1) * 2 + (chunks - 1) * ranks)
    slots = [forward(turn) for turn in range(ahead)]
    for turn in range(total):
        if turn + ahead < total:
            slots.append(forward(turn + ahead))
        slots.append(backward(turn))
    return tuple(slots)


def _slot(kind: Kind, micro_batch: int, stage: int) -> Slot:
    return (Operation(kind=kind, micro_batch=micro_batch, stage=stage),)


def _straight(
    name: str, micro_batches: int, ranks: tuple[tuple[Slot, ...], ...]
) -> Plan:
    holders = (tuple(range(len(ranks))),)
    return Plan(name=name, micro_batches=micro_batches, holders=holders, ranks=ranks)
