"""Experts on several processes: dispatch, combine, and what they move.

The one part of the model that needs more than one process. A rank holds some of the
experts; tokens travel to them and back. See :class:`ParallelExperts`, and
:func:`measured` for running it from a page.
"""

from dsv3.model.expert_parallel.comparison import trials_run
from dsv3.model.expert_parallel.dispatch import DEDUPLICATIONS, Deduplication
from dsv3.model.expert_parallel.grid import RankGrid, grid_of
from dsv3.model.expert_parallel.launch import run_ranks
from dsv3.model.expert_parallel.layer import ParallelExperts
from dsv3.model.expert_parallel.measure import measured
from dsv3.model.expert_parallel.trial import Outcome, Trial
from dsv3.model.expert_parallel.wire import WIRE_FORMS, WireForm, packed, unpacked
from dsv3.model.expert_parallel.world import World, joined

__all__ = [
    "DEDUPLICATIONS",
    "WIRE_FORMS",
    "Deduplication",
    "Outcome",
    "ParallelExperts",
    "RankGrid",
    "Trial",
    "WireForm",
    "World",
    "grid_of",
    "joined",
    "measured",
    "packed",
    "run_ranks",
    "trials_run",
    "unpacked",
]
