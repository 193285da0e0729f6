"""The published formulas: bubble and peak activations of each schedule.

Source: Table 2 of the DeepSeek-V3 report (deepseekai2024v3) and the README of the
released code (deepseekai2025dualpipe). B is the whole backward there, so that
F + B - 2W is also F + I - W. For GPipe, which the table leaves out, the bubble is
1F1B's; for interleaved 1F1B it is 1F1B's over its ranks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dsv3.facts import Catalogue
from dsv3.schedule.dual_pipe import dual_pipe, dual_pipe_v
from dsv3.schedule.operations import ChunkTimes, Plan
from dsv3.schedule.plain_plans import (
    gpipe,
    interleaved,
    one_forward_one_backward,
    zero_bubble,
)


def one_way_bubble(ranks: int, times: ChunkTimes) -> float:
    """Return the bubble of GPipe and 1F1B, (PP-1)(F+B).

    Examples
    --------
    >>> from dsv3.schedule import EQUAL_TIMES
    >>> one_way_bubble(8, EQUAL_TIMES)
    21
    """
    return (ranks - 1) * (times.forward + times.backward)


def zero_bubble_bubble(stages: int, times: ChunkTimes) -> float:
    """Return the bubble of ZB1P, (PP-1)(F+B-2W).

    Examples
    --------
    >>> from dsv3.schedule import EQUAL_TIMES
    >>> zero_bubble_bubble(8, EQUAL_TIMES)
    7
    """
    saved = 2 * times.weight_backward
    return (stages - 1) * (times.forward + times.backward - saved)


def dual_pipe_bubble(stages: int, times: ChunkTimes) -> float:
    """Return the bubble of DualPipe and DualPipeV, (PP/2-1)(F&B+B-3W).

    Examples
    --------
    >>> from dsv3.schedule import EQUAL_TIMES
    >>> dual_pipe_bubble(8, EQUAL_TIMES)
    6.0
    """
    saved = 3 * times.weight_backward
    return (stages / 2 - 1) * (times.pair + times.backward - saved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A schedule by name: how its plan is made, and what was published of it."""

    title: str

    plan: Callable[[int, int], Plan]
    """Makes the plan from stages and micro-batches."""

    bubble: Callable[[int, ChunkTimes], float]
    """The published bubble, from stages and times."""

    peak_chunks: Callable[[int, int], int] | None
    """The published peak, from stages and micro-batches; None if there is none."""


SCHEDULES: Mapping[str, Schedule] = {
    "gpipe": Schedule(
        title="GPipe",
        plan=gpipe,
        bubble=one_way_bubble,
        peak_chunks=lambda _stages, micro_batches: micro_batches,
    ),
    "1f1b": Schedule(
        title="1F1B",
        plan=one_forward_one_backward,
        bubble=one_way_bubble,
        peak_chunks=lambda stages, _: stages,
    ),
    "interleaved": Schedule(
        title="interleaved 1F1B",
        plan=interleaved,
        bubble=lambda stages, times: one_way_bubble(stages // 2, times),
        peak_chunks=None,
    ),
    "zb1p": Schedule(
        title="zero bubble, ZB1P",
        plan=zero_bubble,
        bubble=zero_bubble_bubble,
        peak_chunks=lambda stages, _: stages,
    ),
    "dualpipe": Schedule(
        title="DualPipe",
        plan=dual_pipe,
        bubble=dual_pipe_bubble,
        peak_chunks=lambda stages, _: stages + 1,
    ),
    "dualpipev": Schedule(
        title="DualPipeV",
        plan=dual_pipe_v,
        bubble=dual_pipe_bubble,
        peak_chunks=lambda stages, _: stages + 1,
    ),
}
"""Every schedule, by the name that commands and panels use."""

_SCHEDULES = Catalogue(noun="schedule", read=lambda: SCHEDULES)


def schedule(name: str) -> Schedule:
    """Return a schedule by its name.

    Examples
    --------
    >>> schedule("dualpipe").title
    'DualPipe'
    """
    return _SCHEDULES.record(name)
