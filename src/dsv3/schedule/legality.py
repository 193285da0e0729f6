"""What makes a plan one that could run: each piece of work once, at home, in order.

That ranks may wait for each other in a ring is found by running the plan
(:mod:`dsv3.schedule.simulation`).
"""

from dsv3.schedule.operations import Kind, Operation, Plan, Slot

PAIR = 2
"""Operations that may overlap: a forward and a whole backward."""


def require_legal(plan: Plan) -> None:
    """Refuse a plan that loses work, doubles it, or does it elsewhere or too early.

    The message names the rank and the operation.
    """
    seen: dict[tuple[str, int, int], int] = {}
    for rank, slots in enumerate(plan.ranks):
        for slot in slots:
            _require_slot(rank, slot)
            for operation in slot:
                _require_home(plan, rank, operation)
                _require_once_and_after(rank, operation, seen)
            _require_no_wait_inside(rank, slot)
    _require_all(plan, seen)


def _refuse(rank: int, operation: Operation, rule: str) -> None:
    message = f"rank {rank}, {operation}: {rule}"
    raise ValueError(message)


def _require_slot(rank: int, slot: Slot) -> None:
    kinds = tuple(operation.kind for operation in slot)
    if not slot:
        message = f"rank {rank} has an empty slot: must hold one operation or a pair"
        raise ValueError(message)
    if len(slot) > 1 and kinds != (Kind.FORWARD, Kind.BACKWARD):
        _refuse(rank, slot[-1], "only a forward and a whole backward may overlap")


def _require_home(plan: Plan, rank: int, operation: Operation) -> None:
    known = (
        0 <= operation.direction < len(plan.holders)
        and 0 <= operation.stage < plan.stages
        and 0 <= operation.micro_batch < plan.micro_batches
    )
    if not known:
        _refuse(rank, operation, "no such stage, direction or micro-batch")
    home = plan.holders[operation.direction][operation.stage]
    if home != rank:
        _refuse(rank, operation, f"is on the wrong rank; the stage is on rank {home}")


def _require_once_and_after(
    rank: int, operation: Operation, seen: dict[tuple[str, int, int], int]
) -> None:
    place = (operation.micro_batch, operation.stage)
    # A whole backward is both of its parts.
    parts = "IW" if operation.kind is Kind.BACKWARD else str(operation.kind)
    for part in parts:
        if (part, *place) in seen:
            _refuse(rank, operation, "is done twice")
    if parts != "F" and ("F", *place) not in seen:
        _refuse(rank, operation, "comes before its forward")
    if parts == "W" and ("I", *place) not in seen:
        _refuse(rank, operation, "comes before the backward of its inputs")
    for part in parts:
        seen[part, *place] = operation.direction


def _require_no_wait_inside(rank: int, slot: Slot) -> None:
    if len(slot) == PAIR and (slot[0].micro_batch == slot[1].micro_batch):
        _refuse(rank, slot[1], "overlaps its own micro-batch")


def _require_all(plan: Plan, seen: dict[tuple[str, int, int], int]) -> None:
    for micro_batch in range(plan.micro_batches):
        directions: set[int | None] = set()
        for stage in range(plan.stages):
            for part in "FIW":
                direction = seen.get((part, micro_batch, stage))
                if direction is None:
                    _refuse_lost(plan, part, micro_batch, stage, directions)
                directions.add(direction)
        if len(directions) > 1:
            message = f"micro-batch {micro_batch} goes both ways: must keep a direction"
            raise ValueError(message)


def _refuse_lost(
    plan: Plan, part: str, micro_batch: int, stage: int, directions: set[int | None]
) -> None:
    direction = next((one for one in directions if one is not None), 0)
    # Without the inputs' part the weights' part is not there either.
    kind = Kind.BACKWARD if part == Kind.INPUT else Kind(part)
    lost = Operation(
        kind=kind, micro_batch=micro_batch, stage=stage, direction=direction
    )
    _refuse(plan.holders[direction][stage], lost, "is missing; the micro-batch is lost")
