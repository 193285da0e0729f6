"""What attention stores and does in one layer, by its kind.

Every kind of attention answers for itself; `attention_count` chooses once.

Twin: model/attention.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import ClassVar

from dsv3.accounting.attention_kind import (
    AttentionCount,
    AttentionMatrices,
    AttentionVectors,
    DecodeForm,
)
from dsv3.accounting.matrices import FLOP_PER_PARAMETER, WeightMatrix
from dsv3.architecture import (
    Architecture,
    Attention,
    AttentionLayers,
    GroupedQueryAttention,
    LatentAttention,
)
from explorables.arithmetic import Number


def key_value_elements(heads: Number, head_dim: Number) -> Number:
    """Return the numbers of a token's keys and values: one of each for each head.

    Examples
    --------
    >>> key_value_elements(8, 128)
    2048
    """
    return 2 * heads * head_dim


def latent_elements(kv_lora_rank: Number, qk_rope_head_dim: Number) -> Number:
    """Return the numbers of a token's latent and of the rotary key beside it.

    Examples
    --------
    >>> latent_elements(512, 64)
    576
    """
    return kv_lora_rank + qk_rope_head_dim


def absorbed_score_flop(
    heads: Number, attended: Number, kv_lora_rank: Number, qk_rope_head_dim: Number
) -> Number:
    """Return the forward FLOP of scores on latents, without rebuilding keys.

    The up-projections are absorbed into the query and the output, so a head
    compares latents, d_c + d_R wide, and adds up latents, d_c wide
    [deepseekai2024v2]_ (section 2.1.2).

    Examples
    --------
    3.4 times the 81,920 of ready-made keys and values in DeepSeek-V3:

    >>> absorbed_score_flop(128, 1, 512, 64)
    278528
    """
    sizes = latent_elements(kv_lora_rank, qk_rope_head_dim) + kv_lora_rank
    return FLOP_PER_PARAMETER * attended * heads * sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class _LatentCount(AttentionCount):
    """DeepSeek-V3's, section 2.1.1, equations 1 to 11 [deepseekai2024v3]_.

    The matrices are those of the released checkpoint.
    """

    method: ClassVar[str] = "latent"
    decode_form: ClassVar[DecodeForm] = DecodeForm.ABSORBED

    attention: LatentAttention

    def matrices(self, hidden: Number) -> AttentionMatrices:
        kind, heads = self.attention, self.attention.num_attention_heads
        keys_and_values = heads * (kind.qk_nope_head_dim + kind.v_head_dim)
        return AttentionMatrices(
            query=self._query(hidden),
            key_value=(
                WeightMatrix(output_size=self.cached_elements, input_size=hidden),
                WeightMatrix(output_size=keys_and_values, input_size=kind.kv_lora_rank),
            ),
            output=(
                WeightMatrix(output_size=hidden, input_size=heads * kind.v_head_dim),
            ),
        )

    def _query(self, hidden: Number) -> tuple[WeightMatrix, ...]:
        rank = self.attention.q_lora_rank
        queries = self.attention.num_attention_heads * self.attention.qk_head_dim
        if rank is None:
            return (WeightMatrix(output_size=queries, input_size=hidden),)
        return (
            WeightMatrix(output_size=rank, input_size=hidden),
            WeightMatrix(output_size=queries, input_size=rank),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        kind = self.attention
        rank: Number = 0 if kind.q_lora_rank is None else kind.q_lora_rank
        return AttentionVectors(
            norm_parameters=rank + kind.kv_lora_rank,
            bias_parameters=rank + self.cached_elements + hidden
            if kind.attention_bias
            else 0,
            sink_parameters=0,
        )

    def score_flop(
        self, attended: Number, form: DecodeForm = DecodeForm.NAIVE
    ) -> Number:
        kind, heads = self.attention, self.attention.num_attention_heads
        if form == DecodeForm.ABSORBED:
            return absorbed_score_flop(
                heads, attended, kind.kv_lora_rank, kind.qk_rope_head_dim
            )
        sizes = kind.qk_head_dim + kind.v_head_dim
        return FLOP_PER_PARAMETER * attended * heads * sizes

    @property
    def cached_elements(self) -> Number:
        kind = self.attention
        return latent_elements(kind.kv_lora_rank, kind.qk_rope_head_dim)

    @property
    def multi_head_elements(self) -> Number:
        # Without the rotary part: plain attention would turn the key it has.
        kind = self.attention
        return kind.num_attention_heads * (kind.qk_nope_head_dim + kind.v_head_dim)

    @property
    def cache_shards(self) -> Number:
        return 1  # a latent has no heads

    @property
    def activation_elements(self) -> Number:
        kind = self.attention
        return kind.num_attention_heads * 2 * (kind.qk_head_dim + kind.v_head_dim)

    @property
    def cache_sizes(self) -> Mapping[str, Number]:
        kind = self.attention
        return {
            "head_dim": kind.v_head_dim,
            "kv_lora_rank": kind.kv_lora_rank,
            "qk_rope_head_dim": kind.qk_rope_head_dim,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _GroupedQueryCount(AttentionCount):
    """Several query heads to a key and a value, or one, or all of them."""

    method: ClassVar[str] = "grouped-query"
    decode_form: ClassVar[DecodeForm] = DecodeForm.NAIVE

    attention: GroupedQueryAttention

    def matrices(self, hidden: Number) -> AttentionMatrices:
        queries = self.attention.num_attention_heads * self.attention.head_dim
        keys = self.attention.num_key_value_heads * self.attention.head_dim
        asked = queries * (2 if self.attention.output_gate else 1)
        return AttentionMatrices(
            query=(WeightMatrix(output_size=asked, input_size=hidden),),
            key_value=(WeightMatrix(output_size=keys, input_size=hidden, copies=2),),
            output=(WeightMatrix(output_size=hidden, input_size=queries),),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        kind, heads = self.attention, self.attention.num_attention_heads
        asked = heads * (2 if kind.output_gate else 1)
        inward = (asked + 2 * kind.num_key_value_heads) * kind.head_dim
        biases: Number = inward if kind.query_key_value_bias else 0
        normed = heads + kind.num_key_value_heads if kind.qk_norm_over_heads else 2
        return AttentionVectors(
            norm_parameters=normed * kind.head_dim if kind.qk_norm else 0,
            bias_parameters=biases + (hidden if kind.output_bias else 0),
            sink_parameters=heads if kind.attention_sinks else 0,
        )

    def score_flop(
        self, attended: Number, form: DecodeForm = DecodeForm.NAIVE
    ) -> Number:
        if form == DecodeForm.ABSORBED:
            rule = "only latent attention has an absorbed form"
            message = f"form is {str(form)!r}: {rule}"
            raise ValueError(message)
        sizes = 2 * self.attention.head_dim
        heads = self.attention.num_attention_heads
        return FLOP_PER_PARAMETER * attended * heads * sizes

    @property
    def cached_elements(self) -> Number:
        kind = self.attention
        return key_value_elements(kind.num_key_value_heads, kind.head_dim)

    @property
    def multi_head_elements(self) -> Number:
        kind = self.attention
        return key_value_elements(kind.num_attention_heads, kind.head_dim)

    @property
    def cache_shards(self) -> Number:
        return self.attention.num_key_value_heads

    @property
    def activation_elements(self) -> Number:
        kind = self.attention
        heads = 2 * (kind.num_attention_heads + kind.num_key_value_heads)
        return heads * kind.head_dim

    @property
    def cache_sizes(self) -> Mapping[str, Number]:
        kind = self.attention
        return {
            "head_dim": kind.head_dim,
            "num_key_value_heads": kind.num_key_value_heads,
        }


@singledispatch
def attention_count(attention: Attention) -> AttentionCount:
    """Return what one layer of a kind of attention stores and does.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> v3 = attention_count(preset("deepseek-v3").attention)
    >>> sum(matrix.parameters for matrix in v3.matrices(7168).all)
    187105280
    >>> v3.cached_elements, v3.multi_head_elements
    (576, 32768)
    """
    message = f"attention is {attention!r}: must be of a kind that is counted"
    raise ValueError(message)


@attention_count.register
def _(attention: LatentAttention) -> AttentionCount:
    return _LatentCount(attention=attention)


@attention_count.register
def _(attention: GroupedQueryAttention) -> AttentionCount:
    return _GroupedQueryCount(attention=attention)


def attention_counts(
    architecture: Architecture,
) -> tuple[tuple[AttentionLayers, AttentionCount], ...]:
    """Return the layers of a model by the way in which they attend, each counted.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> [
    ...     (group.layers, group.window, one.cached_elements)
    ...     for group, one in attention_counts(preset("gpt-oss-120b"))
    ... ]
    [(18, None, 1024), (18, 128, 1024)]
    """
    return tuple(
        (group, attention_count(group.attention))
        for group in architecture.layer_attention
    )
