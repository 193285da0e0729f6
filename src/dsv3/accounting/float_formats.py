"""Numbers of few bits as plain formulas, which a page can run.

Rounding to a format, and the code of a number, in the arithmetic of a double. Every
step is exact, so the results are those of hardware and of torch, bit for bit.

Twin: low_precision/float_formats.py, which does the same to tensors.
"""

from collections.abc import Mapping

from dsv3.formats import E8M23, FLOAT_FORMATS
from explorables.arithmetic import (
    Choice,
    Number,
    absolute,
    floor,
    log2,
    lookup,
    maximum,
    minimum,
    power,
    where,
)

MANTISSA_BITS: Mapping[str, Number] = {
    name: float(form.mantissa_bits) for name, form in FLOAT_FORMATS.items()
}
"""Bits after the leading 1, by format."""

LOWEST_EXPONENT: Mapping[str, Number] = {
    name: float(1 - form.bias) for name, form in FLOAT_FORMATS.items()
}
"""Exponent of the smallest number with a leading 1, by format."""

LARGEST: Mapping[str, Number] = {
    name: form.largest for name, form in FLOAT_FORMATS.items()
}

SIGN_CODE: Mapping[str, Number] = {
    name: 2.0 ** (form.bits - 1) for name, form in FLOAT_FORMATS.items()
}
"""What the sign's bit adds to a code, by format."""

ROUNDING_RATIO = 1.5 * 2.0**52
"""Beside a number so many steps large, a double has no room for less than a step."""


def largest_power_of_two(value: Number) -> Number:
    """Return the largest power of two not above a number of 24 significant bits.

    Examples
    --------
    >>> largest_power_of_two(9.0), largest_power_of_two(0.25)
    (8.0, 0.25)
    """
    return power(2.0, floor(log2(value)))


def rounded_to_step(
    value: Number, *, mantissa_bits: Number, lowest_exponent: Number
) -> Number:
    """Return the nearest number with few bits of mantissa, of two the even one.

    However large it is; below `lowest_exponent` steps no longer shrink.

    Examples
    --------
    >>> rounded_to_step(1.0625, mantissa_bits=3.0, lowest_exponent=-6.0)
    1.0
    >>> rounded_to_step(1.1875, mantissa_bits=3.0, lowest_exponent=-6.0)
    1.25
    """
    # A logarithm that errs by a bit errs beside a power of two alone, and there
    # both steps lead to that power.
    size = maximum(absolute(value), power(2.0, lowest_exponent))
    step = largest_power_of_two(size) / power(2.0, mantissa_bits)
    large = ROUNDING_RATIO * step
    return (value + large) - large


def in_single(value: Number) -> Number:
    """Return the nearest float32.

    Examples
    --------
    >>> in_single(0.1)
    0.10000000149011612
    """
    return rounded_to_step(
        value,
        mantissa_bits=float(E8M23.mantissa_bits),
        lowest_exponent=float(1 - E8M23.bias),
    )


def rounded_to_format(value: Number, form: Choice) -> Number:
    """Return the nearest number of a format; what is too large becomes the largest.

    Examples
    --------
    >>> rounded_to_format(17.2, "E4M3"), rounded_to_format(-500.0, "E4M3")
    (18.0, -448.0)
    """
    largest = lookup(form, LARGEST, name="form")
    near = rounded_to_step(
        value,
        mantissa_bits=lookup(form, MANTISSA_BITS, name="form"),
        lowest_exponent=lookup(form, LOWEST_EXPONENT, name="form"),
    )
    return minimum(maximum(near, -largest), largest)


def code_of(value: Number, form: Choice) -> Number:
    """Return the code of a number once it is rounded to a format.

    Sign, exponent and mantissa side by side, read as a whole number. Of a negative
    number that is rounded to 0 the sign is kept.

    Examples
    --------
    The code of 1 in E4M3 is 0 0111 000 in bits.

    >>> code_of(1.0, "E4M3"), code_of(-1.0, "E4M3"), code_of(448.0, "E4M3")
    (56.0, 184.0, 126.0)
    """
    near = absolute(rounded_to_format(value, form))
    kept_steps = power(2.0, lookup(form, MANTISSA_BITS, name="form"))
    lowest = lookup(form, LOWEST_EXPONENT, name="form")
    exponent = floor(log2(maximum(near, power(2.0, lowest))))
    steps = near / power(2.0, exponent) * kept_steps
    sign = where(value < 0, lookup(form, SIGN_CODE, name="form"), 0.0)
    return sign + (exponent - lowest) * kept_steps + steps
