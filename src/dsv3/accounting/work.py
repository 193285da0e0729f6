"""The multiply-adds that a model does for one token.

Counts matrix multiplications only: norms, activations, rotary position and softmax are
left out, as in the reports compared with.
"""

from dataclasses import dataclass

from dsv3.accounting.attention import attention_count, attention_counts
from dsv3.accounting.attention_kind import AttentionCount, DecodeForm
from dsv3.accounting.experts import (
    dense_matrices,
    routed_matrices,
    router_matrix,
    shared_matrices,
)
from dsv3.accounting.hyper_connections import hyper_connections_flop, joining_flop
from dsv3.accounting.matrices import (
    FLOP_PER_PARAMETER,
    WeightMatrix,
    parameters_of,
    require_sum,
)
from dsv3.accounting.multi_token_prediction import projection_matrix
from dsv3.architecture import Architecture
from explorables.arithmetic import Condition, Number, total

TRAINING_PER_FORWARD = 3
"""Forward, gradient of the activations and gradient of the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlopCount:
    """The forward FLOP of one token by part, and what training makes of them."""

    attention_projections_flop_per_token: Number

    attention_scores_flop_per_token: Number
    """Scores against earlier positions, and the weighted sum of values."""

    indexer_scores_flop_per_token: Number
    """Scores by which an indexer selects positions."""

    hyper_connections_flop_per_token: Number
    """What mixes the copies of the residual stream."""

    dense_feed_forward_flop_per_token: Number

    routed_experts_flop_per_token: Number
    """The routed experts chosen for the token."""

    shared_experts_flop_per_token: Number
    router_flop_per_token: Number
    head_flop_per_token: Number

    multi_token_prediction_flop_per_token: Number
    """The modules after the main model, when asked for."""

    forward_flop_per_token: Number

    def __post_init__(self) -> None:
        parts, whole = self.parts().values(), self.forward_flop_per_token
        require_sum("forward_flop_per_token", parts, whole)

    @property
    def training_flop_per_token(self) -> Number:
        """Forward and backward: three times the forward pass."""
        return TRAINING_PER_FORWARD * self.forward_flop_per_token

    def parts(self) -> dict[str, Number]:
        """Return the parts of the forward pass, by field name."""
        names = (
            "attention_projections_flop_per_token",
            "attention_scores_flop_per_token",
            "indexer_scores_flop_per_token",
            "hyper_connections_flop_per_token",
            "dense_feed_forward_flop_per_token",
            "routed_experts_flop_per_token",
            "shared_experts_flop_per_token",
            "router_flop_per_token",
            "head_flop_per_token",
            "multi_token_prediction_flop_per_token",
        )
        return {name: getattr(self, name) for name in names}

    def summary(self) -> dict[str, Number]:
        """Return the parts, the forward pass and training, by name."""
        return {
            **self.parts(),
            "forward_flop_per_token": self.forward_flop_per_token,
            "training_flop_per_token": self.training_flop_per_token,
        }


def flop_per_token(
    architecture: Architecture,
    context_tokens: Number = 4096,
    causal: Condition = True,
    *,
    with_multi_token_prediction: bool = False,
) -> FlopCount:
    """Return the FLOP of one token, averaged over a context of training.

    Two FLOP for each weight that meets the token, and 2 (d_qk + d_v) for each head and
    attended position, of which :func:`~dsv3.accounting.attention.attended_tokens`
    counts only the lower triangle where `causal`. Three times that in training is what
    the ISCA paper's Table 2 [zhao2025insights]_ prints for its mixture-of-experts rows.

    Examples
    --------
    DeepSeek-V3 with sequences of 4,096 tokens, 250.45 GFLOP:

    >>> from dsv3.architecture import preset
    >>> flop_per_token(preset("deepseek-v3")).training_flop_per_token
    250449887232.0
    """
    module: Number = 0
    if with_multi_token_prediction:
        module = _module_flop(architecture, context_tokens, causal)
    return _count(
        architecture,
        scores=_scores(architecture, context_tokens, causal),
        indexing=_index_scores(architecture, context_tokens, causal),
        modules=architecture.num_nextn_predict_layers * module,
    )


def decode_flop_per_token(
    architecture: Architecture,
    context_tokens: Number,
    form: DecodeForm = DecodeForm.NAIVE,
) -> FlopCount:
    """Return the forward FLOP of generating one token after a context.

    `context_tokens` is the positions attended to, the token's own included. The
    projections cost the same in both forms: what the absorbed form saves on the token's
    own key and value it spends on its query and output. Rebuilding the keys and values
    of the context is not part of a decoding step.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> v3 = preset("deepseek-v3")
    >>> decode_flop_per_token(v3, 4096).attention_scores_flop_per_token
    20468203520
    >>> decode_flop_per_token(
    ...     v3, 4096, DecodeForm.ABSORBED
    ... ).attention_scores_flop_per_token
    69591891968
    """
    return _count(
        architecture,
        scores=_scores(architecture, context_tokens, causal=False, form=form),
        indexing=_index_scores(architecture, context_tokens, causal=False),
        modules=0,
    )


def _scores(
    architecture: Architecture,
    context_tokens: Number,
    causal: Condition,
    form: DecodeForm = DecodeForm.NAIVE,
) -> Number:
    return total(
        group.layers * one.context_flop(context_tokens, group.window, causal, form)
        for group, one in attention_counts(architecture)
    )


def _index_scores(
    architecture: Architecture, context_tokens: Number, causal: Condition
) -> Number:
    return total(
        group.layers * one.index_flop(context_tokens, causal)
        for group, one in attention_counts(architecture)
    )


def _count(
    architecture: Architecture, *, scores: Number, indexing: Number, modules: Number
) -> FlopCount:
    """Add up a token's FLOP; `scores` are all of attention's, `indexing` included."""
    hidden, dense = architecture.hidden_size, architecture.num_dense_layers
    routed, shared, router = _expert_layer_flop(architecture)
    sparse = architecture.num_expert_layers
    head = FLOP_PER_PARAMETER * architecture.vocab_size * hidden
    projections = total(
        group.layers * _projection_flop(one, hidden)
        for group, one in attention_counts(architecture)
    )
    mixing = architecture.num_hidden_layers * hyper_connections_flop(architecture)
    mixing = mixing + joining_flop(architecture)
    weights = projections + dense * _dense_flop(architecture) + mixing
    return FlopCount(
        attention_projections_flop_per_token=projections,
        attention_scores_flop_per_token=scores - indexing,
        indexer_scores_flop_per_token=indexing,
        hyper_connections_flop_per_token=mixing,
        dense_feed_forward_flop_per_token=dense * _dense_flop(architecture),
        routed_experts_flop_per_token=sparse * routed,
        shared_experts_flop_per_token=sparse * shared,
        router_flop_per_token=sparse * router,
        head_flop_per_token=head,
        multi_token_prediction_flop_per_token=modules,
        forward_flop_per_token=weights
        + sparse * (routed + shared + router)
        + head
        + scores
        + modules,
    )


def _multiply_adds(*matrices: WeightMatrix) -> Number:
    return FLOP_PER_PARAMETER * parameters_of(matrices)


def _projection_flop(attention: AttentionCount, hidden: Number) -> Number:
    return _multiply_adds(*attention.matrices(hidden).all)


def _dense_flop(architecture: Architecture) -> Number:
    return _multiply_adds(*dense_matrices(architecture))


def _expert_layer_flop(architecture: Architecture) -> tuple[Number, Number, Number]:
    """Return what chosen experts, shared experts and router do in one layer."""
    experts, hidden = architecture.experts, architecture.hidden_size
    if experts is None:
        return 0, 0, 0
    chosen = routed_matrices(experts, hidden, copies=experts.num_experts_per_tok)
    return (
        _multiply_adds(*chosen),
        _multiply_adds(*shared_matrices(experts, hidden)),
        _multiply_adds(router_matrix(experts, hidden)),
    )


def _module_flop(
    architecture: Architecture, context_tokens: Number, causal: Condition
) -> Number:
    """Return what a prediction module does, its attention and the head included."""
    hidden, attention = (
        architecture.hidden_size,
        attention_count(architecture.attention),
    )
    routed, shared, router = _expert_layer_flop(architecture)
    sparse = routed + shared + router
    feed_forward = _dense_flop(architecture) if architecture.experts is None else sparse
    return (
        _projection_flop(attention, hidden)
        + feed_forward
        + attention.context_flop(context_tokens, None, causal)
        + hyper_connections_flop(architecture)
        + joining_flop(architecture)
        + _multiply_adds(projection_matrix(hidden))
        + FLOP_PER_PARAMETER * architecture.vocab_size * hidden
    )
