"""What a feed-forward layer stores: dense, or experts with a router.

Twin: model/experts.py.
"""

from dataclasses import dataclass

from dsv3.accounting.matrices import (
    WeightMatrix,
    gated_matrices,
    parameters_of,
    plain_matrices,
)
from dsv3.architecture import Architecture, Experts
from explorables.arithmetic import Number, where


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLayerParameters:
    """The parameters of one expert layer."""

    routed_experts_parameters: Number
    """All routed experts, with their biases if they have any."""

    shared_experts_parameters: Number
    router_parameters: Number

    routing_bias_parameters: Number
    """The biases that steer the choice and are set by rule, not by gradient."""

    idle_experts_parameters: Number
    """Routed experts that do not work on a given token."""

    @property
    def total_parameters(self) -> Number:
        """The layer's feed-forward without its norm."""
        return (
            self.routed_experts_parameters
            + self.shared_experts_parameters
            + self.router_parameters
            + self.routing_bias_parameters
        )


NO_EXPERTS = ExpertLayerParameters(
    routed_experts_parameters=0,
    shared_experts_parameters=0,
    router_parameters=0,
    routing_bias_parameters=0,
    idle_experts_parameters=0,
)
"""The expert layer of a model without experts."""


def dense_matrices(architecture: Architecture) -> tuple[WeightMatrix, ...]:
    """Return the projections of a dense feed-forward; none without one.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> parameters_of(dense_matrices(preset("deepseek-v3")))
    396361728
    """
    inner = architecture.intermediate_size
    if inner is None:
        return ()
    matrices = gated_matrices if architecture.mlp_gated else plain_matrices
    return matrices(hidden_size=architecture.hidden_size, inner_size=inner)


def routed_matrices(
    experts: Experts, hidden_size: Number, *, copies: Number
) -> tuple[WeightMatrix, ...]:
    """Return the projections of some routed experts of one layer.

    `copies` is all of them to store, the chosen ones to compute.
    """
    inner = experts.moe_intermediate_size
    outer = hidden_size if experts.moe_latent_size is None else experts.moe_latent_size
    matrices = gated_matrices if experts.gated else plain_matrices
    return matrices(hidden_size=outer, inner_size=inner, copies=copies)


def shared_matrices(experts: Experts, hidden_size: Number) -> tuple[WeightMatrix, ...]:
    """Return the projections that every token meets in one expert layer.

    Shared experts are stored as one feed-forward, as wide as all of them together;
    their gate and the projections to and from the routed experts' size follow.
    """
    matrices = gated_matrices if experts.gated else plain_matrices
    shared = matrices(hidden_size=hidden_size, inner_size=experts.shared_size)
    others: tuple[WeightMatrix, ...] = ()
    if experts.shared_expert_gate:
        others = (WeightMatrix(output_size=1, input_size=hidden_size),)
    latent = experts.moe_latent_size
    if latent is not None:
        others += plain_matrices(hidden_size=hidden_size, inner_size=latent)
    return *shared, *others


def router_matrix(experts: Experts, hidden_size: Number) -> WeightMatrix:
    """Return the linear layer that scores the experts: a row for each."""
    return WeightMatrix(output_size=experts.scored_experts, input_size=hidden_size)


def routing_biases(architecture: Architecture, *, modules: Number = 0) -> Number:
    """Return the biases that steer the choice of experts, `modules` included.

    Layers whose experts a hash names have none.

    Examples
    --------
    58 layers of 256:

    >>> from dsv3.architecture import preset
    >>> routing_biases(preset("deepseek-v3"))
    14848
    """
    experts = architecture.experts
    if experts is None or not experts.routing_bias:
        return 0
    layers = architecture.num_expert_layers - experts.num_hash_layers + modules
    return layers * experts.scored_experts


def feed_forward_biases(
    *, hidden_size: Number, inner_size: Number, gated: bool = True
) -> Number:
    """Return the biases of a feed-forward: an inner size, or two, and an outer one.

    Examples
    --------
    >>> feed_forward_biases(hidden_size=2880, inner_size=2880)
    8640
    """
    return (2 if gated else 1) * inner_size + hidden_size


def dense_feed_forward_parameters(architecture: Architecture) -> Number:
    """Return the parameters of one dense feed-forward without its norm; 0 without one.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> dense_feed_forward_parameters(preset("llama-3.1-8b"))
    176160768
    """
    inner, hidden = architecture.intermediate_size, architecture.hidden_size
    weights = parameters_of(dense_matrices(architecture))
    if inner is None or not architecture.mlp_bias:
        return weights
    return weights + feed_forward_biases(
        hidden_size=hidden, inner_size=inner, gated=architecture.mlp_gated
    )


def expert_layer_parameters(architecture: Architecture) -> ExpertLayerParameters:
    """Return the parameters of one expert layer, by part; all zero for a dense model.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> layer = expert_layer_parameters(preset("deepseek-v3"))
    >>> layer.routed_experts_parameters // 256, layer.router_parameters
    (44040192, 1835008)
    """
    experts, hidden = architecture.experts, architecture.hidden_size
    if experts is None:
        return NO_EXPERTS
    one = parameters_of(routed_matrices(experts, hidden, copies=1))
    if experts.expert_bias:
        inner = experts.moe_intermediate_size
        one = one + feed_forward_biases(hidden_size=hidden, inner_size=inner)
    idle = experts.n_routed_experts - experts.num_experts_per_tok
    scores = experts.scored_experts
    router = router_matrix(experts, hidden).parameters
    return ExpertLayerParameters(
        routed_experts_parameters=experts.n_routed_experts * one,
        shared_experts_parameters=_shared_parameters(architecture, experts),
        router_parameters=router + (scores if experts.router_bias else 0),
        routing_bias_parameters=scores if experts.routing_bias else 0,
        idle_experts_parameters=idle * one,
    )


def _shared_parameters(architecture: Architecture, experts: Experts) -> Number:
    hidden = architecture.hidden_size
    weights = parameters_of(shared_matrices(experts, hidden))
    if not architecture.mlp_bias:
        return weights
    biases = feed_forward_biases(
        hidden_size=hidden, inner_size=experts.shared_size, gated=experts.gated
    )
    if experts.moe_latent_size is not None:
        weights = weights + experts.moe_latent_size + hidden
    return weights + where(experts.shared_size > 0, biases, 0)
