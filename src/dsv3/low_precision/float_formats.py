"""Small floating-point formats: their grids, their codes, rounding onto them.

What a tensor becomes in eight or twelve bits; the formats themselves are
:mod:`dsv3.formats`, tiles and scales are :mod:`dsv3.low_precision.quantization`. Every
step here is exact: powers of two are made from bits, never from logarithms.

Twin: accounting/float_formats.py.
"""

from functools import cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dsv3.formats import FloatFormat
from explorables.arithmetic import require

DOUBLE_MANTISSA_BITS = 52
DOUBLE_BIAS = 1023
"""How a float64 keeps its exponent: this much above it, behind the mantissa."""

LARGEST_TABLE_BITS = 19
"""Formats up to this length have few enough codes for a table of all of them."""


@cache
def _magnitudes(form: FloatFormat) -> Float[Tensor, " X"]:
    """Return what the codes without a sign bit mean, in the order of the codes."""
    few = form.bits <= LARGEST_TABLE_BITS
    require("bits", form.bits, few, f"must be at most {LARGEST_TABLE_BITS} for a table")
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
    """Return the value of every code of a format, in float64, negative ones second.

    Examples
    --------
    >>> from dsv3.formats import E4M3
    >>> code_values(E4M3)[[0, 1, 0x38, 0x7E, 0x7F, 0xB8]].tolist()
    [0.0, 0.001953125, 1.0, 448.0, nan, -1.0]
    """
    magnitudes = _magnitudes(form)
    return torch.cat([magnitudes, -magnitudes])


def two_to(exponent: Int[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Return a power of two in float64, exactly, for exponents from -1022 to 1023.

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

    Of 0 and of float64 subnormals it is -1023.

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

    What is too large, infinity included, becomes the largest number; without
    `saturating` it becomes infinity, or NaN in a format without one. NaN stays NaN, and
    the type of the input stays.

    Examples
    --------
    >>> from dsv3.formats import E4M3
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

    A code is sign, exponent and mantissa side by side, in a 32-bit integer. NaN becomes
    the largest code of its sign.

    Examples
    --------
    >>> from dsv3.formats import E4M3
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

    Examples
    --------
    >>> from dsv3.formats import E4M3
    >>> decoded(torch.tensor([0x38, 0x7E]), E4M3).tolist()
    [1.0, 448.0]
    """
    values: Tensor = code_values(form).float()[codes.long()]
    return values
