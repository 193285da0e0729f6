"""One value of a ``config.json``: its type, its range, and how it is refused.

Every refusal is one line that names the field, its value and the rule.
"""

import math
import reprlib
from typing import NoReturn

from dsv3.architecture.rules import LARGEST_SIZE, whole_rule

LONGEST_SHOWN_BITS = 128
"""Whole numbers with more bits than this are described rather than printed."""


class ConfigError(ValueError):
    """A config that cannot be read; the message is one line for its author."""


def shown(value: object) -> str:
    """Return anything JSON can hold as a short, single-line piece of text.

    Examples
    --------
    >>> shown("seven")
    "'seven'"
    >>> shown(10**100)
    'a number of 333 bits'
    """
    if isinstance(value, int) and value.bit_length() > LONGEST_SHOWN_BITS:
        return f"a number of {value.bit_length()} bits"
    short = reprlib.Repr()
    short.maxstring = short.maxother = 60
    if isinstance(value, list | tuple | dict):
        # Its parts may be too long to print, so only what it is gets said.
        return f"a {type(value).__name__} of {len(value)}"
    return " ".join(short.repr(value).split())


def refuse(name: str, value: object, rule: str) -> NoReturn:
    """Refuse a field whose value breaks a rule, said as a phrase after the colon.

    Examples
    --------
    >>> refuse("hidden_size", True, "must be a whole number")
    Traceback (most recent call last):
        ...
    dsv3.architecture.values.ConfigError: hidden_size is True: must be a whole number
    """
    message = f"{name} is {shown(value)}: {rule}"
    raise ConfigError(message)


def whole(name: str, value: object, *, at_least: int = 1) -> int:
    """Return a value as the whole number that it must be.

    True, "61" and 61.0 are refused: a config that says so was not written by the
    model's own tools.

    Examples
    --------
    >>> whole("num_hidden_layers", 61)
    61
    """
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(name, value, "must be a whole number, written without a fraction")
    if not at_least <= value <= LARGEST_SIZE:
        refuse(name, value, whole_rule(at_least))
    return value


def positive(name: str, value: object) -> float:
    """Return a value as the positive finite number that it must be.

    Examples
    --------
    >>> positive("rope_theta", 10000)
    10000.0
    """
    rule = "must be a positive finite number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(name, value, rule)
    # Compared before it is converted: a very long whole number has no double.
    if not 0 < value <= 1e300 or not math.isfinite(value):
        refuse(name, value, rule)
    return float(value)


def fraction(name: str, value: object) -> float:
    """Return a value as the number between 0 and 1 that it must be.

    Examples
    --------
    >>> fraction("rms_norm_eps", 1e-6)
    1e-06
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(name, value, "must be a number above 0 and below 1")
    if not 0 < value < 1:
        refuse(name, value, "must be above 0 and below 1")
    return float(value)
