"""A timeline as a trace file that Chrome and Perfetto open.

The format is the Trace Event Format: a list of events; a complete event ("X") has
a start ``ts`` and a length ``dur`` in microseconds, a process and a thread. A rank
is a thread here, and a pair is two events on two threads of one rank, so that both
can be seen.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsv3.schedule.operations import Kind
from dsv3.schedule.simulation import Timeline

TITLES = {
    Kind.FORWARD: "forward",
    Kind.BACKWARD: "backward",
    Kind.INPUT: "backward, inputs",
    Kind.WEIGHT: "backward, weights",
}
"""Names of the kinds in the file, by which a viewer colours them."""

LANES = 2
"""Threads of a rank: the second holds the backward of a pair."""


def trace_events(
    timeline: Timeline, *, seconds_per_unit: float = 1e-3
) -> dict[str, Any]:
    """Return a timeline in the Trace Event Format, a unit of its times being so long.

    Examples
    --------
    >>> from dsv3.schedule import gpipe, run
    >>> events = trace_events(run(gpipe(2, 1)))["traceEvents"]
    >>> last = events[-1]
    >>> last["name"], last["ts"], last["dur"], last["pid"]
    ('backward 0', 2000.0, 2000.0, 1)
    """
    if not 0 < seconds_per_unit < float("inf"):
        message = f"seconds_per_unit is {seconds_per_unit!r}: must be above 0"
        raise ValueError(message)
    events = [*_names(timeline), *_complete(timeline, 1e6 * seconds_per_unit)]
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def write_trace(
    timeline: Timeline, file: Path, *, seconds_per_unit: float = 1e-3
) -> None:
    """Write a timeline into a trace file."""
    found = trace_events(timeline, seconds_per_unit=seconds_per_unit)
    text = json.dumps(found, separators=(",", ":"), allow_nan=False)
    file.write_text(text, encoding="utf-8")


def _names(timeline: Timeline) -> Iterator[dict[str, Any]]:
    for rank in range(len(timeline.starts)):
        name = {"name": f"rank {rank}"}
        yield {"ph": "M", "name": "process_name", "pid": rank, "tid": 0, "args": name}


def _complete(timeline: Timeline, microseconds: float) -> Iterator[dict[str, Any]]:
    for rank, slots in enumerate(timeline.plan.ranks):
        for start, slot in zip(timeline.starts[rank], slots, strict=True):
            for lane, operation in enumerate(slot):
                yield {
                    "ph": "X",
                    "name": f"{TITLES[operation.kind]} {operation.micro_batch}",
                    "cat": "overlapped" if len(slot) == LANES else "alone",
                    "ts": start * microseconds,
                    "dur": timeline.times.of(slot) * microseconds,
                    "pid": rank,
                    "tid": lane,
                    "args": {
                        "micro_batch": operation.micro_batch,
                        "stage": operation.stage,
                        "direction": operation.direction,
                    },
                }
