"""The parameters of a whole model, by part, and what "active" can mean.

Twin: model/transformer.py.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum

from dsv3.accounting.attention import attention_count, attention_counts
from dsv3.accounting.attention_kind import AttentionCount
from dsv3.accounting.experts import (
    dense_feed_forward_parameters,
    expert_layer_parameters,
    routing_biases,
)
from dsv3.accounting.hyper_connections import (
    hyper_connections_parameters,
    joining_parameters,
)
from dsv3.accounting.matrices import parameters_of, require_sum
from dsv3.accounting.multi_token_prediction import (
    MultiTokenPredictionCount,
    multi_token_prediction_count,
)
from dsv3.architecture import Architecture
from explorables.arithmetic import Choice, Number, lookup, total

NORMS_PER_MODULE_BLOCK = 2
"""In a prediction module: before attention and before the feed-forward."""


class ActiveConvention(StrEnum):
    """Which vocabulary matrices count among the parameters active on a token.

    Reports differ, and for DeepSeek-V3 the three differ by 1.9 billion. When
    the head *is* the embedding matrix, that matrix is the head in the first two
    and left out in the third.
    """

    BOTH_VOCABULARY_MATRICES = "both vocabulary matrices"
    WITHOUT_INPUT_EMBEDDING = "without the input embedding"
    NEITHER = "neither vocabulary matrix"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterCount:
    """A model's parameters by part; the parts up to the head make the total."""

    embedding_parameters: Number
    """The input embedding; also the head when the two are tied."""

    query_projection_parameters: Number
    key_value_projection_parameters: Number
    output_projection_parameters: Number

    indexer_parameters: Number
    """Matrices that select what attention reads."""

    attention_norm_parameters: Number
    attention_bias_parameters: Number

    attention_sink_parameters: Number
    """Learned logits that draw attention away."""

    attention_recurrence_parameters: Number
    """Short convolutions, decays and time steps of attention that keeps a state."""

    norm_parameters: Number
    """The norms of each block, two in most families, and the final one."""

    hyper_connections_parameters: Number
    """What mixes the copies of the residual stream."""

    dense_feed_forward_parameters: Number
    routed_experts_parameters: Number
    shared_experts_parameters: Number
    router_parameters: Number

    routing_bias_parameters: Number
    """Biases that steer the choice of experts."""

    head_parameters: Number
    """The output head; 0 when it is tied to the embedding."""

    total_parameters: Number
    """The main model: all of the above."""

    idle_experts_parameters: Number

    multi_token_prediction: MultiTokenPredictionCount
    """The modules after the main model, not in the total."""

    tied: bool

    def __post_init__(self) -> None:
        require_sum("total_parameters", self.parts().values(), self.total_parameters)

    @property
    def total(self) -> Number:
        """The main model's parameters, multi-token prediction left out."""
        return self.total_parameters

    @property
    def attention_parameters(self) -> Number:
        """Everything inside attention, its own norms included."""
        return (
            self.query_projection_parameters
            + self.key_value_projection_parameters
            + self.output_projection_parameters
            + self.indexer_parameters
            + self.attention_norm_parameters
            + self.attention_bias_parameters
            + self.attention_sink_parameters
            + self.attention_recurrence_parameters
        )

    def parts(self) -> dict[str, Number]:
        """Return the parts that make the total, by field name."""
        names = (
            "embedding_parameters",
            "query_projection_parameters",
            "key_value_projection_parameters",
            "output_projection_parameters",
            "indexer_parameters",
            "attention_norm_parameters",
            "attention_bias_parameters",
            "attention_sink_parameters",
            "attention_recurrence_parameters",
            "norm_parameters",
            "hyper_connections_parameters",
            "dense_feed_forward_parameters",
            "routed_experts_parameters",
            "shared_experts_parameters",
            "router_parameters",
            "routing_bias_parameters",
            "head_parameters",
        )
        return {name: getattr(self, name) for name in names}

    def summary(self) -> dict[str, object]:
        """Return every part that is not empty, the total and the active parameters."""
        active = {
            f"active_{convention.name.lower()}_parameters": self.active(convention)
            for convention in ActiveConvention
        }
        parts = {name: value for name, value in self.parts().items() if value}
        whole = {**parts, "total_parameters": self.total_parameters, **active}
        modules = asdict(self.multi_token_prediction)
        return whole | (
            {"multi_token_prediction": modules} if any(modules.values()) else {}
        )

    def active(
        self, convention: Choice = ActiveConvention.WITHOUT_INPUT_EMBEDDING
    ) -> Number:
        """Return the parameters that work on one token.

        `convention` is which vocabulary matrices count; the default leaves out the
        input embedding, of which a token only reads one row.

        Examples
        --------
        >>> from dsv3.architecture import preset
        >>> count = parameter_count(preset("deepseek-v3"))
        >>> [count.active(convention) for convention in ActiveConvention]
        [37552297472, 36625618432, 35698939392]
        """
        working = self.total_parameters - self.idle_experts_parameters
        inner = working - self.embedding_parameters - self.head_parameters
        head = self.embedding_parameters if self.tied else self.head_parameters
        return lookup(
            convention,
            {
                ActiveConvention.BOTH_VOCABULARY_MATRICES: working,
                ActiveConvention.WITHOUT_INPUT_EMBEDDING: inner + head,
                ActiveConvention.NEITHER: inner,
            },
            name="convention",
        )


