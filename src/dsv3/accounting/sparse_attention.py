"""What sparse and compressed attention store and do in one layer.

DeepSeek-V3.2's indexer beside latent attention, and DeepSeek-V4's three kinds of layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dsv3.accounting.attention import attention_count, key_value_elements
from dsv3.accounting.attention_kind import (
    AttentionCount,
    AttentionMatrices,
    AttentionVectors,
    DecodeForm,
    Selection,
    attended_tokens,
)
from dsv3.accounting.matrices import FLOP_PER_PARAMETER, WeightMatrix
from dsv3.architecture import (
    CompressedAttention,
    LightningIndexer,
    SparseLatentAttention,
)
from explorables.arithmetic import Condition, Number, minimum


def index_score_flop(indexer: LightningIndexer) -> Number:
    """Return the forward FLOP of one index score.

    Each head multiplies a query with the key, and its rectified product with its weight
    (DeepSeek-V3.2, equation 1) [deepseekai2025v32]_.

    Examples
    --------
    64 heads of 128 + 1 multiplications and additions:

    >>> index_score_flop(
    ...     LightningIndexer(index_n_heads=64, index_head_dim=128, index_topk=2048)
    ... )
    16512
    """
    return FLOP_PER_PARAMETER * indexer.index_n_heads * (indexer.index_head_dim + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SparseLatentCount(AttentionCount):
    """DeepSeek-V3.2's: latent attention, and the indexer that limits it.

    The indexer's matrices are those of the released code [deepseekai2025v32exp]_.
    """

    method: ClassVar[str] = "sparse latent"
    decode_form: ClassVar[DecodeForm] = DecodeForm.ABSORBED

    attention: SparseLatentAttention

    @property
    def _latent(self) -> AttentionCount:
        return attention_count(self.attention.latent)

    def matrices(self, hidden: Number) -> AttentionMatrices:
        latent = self._latent.matrices(hidden)
        indexer = self._indexer_matrices(hidden)
        return AttentionMatrices(
            query=latent.query,
            key_value=latent.key_value,
            output=latent.output,
            indexer=indexer,
            wide=indexer[-1:],
        )

    def _indexer_matrices(self, hidden: Number) -> tuple[WeightMatrix, ...]:
        """Return queries, key and the weights of the heads, which stay in BF16."""
        rank, indexer = self.attention.latent.q_lora_rank, self.attention.indexer
        if self.attention.shared_selection or rank is None:
            return ()
        heads, size = indexer.index_n_heads, indexer.index_head_dim
        return (
            WeightMatrix(output_size=heads * size, input_size=rank),
            WeightMatrix(output_size=size, input_size=hidden),
            WeightMatrix(output_size=heads, input_size=hidden),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        latent = self._latent.vectors(hidden)
        # The key's norm is a layer norm: a weight and a bias for each number.
        norm = 0 if self.attention.shared_selection else 2 * self._key_elements
        return AttentionVectors(
            norm_parameters=latent.norm_parameters + norm,
            bias_parameters=latent.bias_parameters,
            sink_parameters=latent.sink_parameters,
        )

    @property
    def _key_elements(self) -> Number:
        return self.attention.indexer.index_head_dim

    def score_flop(
        self,
        attended: Number,
        form: DecodeForm = DecodeForm.NAIVE,  # noqa: ARG002 (an indexer has one form)
    ) -> Number:
        if self.attention.shared_selection:
            return 0
        return attended * index_score_flop(self.attention.indexer)

    def selection(self, form: DecodeForm = DecodeForm.NAIVE) -> Selection:
        return Selection(
            tokens=self.attention.indexer.index_topk,
            score_flop_per_token=self._latent.score_flop(1, form),
            cached_elements=self._latent.cached_elements,
        )

    def index_flop(self, context_tokens: Number, causal: Condition) -> Number:
        return self.score_flop(attended_tokens(context_tokens, None, causal))

    def kept_key_elements(self, context_tokens: Number) -> Number:
        own = 0 if self.attention.shared_selection else self._key_elements
        return context_tokens * own

    @property
    def cached_elements(self) -> Number:
        own = 0 if self.attention.shared_selection else self._key_elements
        return self._latent.cached_elements + own

    @property
    def multi_head_elements(self) -> Number:
        return self._latent.multi_head_elements

    @property
    def cache_shards(self) -> Number:
        return self._latent.cache_shards

    @property
    def activation_elements(self) -> Number:
        indexer = self.attention.indexer
        queries = indexer.index_n_heads * indexer.index_head_dim
        return self._latent.activation_elements + queries

    @property
    def cache_sizes(self) -> Mapping[str, Number]:
        return self._latent.cache_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class _CompressedCount(AttentionCount):
    """DeepSeek-V4's, section 2.3 [deepseekai2026v4]_, in the words of its code.

    An entry of compressed sparse attention is made of two series of vectors, one of
    its own tokens and one of those before, so the compressor is twice as wide. Tokens
    that wait for their entry to be complete are not counted in the cache.
    """

    method: ClassVar[str] = "compressed"
    decode_form: ClassVar[DecodeForm] = DecodeForm.NAIVE

    attention: CompressedAttention

    @property
    def _series(self) -> int:
        return 1 if self.attention.indexer is None else 2

    def matrices(self, hidden: Number) -> AttentionMatrices:
        kind, size = self.attention, self.attention.head_dim
        heads, inner = kind.num_attention_heads, kind.o_groups * kind.o_lora_rank
        compressor = self._compressor(hidden, size)
        indexer = self._indexer_matrices(hidden)
        return AttentionMatrices(
            query=(
                WeightMatrix(output_size=kind.q_lora_rank, input_size=hidden),
                WeightMatrix(output_size=heads * size, input_size=kind.q_lora_rank),
            ),
            key_value=(
                WeightMatrix(output_size=size, input_size=hidden),
                *compressor,
            ),
            output=(
                WeightMatrix(
                    output_size=kind.o_lora_rank,
                    input_size=heads // kind.o_groups * size,
                    copies=kind.o_groups,
                ),
                WeightMatrix(output_size=hidden, input_size=inner),
            ),
            indexer=indexer,
            wide=compressor + indexer[:1] + indexer[-1:],
        )

    def _compressor(self, hidden: Number, size: Number) -> tuple[WeightMatrix, ...]:
        """Return the projections to an entry's vectors and to their weights."""
        if self.attention.compress_rate is None:
            return ()
        width = self._series * size
        return (WeightMatrix(output_size=width, input_size=hidden, copies=2),)

    def _indexer_matrices(self, hidden: Number) -> tuple[WeightMatrix, ...]:
        indexer, rank = self.attention.indexer, self.attention.q_lora_rank
        if indexer is None:
            return ()
        heads, size = indexer.index_n_heads, indexer.index_head_dim
        return (
            *self._compressor(hidden, size),
            WeightMatrix(output_size=heads * size, input_size=rank),
            WeightMatrix(output_size=heads, input_size=hidden),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:  # noqa: ARG002 (no biases)
        kind = self.attention
        compressed = self._compressed_sizes
        rate: Number = 0 if kind.compress_rate is None else kind.compress_rate
        return AttentionVectors(
            norm_parameters=kind.q_lora_rank + kind.head_dim + compressed,
            bias_parameters=rate * self._series * compressed,
            sink_parameters=kind.num_attention_heads,
        )

    @property
    def _compressed_sizes(self) -> Number:
        """Numbers cached of one compressed entry: itself, and the indexer's key."""
        kind = self.attention
        if kind.compress_rate is None:
            return 0
        key = 0 if kind.indexer is None else kind.indexer.index_head_dim
        return kind.head_dim + key

    @property
    def _entry_flop(self) -> Number:
        """Forward FLOP of one entry's scores and weighted values, key and value one."""
        heads = self.attention.num_attention_heads
        return FLOP_PER_PARAMETER * heads * 2 * self.attention.head_dim

    def score_flop(
        self, attended: Number, form: DecodeForm = DecodeForm.NAIVE
    ) -> Number:
        _refuse_absorbed(form)
        kind = self.attention
        if kind.compress_rate is None:
            return 0
        entry = (
            self._entry_flop if kind.indexer is None else index_score_flop(kind.indexer)
        )
        return attended / kind.compress_rate * entry

    def selection(self, form: DecodeForm = DecodeForm.NAIVE) -> Selection | None:
        _refuse_absorbed(form)
        kind = self.attention
        if kind.compress_rate is None or kind.indexer is None:
            return None
        return Selection(
            tokens=kind.indexer.index_topk * kind.compress_rate,
            score_flop_per_token=self._entry_flop / kind.compress_rate,
            cached_elements=kind.head_dim / kind.compress_rate,
        )

    def context_flop(
        self,
        context_tokens: Number,
        window: Number | None,
        causal: Condition,
        form: DecodeForm = DecodeForm.NAIVE,
    ) -> Number:
        near = attended_tokens(context_tokens, self.attention.sliding_window, causal)
        far = AttentionCount.context_flop(self, context_tokens, window, causal, form)
        return far - self.state_flop + near * self._entry_flop

    def kept_elements(
        self,
        context_tokens: Number,
        window: Number | None,  # noqa: ARG002 (the kind has its own)
    ) -> Number:
        kind = self.attention
        near = minimum(kind.sliding_window, context_tokens) * kind.head_dim
        if kind.compress_rate is None:
            return near
        entries = context_tokens // kind.compress_rate
        return near + entries * self._compressed_sizes

    def index_flop(self, context_tokens: Number, causal: Condition) -> Number:
        if self.attention.indexer is None:
            return 0
        return self.score_flop(attended_tokens(context_tokens, None, causal))

    def kept_key_elements(self, context_tokens: Number) -> Number:
        kind = self.attention
        if kind.compress_rate is None or kind.indexer is None:
            return 0
        return context_tokens // kind.compress_rate * kind.indexer.index_head_dim

    @property
    def cached_elements(self) -> Number:
        rate = self.attention.compress_rate
        return 0 if rate is None else self._compressed_sizes / rate

    @property
    def state_elements(self) -> Number:
        return self.attention.sliding_window * self.attention.head_dim

    @property
    def state_flop(self) -> Number:
        return self.attention.sliding_window * self._entry_flop

    @property
    def multi_head_elements(self) -> Number:
        kind = self.attention
        return key_value_elements(kind.num_attention_heads, kind.head_dim)

    @property
    def cache_shards(self) -> Number:
        return 1  # one key, which is the value, for all heads

    @property
    def activation_elements(self) -> Number:
        kind = self.attention
        return (2 * kind.num_attention_heads + 1) * kind.head_dim

    @property
    def cache_sizes(self) -> Mapping[str, Number]:
        return {"head_dim": self.attention.head_dim}


def _refuse_absorbed(form: DecodeForm) -> None:
    if form == DecodeForm.ABSORBED:
        rule = "only latent attention has an absorbed form"
        message = f"form is {str(form)!r}: {rule}"
        raise ValueError(message)


@attention_count.register
def _(attention: SparseLatentAttention) -> AttentionCount:
    return _SparseLatentCount(attention=attention)


@attention_count.register
def _(attention: CompressedAttention) -> AttentionCount:
    return _CompressedCount(attention=attention)
