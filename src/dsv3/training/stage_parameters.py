"""The parameters of one GPU's part of a stage, by what is done with them."""

from dataclasses import dataclass

from dsv3.accounting.multi_token_prediction import NORMS_PER_MODULE
from dsv3.formats import FP8
from dsv3.training.pipeline_share import StageShare
from dsv3.training.trained_model import MatrixSizes, TrainedModel
from explorables.arithmetic import Number, maximum, where


@dataclass(frozen=True, slots=True, kw_only=True)
class StageParameters:
    """Parameters of one GPU before ZeRO divides anything."""

    common_parameters: Number
    """All but routed experts: attention, dense and shared, router, vocabulary."""

    common_linear_parameters: Number
    """Those of them in linear layers that a low precision is for."""

    steered_parameters: Number
    """Routing biases among them, which have neither gradient nor moments."""

    routed_parameters: Number

    common_fp8_bytes: Number
    """An FP8 copy of the linear layers, with scales."""

    routed_fp8_bytes: Number

    adapter_rows: Number
    """Inputs and outputs of the linear layers that have an adapter: all but those of
    routed experts."""

    largest_layer_parameters: Number
    """The most that one layer has on this GPU."""

    def with_other(self, other: "StageParameters") -> "StageParameters":
        """Return the parameters of two stages that one GPU holds."""
        return StageParameters(
            common_parameters=self.common_parameters + other.common_parameters,
            common_linear_parameters=self.common_linear_parameters
            + other.common_linear_parameters,
            steered_parameters=self.steered_parameters + other.steered_parameters,
            routed_parameters=self.routed_parameters + other.routed_parameters,
            common_fp8_bytes=self.common_fp8_bytes + other.common_fp8_bytes,
            routed_fp8_bytes=self.routed_fp8_bytes + other.routed_fp8_bytes,
            adapter_rows=self.adapter_rows + other.adapter_rows,
            largest_layer_parameters=maximum(
                self.largest_layer_parameters, other.largest_layer_parameters
            ),
        )


def stage_parameters(
    model: TrainedModel,
    share: StageShare,
    *,
    tensor_parallel_ways: Number,
    expert_parallel_ways: Number,
) -> StageParameters:
    """Return what one GPU has of a stage's parameters.

    Tensor parallelism divides matrices and the vocabulary; every rank has a copy of
    norms, routers and the down-projections to latents. Experts are dealt out whole.

    Examples
    --------
    All of DeepSeek-V3 on one GPU, its prediction module included, is what the parts
    of its checkpoint are:

    >>> from dsv3.training.pipeline_share import rank_shares
    >>> from dsv3.training.trained_model import trained_model
    >>> model = trained_model("deepseek-v3")
    >>> whole, _ = rank_shares(
    ...     model, schedule="1f1b", stages=1, rank=0, micro_batches=1
    ... )
    >>> held = stage_parameters(
    ...     model, whole, tensor_parallel_ways=1, expert_parallel_ways=1
    ... )
    >>> int(held.common_parameters + held.routed_parameters)
    682636487424
    """
    blocks = share.block_layers
    experts = share.expert_layers + where(
        model.n_routed_experts > 0, share.module_layers, 0.0
    )
    dense = blocks - experts
    hidden, ways = model.hidden_size, tensor_parallel_ways

    def over_layers(part: str) -> Number:
        def of(sizes: MatrixSizes) -> Number:
            found: Number = getattr(sizes, part)
            return found

        divided = (
            blocks * of(model.attention)
            + dense * of(model.dense)
            + experts * of(model.shared)
        )
        return divided / ways + blocks * of(model.copied_attention)

    vocabulary = (
        share.embedding_copies * model.vocab_size * hidden
        + share.head_copies * model.head_parameters
    )
    copied = (
        blocks * model.vector_parameters
        + experts * (model.router_parameters + model.routing_bias_parameters)
        + share.module_layers * NORMS_PER_MODULE * hidden
        + share.head_copies * hidden
    )
    projections = share.module_layers * model.projection_parameters
    linear = over_layers("parameters")
    routed = model.routed.parameters + model.expert_bias_parameters
    return StageParameters(
        common_parameters=linear + (vocabulary + projections) / ways + copied,
        common_linear_parameters=linear,
        steered_parameters=experts * model.routing_bias_parameters,
        routed_parameters=experts * routed / expert_parallel_ways,
        common_fp8_bytes=_copy_bytes(linear, over_layers("scale_count")),
        routed_fp8_bytes=experts
        * _copy_bytes(model.routed.parameters, model.routed.scale_count)
        / expert_parallel_ways,
        adapter_rows=over_layers("adapter_rows"),
        largest_layer_parameters=_largest_layer(
            model, dense, experts, ways, expert_parallel_ways
        ),
    )


def _copy_bytes(parameters: Number, scales: Number) -> Number:
    return FP8.element_bytes * parameters + FP8.scale_bytes * scales


def _largest_layer(
    model: TrainedModel,
    dense_layers: Number,
    expert_layers: Number,
    tensor_parallel_ways: Number,
    expert_parallel_ways: Number,
) -> Number:
    attention = (
        model.attention.parameters / tensor_parallel_ways
        + model.copied_attention.parameters
        + model.vector_parameters
    )
    dense = model.dense.parameters / tensor_parallel_ways
    routed = model.routed.parameters + model.expert_bias_parameters
    experts = (
        model.shared.parameters / tensor_parallel_ways
        + model.router_parameters
        + model.routing_bias_parameters
        + routed / expert_parallel_ways
    )
    return maximum(
        where(dense_layers > 0, attention + dense, 0.0),
        where(expert_layers > 0, attention + experts, 0.0),
    )