def parameter_count(architecture: Architecture) -> ParameterCount:
    """Return a model's parameters, by part.

    Layer counts multiply, so a recorded number of layers is traced. The total is added
    up block by block, the parts layer by layer; they must agree.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> parameter_count(preset("deepseek-v3")).total
    671026419200
    """
    layers, hidden = architecture.num_hidden_layers, architecture.hidden_size
    dense, sparse = architecture.num_dense_layers, architecture.num_expert_layers
    counts = attention_counts(architecture)
    matrices = [(group.layers, one.matrices(hidden)) for group, one in counts]
    vectors = [(group.layers, one.vectors(hidden)) for group, one in counts]
    feed_forward = dense_feed_forward_parameters(architecture)
    experts = expert_layer_parameters(architecture)
    embedding = architecture.vocab_size * hidden
    return ParameterCount(
        embedding_parameters=embedding,
        query_projection_parameters=total(
            many * parameters_of(one.query) for many, one in matrices
        ),
        key_value_projection_parameters=total(
            many * parameters_of(one.key_value) for many, one in matrices
        ),
        output_projection_parameters=total(
            many * parameters_of(one.output) for many, one in matrices
        ),
        indexer_parameters=total(
            many * parameters_of(one.indexer) for many, one in matrices
        ),
        attention_norm_parameters=total(
            many * one.norm_parameters for many, one in vectors
        ),
        attention_bias_parameters=total(
            many * one.bias_parameters for many, one in vectors
        ),
        attention_sink_parameters=total(
            many * one.sink_parameters for many, one in vectors
        ),
        attention_recurrence_parameters=total(
            many * one.recurrence_parameters for many, one in vectors
        ),
        norm_parameters=(architecture.norms_per_layer * layers + 1) * hidden,
        hyper_connections_parameters=layers * hyper_connections_parameters(architecture)
        + joining_parameters(architecture),
        dense_feed_forward_parameters=dense * feed_forward,
        routed_experts_parameters=sparse * experts.routed_experts_parameters,
        shared_experts_parameters=sparse * experts.shared_experts_parameters,
        router_parameters=sparse * experts.router_parameters,
        routing_bias_parameters=routing_biases(architecture),
        head_parameters=0 if architecture.tie_word_embeddings else embedding,
        total_parameters=_total_parameters(architecture),
        idle_experts_parameters=sparse * experts.idle_experts_parameters,
        multi_token_prediction=_modules(architecture),
        tied=architecture.tie_word_embeddings,
    )


def _total_parameters(architecture: Architecture) -> Number:
    vocabulary = 1 if architecture.tie_word_embeddings else 2
    around = (vocabulary * architecture.vocab_size + 1) * architecture.hidden_size
    dense, sparse = architecture.num_dense_layers, architecture.num_expert_layers
    experts = expert_layer_parameters(architecture)
    block = architecture.norms_per_layer * architecture.hidden_size
    block = block + hyper_connections_parameters(architecture)
    return (
        around
        + joining_parameters(architecture)
        + architecture.num_hidden_layers * block
        + total(
            group.layers * _attention(one, architecture.hidden_size)
            for group, one in attention_counts(architecture)
        )
        + dense * dense_feed_forward_parameters(architecture)
        + sparse * (experts.total_parameters - experts.routing_bias_parameters)
        + routing_biases(architecture)
    )


def _attention(attention: AttentionCount, hidden: Number) -> Number:
    vectors = attention.vectors(hidden)
    return (
        parameters_of(attention.matrices(hidden).all)
        + vectors.norm_parameters
        + vectors.bias_parameters
        + vectors.sink_parameters
        + vectors.recurrence_parameters
    )


def _modules(architecture: Architecture) -> MultiTokenPredictionCount:
    """Count the modules after the main model: expert blocks if it has experts."""
    if architecture.experts is None:
        feed_forward = dense_feed_forward_parameters(architecture)
    else:
        feed_forward = expert_layer_parameters(architecture).total_parameters
    attention = attention_count(architecture.attention)
    hidden = architecture.hidden_size
    around = _attention(attention, hidden) + NORMS_PER_MODULE_BLOCK * hidden
    around = around + hyper_connections_parameters(architecture)
    around = around + joining_parameters(architecture)
    return multi_token_prediction_count(
        architecture,
        block_parameters=around + feed_forward,
        idle_parameters=expert_layer_parameters(architecture).idle_experts_parameters,
    )
