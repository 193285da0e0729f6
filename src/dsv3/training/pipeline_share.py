"""What one rank of a pipeline holds of a model, and how many micro-batches at a time.

Layers are cut evenly: of n layers and prediction modules over PP stages, stage s has
those from floor(s n / PP) up to floor((s+1) n / PP).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dsv3.training.trained_model import TrainedModel
from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    both,
    either,
    floor,
    lookup,
    maximum,
    minimum,
    require,
    where,
)

DUAL_PIPE = "dualpipe"

PIPELINES: Mapping[str, str] = {
    "1f1b": "1F1B",
    "zb1p": "zero bubble, ZB1P",
    DUAL_PIPE: "DualPipe",
    "gpipe": "GPipe",
}
"""Schedules whose micro-batches in flight are counted, with their titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageShare:
    """What one stage of the pipeline holds."""

    dense_layers: Number
    expert_layers: Number

    module_layers: Number
    """Prediction modules, each with a block of its own."""

    embedding_copies: Number
    head_copies: Number

    in_flight_count: Number
    """Micro-batches whose activations it keeps at most."""

    @property
    def block_layers(self) -> Number:
        """All blocks, those of modules included."""
        return self.dense_layers + self.expert_layers + self.module_layers


def in_flight_count(
    schedule: Choice, *, stage: Number, stages: Number, micro_batches: Number
) -> Number:
    """Return for how many micro-batches a stage keeps activations at most.

    1F1B's stage s waits for the PP - s stages from itself to the end and back;
    DualPipe's does in either direction, so that a rank, with a stage of each, keeps
    PP + 1. ZB1P keeps PP everywhere, since it puts off the weights' part; GPipe keeps
    all.

    Examples
    --------
    >>> sizes = {"stages": 16, "micro_batches": 120}
    >>> [in_flight_count("1f1b", stage=stage, **sizes) for stage in (0, 15)]
    [16, 1]
    """
    waiting = minimum(stages - stage, micro_batches)
    return lookup(
        schedule,
        {
            "1f1b": waiting,
            "zb1p": minimum(stages, micro_batches),
            DUAL_PIPE: waiting,
            "gpipe": micro_batches,
        },
        name="schedule",
    )


def rank_shares(
    model: TrainedModel,
    *,
    schedule: Choice,
    stages: Number,
    rank: Number,
    micro_batches: Number,
) -> tuple[StageShare, StageShare]:
    """Return the stages that a rank holds: its own, and DualPipe's second.

    The second is empty where there is none.

    Examples
    --------
    >>> from dsv3.training.trained_model import trained_model
    >>> first, second = rank_shares(
    ...     trained_model("deepseek-v3"),
    ...     schedule="dualpipe",
    ...     stages=16,
    ...     rank=0,
    ...     micro_batches=120,
    ... )
    >>> first.dense_layers, second.expert_layers, second.module_layers
    (3.0, 3.0, 1.0)
    """
    _require_places(schedule, stages, rank, micro_batches)
    dual = _is_dual(schedule)

    def share(stage: Number, counted: Number) -> StageShare:
        return _share(
            model, stage, stages, counted, shared_embedding=dual, schedule=schedule
        )

    own = share(rank, micro_batches)
    other = share(stages - 1 - rank, micro_batches)
    return own, _only(dual, other)


def _is_dual(schedule: Choice) -> Condition:
    marks = {name: float(name == DUAL_PIPE) for name in PIPELINES}
    return lookup(schedule, marks, name="schedule") > 0


def _only(condition: Condition, share: StageShare) -> StageShare:
    return StageShare(
        dense_layers=where(condition, share.dense_layers, 0.0),
        expert_layers=where(condition, share.expert_layers, 0.0),
        module_layers=where(condition, share.module_layers, 0.0),
        embedding_copies=where(condition, share.embedding_copies, 0.0),
        head_copies=where(condition, share.head_copies, 0.0),
        in_flight_count=where(condition, share.in_flight_count, 0.0),
    )


def _share(
    model: TrainedModel,
    stage: Number,
    stages: Number,
    micro_batches: Number,
    *,
    shared_embedding: Condition,
    schedule: Choice,
) -> StageShare:
    layers, dense = model.num_hidden_layers, model.num_dense_layers
    blocks = layers + model.num_modules
    start, end = floor(stage * blocks / stages), floor((stage + 1) * blocks / stages)
    first_dense = minimum(end, dense) - minimum(start, dense)
    modules = maximum(end - layers, 0.0) - maximum(start - layers, 0.0)
    last = stage == stages - 1
    # The last stage embeds too where a module or a tied head needs the matrix, and
    # has a copy of its own unless both ends are on one rank.
    needs = either(model.num_modules > 0, model.head_parameters == 0)
    alone = where(shared_embedding, 0.0, where(both(needs, stages > 1), 1.0, 0.0))
    return StageShare(
        dense_layers=first_dense,
        expert_layers=end - start - first_dense - modules,
        module_layers=modules,
        embedding_copies=where(stage == 0, 1.0, where(last, alone, 0.0)),
        head_copies=where(last, 1.0, 0.0),
        in_flight_count=in_flight_count(
            schedule, stage=stage, stages=stages, micro_batches=micro_batches
        ),
    )


def _require_places(
    schedule: Choice, stages: Number, rank: Number, micro_batches: Number
) -> None:
    whole = "must be a whole number, at least 1"
    for name, value in (("stages", stages), ("micro_batches", micro_batches)):
        require(name, value, value >= 1, whole)
        require(name, value, floor(value) == value, whole)
    rule = "must be a whole number from 0, below stages"
    require("rank", rank, both(rank >= 0, rank < stages), rule)
    require("rank", rank, floor(rank) == rank, rule)
    dual = _is_dual(schedule)
    even = where(dual, floor(stages / 2) * 2, stages)
    require("stages", stages, even == stages, "must be even under DualPipe")
    enough = where(dual, 2 * stages, 1.0)
    rule = "must be two for each stage under DualPipe, or more"
    require("micro_batches", micro_batches, micro_batches >= enough, rule)
