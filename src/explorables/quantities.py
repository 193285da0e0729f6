"""What a byte, a FLOP, a token and a dollar are, and how people read them.

Inside the package every quantity is a plain float in a base unit (byte, FLOP, token,
second, US dollar, watt; GPU-hours and days where the name says so), and the last words
of its name are its unit: ``total_usd``, ``peak_flop_per_s``, ``pretraining_gpu_hours``.

The page formats numbers in JavaScript with the same rules; both are tested to print the
same characters.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

Style = Literal[
    "integer", "short", "si", "scientific", "percent", "money", "decimal", "date"
]

HOURS_PER_DAY = 24.0
DAYS_PER_YEAR = 365.25
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = HOURS_PER_DAY * SECONDS_PER_HOUR

DASH = "\N{EM DASH}"
"""What is printed for a value that does not exist (NaN or infinite)."""

MINUS = "\N{MINUS SIGN}"

UNIX_EPOCH = date(1970, 1, 1)
"""Day 0 of a field that ends in ``_day``."""

SHORT_PREFIXES = ("", "K", "M", "B", "T")
SI_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit of measure and the way its values are printed."""

    suffix: str
    """The ending of a field name that carries this unit, ``_usd`` for example."""

    label: str
    """The unit as people read it, put after the number (``GPU-hours``)."""

    style: Style
    """How the number before the label is written."""

    digits: int = 4


UNITS: tuple[Unit, ...] = (
    Unit(suffix="_usd", label="", style="money"),
    Unit(suffix="_usd_per_gpu_hour", label="per GPU-hour", style="money"),
    Unit(suffix="_usd_per_gpu", label="per GPU", style="money"),
    Unit(suffix="_usd_per_year", label="per year", style="money"),
    Unit(suffix="_usd_per_kwh", label="per kWh", style="money"),
    Unit(suffix="_usd_per_kw_month", label="per kW-month", style="money"),
    Unit(suffix="_usd_per_million_tokens", label="per million tokens", style="money"),
    Unit(suffix="_usd_per_trillion_tokens", label="per trillion tokens", style="money"),
    Unit(suffix="_gpu_hours", label="GPU-hours", style="short"),
    Unit(
        suffix="_gpu_hours_per_trillion_tokens",
        label="GPU-hours per trillion tokens",
        style="short",
    ),
    Unit(suffix="_days", label="days", style="decimal", digits=3),
    Unit(suffix="_years", label="years", style="decimal", digits=3),
    Unit(suffix="_months", label="months", style="decimal", digits=3),
    Unit(suffix="_hours", label="hours", style="decimal", digits=3),
    Unit(suffix="_seconds", label="s", style="si"),
    Unit(suffix="_s", label="s", style="si"),
    Unit(suffix="_milliseconds", label="ms", style="decimal"),
    Unit(suffix="_microseconds", label="µs", style="decimal"),
    Unit(suffix="_forward_times", label="forward times", style="decimal", digits=3),
    Unit(suffix="_flop", label="FLOP", style="scientific"),
    Unit(suffix="_flop_per_s", label="FLOP/s", style="si"),
    Unit(suffix="_flop_per_token", label="FLOP per token", style="si"),
    Unit(suffix="_flop_per_byte", label="FLOP per byte", style="decimal"),
    Unit(suffix="_tokens", label="tokens", style="short"),
    Unit(suffix="_tokens_per_day", label="tokens per day", style="short"),
    Unit(suffix="_tokens_per_s", label="tokens per second", style="short"),
    Unit(
        suffix="_tokens_per_s_per_gpu",
        label="tokens per second per GPU",
        style="short",
    ),
    Unit(suffix="_parameters", label="parameters", style="short"),
    Unit(suffix="_elements", label="elements", style="short"),
    Unit(suffix="_bytes", label="B", style="si"),
    Unit(suffix="_bytes_per_s", label="B/s", style="si"),
    Unit(suffix="_bytes_per_s_per_direction", label="B/s per direction", style="si"),
    Unit(suffix="_bytes_per_token", label="B per token", style="si"),
    Unit(suffix="_watts", label="W", style="si"),
    Unit(suffix="_mm2", label="mm²", style="decimal"),
    Unit(suffix="_kwh", label="kWh", style="short"),
    Unit(suffix="_share", label="", style="percent"),
    Unit(suffix="_utilization", label="", style="percent"),
    Unit(suffix="_ratio", label="times", style="decimal", digits=3),
    Unit(suffix="_learning_rate", label="", style="scientific", digits=2),
    Unit(suffix="_update_speed", label="", style="decimal", digits=1),
    Unit(suffix="_prediction_weight", label="", style="decimal", digits=1),
    Unit(suffix="_count", label="", style="integer"),
    Unit(suffix="_gpus", label="GPUs", style="integer"),
    Unit(suffix="_layers", label="layers", style="integer"),
    Unit(suffix="_experts", label="experts", style="integer"),
    Unit(suffix="_experts_per_tok", label="experts per token", style="integer"),
    Unit(suffix="_heads", label="heads", style="integer"),
    Unit(suffix="_size", label="", style="integer"),
    Unit(suffix="_dim", label="", style="integer"),
    Unit(suffix="_rank", label="", style="integer"),
    Unit(suffix="_day", label="", style="date"),
)
"""Every unit that a name may end in."""

