"""Number formats: bits, blocks and scales, and what multiplies or sends them.

Every table of precisions in the package is made of the records here. A format that is
added here is offered wherever a tuple below names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorables.arithmetic import require

LARGEST_EXPONENT_BITS, LARGEST_MANTISSA_BITS = 8, 23
"""Those of float32, in which scales are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatFormat:
    """A binary floating-point format of one sign bit, an exponent and a mantissa.

    Subnormals are kept. The largest exponent is given to infinity and NaN, as in
    IEEE 754, or, in the ``fn`` formats, to numbers except for one code of NaN.

    Examples
    --------
    >>> E4M3.largest, E4M3.smallest_normal, E4M3.smallest
    (448.0, 0.015625, 0.001953125)
    >>> E5M2.largest
    57344.0
    """

    name: str
    exponent_bits: int

    mantissa_bits: int
    """Without the leading 1, which is not stored."""

    has_infinity: bool = True
    """Whether the largest exponent is given to infinity and NaN."""

    def __post_init__(self) -> None:
        possible = 2 <= self.exponent_bits <= LARGEST_EXPONENT_BITS
        require("exponent_bits", self.exponent_bits, possible, "must be from 2 to 8")
        possible = 1 <= self.mantissa_bits <= LARGEST_MANTISSA_BITS
        require("mantissa_bits", self.mantissa_bits, possible, "must be from 1 to 23")

    @property
    def bits(self) -> int:
        """Bits of one number, the sign's included."""
        return 1 + self.exponent_bits + self.mantissa_bits

    @property
    def parts(self) -> tuple[int, int, int]:
        """Bits of sign, exponent and mantissa, as they stand in a code."""
        return 1, self.exponent_bits, self.mantissa_bits

    @property
    def bias(self) -> int:
        """What is subtracted from the exponent's bits."""
        return int(2 ** (self.exponent_bits - 1)) - 1

    @property
    def smallest_normal(self) -> float:
        """Least number above 0 with the full mantissa."""
        return float(2.0 ** (1 - self.bias))

    @property
    def smallest(self) -> float:
        """Least number above 0, a subnormal."""
        return float(2.0 ** (1 - self.bias - self.mantissa_bits))

    @property
    def largest(self) -> float:
        """Largest finite number."""
        step = 2.0**-self.mantissa_bits
        if self.has_infinity:
            return float((2 - step) * 2.0 ** (2**self.exponent_bits - 2 - self.bias))
        return float((2 - 2 * step) * 2.0 ** (2**self.exponent_bits - 1 - self.bias))


E4M3 = FloatFormat(name="E4M3", exponent_bits=4, mantissa_bits=3, has_infinity=False)
"""Eight bits, three of them mantissa: V3's format for every FP8 tensor
[deepseekai2024v3]_ (section 3.3.2).

The ``fn`` variant: no infinity, and one code of NaN for each sign.
"""

E5M2 = FloatFormat(name="E5M2", exponent_bits=5, mantissa_bits=2)
"""Eight bits, two of them mantissa: more range and coarser steps."""

E5M6 = FloatFormat(name="E5M6", exponent_bits=5, mantissa_bits=6)
"""Twelve bits, for the inputs of the Linear after attention.

The report names it and no more [deepseekai2024v3]_ (section 3.3.3). That its largest
exponent means infinity and NaN, as in E5M2, is assumed here.
"""

E8M7 = FloatFormat(name="E8M7", exponent_bits=8, mantissa_bits=7)
"""BF16: the exponent of float32 with the mantissa cut."""

E5M10 = FloatFormat(name="E5M10", exponent_bits=5, mantissa_bits=10)
"""FP16, the half precision of IEEE 754."""

E8M23 = FloatFormat(name="E8M23", exponent_bits=8, mantissa_bits=23)
"""FP32, the single precision of IEEE 754."""

