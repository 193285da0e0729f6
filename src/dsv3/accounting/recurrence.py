"""What attention with a state of fixed size stores and does in one layer.

The state is counted in numbers: the matrices of the recurrence, and the last inputs of
the short convolutions, one fewer than these read. Its work is that of one step of the
recurrence; training does the same in chunks, whose products are not counted.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dsv3.accounting.attention import attention_count
from dsv3.accounting.attention_kind import (
    AttentionCount,
    AttentionMatrices,
    AttentionVectors,
    DecodeForm,
)
from dsv3.accounting.matrices import FLOP_PER_PARAMETER, WeightMatrix
from dsv3.architecture import GatedDeltaNet, KimiDeltaAttention, Mamba2
from explorables.arithmetic import Number

DELTA_RULE_PRODUCTS = 3
"""Read what is known of a key, write the difference, read for the query."""

STATE_SPACE_PRODUCTS = 2
"""Write an input, read the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecurrentCount(AttentionCount):
    """A layer whose memory of a sequence does not grow."""

    method: ClassVar[str] = "recurrent"
    decode_form: ClassVar[DecodeForm] = DecodeForm.NAIVE

    @property
    @abstractmethod
    def matrix_elements(self) -> Number:
        """Numbers of the recurrence's state."""

    @property
    @abstractmethod
    def convolved_channels(self) -> Number:
        """Channels that short convolutions run over."""

    @property
    @abstractmethod
    def kernel_size(self) -> Number:
        """Positions that they read."""

    products: ClassVar[int] = DELTA_RULE_PRODUCTS
    """Products of a token with the state."""

    def score_flop(
        self, attended: Number, form: DecodeForm = DecodeForm.NAIVE
    ) -> Number:
        del attended, form  # nothing earlier is looked at
        return 0

    @property
    def cached_elements(self) -> Number:
        return 0

    @property
    def state_elements(self) -> Number:
        kept = self.kernel_size - 1
        return self.matrix_elements + self.convolved_channels * kept

    @property
    def state_flop(self) -> Number:
        convolution = self.convolved_channels * self.kernel_size
        products = self.products * self.matrix_elements
        return FLOP_PER_PARAMETER * (products + convolution)

    @property
    def multi_head_elements(self) -> Number:
        return self.activation_elements / 2

    @property
    def cache_sizes(self) -> Mapping[str, Number]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _GatedDeltaCount(_RecurrentCount):
    """Qwen3-Next's."""

    attention: GatedDeltaNet

    @property
    def _keys(self) -> Number:
        return self.attention.linear_num_key_heads * self.attention.linear_key_head_dim

    @property
    def _values(self) -> Number:
        kind = self.attention
        return kind.linear_num_value_heads * kind.linear_value_head_dim

    def matrices(self, hidden: Number) -> AttentionMatrices:
        gates = 2 * self.attention.linear_num_value_heads
        into = [self._keys, self._values, gates]
        return AttentionMatrices(
            query=(WeightMatrix(output_size=self._keys, input_size=hidden),),
            key_value=tuple(
                WeightMatrix(output_size=size, input_size=hidden) for size in into
            ),
            output=(
                WeightMatrix(output_size=self._values, input_size=hidden),
                WeightMatrix(output_size=hidden, input_size=self._values),
            ),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        del hidden
        decays = 2 * self.attention.linear_num_value_heads
        return AttentionVectors(
            norm_parameters=self.attention.linear_value_head_dim,
            bias_parameters=0,
            sink_parameters=0,
            recurrence_parameters=decays + self.convolved_channels * self.kernel_size,
        )

    @property
    def matrix_elements(self) -> Number:
        return self._values * self.attention.linear_key_head_dim

    @property
    def convolved_channels(self) -> Number:
        return 2 * self._keys + self._values

    @property
    def kernel_size(self) -> Number:
        return self.attention.linear_conv_kernel_dim

    @property
    def cache_shards(self) -> Number:
        return self.attention.linear_num_key_heads

    @property
    def activation_elements(self) -> Number:
        return 2 * (self._keys + self._values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _KimiDeltaCount(_RecurrentCount):
    """Kimi Linear's: gates are projections through one head's width."""

    attention: KimiDeltaAttention

    @property
    def _channels(self) -> Number:
        return self.attention.linear_num_heads * self.attention.linear_head_dim

    def matrices(self, hidden: Number) -> AttentionMatrices:
        kind, channels = self.attention, self._channels
        narrow = WeightMatrix(output_size=kind.linear_head_dim, input_size=hidden)
        widen = WeightMatrix(output_size=channels, input_size=kind.linear_head_dim)
        inward = WeightMatrix(output_size=channels, input_size=hidden)
        rate = WeightMatrix(output_size=kind.linear_num_heads, input_size=hidden)
        outward = WeightMatrix(output_size=hidden, input_size=channels)
        return AttentionMatrices(
            query=(inward,),
            key_value=(inward, inward, narrow, widen, rate),
            output=(narrow, widen, outward),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        del hidden
        decays = self._channels + self.attention.linear_num_heads
        return AttentionVectors(
            norm_parameters=self.attention.linear_head_dim,
            bias_parameters=0,
            sink_parameters=0,
            recurrence_parameters=decays + self.convolved_channels * self.kernel_size,
        )

    @property
    def matrix_elements(self) -> Number:
        return self._channels * self.attention.linear_head_dim

    @property
    def convolved_channels(self) -> Number:
        return 3 * self._channels

    @property
    def kernel_size(self) -> Number:
        return self.attention.linear_conv_kernel_dim

    @property
    def cache_shards(self) -> Number:
        return self.attention.linear_num_heads

    @property
    def activation_elements(self) -> Number:
        return 4 * self._channels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mamba2Count(_RecurrentCount):
    """Nemotron-H's."""

    attention: Mamba2
    products: ClassVar[int] = STATE_SPACE_PRODUCTS

    def matrices(self, hidden: Number) -> AttentionMatrices:
        kind = self.attention
        into = kind.inner_size + kind.convolved_size + kind.mamba_num_heads
        return AttentionMatrices(
            query=(),
            key_value=(WeightMatrix(output_size=into, input_size=hidden),),
            output=(WeightMatrix(output_size=hidden, input_size=kind.inner_size),),
        )

    def vectors(self, hidden: Number) -> AttentionVectors:
        kind = self.attention
        into = kind.inner_size + kind.convolved_size + kind.mamba_num_heads
        weights = kind.conv_kernel + (1 if kind.use_conv_bias else 0)
        return AttentionVectors(
            norm_parameters=kind.inner_size,
            bias_parameters=into + hidden if kind.use_bias else 0,
            sink_parameters=0,
            # A, D and the bias of the time step have one number for each head.
            recurrence_parameters=3 * kind.mamba_num_heads
            + kind.convolved_size * weights,
        )

    @property
    def matrix_elements(self) -> Number:
        return self.attention.inner_size * self.attention.ssm_state_size

    @property
    def convolved_channels(self) -> Number:
        return self.attention.convolved_size

    @property
    def kernel_size(self) -> Number:
        return self.attention.conv_kernel

    @property
    def cache_shards(self) -> Number:
        return self.attention.n_groups

    @property
    def activation_elements(self) -> Number:
        kind = self.attention
        return 2 * kind.inner_size + kind.convolved_size


@attention_count.register
def _(attention: GatedDeltaNet) -> AttentionCount:
    return _GatedDeltaCount(attention=attention)


@attention_count.register
def _(attention: KimiDeltaAttention) -> AttentionCount:
    return _KimiDeltaCount(attention=attention)


@attention_count.register
def _(attention: Mamba2) -> AttentionCount:
    return _Mamba2Count(attention=attention)