NUMBER = Unit(suffix="", label="", style="decimal")
"""A pure number: what a name without a known ending measures."""


def unit_of(name: str) -> Unit:
    """Return the unit that a name ends in, or the pure number when it ends in none.

    The longest matching ending wins, so ``rate_usd_per_gpu_hour`` is a rate and not a
    sum of money. A name that *is* an ending (``tokens``) counts too.

    Examples
    --------
    >>> unit_of("pretraining_gpu_hours").label
    'GPU-hours'
    >>> unit_of("usd_per_gpu_hour").label
    'per GPU-hour'
    >>> unit_of("tokens").label
    'tokens'
    """
    padded = f"_{name}"
    matches = [unit for unit in UNITS if padded.endswith(unit.suffix)]
    return max(matches, key=lambda unit: len(unit.suffix), default=NUMBER)


def format_quantity(value: float, unit: Unit, *, digits: int | None = None) -> str:
    """Write a value with its unit, the way a careful person would.

    The value is in the unit's base (dollars, FLOP, tokens; a share as 0 to 1); a dash
    stands for NaN and infinities.

    Examples
    --------
    >>> format_quantity(2_664_000, unit_of("gpu_hours"))
    '2.664M GPU-hours'
    >>> format_quantity(5_576_000, unit_of("total_usd"))
    '$5.576M'
    >>> format_quantity(70_272, unit_of("cache_bytes_per_token"))
    '70.27 kB per token'
    >>> format_quantity(3.70661e24, unit_of("training_flop"))
    '3.707 × 10²⁴ FLOP'
    """
    number = format_number(value, unit, digits=digits)
    if number == DASH or not unit.label:
        return number
    if unit.style == "si" and number[-1].isalpha():
        return f"{number}{unit.label}"
    return f"{number} {unit.label}"


def format_number(value: float, unit: Unit, *, digits: int | None = None) -> str:
    r"""Write a value as its unit asks, without the unit's name.

    Examples
    --------
    >>> format_number(0.3906, unit_of("utilization"))
    '39.06\u202f%'
    >>> format_number(2048, unit_of("cluster_gpus"))
    '2,048'
    >>> format_number(-1234, unit_of("saved_usd"))
    '−$1.234K'
    """
    value = float(value)
    # The factor is a percentage's: beyond it nothing finite is left to print.
    if not math.isfinite(value * 100):
        return DASH
    sign = MINUS if value < 0 else ""
    return sign + WRITERS[unit.style](abs(value), digits or unit.digits)


def significant(value: float, digits: int) -> str:
    """Write a non-negative number to a count of significant digits.

    Halves round away from zero, as the page's ``toPrecision`` does. Whole parts
    are grouped in threes and never cut short.

    Examples
    --------
    >>> significant(54.2024, 3), significant(1234.5, 3), significant(0.00012345, 3)
    ('54.2', '1,235', '0.000123')
    """
    if value == 0:
        return "0"
    if value < 1e-6:
        return _scientific(value, digits)
    exponent = _exponent(value, digits)
    return _grouped(_rounded(value, places=max(0, digits - 1 - exponent)))


def _exponent(value: float, digits: int) -> int:
    """Power of ten of a positive number once it is rounded to its digits."""
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(
        Decimal(value)
    )
    return rounded.adjusted()


