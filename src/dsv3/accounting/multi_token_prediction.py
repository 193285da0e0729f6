"""What the modules that predict further tokens add to a model.

Each has a projection, norms and one more transformer block, known only as a sum.

Twin: model/multi_token_prediction.py.
"""

from dataclasses import dataclass

from dsv3.accounting.matrices import WeightMatrix, require_sum
from dsv3.architecture import Architecture
from explorables.arithmetic import Number

NORMS_PER_MODULE = 3
"""On the state from below, on the next token's embedding, and before the head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiTokenPredictionCount:
    """The parameters of all multi-token prediction modules."""

    block_parameters: Number

    projection_parameters: Number
    """The projections of two joined vectors, 2d to d."""

    norm_parameters: Number
    """Three norms for each module, beside the block's own."""

    total_parameters: Number
    """What the modules have of their own: blocks, projections and norms."""

    vocabulary_copies_parameters: Number
    """Embedding and head, which training shares and the checkpoint may repeat."""

    idle_experts_parameters: Number

    def __post_init__(self) -> None:
        own = (self.block_parameters, self.projection_parameters, self.norm_parameters)
        require_sum("total_parameters", own, self.total_parameters)

    @property
    def shipped_parameters(self) -> Number:
        """The modules as the checkpoint has them, with their own vocabulary."""
        return self.total_parameters + self.vocabulary_copies_parameters

    @property
    def active_parameters(self) -> Number:
        """What works on one token, with the embedding and head that it ships."""
        return self.shipped_parameters - self.idle_experts_parameters


def projection_matrix(hidden_size: Number) -> WeightMatrix:
    """Return the linear layer that joins a state and a token's embedding.

    From twice the hidden size to it (DeepSeek-V3, equation 21 [deepseekai2024v3]_).

    Examples
    --------
    >>> projection_matrix(7168).parameters
    102760448
    """
    return WeightMatrix(output_size=hidden_size, input_size=2 * hidden_size)


def multi_token_prediction_count(
    architecture: Architecture, *, block_parameters: Number, idle_parameters: Number
) -> MultiTokenPredictionCount:
    """Return the parameters of the multi-token prediction modules, by part.

    `block_parameters` and `idle_parameters` are those of one transformer block.
    """
    modules, hidden = architecture.num_nextn_predict_layers, architecture.hidden_size
    matrices = 1 if architecture.tie_word_embeddings else 2
    matrices = 0 if architecture.mtp_shared_vocabulary else matrices
    vocabulary = matrices * architecture.vocab_size * hidden
    projection = projection_matrix(hidden).parameters
    norms = NORMS_PER_MODULE * hidden
    return MultiTokenPredictionCount(
        block_parameters=modules * block_parameters,
        projection_parameters=modules * projection,
        norm_parameters=modules * norms,
        total_parameters=modules * (block_parameters + projection + norms),
        vocabulary_copies_parameters=modules * vocabulary,
        idle_experts_parameters=modules * idle_parameters,
    )
