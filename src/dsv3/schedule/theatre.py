"""One performance of a schedule, as panels and the command line ask for it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from dsv3.facts import Catalogue
from dsv3.schedule.formulas import schedule as schedule_by_name
from dsv3.schedule.operations import EQUAL_TIMES, ChunkTimes, Operation
from dsv3.schedule.published_step import implied_times
from dsv3.schedule.simulation import Timeline, run
from explorables.arithmetic import require

MOST_CHUNKS = 100_000
"""Most chunks of a step that are run, so that an answer takes seconds at most."""

TICK = 0.05
"""Grain of the named times, in forward times: exact in a page's small integers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One slot of a rank, as it is drawn."""

    start: float
    """When it starts, in forward times."""

    duration: float

    kind: str
    """Letter of its work: F, B, I, W, or F&B for a pair."""

    micro_batches: tuple[int, ...]
    """Whose work it is; two for a pair."""

    second: tuple[bool, ...]
    """For each of them, whether it goes the second way, or is on a later round."""

    live: tuple[int, int]
    """Chunks alive during it and after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A schedule that was run, and a look at it at one moment."""

    bubble_share: float
    """Share of the ranks' time that they wait."""

    makespan_forward_times: float
    """Time of the step, without optimizer."""

    bubble_forward_times: float
    """Time that a rank waits, the mean over ranks."""

    formula_forward_times: float
    """The bubble by the published formula."""

    peak_chunk_count: int
    """Most chunks that a rank keeps activations of."""

    rank_count: int

    parameter_copy_count: int

    working_count: int
    """Ranks at work at the moment."""

    rows: tuple[tuple[Block, ...], ...]
    """For each rank, its blocks."""


@cache
def named_times() -> Mapping[str, ChunkTimes]:
    """Return the settings of chunk times that the book compares, F being 1.

    Examples
    --------
    >>> named_times()["published"].pair
    2.95
    """
    step = implied_times()

    def grained(seconds: float) -> float:
        return round(round(seconds / step.forward / TICK) * TICK, 9)

    one = {"forward": 1.0, "input_backward": 1.0, "weight_backward": 1.0}
    return {
        "equal": EQUAL_TIMES,
        "overlapped": ChunkTimes(**one, pair=2.4),
        "sending": ChunkTimes(**one, pair=3, between_ranks=0.25),
        "published": ChunkTimes(
            forward=1,
            input_backward=grained(step.input_backward),
            weight_backward=grained(step.weight_backward),
            pair=grained(step.pair),
        ),
    }


def times_named(name: str) -> ChunkTimes:
    """Return one of the named settings."""
    return Catalogue(noun="times", read=named_times).record(name)


def perform(
    *,
    schedule: str,
    stages: int | str,
    micro_batches: int | str,
    times: str,
    moment_share: float = 0.0,
) -> Performance:
    """Run a schedule and look at it when a share of the step has passed.

    Sizes are numbers or their digits, `times` the name of a setting.

    Examples
    --------
    >>> seen = perform(
    ...     schedule="dualpipe", stages=8, micro_batches=20, times="equal"
    ... )
    >>> seen.makespan_forward_times, seen.bubble_forward_times, seen.working_count
    (66.0, 6.0, 2)
    """
    if not 0 <= moment_share <= 1:
        message = f"moment_share is {moment_share!r}: must be from 0 to 1"
        raise ValueError(message)
    sizes = _whole("stages", stages), _whole("micro_batches", micro_batches)
    chunks = sizes[0] * sizes[1]
    rule = f"times stages must be at most {MOST_CHUNKS:,}"
    require("micro_batches", sizes[1], chunks <= MOST_CHUNKS, rule)
    seen = _performed(schedule, *sizes, times)
    moment = moment_share * seen.makespan_forward_times
    working = sum(_works(row, moment) for row in seen.rows)
    return replace(seen, working_count=working)


@cache
def _performed(
    name: str, stages: int, micro_batches: int, times_name: str
) -> Performance:
    """Run a schedule once for all the moments that are asked about."""
    made = schedule_by_name(name)
    timeline = run(made.plan(stages, micro_batches), times_named(times_name))
    ranks = len(timeline.starts)
    return Performance(
        bubble_share=timeline.bubble_share,
        makespan_forward_times=timeline.makespan,
        bubble_forward_times=sum(timeline.bubbles) / ranks,
        formula_forward_times=float(made.bubble(stages, timeline.times)),
        peak_chunk_count=max(timeline.peak_chunks),
        rank_count=ranks,
        parameter_copy_count=timeline.plan.parameter_copies,
        working_count=0,
        rows=tuple(_blocks(timeline, rank) for rank in range(ranks)),
    )


def _works(row: tuple[Block, ...], moment: float) -> bool:
    at = bisect_right(row, moment, key=lambda block: block.start) - 1
    return at >= 0 and moment < row[at].start + row[at].duration


def _whole(name: str, value: object) -> int:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        message = f"{name} is {value!r}: must be a whole number"
        raise ValueError(message)
    return value


def _blocks(timeline: Timeline, rank: int) -> tuple[Block, ...]:
    slots = timeline.plan.ranks[rank]
    return tuple(
        Block(
            start=start,
            duration=timeline.times.of(slot),
            kind="F&B" if len(slot) > 1 else str(slot[0].kind),
            micro_batches=tuple(operation.micro_batch for operation in slot),
            second=tuple(_goes_second(timeline, operation) for operation in slot),
            live=live,
        )
        for start, slot, live in zip(
            timeline.starts[rank], slots, timeline.live_chunks(rank), strict=True
        )
    )


def _goes_second(timeline: Timeline, operation: Operation) -> bool:
    # With one direction and several stages a rank, the later stage is the second.
    return operation.direction == 1 or operation.stage >= len(timeline.starts)