def _rounded(value: float, *, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    # The default context holds 28 digits; counts above that are not printed so.
    context = Context(prec=400, rounding=ROUND_HALF_UP)
    return format(Decimal(value).quantize(quantum, context=context), "f")


def _grouped(text: str) -> str:
    whole, dot, fraction = text.partition(".")
    return f"{int(whole):,}{dot}{fraction}"


def _scientific(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    exponent = _exponent(value, digits)
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    mantissa = context.create_decimal(Decimal(value)).scaleb(-exponent)
    text = format(mantissa.quantize(Decimal(1).scaleb(1 - digits)), "f")
    return f"{text} × 10{str(exponent).translate(SUPERSCRIPTS)}"


def _prefixed(
    value: float, digits: int, prefixes: tuple[str, ...], separator: str = ""
) -> str:
    if value >= 1000.0 ** len(prefixes):
        return _scientific(value, digits)
    if value == 0:
        return "0"
    group = max(0, _exponent(value, digits) // 3)
    if group >= len(prefixes):
        return _scientific(value, digits)
    number = significant(value / 1000.0**group, digits)
    return f"{number}{separator}{prefixes[group]}" if prefixes[group] else number


def _money(value: float, digits: int) -> str:
    if value < 999.995:
        return f"${_rounded(value, places=2)}"
    return f"${_prefixed(value, digits, SHORT_PREFIXES)}"


def _day(value: float, _digits: int) -> str:
    """Write a number of days since 1970 as a date, its fraction cut off.

    Days beyond the calendar's last year stay a number.
    """
    ordinal = UNIX_EPOCH.toordinal() + math.floor(value)
    if ordinal > LAST_ORDINAL:
        return _grouped(_rounded(value, places=0))
    return date.fromordinal(ordinal).isoformat()


WRITERS: dict[Style, Callable[[float, int], str]] = {
    "integer": lambda value, _digits: _grouped(_rounded(value, places=0)),
    "short": lambda value, digits: _prefixed(value, digits, SHORT_PREFIXES),
    "si": lambda value, digits: _prefixed(value, digits, SI_PREFIXES, separator=" "),
    "scientific": _scientific,
    "percent": lambda value, digits: f"{significant(value * 100, digits)}\u202f%",
    "money": _money,
    "decimal": significant,
    "date": _day,
}
"""How a non-negative value is written in each style, to a count of digits."""

MULTIPLIERS = {
    "": 1.0,
    "%": 0.01,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "g": 1e9,
    "t": 1e12,
    "p": 1e15,
}
_NUMBER_PATTERN = re.compile(
    r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-z%]?)", re.ASCII
)


LAST_ORDINAL = date.max.toordinal()
_DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

UNTRAPPED = Context(prec=60, traps=[])
"""Decimal arithmetic that answers infinity where it would raise."""


def day_number(day: date | str) -> float:
    """Return a day, or its text in ISO 8601, as days since 1 January 1970.

    Examples
    --------
    >>> day_number("1970-01-02")
    1.0
    >>> format_quantity(day_number("2023-11-17"), unit_of("day"))
    '2023-11-17'
    """
    try:
        found = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError as error:
        message = f"{day!r} is not a day: write year, month and day, as 2023-11-17"
        raise ValueError(message) from error
    return float(found.toordinal() - UNIX_EPOCH.toordinal())


def parse_number(text: str) -> float:
    """Read a number as a person types it: ``14.8T``, ``2.664M``, ``39%``, ``1e12``.

    A decimal number, with an optional exponent, thousands separators and one letter K,
    M, B (or G), T, P or a percent sign; a dollar sign in front is allowed. A date
    becomes its number of days since 1970, as fields that end in ``_day`` count.

    Examples
    --------
    >>> parse_number("14.8T")
    14800000000000.0
    >>> parse_number("$2"), parse_number("2,048"), parse_number("39%")
    (2.0, 2048.0, 0.39)
    >>> parse_number("1970-02-01")
    31.0
    """
    if _DATE_PATTERN.fullmatch(text.strip()):
        return day_number(text.strip())
    cleaned = text.strip().removeprefix("$").replace(",", "").replace("_", "").lower()
    match = _NUMBER_PATTERN.fullmatch(cleaned)
    if match is None or match[2] not in MULTIPLIERS:
        message = (
            f"{text!r} is not a number: "
            "write digits with an optional K, M, B, T or %, such as 14.8T or 39%"
        )
        raise ValueError(message)
    # Two roundings, of the number and of the product, would lose the last digit.
    written = UNTRAPPED.create_decimal(match[1])
    value = float(UNTRAPPED.multiply(written, Decimal(str(MULTIPLIERS[match[2]]))))
    if not math.isfinite(value):
        message = f"{text!r} is too large: write a number below 1e308"
        raise ValueError(message)
    return value
