"""Values of the first scenario that remember where they come from.

A default is a plain number to every function. What prints it, a command or the page
that lists all calculators, can ask for its origin.
"""

from typing import Literal, Self

from dsv3.facts import assumption, fact


class Default(float):
    """A number with the text that says who stated it.

    Examples
    --------
    >>> published("v3.usd_per_gpu_hour") * 2
    4.0
    """

    origin: str
    """Source and locator, or the reason for an assumption."""

    def __new__(cls, value: float, origin: str) -> Self:
        """Make a number that remembers its origin."""
        made = super().__new__(cls, value)
        made.origin = origin
        return made


def published(key: str) -> Default:
    """Return a fact's number.

    Raises
    ------
    ValueError
        If there is no such fact, or it is not one number.

    Examples
    --------
    >>> published("v3.gpu_hours.total"), published("v3.gpus").origin
    (2788000.0, 'DeepSeek-V3 report, section 3.1 (published)')
    """
    stated = fact(key)
    origin = f"{stated.source.short}, {stated.locator} ({stated.basis})"
    return Default(stated.number, origin)


def assumed(key: str, bound: Literal["low", "central", "high"] = "central") -> Default:
    """Return one of the three values of an assumption.

    Examples
    --------
    >>> assumed("research.staff_share"), assumed("research.staff_share", "low")
    (0.3, 0.1)
    """
    stated = assumption(key)
    return Default(getattr(stated, bound), f"assumed: {stated.why}")


def derived(value: float, origin: str) -> Default:
    """Return a number that was computed, with the words that say from what."""
    return Default(value, origin)


def origin_of(value: object) -> str:
    """Return where a default comes from; nothing for a plain value.

    Examples
    --------
    >>> origin_of(2.0)
    ''
    """
    return getattr(value, "origin", "")
