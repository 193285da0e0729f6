"""Exponential, logarithm and what follows from them, equal to the bit everywhere.

Libraries differ: NumPy's exp is not Python's, and two browsers disagree in one value of
ten. These are written once, over operations that IEEE 754 fixes, and traced into the
page like any other function. The error is at most 1 unit in the last place for `exp`
and `log`; `tests/explorables/test_array_functions.py` measures it.

The scheme of `exp` and `log` is fdlibm's [1]_; that of `normal_quantile` is algorithm
AS 241 [2]_, which Python's `statistics` uses too.

References
----------
.. [1] Sun Microsystems, Freely Distributable LIBM, ``e_exp.c`` and ``e_log.c``, 1993.
.. [2] M. J. Wichura, Algorithm AS 241: The Percentage Points of the Normal
   Distribution, Applied Statistics 37 (1988), 477-484.
"""

import functools
from collections.abc import Callable, Sequence

from explorables.arrays.operations import (
    absolute,
    apply,
    both,
    expand,
    floor,
    largest,
    maximum,
    minimum,
    sqrt,
    total,
    where,
)
from explorables.arrays.plain import Array
from explorables.arrays.recorded import RecordedArray

INFINITY, NAN = float("inf"), float("nan")
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""The logarithm of 2 in two parts, the first with zeros at its end."""

BODIES: dict[str, Callable[[Array], Array]] = {}
"""Functions that the page calls by name, each traced from its body."""


def function(body: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Make a function of single entries one step of a program."""
    BODIES[body.__name__] = body

    @functools.wraps(body)
    def called(x: Array) -> Array:
        if isinstance(x, RecordedArray):
            return x.recorder.step("function", (x,), (body.__name__,))
        return body(x)

    return called


def polynomial(x: Array, coefficients: Sequence[float]) -> Array:
    """Return the sum of powers of x, the coefficient of the highest first.

    Examples
    --------
    >>> polynomial(2.0, [1.0, 0.0, 3.0])
    7.0
    """
    result: Array = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


@function
def exp(x: Array) -> Array:
    """Return e to the power of x: infinity above 709.79, 0 below -745.14.

    Examples
    --------
    >>> float(exp(0.0)), float(exp(-1000.0))
    (1.0, 0.0)
    """
    bounded = minimum(maximum(-746.0, x), 710.0)
    n = floor(bounded * 1.44269504088896338700 + 0.5)
    high, low = bounded - n * LN2_HIGH, n * LN2_LOW
    r = high - low
    square = r * r
    c = r - square * polynomial(
        square,
        [
            4.13813679705723846039e-08,
            -1.65339022054652515390e-06,
            6.61375632143793436117e-05,
            -2.77777777770155933842e-03,
            1.66666666666666019037e-01,
        ],
    )
    power = apply("scaled", 1.0 - ((low - r * c / (2.0 - c)) - high), n)
    return where(apply("equal", x, x), power, x)


