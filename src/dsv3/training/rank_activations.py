"""The activations of one GPU: saved, made again, read by the loss, and on their way."""

from dataclasses import dataclass

from dsv3.formats import FP32
from dsv3.training.pipeline_share import StageShare
from dsv3.training.saved_activations import (
    NORMS,
    NOTHING,
    ActivationFormats,
    SavedTensor,
    TokenLayout,
    dense_tensors,
    expert_tensors,
    saved_bytes_per_token,
)
from dsv3.training.trained_model import TrainedModel
from explorables.arithmetic import Choice, Number, maximum, where

LOGIT_BYTES = float(FP32.element_bytes)
"""Of a logit, whose place its gradient takes."""

MESSAGES = 2
"""Between stages, to the next and from the one before; and to experts and back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankActivations:
    """What goes with tokens on one GPU, in bytes."""

    saved_bytes: Number
    recomputed_bytes: Number
    logits_bytes: Number
    communication_bytes: Number


def head_tensors(
    model: TrainedModel, formats: ActivationFormats
) -> tuple[SavedTensor, ...]:
    """Return what the norm before a head and the head save; a head is never in FP8."""
    wide = formats.residual_bytes
    return (
        _joined("final norm", "last layer's output", model.hidden_size, wide),
        _joined("head", "norm output", model.hidden_size, wide, remade_by=NORMS),
    )


def module_tensors(
    model: TrainedModel, formats: ActivationFormats
) -> tuple[SavedTensor, ...]:
    """Return what a prediction module saves before its block: two norms, a product."""
    wide, both = formats.residual_bytes, 2 * model.hidden_size
    return (
        _joined("module's norms", "state and embedding", both, wide),
        _joined("module's projection", "norm outputs", both, wide, remade_by=NORMS),
    )


def _joined(
    operation: str,
    tensor: str,
    elements: Number,
    size: Number,
    *,
    remade_by: str = "",
) -> SavedTensor:
    return SavedTensor(
        operation=operation,
        tensor=tensor,
        elements_per_token=elements,
        bytes_per_element=size,
        remade_by=remade_by,
        starts_layer=not remade_by,
        along_stream=True,
    )


def rank_activations(
    model: TrainedModel,
    shares: tuple[StageShare, StageShare],
    *,
    formats: ActivationFormats,
    recomputed: Choice,
    tokens: Number,
    layout: TokenLayout,
    expert_parallel_ways: Number,
    stages: Number,
) -> RankActivations:
    """Return what goes with tokens on one GPU, `tokens` in a micro-batch."""
    dense, sparse = dense_tensors(model, formats), expert_tensors(model, formats)

    def size(tensors: tuple[SavedTensor, ...], policy: Choice) -> Number:
        return saved_bytes_per_token(tensors, policy, layout)

    layer, expert_layer = size(dense, recomputed), size(sparse, recomputed)
    has_experts = model.n_routed_experts > 0
    block = where(has_experts, expert_layer, layer)
    module = block + size(module_tensors(model, formats), recomputed)
    head = size(head_tensors(model, formats), recomputed)

    def saved(share: StageShare) -> Number:
        held = (
            share.dense_layers * layer
            + share.expert_layers * expert_layer
            + share.module_layers * (module + head)
            + share.head_copies * head
        )
        return share.in_flight_count * tokens * held

    own, other = shares
    made_dense = where(
        own.dense_layers + other.dense_layers > 0, size(dense, NOTHING) - layer, 0.0
    )
    experts = (
        own.expert_layers
        + other.expert_layers
        + where(has_experts, own.module_layers + other.module_layers, 0.0)
    )
    made_sparse = where(experts > 0, size(sparse, NOTHING) - expert_layer, 0.0)
    heads = (
        own.head_copies + other.head_copies + own.module_layers + other.module_layers
    )
    logits = heads * model.vocab_size / layout.tensor_parallel_ways * LOGIT_BYTES
    directions = 1 + where(other.in_flight_count > 0, 1.0, 0.0)
    return RankActivations(
        saved_bytes=saved(own) + saved(other),
        recomputed_bytes=tokens * maximum(made_dense, made_sparse),
        logits_bytes=tokens * logits,
        communication_bytes=directions
        * tokens
        * _message_bytes(model, formats, layout, expert_parallel_ways, stages),
    )


def _message_bytes(
    model: TrainedModel,
    formats: ActivationFormats,
    layout: TokenLayout,
    expert_parallel_ways: Number,
    stages: Number,
) -> Number:
    """Return the buffers for one token of one direction of the pipeline."""
    stream = model.hidden_size * formats.residual_bytes
    between = where(stages > 1, MESSAGES * stream, 0.0)
    visits = model.num_experts_per_tok * layout.expert_load_ratio
    dispatched = model.hidden_size * formats.linear_input_bytes
    experts = visits * (dispatched + stream) / layout.tensor_parallel_ways
    return between + where(expert_parallel_ways > 1, experts, 0.0)
