"""Order: who works on which micro-batch when, from GPipe to DualPipe.

A plan is data, a list of operations for each rank; one simulator runs them all. Times
are handed in.
"""

from dsv3.schedule.dual_pipe import dual_pipe, dual_pipe_v, phase_counts
from dsv3.schedule.formulas import (
    SCHEDULES,
    Schedule,
    dual_pipe_bubble,
    one_way_bubble,
    schedule,
    zero_bubble_bubble,
)
from dsv3.schedule.legality import require_legal
from dsv3.schedule.operations import (
    EQUAL_TIMES,
    ChunkTimes,
    Kind,
    Operation,
    Plan,
    Slot,
)
from dsv3.schedule.plain_plans import (
    gpipe,
    interleaved,
    one_forward_one_backward,
    zero_bubble,
)
from dsv3.schedule.published_step import (
    Tally,
    implied_times,
    published_micro_batches,
    tally,
)
from dsv3.schedule.simulation import Timeline, run
from dsv3.schedule.theatre import Block, Performance, named_times, perform
from dsv3.schedule.trace_file import trace_events, write_trace

__all__ = [
    "EQUAL_TIMES",
    "SCHEDULES",
    "Block",
    "ChunkTimes",
    "Kind",
    "Operation",
    "Performance",
    "Plan",
    "Schedule",
    "Slot",
    "Tally",
    "Timeline",
    "dual_pipe",
    "dual_pipe_bubble",
    "dual_pipe_v",
    "gpipe",
    "implied_times",
    "interleaved",
    "named_times",
    "one_forward_one_backward",
    "one_way_bubble",
    "perform",
    "phase_counts",
    "published_micro_batches",
    "require_legal",
    "run",
    "schedule",
    "tally",
    "trace_events",
    "write_trace",
    "zero_bubble",
    "zero_bubble_bubble",
]
