"""Kinds of attention that keep a state of fixed size in place of a growing cache.

Fields are spelled as in the config of the family that brought the kind.
"""

from dataclasses import dataclass, fields

from dsv3.architecture.rules import require_multiple, require_whole
from explorables.arithmetic import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedDeltaNet:
    """Linear attention by the gated delta rule, as Qwen3-Next has it.

    The state of a value head is a matrix of key by value; short convolutions run over
    queries, keys and values.
    """

    linear_num_key_heads: Number
    """Heads of queries, and of keys; divides the value heads."""

    linear_num_value_heads: Number
    linear_key_head_dim: Number
    linear_value_head_dim: Number

    linear_conv_kernel_dim: Number
    """Positions that a short convolution reads."""

    def __post_init__(self) -> None:
        _require_sizes(self)
        values, keys = self.linear_num_value_heads, self.linear_num_key_heads
        require_multiple("linear_num_value_heads", values, "linear_num_key_heads", keys)

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        keys = self.linear_num_key_heads * self.linear_key_head_dim
        values = self.linear_num_value_heads * (self.linear_value_head_dim + 1)
        return 2 * (keys + values) + self.linear_conv_kernel_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiDeltaAttention:
    """Linear attention by a delta rule that forgets channel by channel.

    Kimi Linear's: forget gate and output gate are projections through one head's
    width.
    """

    linear_num_heads: Number
    """Heads; each has queries, keys and values of its own."""

    linear_head_dim: Number

    linear_conv_kernel_dim: Number
    """Positions that a short convolution reads."""

    def __post_init__(self) -> None:
        _require_sizes(self)

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        channels = self.linear_num_heads * self.linear_head_dim
        return 6 * channels + self.linear_num_heads + self.linear_conv_kernel_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class Mamba2:
    """A state-space layer, Mamba-2, as Nemotron-H mixes it with attention."""

    mamba_num_heads: Number
    mamba_head_dim: Number

    ssm_state_size: Number
    """Numbers of state for each channel."""

    n_groups: Number
    """Groups of heads that share their input and output matrices, B and C."""

    conv_kernel: Number
    """Positions that the short convolution reads."""

    use_conv_bias: bool = True

    use_bias: bool = False
    """Whether the projections into and out of the layer have a bias."""

    def __post_init__(self) -> None:
        _require_sizes(self)
        heads = self.mamba_num_heads
        require_multiple("mamba_num_heads", heads, "n_groups", self.n_groups)

    @property
    def inner_size(self) -> Number:
        """Channels of the layer."""
        return self.mamba_num_heads * self.mamba_head_dim

    @property
    def convolved_size(self) -> Number:
        """Channels that the short convolution runs over: inputs, B and C."""
        return self.inner_size + 2 * self.n_groups * self.ssm_state_size

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        projected = self.inner_size + self.convolved_size + self.mamba_num_heads
        return projected + self.conv_kernel


def _require_sizes(kind: GatedDeltaNet | KimiDeltaAttention | Mamba2) -> None:
    for field in fields(kind):
        if field.type is not bool:
            require_whole(field.name, getattr(kind, field.name))