FLOAT_FORMATS: Mapping[str, FloatFormat] = {
    layout.name: layout for layout in (E4M3, E5M2, E5M6)
}
"""The formats of the FP8 recipe by their names, in which numbers are rounded here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFormat:
    """How numbers are stored, shared scales included, and what becomes of them."""

    name: str

    bits: int
    """Bits of one number, scales aside."""

    layout: FloatFormat | None = None
    """Sign, exponent and mantissa; None where nothing rounds to it."""

    weight_block: tuple[int, int] = (1, 1)
    """Rows and columns of a weight that share a scale."""

    activation_tile: int = 1
    """Channels of a token that share a scale."""

    scale_bytes: int = 0
    """Bytes of one scale; 0 where a number stands for itself.

    With scales, only linear layers are in the format; the rest of a model is in BF16.
    """

    routing_bias_bytes: int = 2
    """Bytes of one routing bias in a model that is stored in the format."""

    multiplied_as: str
    """Format of the operands, whose peak on a chip it has."""

    dispatched_as: str
    """Format in which a token is sent to an expert whose weights are in this one."""

    def __post_init__(self) -> None:
        tile = self.activation_tile
        require("activation_tile", tile, tile > 0, "must be above 0")

    @property
    def element_bytes(self) -> float:
        """Bytes of one number, scales aside: whole where the bits fill bytes."""
        return self.bits // 8 if self.bits % 8 == 0 else self.bits / 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWeights:
    """How a checkpoint stores the weight of a linear layer: codes, and their scales."""

    multiplied_as: str
    """Name of the number format that its codes are in."""

    bits: int
    """Bits of one code."""

    block: tuple[int | None, int | None]
    """Rows and columns of weights that share a scale; None for all of them."""

    scale_bytes: float
    """Bytes that a block shares: its scale, and its zero point."""

    tensor_bytes: int = 0
    """Bytes of a weight besides: a scale over the scales, its shape, its grid."""

    column_bytes: int = 0
    """Bytes of each column besides: the group that it belongs to."""

    def in_blocks(self, block: tuple[int, int]) -> "StoredWeights":
        """Return the same with another block."""
        return replace(self, block=block)

    def in_groups(self, columns: int) -> "StoredWeights":
        """Return the same with another number of weights of a row to a scale."""
        return replace(self, block=(1, columns))

    def with_scale_bytes(self, scale_bytes: float) -> "StoredWeights":
        """Return the same with wider or narrower scales."""
        return replace(self, scale_bytes=scale_bytes)


FP8_BLOCKS = StoredWeights(multiplied_as="fp8", bits=8, block=(128, 128), scale_bytes=4)
"""DeepSeek-V3's."""

FP8_CHANNELS = StoredWeights(
    multiplied_as="fp8", bits=8, block=(1, None), scale_bytes=4
)
"""A scale for each row."""

FP8_TENSORS = StoredWeights(
    multiplied_as="fp8", bits=8, block=(None, None), scale_bytes=4, tensor_bytes=4
)
"""A scale for each weight, and one for what it is multiplied with."""

INT8_CHANNELS = StoredWeights(
    multiplied_as="int8", bits=8, block=(1, None), scale_bytes=4
)
"""A scale for each row."""

MXFP4_BLOCKS = StoredWeights(
    multiplied_as="mxfp4", bits=4, block=(1, 32), scale_bytes=1
)
"""The microscaling format of the Open Compute Project: a power of two for each 32."""

NVFP4_BLOCKS = StoredWeights(
    multiplied_as="nvfp4", bits=4, block=(1, 16), scale_bytes=1, tensor_bytes=8
)
"""NVIDIA's: an FP8 scale for each 16, and two numbers of FP32 for each weight."""

NF4_BLOCKS = StoredWeights(
    multiplied_as="nf4", bits=4, block=(1, 64), scale_bytes=4, tensor_bytes=64
)
"""bitsandbytes: a scale in FP32 for each 64, and the 16 numbers of its grid."""

NF4_BLOCKS_TWICE = StoredWeights(
    multiplied_as="nf4",
    bits=4,
    block=(1, 64),
    scale_bytes=1 + 4 / 256,
    tensor_bytes=64 + 4 * 256,
)
"""The same with scales in a byte each, and a scale for each 256 of them (QLoRA's
double quantisation)."""


def integer_groups(
    bits: int,
    group_size: int | None,
    *,
    zero_points: bool,
    column_bytes: int = 0,
    tensor_bytes: int = 0,
) -> StoredWeights:
    """Return packed integers with a two-byte scale for a group, as AWQ and GPTQ store.

    Examples
    --------
    >>> integer_groups(4, 128, zero_points=True).scale_bytes
    2.5
    """
    return StoredWeights(
        multiplied_as=f"int{bits}",
        bits=bits,
        block=(1, group_size),
        scale_bytes=2 + (bits / 8 if zero_points else 0),
        column_bytes=column_bytes,
        tensor_bytes=tensor_bytes,
    )


def affine_groups(bits: int, group_size: int | None) -> StoredWeights:
    """Return MLX's packed integers: a scale and an offset of two bytes for a group.

    Examples
    --------
    >>> affine_groups(4, 64).scale_bytes
    4
    """
    return StoredWeights(
        multiplied_as=f"int{bits}", bits=bits, block=(1, group_size), scale_bytes=4
    )


FP32 = NumberFormat(
    name="fp32",
    bits=32,
    layout=E8M23,
    routing_bias_bytes=4,
    multiplied_as="fp32",
    dispatched_as="fp32",
)
"""Four bytes each: master weights, scales, sums."""

