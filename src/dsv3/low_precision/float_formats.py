"""Small floating-point formats: their grids, their codes, rounding onto them.

Owns what a number becomes in eight or twelve bits. Knows no tile and no scale;
those are :mod:`dsv3.low_precision.quantization`. Every step here is exact: powers
of two are made from bits, never from logarithms.

Twin: none; a format is its own definition.
"""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorables.arithmetic import require

DOUBLE_MANTISSA_BITS = 52
DOUBLE_BIAS = 1023
"""How a float64 keeps its exponent: this much above it, behind the mantissa."""

LARGEST_EXPONENT_BITS, LARGEST_MANTISSA_BITS = 8, 10
"""Formats up to these have few enough codes for a table of all of them."""


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
    """What it is called."""

    exponent_bits: int
    """Bits of the exponent, 2 to 8."""

    mantissa_bits: int
    """Bits of the mantissa that are kept, 1 to 10."""

    has_infinity: bool
    """Whether the largest exponent is given to infinity and NaN."""

    def __post_init__(self) -> None:
        possible = 2 <= self.exponent_bits <= LARGEST_EXPONENT_BITS
        require("exponent_bits", self.exponent_bits, possible, "must be from 2 to 8")
        possible = 1 <= self.mantissa_bits <= LARGEST_MANTISSA_BITS
        require("mantissa_bits", self.mantissa_bits, possible, "must be from 1 to 10")

    @property
    def bits(self) -> int:
        """Bits of one number, the sign's included."""
        return 1 + self.exponent_bits + self.mantissa_bits

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
"""Eight bits, three of them mantissa: V3's format for every FP8 tensor.

The ``fn`` variant: no infinity, and one code of NaN for each sign.
"""

E5M2 = FloatFormat(name="E5M2", exponent_bits=5, mantissa_bits=2, has_infinity=True)
"""Eight bits, two of them mantissa: more range and coarser steps."""

E5M6 = FloatFormat(name="E5M6", exponent_bits=5, mantissa_bits=6, has_infinity=True)
"""Twelve bits, for the inputs of the Linear after attention.

The report names it and no more [deepseekai2024v3]_ (section 3.3.3). That its largest
exponent means infinity and NaN, as in E5M2, is assumed here.
"""

FORMATS = {form.name: form for form in (E4M3, E5M2, E5M6)}
"""The formats by their names."""


@cache
def _magnitudes(form: FloatFormat) -> Float[Tensor, " X"]:
    """Return what the codes without a sign bit mean, in the order of the codes."""
    count = 2**form.mantissa_bits
    code = torch.arange(2 ** (form.bits - 1), dtype=torch.int64)
    exponent, mantissa = code // count, code % count
    step = two_to(exponent.clamp(min=1) - form.bias - form.mantissa_bits)
    magnitudes: Tensor = (mantissa + count * (exponent > 0)) * step
    magnitudes[magnitudes > form.largest] = torch.nan
    if form.has_infinity:
        magnitudes[-count] = torch.inf
    return magnitudes


def code_values(form: FloatFormat) -> Float[Tensor, " X"]:
    """Return the value of every code of a format.

    Parameters
    ----------
    form
        The format.

    Returns
    -------
    Tensor
        Values in float64 in the order of the codes, negative ones second.

    Examples
    --------
    >>> code_values(E4M3)[[0, 1, 0x38, 0x7E, 0x7F, 0xB8]].tolist()
    [0.0, 0.001953125, 1.0, 448.0, nan, -1.0]
    """
    magnitudes = _magnitudes(form)
    return torch.cat([magnitudes, -magnitudes])


