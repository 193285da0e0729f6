"""Experts on several processes, and stages of a pipeline: what moves, in which order.

A rank holds some of the experts; tokens travel to them and back. See
:class:`ParallelExperts`, and :func:`trial_outcomes` for running it from a page;
:func:`pipeline_step` runs stages in the order of a schedule.
"""

from dsv3.parallel.comparison import rank_outcomes as rank_outcomes
from dsv3.parallel.dispatch import (
    DEDUPLICATIONS as DEDUPLICATIONS,
    Deduplication as Deduplication,
)
from dsv3.parallel.grid import RankGrid as RankGrid, grid_of as grid_of
from dsv3.parallel.launch import run_ranks as run_ranks
from dsv3.parallel.layer import ParallelExperts as ParallelExperts
from dsv3.parallel.measure import trial_outcomes as trial_outcomes
from dsv3.parallel.pipeline import (
    PipelineStep as PipelineStep,
    pipeline_step as pipeline_step,
    plain_step as plain_step,
)
from dsv3.parallel.trial import Outcome as Outcome, Trial as Trial
from dsv3.parallel.wire import (
    WIRE_FORMS as WIRE_FORMS,
    WireForm as WireForm,
    wire_bytes as wire_bytes,
    wire_rows as wire_rows,
)
from dsv3.parallel.world import World as World, join_group as join_group
