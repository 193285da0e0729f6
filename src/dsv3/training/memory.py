"""The memory of training: what fills one GPU of a pipeline rank, part by part.

Counted at the moment when a rank keeps the most micro-batches. What the allocator adds
by fragmentation is not counted; `reserved_bytes` leaves room for it.
"""

from dataclasses import dataclass

from dsv3 import hardware
from dsv3.architecture import Architecture
from dsv3.formats import FP32
from dsv3.training.memory_recipe import (
    FULL,
    LORA,
    NF4_BYTES,
    QLORA,
    MemoryRecipe,
    memory_recipe,
)
from dsv3.training.pipeline_share import StageShare, rank_shares
from dsv3.training.rank_activations import RankActivations, rank_activations
from dsv3.training.saved_activations import TokenLayout
from dsv3.training.stage_parameters import StageParameters, stage_parameters
from dsv3.training.trained_model import TrainedModel, trained_model
from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    both,
    either,
    floor,
    lookup,
    lookup_record,
    require,
    where,
)

ZERO_STAGES = {
    "0": "nothing (DP alone)",
    "1": "optimizer states (ZeRO-1)",
    "2": "and gradients (ZeRO-2)",
    "3": "and weights (ZeRO-3)",
}
"""What data-parallel ranks keep once among them [rajbhandari2019zero]_ (section 5)."""