@function
def log(x: Array) -> Array:
    """Return the natural logarithm: minus infinity at 0, NaN below.

    Examples
    --------
    >>> float(log(1.0)), float(log(0.0))
    (0.0, -inf)
    """
    inside = both(apply("less", 0.0, x), apply("less", x, INFINITY))
    usable = where(inside, x, 1.0)
    tiny = apply("less", usable, 2.2250738585072014e-308)
    normal = usable * where(tiny, 18014398509481984.0, 1.0)
    n = apply("exponent", normal)
    mantissa = apply("scaled", normal, -n)
    upper = apply("less", 1.4142135623730951, mantissa)
    n = where(upper, n + 1.0, n) - where(tiny, 54.0, 0.0)
    f = where(upper, mantissa * 0.5, mantissa) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = [1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01]
    even = [
        1.479819860511658591e-01,
        1.818357216161805012e-01,
        2.857142874366239149e-01,
        6.666666666666735130e-01,
    ]
    rest = z * polynomial(w, even) + w * polynomial(w, odd)
    half = 0.5 * f * f
    found = n * LN2_HIGH - ((half - (s * (half + rest) + n * LN2_LOW)) - f)
    above = where(apply("less", 0.0, x), x, NAN)
    outside = where(apply("equal", x, 0.0), -INFINITY, above)
    return where(inside, found, outside)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), to within 2 units in the last place.

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    """
    return 1.0 / (1.0 + exp(-x))


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent, to within 3 units in the last place.

    Examples
    --------
    >>> float(tanh(0.0)), float(tanh(30.0))
    (0.0, 1.0)
    """
    near = apply("less", absolute(x), 0.5)
    small = where(near, x, 0.0)
    square, fraction = small * small, 17.0
    for odd in (15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        fraction = odd + square / fraction
    falling = exp(-2.0 * absolute(x))
    far = (1.0 - falling) / (1.0 + falling)
    return where(near, small / fraction, where(apply("less", x, 0.0), -far, far))


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)), by its larger part, so that nothing overflows."""
    return maximum(x, 0.0) + log(1.0 + exp(-absolute(x)))


def softmax(x: Array, axis: int = -1) -> Array:
    """Return shares of 1 along an axis, from exponentials below the largest's.

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([1.0, 1.0])).tolist()
    [0.5, 0.5]
    """
    place = axis if axis < 0 else axis - len(x.shape)
    raised = exp(x - expand(largest(x, place), place))
    return raised / expand(total(raised, place), place)


@function
def normal_quantile(p: Array) -> Array:
    """Return the point below which a standard normal number lies with probability p.

    Examples
    --------
    >>> float(normal_quantile(0.5))
    0.0
    """
    q = p - 0.5
    r = 0.180625 - q * q
    central = q * polynomial(r, _CENTRAL[0]) / polynomial(r, _CENTRAL[1])
    lower = apply("less", q, 0.0)
    tail = sqrt(-log(where(lower, p, 1.0 - p)))
    a, b = tail - 1.6, tail - 5.0
    near = polynomial(a, _NEAR[0]) / polynomial(a, _NEAR[1])
    far = polynomial(b, _FAR[0]) / polynomial(b, _FAR[1])
    away = where(apply("less_equal", tail, 5.0), near, far)
    inner = apply("less_equal", absolute(q), 0.425)
    return where(inner, central, where(lower, -away, away))


# fmt: off
_CENTRAL = (
    [
        2.50908_09287_30122_6727e3, 3.34305_75583_58812_8105e4,
        6.72657_70927_00870_0853e4, 4.59219_53931_54987_1457e4,
        1.37316_93765_50946_1125e4, 1.97159_09503_06551_4427e3,
        1.33141_66789_17843_7745e2, 3.38713_28727_96366_6080,
    ],
    [
        5.22649_52788_52854_5610e3, 2.87290_85735_72194_2674e4,
        3.93078_95800_09271_0610e4, 2.12137_94301_58659_5867e4,
        5.39419_60214_24751_1077e3, 6.87187_00749_20579_0830e2,
        4.23133_30701_60091_1252e1, 1.0,
    ],
)
_NEAR = (
    [
        7.74545_01427_83414_07640e-4, 2.27238_44989_26918_45833e-2,
        2.41780_72517_74506_11770e-1, 1.27045_82524_52368_38258,
        3.64784_83247_63204_60504, 5.76949_72214_60691_40550,
        4.63033_78461_56545_29590, 1.42343_71107_49683_57734,
    ],
    [
        1.05075_00716_44416_84324e-9, 5.47593_80849_95344_94600e-4,
        1.51986_66563_61645_71966e-2, 1.48103_97642_74800_74590e-1,
        6.89767_33498_51000_04550e-1, 1.67638_48301_83803_84940,
        2.05319_16266_37758_82187, 1.0,
    ],
)
_FAR = (
    [
        2.01033_43992_92288_13265e-7, 2.71155_55687_43487_57815e-5,
        1.24266_09473_88078_43860e-3, 2.65321_89526_57612_30930e-2,
        2.96560_57182_85048_91230e-1, 1.78482_65399_17291_33580,
        5.46378_49111_64114_36990, 6.65790_46435_01103_77720,
    ],
    [
        2.04426_31033_89939_78564e-15, 1.42151_17583_16445_88870e-7,
        1.84631_83175_10054_68180e-5, 7.86869_13114_56132_59100e-4,
        1.48753_61290_85061_48525e-2, 1.36929_88092_27358_05310e-1,
        5.99832_20655_58879_37690e-1, 1.0,
    ],
)
# fmt: on
