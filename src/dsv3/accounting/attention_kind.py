"""What every kind of attention answers when its layer is counted."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from dsv3.accounting.matrices import WeightMatrix
from explorables.arithmetic import Condition, Number, both, minimum, require, where


class DecodeForm(StrEnum):
    """How latent attention reads its cache while decoding."""

    NAIVE = "naive"
    """Keys and values of the context are at hand, rebuilt once and cached."""

    ABSORBED = "absorbed"
    """Only latents are cached; the up-projections move to query and output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionMatrices:
    """The linear layers of one layer's attention."""

    query: tuple[WeightMatrix, ...]
    """From the residual stream to the queries."""

    key_value: tuple[WeightMatrix, ...]
    """From the residual stream to the keys and values."""

    output: tuple[WeightMatrix, ...]
    """From the heads back to the residual stream."""

    indexer: tuple[WeightMatrix, ...] = ()
    """Of an indexer, which selects what is attended to."""

    wide: tuple[WeightMatrix, ...] = ()
    """Those of all that a release in low precision keeps in BF16."""

    @property
    def all(self) -> tuple[WeightMatrix, ...]:
        """Every linear layer."""
        return self.query + self.key_value + self.output + self.indexer

    @property
    def low_precision(self) -> tuple[WeightMatrix, ...]:
        """Those that a low precision is for."""
        return tuple(
            matrix
            for matrix in self.all
            if not any(matrix is kept for kept in self.wide)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionVectors:
    """The parameters of one layer's attention that are not matrices."""

    norm_parameters: Number
    """Norms inside attention: on latents, or on queries and keys."""

    bias_parameters: Number

    sink_parameters: Number
    """Learned logits that draw attention away, one per head."""

    recurrence_parameters: Number = 0
    """Short convolutions, decays and time steps of attention that keeps a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Attention to a limited number of tokens, whichever these are."""

    tokens: Number
    """Tokens at most."""

    score_flop_per_token: Number
    """Forward FLOP of scores and weighted values for each of them."""

    cached_elements: Number
    """Cached numbers that are read of each of them."""


def attended_tokens(
    context_tokens: Number, window: Number | None, causal: Condition
) -> Number:
    """Return the positions that a token attends to, on average over a context.

    With the causal mask, T/2: half of the full square, the convention that reproduces
    the ISCA paper's figures (Table 2) [zhao2025insights]_; the exact mean is (T + 1)/2.
    Through a window of W positions it is W - W²/2T, which is T/2 again when the window
    covers the context. Without the mask it is all the positions that a full square, or
    a full band of the window's width, has.

    Examples
    --------
    >>> attended_tokens(4096, None, causal=True)
    2048.0
    >>> attended_tokens(4096, 1024, causal=True)
    896.0
    """
    rule = "must be above 0 and at most 2**53"
    condition = both(context_tokens > 0, context_tokens <= 2**53)
    require("context_tokens", context_tokens, condition, rule)
    if window is None:
        return where(causal, context_tokens / 2, context_tokens)
    reach = minimum(window, context_tokens)
    # Two halvings rather than a square over 2T, which could pass 2**53.
    return where(causal, reach - reach / 2 * (reach / context_tokens), reach)


class AttentionCount(ABC):
    """What one layer of a kind of attention stores and does."""

    method: ClassVar[str]
    """What its way of caching is called, a name of `dsv3.accounting.METHODS`."""

    decode_form: ClassVar[DecodeForm]
    """The form in which engines read its cache."""

    @abstractmethod
    def matrices(self, hidden: Number) -> AttentionMatrices:
        """Linear layers, beside a residual stream of a size."""

    @abstractmethod
    def vectors(self, hidden: Number) -> AttentionVectors:
        """Norms, biases and sinks, beside a residual stream of a size."""

    @abstractmethod
    def score_flop(
        self, attended: Number, form: DecodeForm = DecodeForm.NAIVE
    ) -> Number:
        """Forward FLOP of a token's scores and weighted values, in proportion.

        Without what a `selection` limits.
        """

    def selection(self, form: DecodeForm = DecodeForm.NAIVE) -> Selection | None:  # noqa: ARG002
        """Return the part that attends to a limited number of tokens; None usually."""
        return None

    def context_flop(
        self,
        context_tokens: Number,
        window: Number | None,
        causal: Condition,
        form: DecodeForm = DecodeForm.NAIVE,
    ) -> Number:
        """Forward FLOP of a token's attention, averaged over a context.

        `window` is the layer's; `attended_tokens` says what the mean is.
        """
        attended = attended_tokens(context_tokens, window, causal)
        flop = self.score_flop(attended, form) + self.state_flop
        selected = self.selection(form)
        if selected is None:
            return flop
        reached = attended_tokens(context_tokens, selected.tokens, causal)
        return flop + reached * selected.score_flop_per_token

    def index_flop(self, context_tokens: Number, causal: Condition) -> Number:  # noqa: ARG002
        """Return the part of `context_flop` that an indexer does; usually 0."""
        return 0

    def kept_elements(self, context_tokens: Number, window: Number | None) -> Number:
        """Numbers kept of a sequence of a length; `window` is the layer's."""
        kept = context_tokens if window is None else minimum(window, context_tokens)
        return kept * self.cached_elements + self.state_elements

    def kept_key_elements(self, context_tokens: Number) -> Number:  # noqa: ARG002
        """Return those of `kept_elements` that are an indexer's keys."""
        return 0

    @property
    @abstractmethod
    def cached_elements(self) -> Number:
        """Numbers kept of one token."""

    @property
    def state_elements(self) -> Number:
        """Numbers kept of one sequence, however long; none but for a recurrence."""
        return 0

    @property
    def state_flop(self) -> Number:
        """Forward FLOP of a token on what is kept of the sequence."""
        return 0

    @property
    @abstractmethod
    def multi_head_elements(self) -> Number:
        """Numbers that plain multi-head attention of the same heads would keep."""

    @property
    @abstractmethod
    def cache_shards(self) -> Number:
        """Ways in which tensor parallelism can divide what is kept."""

    @property
    @abstractmethod
    def activation_elements(self) -> Number:
        """Numbers of one token at once: queries, keys, values and their sums."""

    @property
    @abstractmethod
    def cache_sizes(self) -> Mapping[str, Number]:
        """Its sizes among the arguments of `cached_elements_by_method`."""
