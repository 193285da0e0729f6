"""Eight numbers under the microscope: what few bits and shared scales leave of them.

Twin: low_precision/quantization.py, which does the same to matrices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dsv3.accounting.float_formats import (
    LARGEST,
    code_of,
    in_single,
    largest_power_of_two,
    rounded_to_format,
)
from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    absolute,
    lookup,
    maximum,
    power,
    require,
    sqrt,
    total,
    where,
)

LEAST_MAXIMUM = in_single(1e-4)
"""Floor on a tile's maximum, in float32 [deepseekai2024repo]_ (inference/kernel.py)."""

TILES: Mapping[str, int] = {"two": 2, "four": 4, "eight": 8}
"""Numbers that share a scale, by the word for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Microscope:
    """What became of eight numbers, the last of which is the outlier.

    `v1` to `v8` are the numbers, shifted, in float32; `y1` to `y8` are they, back from
    their codes; `code1_count` to `code8_count` are the codes, from 0 up.
    """

    error_share: Number
    """Error of the first seven, as a length over their length."""

    one_scale_error_share: Number
    """The same with per-tensor scaling."""

    first_four_error_share: Number
    """Error of the first four alone."""

    next_three_error_share: Number
    """Error of the three that follow, beside the outlier."""

    lost_count: Number
    """Of the first seven, those that became 0 and were not."""

    one_scale_lost_count: Number
    """The same with per-tensor scaling."""

    first_scale: Number

    last_scale: Number
    """Scale of the outlier's tile."""

    v1: Number
    v2: Number
    v3: Number
    v4: Number
    v5: Number
    v6: Number
    v7: Number
    v8: Number
    y1: Number
    y2: Number
    y3: Number
    y4: Number
    y5: Number
    y6: Number
    y7: Number
    y8: Number
    code1_count: Number
    code2_count: Number
    code3_count: Number
    code4_count: Number
    code5_count: Number
    code6_count: Number
    code7_count: Number
    code8_count: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A vector after quantisation under one rule of sharing."""

    scales: Sequence[Number]

    quotients: Sequence[Number]
    """Each number over its scale, in float32."""

    values: Sequence[Number]
    """Each number back from its code."""


def microscope(
    *,
    x1: Number,
    x2: Number,
    x3: Number,
    x4: Number,
    x5: Number,
    x6: Number,
    x7: Number,
    x8: Number,
    shift: Number,
    outlier_doublings: Number,
    form: Choice,
    tile: Choice,
    power_of_two: Condition,
) -> Microscope:
    """Quantise eight numbers and say what became of each.

    To each `shift` is added, and the eighth is then doubled `outlier_doublings` times,
    a whole number. `tile` is how many neighbours share a scale: ``two``, ``four`` or
    ``eight``.

    Examples
    --------
    >>> calm = {"x2": -0.31, "x3": 0.12, "x4": 0.55, "x5": -1.4, "x6": 0.07, "x7": 2.1}
    >>> how = {"form": "E4M3", "tile": "four", "power_of_two": False, "shift": 0}
    >>> seen = microscope(x1=0.9, **calm, x8=1.0, outlier_doublings=18, **how)
    >>> seen.y1, seen.code1_count, seen.one_scale_lost_count
    (0.8999999761581421, 126.0, 4.0)
    """
    numbers = (x1, x2, x3, x4, x5, x6, x7, x8)
    for place, number in enumerate(numbers, start=1):
        near = absolute(number) <= 1000
        require(f"x{place}", number, near, "must be from -1000 to 1000")
    require("shift", shift, absolute(shift) <= 1000, "must be from -1000 to 1000")
    # Written so that a value that is not a number fails as well.
    known = absolute(outlier_doublings - 12) <= 12
    require("outlier_doublings", outlier_doublings, known, "must be from 0 to 24")
    shifted = [in_single(number + shift) for number in numbers]
    vector = [*shifted[:7], in_single(shifted[7] * power(2.0, outlier_doublings))]
    seen = _seen(vector, _tile_maxima(vector, tile), form, power_of_two)
    shared = _seen(vector, [_largest(vector)] * 8, form, power_of_two)
    given = {f"v{place}": number for place, number in enumerate(vector, start=1)}
    backs = {f"y{place}": back for place, back in enumerate(seen.values, start=1)}
    codes = {
        f"code{place}_count": code_of(quotient, form)
        for place, quotient in enumerate(seen.quotients, start=1)
    }
    return Microscope(
        error_share=_error_share(vector[:7], seen.values[:7]),
        one_scale_error_share=_error_share(vector[:7], shared.values[:7]),
        first_four_error_share=_error_share(vector[:4], seen.values[:4]),
        next_three_error_share=_error_share(vector[4:7], seen.values[4:7]),
        lost_count=_lost_count(vector[:7], seen.values[:7]),
        one_scale_lost_count=_lost_count(vector[:7], shared.values[:7]),
        first_scale=seen.scales[0],
        last_scale=seen.scales[7],
        **given,
        **backs,
        **codes,
    )


def _largest(values: Sequence[Number]) -> Number:
    largest: Number = 0.0
    for value in values:
        largest = maximum(largest, absolute(value))
    return largest


def _tile_maxima(vector: Sequence[Number], tile: Choice) -> list[Number]:
    maxima: list[Number] = []
    for place in range(8):
        by_tile: dict[str, Number] = {}
        for word, size in TILES.items():
            begin = place // size * size
            by_tile[word] = _largest(vector[begin : begin + size])
        maxima.append(lookup(tile, by_tile, name="tile"))
    return maxima


def _seen(
    vector: Sequence[Number],
    maxima: Sequence[Number],
    form: Choice,
    power_of_two: Condition,
) -> Seen:
    scales = [_scale(largest, form, power_of_two) for largest in maxima]
    pairs = list(zip(vector, scales, strict=True))
    quotients = [in_single(number / scale) for number, scale in pairs]
    values = [
        in_single(rounded_to_format(quotient, form) * scale)
        for quotient, scale in zip(quotients, scales, strict=True)
    ]
    return Seen(scales=scales, quotients=quotients, values=values)


def _scale(largest: Number, form: Choice, power_of_two: Condition) -> Number:
    """Return the scale with which a tile's maximum just fits, in float32."""
    scale = in_single(
        maximum(largest, LEAST_MAXIMUM) / lookup(form, LARGEST, name="form")
    )
    below = largest_power_of_two(scale)
    above = where(below < scale, 2.0 * below, below)
    return where(power_of_two, above, scale)


def _error_share(exact: Sequence[Number], made: Sequence[Number]) -> Number:
    """Return the length of the error over the length of the numbers."""
    pairs = list(zip(exact, made, strict=True))
    error = total((back - number) * (back - number) for number, back in pairs)
    length = total(number * number for number in exact)
    return sqrt(error / where(length > 0, length, 1.0))


def _lost_count(exact: Sequence[Number], made: Sequence[Number]) -> Number:
    pairs = list(zip(exact, made, strict=True))
    kept = total(where(absolute(back) > 0, 1.0, 0.0) for _, back in pairs)
    there = total(where(absolute(number) > 0, 1.0, 0.0) for number, _ in pairs)
    return there - kept
