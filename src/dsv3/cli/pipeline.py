"""What the command line answers about pipeline schedules."""

import argparse
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from dsv3 import schedule

Result = Mapping[str, object]
Command = Callable[
    [str, Callable[[argparse.Namespace], Result], str], argparse.ArgumentParser
]
Number = Callable[[str], float]


def pipeline(options: argparse.Namespace) -> Result:
    """Run a schedule; write its trace where one is asked for."""
    sizes = {"stages": options.stages, "micro_batches": options.micro_batches}
    seen = schedule.perform(
        schedule=options.schedule,
        times=options.times,
        moment_share=options.moment_share,
        **sizes,
    )
    found = {
        field.name: getattr(seen, field.name)
        for field in dataclasses.fields(seen)
        if field.name != "rows"
    }
    if options.trace is None:
        return found
    stages, micro_batches = map(int, sizes.values())
    plan = schedule.schedule(options.schedule).plan(stages, micro_batches)
    timeline = schedule.run(plan, schedule.named_times()[options.times])
    unit = options.forward_seconds
    schedule.write_trace(timeline, options.trace, seconds_per_unit=unit)
    return {**found, "trace": str(options.trace)}


def add_pipeline_commands(command: Command, number: Number) -> None:
    """Add the question about a schedule."""
    asked = command(
        "schedule", pipeline, "a pipeline schedule's bubble and memory, or its trace"
    )
    names = ", ".join(schedule.SCHEDULES)
    asked.add_argument("--schedule", default="dualpipe", metavar="NAME", help=names)
    asked.add_argument("--stages", default="8", metavar="N")
    asked.add_argument("--micro-batches", default="20", metavar="N")
    times = ", ".join(schedule.named_times())
    asked.add_argument("--times", default="equal", metavar="NAME", help=times)
    asked.add_argument("--moment-share", type=number, default=0.0, metavar="N")
    asked.add_argument(
        "--trace",
        type=Path,
        metavar="FILE",
        help="write a trace for Chrome or Perfetto",
    )
    asked.add_argument(
        "--forward-seconds",
        type=number,
        default=1e-3,
        metavar="N",
        help="what a forward takes in the trace",
    )
