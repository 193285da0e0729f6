"""Experts on several processes, and stages of a pipeline: what moves, in which order.

A rank holds some of the experts; tokens travel to them and back. See
:class:`ParallelExperts`, and :func:`measured` for running it from a page;
:func:`pipeline_step` runs stages in the order of a schedule.
"""

from dsv3.parallel.comparison import trials_run
from dsv3.parallel.dispatch import DEDUPLICATIONS, Deduplication
from dsv3.parallel.grid import RankGrid, grid_of
from dsv3.parallel.launch import run_ranks
from dsv3.parallel.layer import ParallelExperts
from dsv3.parallel.measure import measured
from dsv3.parallel.pipeline import PipelineStep, pipeline_step, plain_step
from dsv3.parallel.trial import Outcome, Trial
from dsv3.parallel.wire import WIRE_FORMS, WireForm, packed, unpacked
from dsv3.parallel.world import World, joined

__all__ = [
    "DEDUPLICATIONS",
    "WIRE_FORMS",
    "Deduplication",
    "Outcome",
    "ParallelExperts",
    "PipelineStep",
    "RankGrid",
    "Trial",
    "WireForm",
    "World",
    "grid_of",
    "joined",
    "measured",
    "packed",
    "pipeline_step",
    "plain_step",
    "run_ranks",
    "trials_run",
    "unpacked",
]
