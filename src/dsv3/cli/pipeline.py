"""The schedule's command: a calculator's, and a trace that can be opened elsewhere."""

from pathlib import Path
from typing import Any

import click

from dsv3 import schedule
from dsv3.cli.options import Number

FORWARD_SECONDS = 1e-3
"""What a forward takes in a trace unless told otherwise."""


def trace_options() -> list[click.Parameter]:
    """Return the options that write a trace."""
    return [
        click.Option(
            ["--trace"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Write the timeline for Chrome's or Perfetto's trace viewer.",
        ),
        click.Option(
            ["--forward-seconds"],
            type=Number(),
            metavar="N",
            help="Seconds of a forward pass in the trace. [default: 1 ms]",
        ),
    ]


def write_trace(arguments: dict[str, Any], path: Path, forward_seconds: float) -> None:
    """Write the timeline of a schedule.

    Raises
    ------
    ValueError
        If a forward takes no time, or the schedule does not exist at the sizes.
    """
    if not forward_seconds > 0:
        message = f"forward_seconds is {forward_seconds}: must be above 0"
        raise ValueError(message)
    sizes = int(arguments["stages"]), int(arguments["micro_batches"])
    plan = schedule.schedule(arguments["schedule"]).plan(*sizes)
    timeline = schedule.run(plan, schedule.named_times()[arguments["times"]])
    schedule.write_trace(timeline, path, seconds_per_unit=forward_seconds)