GATHERED_LAYERS = 2
"""Layers whose weights are whole under ZeRO-3: the one at work and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMemory:
    """The memory of one GPU by what it holds."""

    headroom_bytes: Number
    """What is left; negative if the run does not fit."""

    total_bytes: Number
    """All parts, without what is reserved."""

    weights_bytes: Number
    """The weights that forward and backward read, adapters included."""

    fp8_copies_bytes: Number
    gradients_bytes: Number
    master_weights_bytes: Number
    moments_bytes: Number

    reference_bytes: Number
    """Frozen weights of the reference model."""

    activations_bytes: Number
    """What forwards saved, of all micro-batches in flight."""

    recomputed_bytes: Number
    """What one layer's backward makes again."""

    logits_bytes: Number

    communication_bytes: Number
    """Messages between stages and to and from experts."""

    gathered_bytes: Number
    """Whole weights and gradients of layers that are otherwise divided."""

    in_flight_count: Number
    """Micro-batches whose activations the rank keeps."""

    local_parameters: Number
    """Parameters on this GPU before ZeRO divides anything."""

    training_gpus: Number

    cpu_average_bytes: Number
    """One moving average of the weights in FP32, were it kept once in CPU memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """Over how many GPUs each kind of parameter is spread."""

    common_copies: Number
    """GPUs with the same common weights, which ZeRO divides among them."""

    expert_copies: Number


def training_memory(
    *,
    model: Choice | Architecture,
    gpu: Choice,
    recipe: Choice | MemoryRecipe,
    method: Choice,
    adapter_rank: Number,
    reference: Condition,
    schedule: Choice,
    stages: Number,
    rank: Number,
    data_parallel_ways: Number,
    expert_parallel_ways: Number,
    tensor_parallel_ways: Number,
    sequence_parallel: Condition,
    zero_stage: Choice,
    recomputed: Choice,
    micro_batches: Number,
    micro_batch_sequences: Number,
    sequence_tokens: Number,
    expert_load_ratio: Number,
    reserved_bytes: Number,
) -> TrainingMemory:
    """Count what one GPU holds in training.

    The model is cut into stages, each stage over tensor-parallel ranks, and copied to
    data-parallel ones; experts are dealt out over tensor- and data-parallel ranks
    together, which changes nothing in a model without them. DualPipe holds every stage
    twice; ZeRO divides over both copies.

    Raises
    ------
    ValueError
        If a way of dividing does not go into what it divides.

    Examples
    --------
    A rank of the published run:

    >>> from dsv3.training import published_memory
    >>> run = published_memory(rank=1)
    >>> round(run.total_bytes / 1e9, 1), run.in_flight_count
    (71.8, 17)
    """
    sizes, kept = trained_model(model), memory_recipe(recipe)
    _require_ways(
        sizes,
        stages=stages,
        data_parallel_ways=data_parallel_ways,
        expert_parallel_ways=expert_parallel_ways,
        tensor_parallel_ways=tensor_parallel_ways,
    )
    for name, value in (
        ("micro_batch_sequences", micro_batch_sequences),
        ("sequence_tokens", sequence_tokens),
        ("expert_load_ratio", expert_load_ratio),
        ("adapter_rank", adapter_rank),
    ):
        require(name, value, value > 0, "must be above 0")
    shares = rank_shares(
        sizes,
        schedule=schedule,
        stages=stages,
        rank=rank,
        micro_batches=micro_batches,
    )
    ways = _ways(shares, data_parallel_ways, expert_parallel_ways, tensor_parallel_ways)
    parameters = [
        stage_parameters(
            sizes,
            share,
            tensor_parallel_ways=tensor_parallel_ways,
            expert_parallel_ways=expert_parallel_ways,
        )
        for share in shares
    ]
    held = parameters[0].with_other(parameters[1])
    active = rank_activations(
        sizes,
        shares,
        formats=kept.activations,
        recomputed=recomputed,
        tokens=micro_batch_sequences * sequence_tokens,
        layout=TokenLayout(
            tensor_parallel_ways=tensor_parallel_ways,
            sequence_parallel=sequence_parallel,
            expert_load_ratio=expert_load_ratio,
        ),
        expert_parallel_ways=expert_parallel_ways,
        stages=stages,
    )
    states = _states(
        held,
        ways,
        kept,
        method=method,
        adapter_rank=adapter_rank,
        reference=reference,
        zero_stage=zero_stage,
    )
    memory = lookup_record(gpu, hardware.accelerators(), name="gpu").memory_bytes
    return _filled(
        states,
        active,
        usable=memory - reserved_bytes,
        in_flight=shares[0].in_flight_count + shares[1].in_flight_count,
        local=held.common_parameters + held.routed_parameters,
        gpus=stages * data_parallel_ways * tensor_parallel_ways,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _States:
    """Bytes that go with parameters."""

    weights: Number
    fp8_copies: Number
    gradients: Number
    master: Number
    moments: Number
    reference: Number
    gathered: Number
    cpu_average: Number


def _states(
    held: StageParameters,
    ways: _Ways,
    kept: MemoryRecipe,
    *,
    method: Choice,
    adapter_rank: Number,
    reference: Condition,
    zero_stage: Choice,
) -> _States:
    frozen = lookup(method, {FULL: 0.0, LORA: 1.0, QLORA: 1.0}, name="method")
    packed = lookup(method, {FULL: 0.0, LORA: 0.0, QLORA: 1.0}, name="method")
    adapters = frozen * adapter_rank * held.adapter_rows
    divide = _Division(ways=ways, level=zero_stage)

    common = (held.common_parameters - held.steered_parameters) * (1 - frozen)
    common = common + adapters
    routed = held.routed_parameters * (1 - frozen)

    def trained(size: Number, level: int) -> Number:
        return size * divide.total(common, routed, level)

    linear_bytes = packed * NF4_BYTES + (1 - packed) * kept.weight_bytes
    base = divide.total(
        linear_bytes * held.common_linear_parameters
        + kept.weight_bytes * (held.common_parameters - held.common_linear_parameters),
        linear_bytes * held.routed_parameters,
        3,
    )
    copies = kept.low_precision_copies * (1 - packed)
    whole = kept.weight_bytes * divide.total(
        held.common_parameters, held.routed_parameters, 3
    )
    layer = held.largest_layer_parameters
    return _States(
        weights=base + kept.weight_bytes * divide.total(adapters, 0.0, 3),
        fp8_copies=copies
        * divide.total(held.common_fp8_bytes, held.routed_fp8_bytes, 3),
        gradients=trained(kept.gradient_bytes, 2),
        master=trained(kept.master_bytes, 1),
        moments=trained(kept.moments_bytes, 1),
        reference=where(reference, whole, 0.0),
        gathered=divide.at(3) * GATHERED_LAYERS * kept.weight_bytes * layer
        + divide.at(2) * (1 - frozen) * kept.gradient_bytes * layer,
        cpu_average=float(FP32.element_bytes)
        * (common / ways.common_copies + routed / ways.expert_copies),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Division:
    """What ZeRO of a stage divides."""

    ways: _Ways
    level: Choice

    def at(self, level: int) -> Number:
        """Return 1 where states of a level are divided, else 0."""
        table = {name: float(int(name) >= level) for name in ZERO_STAGES}
        return lookup(self.level, table, name="zero_stage")

    def total(self, common: Number, routed: Number, level: int) -> Number:
        """Return what one GPU keeps of states that are divided from a level on."""
        divided = self.at(level)
        copies, experts = self.ways.common_copies, self.ways.expert_copies
        return common / (divided * copies + 1 - divided) + routed / (
            divided * experts + 1 - divided
        )


def _ways(
    shares: tuple[StageShare, StageShare],
    data_parallel_ways: Number,
    expert_parallel_ways: Number,
    tensor_parallel_ways: Number,
) -> _Ways:
    holders = 1 + where(shares[1].in_flight_count > 0, 1.0, 0.0)
    ranks = data_parallel_ways * tensor_parallel_ways
    return _Ways(
        common_copies=holders * data_parallel_ways,
        expert_copies=holders * ranks / expert_parallel_ways,
    )


def _filled(
    states: _States,
    active: RankActivations,
    *,
    usable: Number,
    in_flight: Number,
    local: Number,
    gpus: Number,
) -> TrainingMemory:
    total = (
        states.weights
        + states.fp8_copies
        + states.gradients
        + states.master
        + states.moments
        + states.reference
        + states.gathered
        + active.saved_bytes
        + active.recomputed_bytes
        + active.logits_bytes
        + active.communication_bytes
    )
    return TrainingMemory(
        headroom_bytes=usable - total,
        total_bytes=total,
        weights_bytes=states.weights,
        fp8_copies_bytes=states.fp8_copies,
        gradients_bytes=states.gradients,
        master_weights_bytes=states.master,
        moments_bytes=states.moments,
        reference_bytes=states.reference,
        activations_bytes=active.saved_bytes,
        recomputed_bytes=active.recomputed_bytes,
        logits_bytes=active.logits_bytes,
        communication_bytes=active.communication_bytes,
        gathered_bytes=states.gathered,
        in_flight_count=in_flight,
        local_parameters=local,
        training_gpus=gpus,
        cpu_average_bytes=states.cpu_average,
    )


def _require_ways(
    model: TrainedModel,
    *,
    stages: Number,
    data_parallel_ways: Number,
    expert_parallel_ways: Number,
    tensor_parallel_ways: Number,
) -> None:
    whole = "must be a whole number, at least 1"
    for name, value in (
        ("data_parallel_ways", data_parallel_ways),
        ("expert_parallel_ways", expert_parallel_ways),
        ("tensor_parallel_ways", tensor_parallel_ways),
    ):
        require(name, value, value >= 1, whole)
        require(name, value, floor(value) == value, whole)
    blocks = model.num_hidden_layers + model.num_modules
    rule = "must be at most the layers and prediction modules"
    require("stages", stages, stages <= blocks, rule)
    heads = model.num_attention_heads
    rule = "must be at most num_attention_heads"
    require(
        "tensor_parallel_ways",
        tensor_parallel_ways,
        tensor_parallel_ways <= heads,
        rule,
    )
    experts = model.n_routed_experts
    able = either(experts == 0, expert_parallel_ways <= experts)
    rule = "must be at most n_routed_experts"
    require("expert_parallel_ways", expert_parallel_ways, able, rule)
    ranks = data_parallel_ways * tensor_parallel_ways / expert_parallel_ways
    fits = either(experts == 0, both(ranks >= 1, floor(ranks) == ranks))
    rule = "must divide data_parallel_ways times tensor_parallel_ways"
    require("expert_parallel_ways", expert_parallel_ways, fits, rule)