def two_to(exponent: Int[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Return a power of two in float64, exactly.

    Parameters
    ----------
    exponent
        Whole numbers from -1022 to 1023.

    Returns
    -------
    Tensor
        The powers.

    Examples
    --------
    >>> two_to(torch.tensor([-9, 0, 8])).tolist()
    [0.001953125, 1.0, 256.0]
    """
    bits = (exponent.to(torch.int64) + DOUBLE_BIAS) << DOUBLE_MANTISSA_BITS
    powers: Tensor = bits.view(torch.float64)
    return powers


def exponent_of(values: Float[Tensor, "..."]) -> Int[Tensor, "..."]:
    """Return the exponent of the largest power of two in each number.

    Parameters
    ----------
    values
        Numbers; of 0 and of float64 subnormals it is -1023.

    Returns
    -------
    Tensor
        Whole numbers.

    Examples
    --------
    >>> exponent_of(torch.tensor([1.0, 1.9, -4.0, 0.3])).tolist()
    [0, 0, 2, -2]
    """
    bits = values.double().view(torch.int64) >> DOUBLE_MANTISSA_BITS
    exponents: Tensor = (bits & 2 * DOUBLE_BIAS + 1) - DOUBLE_BIAS
    return exponents


@torch.no_grad()
def rounded(
    values: Float[Tensor, "*axes"], form: FloatFormat, *, saturating: bool = True
) -> Float[Tensor, "*axes"]:
    """Return the nearest number of a format, of two equally near the even one.

    Parameters
    ----------
    values
        Numbers of any floating-point type.
    form
        The format.
    saturating
        Whether what is too large, infinity included, becomes the largest number;
        otherwise it becomes infinity, or NaN in a format without one.

    Returns
    -------
    Tensor
        Numbers of the format, in the type of the input. NaN stays NaN.

    Examples
    --------
    >>> rounded(torch.tensor([1.0625, 1.1875, 500.0, -0.0009]), E4M3).tolist()
    [1.0, 1.25, 448.0, -0.0]
    """
    exact = values.double()
    lowest = 1 - form.bias
    # Beyond the format's exponents the step no longer matters, only that it is finite.
    exponent = exponent_of(exact).clamp(lowest, form.bias + 2)
    step = two_to(exponent - form.mantissa_bits)
    nearest = torch.round(exact / step) * step
    if saturating:
        return nearest.clamp(-form.largest, form.largest).to(values.dtype)
    beyond = torch.full_like(nearest, torch.inf if form.has_infinity else torch.nan)
    too_large = nearest.abs() > form.largest
    return torch.where(too_large, beyond.copysign(nearest), nearest).to(values.dtype)


def encoded(values: Float[Tensor, "*axes"], form: FloatFormat) -> Int[Tensor, "*axes"]:
    """Return the codes of numbers, which are rounded and saturated first.

    Parameters
    ----------
    values
        Numbers of any floating-point type.
    form
        The format.

    Returns
    -------
    Tensor
        Codes: sign, exponent and mantissa side by side, in 32-bit integers. NaN becomes
        the largest code of its sign.

    Examples
    --------
    >>> [hex(code) for code in encoded(torch.tensor([1.0, -1.0, 448.0]), E4M3)]
    ['0x38', '0xb8', '0x7e']
    """
    near = rounded(values.double(), form)
    sign_bit = 2 ** (form.bits - 1)
    magnitudes = _magnitudes(form)
    magnitudes = magnitudes[magnitudes.isfinite()]
    code = torch.searchsorted(magnitudes, near.abs())
    code = torch.where(near.isnan(), sign_bit - 1, code)
    signed: Tensor = code + sign_bit * near.signbit()
    return signed.to(torch.int32)


def decoded(codes: Int[Tensor, "*axes"], form: FloatFormat) -> Float[Tensor, "*axes"]:
    """Return the values that codes stand for, in float32.

    Parameters
    ----------
    codes
        Codes from 0 to all bits set.
    form
        The format.

    Returns
    -------
    Tensor
        The values.

    Examples
    --------
    >>> decoded(torch.tensor([0x38, 0x7E]), E4M3).tolist()
    [1.0, 448.0]
    """
    values: Tensor = code_values(form).float()[codes.long()]
    return values