BF16 = NumberFormat(
    name="bf16", bits=16, layout=E8M7, multiplied_as="bf16", dispatched_as="bf16"
)
"""Two bytes each: activations, moments, and what no FP8 recipe touches."""

FP16 = NumberFormat(
    name="fp16", bits=16, layout=E5M10, multiplied_as="bf16", dispatched_as="fp16"
)
"""Two bytes each, multiplied as fast as BF16."""

FP8 = NumberFormat(
    name="fp8",
    bits=8,
    layout=E4M3,
    weight_block=(128, 128),
    activation_tile=128,
    scale_bytes=4,
    routing_bias_bytes=4,
    multiplied_as="fp8",
    dispatched_as="fp8",
)
"""DeepSeek-V3's release: linear layers in one byte with a 4-byte scale for each block;
embedding, head, norms, biases and router in two; the routing bias in four
[deepseekai2024repo]_ (README_WEIGHTS.md). Activations have a scale for each 128
channels of a token [deepseekai2024v3]_ (section 3.3.2), on the wire too
[deepseekai2025deepep]_."""

INT8 = NumberFormat(
    name="int8",
    bits=8,
    weight_block=(128, 128),
    activation_tile=128,
    scale_bytes=4,
    routing_bias_bytes=4,
    multiplied_as="int8",
    dispatched_as="int8",
)
"""As FP8, with one-byte integers where that has floats: block-wise INT8."""

FP4 = NumberFormat(name="fp4", bits=4, multiplied_as="fp4", dispatched_as="fp4")
"""Operands of chips that are rated for them; no weights are counted in it here."""

INT4 = NumberFormat(
    name="int4",
    bits=4,
    weight_block=(1, 128),
    activation_tile=128,
    scale_bytes=2,
    multiplied_as="bf16",
    dispatched_as="bf16",
)
"""Linear layers in half a byte with a 2-byte scale for each 128 weights of a row, a
usual choice; the rest in two bytes. Widened to BF16 before it is multiplied."""

MXFP4 = NumberFormat(
    name="mxfp4",
    bits=4,
    weight_block=(1, 32),
    activation_tile=32,
    scale_bytes=1,
    multiplied_as="bf16",
    dispatched_as="bf16",
)
"""Linear layers in half a byte with a power of two for each 32 weights. Counted as
widened to BF16 where they are multiplied, which every chip can."""

NVFP4 = NumberFormat(
    name="nvfp4",
    bits=4,
    weight_block=(1, 16),
    activation_tile=16,
    scale_bytes=1,
    multiplied_as="bf16",
    dispatched_as="bf16",
)
"""The same with an FP8 scale for each 16 weights."""

NF4 = NumberFormat(
    name="nf4",
    bits=4,
    weight_block=(1, 64),
    activation_tile=64,
    scale_bytes=4,
    multiplied_as="bf16",
    dispatched_as="bf16",
)
"""bitsandbytes' grid of sixteen numbers, with an FP32 scale for each 64 weights."""

NUMBER_FORMATS: Mapping[str, NumberFormat] = {
    form.name: form
    for form in (FP32, BF16, FP16, FP8, INT8, FP4, INT4, MXFP4, NVFP4, NF4)
}
"""Every format by its name, the widest first."""

RELEASED = "as released"
"""Weights as their makers store them, by the config of the release."""

WEIGHT_FORMATS = ("fp32", "bf16", "fp8", "int8", "nf4", "nvfp4", "mxfp4", "int4")
"""Formats in which the bytes of a model's weights are counted, the widest first."""

SERVED_FORMATS = ("fp8", "bf16", "int8", "int4")
"""Formats in which a service may hold weights, DeepSeek-V3's own first."""

HELD_FORMATS = (RELEASED, *SERVED_FORMATS, "mxfp4", "nvfp4", "nf4")
"""What weights may be held as where only their bytes matter."""

CACHE_FORMATS = ("bf16", "fp8")
"""Formats in which a service may keep its cache."""

WIRE_FORMATS = ("fp8", "bf16", "fp32")
"""Formats in which tokens are sent to experts and back, FP8 as DeepEP does."""

TRAINING_FORMATS = ("bf16", "fp8")
"""Formats whose dense peak a utilisation in training may be measured against."""

OPERAND_FORMATS = ("bf16", "fp8", "fp4", "int8")
"""Formats that chips are rated for."""


def number_formats(names: tuple[str, ...]) -> dict[str, NumberFormat]:
    """Return the records of some formats by name, in their order.

    Examples
    --------
    >>> [form.element_bytes for form in number_formats(SERVED_FORMATS).values()]
    [1, 2, 1, 0.5]
    """
    return {name: NUMBER_FORMATS[name] for name in names}
