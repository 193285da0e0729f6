"""A pipeline schedule: who works on what, and when."""

from typing import Annotated

from dsv3.schedule import SCHEDULES, Performance, perform
from dsv3.schedule.theatre import TICK
from explorables import Argument, BlockKind, Timeline, calculator

TIMES = {
    "equal": "F = I = W",
    "overlapped": "F = I = W, shorter pairs",
    "sending": "F = I = W, with sends",
    "published": "of a published step",
}
"""Names of `dsv3.schedule.named_times`, in words."""

KINDS = (
    BlockKind(letter="F", label="forward", parts=[(0, 0.5, "compute")]),
    BlockKind(
        letter="F&B", label="pair", parts=[(0, 0.5, "compute"), (0.5, 1, "memory")]
    ),
    BlockKind(letter="B", label="whole backward", parts=[(0.5, 1, "memory")]),
    BlockKind(
        letter="I", label="backward, inputs (dgrad)", parts=[(0.5, 0.8, "memory")]
    ),
    BlockKind(
        letter="W", label="backward, weights (wgrad)", parts=[(0.8, 1, "network")]
    ),
)
"""Forwards fill the upper half of a row, backwards the lower."""


@calculator(
    command="dsv3 training schedule",
    title="Pipeline schedule explorer",
    summary="A pipeline schedule's bubble, memory and ranks at work.",
    finding="Splitting the backward cuts the bubble to about a third: compare ZB1P "
    "with 1F1B. A second direction saves little more.",
    outputs={
        "bubble_share": "Bubble share of the step",
        "makespan_forward_times": "Step time",
        "bubble_forward_times": "Mean bubble of a rank",
        "formula_forward_times": "Bubble by formula",
        "peak_chunk_count": "Peak micro-batches in flight",
        "rank_count": "Ranks",
        "parameter_copy_count": "Copies of the weights",
        "working_count": "Ranks busy at this time",
    },
    in_view=("schedule", "stages", "micro_batches", "moment_share"),
)
def schedule(
    *,
    schedule: Annotated[
        str,
        Argument(
            "Schedule",
            "Order in which each rank works off its chunks.",
            options={name: one.title for name, one in SCHEDULES.items()},
        ),
    ] = "dualpipe",
    stages: Annotated[
        str,
        Argument(
            "Pipeline stages",
            "Parts that the layers are cut into.",
            offered=("4", "8", "16"),
        ),
    ] = "8",
    micro_batches: Annotated[
        str,
        Argument(
            "Micro-batches",
            "Parts of a step's batch, of both directions together.",
            offered=("20", "40"),
        ),
    ] = "20",
    times: Annotated[
        str,
        Argument(
            "Chunk times",
            "How long forward, backward and a pair of both take.",
            options=TIMES,
        ),
    ] = "equal",
    moment_share: Annotated[
        float,
        Argument(
            "Time",
            "Share of the step's time that has passed.",
            0,
            1,
            step=0.02,
            scale="linear",
        ),
    ] = 0.4,
) -> Performance:
    """Run a schedule and look at a moment of it; see `dsv3.schedule.perform`.

    Examples
    --------
    >>> schedule().makespan_forward_times, schedule().bubble_forward_times
    (66.0, 6.0)
    """
    return perform(
        schedule=schedule,
        stages=stages,
        micro_batches=micro_batches,
        times=times,
        moment_share=moment_share,
    )


def schedule_panel() -> Timeline:
    """Return the panel that draws every rank's blocks."""
    return Timeline(
        **schedule.parts(),
        moment="moment_share",
        rows="rows",
        row="rank",
        kinds=KINDS,
        tick=TICK,
        held="micro-batches in flight",
        time="F",
    )
