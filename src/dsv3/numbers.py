"""The numbers of the text: published, assumed or computed.

Owns what a fact and an assumption look like as a number of a sentence, and the way
back from a printed number to what it names. A number that this package computed is
the engine's, `explorables.numbers.computed`.
"""

from importlib import import_module
from typing import Literal

from dsv3.facts import Assumption, Fact, assumption, fact
from explorables.numbers import Number, computed
from explorables.quantities import format_quantity, unit_of

__all__ = ["Kind", "Number", "assumed", "computed", "origin", "read"]

Kind = Literal["fact", "assumed", "computed"]
"""Whether somebody published a number, we assume it, or this package computed it."""


def read(fact: Fact, unit: str | None = None, *, digits: int | None = None) -> Number:
    """Return the number of a fact that somebody published.

    Parameters
    ----------
    unit
        A name that ends in the unit; the fact's own unit when left out.
    digits
        Significant digits; the unit's own number when left out.

    Raises
    ------
    ValueError
        If the fact is a text or a list.

    Examples
    --------
    >>> from dsv3.facts import fact
    >>> read(fact("v3.gpu_hours.total"))
    2.788M GPU-hours
    """
    text = format_quantity(fact.number, unit_of(unit or fact.unit), digits=digits)
    return Number(
        text=text,
        origin=f"{fact.source.short}, {fact.locator} ({fact.basis})",
        kind="fact",
        key=fact.id,
    )


def assumed(
    assumption: Assumption,
    unit: str | None = None,
    *,
    bound: Literal["low", "central", "high"] = "central",
    digits: int | None = None,
) -> Number:
    """Return a value that nobody published and this report assumes.

    Parameters
    ----------
    unit
        A name that ends in the unit; the assumption's own unit when left out.
    bound
        Which of its three values.
    digits
        Significant digits; the unit's own number when left out.

    Examples
    --------
    >>> assumed(assumption("h800_sxm.fp8_dense_peak"))
    1.979 PFLOP/s
    """
    value = float(getattr(assumption, bound))
    return Number(
        text=format_quantity(value, unit_of(unit or assumption.unit), digits=digits),
        origin=f"assumed, {bound} value: {assumption.why}",
        kind="assumed",
        key=assumption.id,
    )


def origin(kind: str, key: str) -> object:
    """Return what a number on a page says it comes from: a record or a function.

    Raises
    ------
    ValueError
        If nothing of that kind has the name.

    Examples
    --------
    >>> origin("computed", "dsv3.economics.rental_cost").__name__
    'rental_cost'
    """
    if kind == "fact":
        return fact(key)
    if kind == "assumed":
        return assumption(key)
    parts = key.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        found = _attribute(".".join(parts[:depth]), parts[depth:])
        if callable(found):
            return found
    message = f"origin is {key!r}: no function of the package has this name"
    raise ValueError(message)


def _attribute(module: str, names: list[str]) -> object:
    try:
        found: object = import_module(module)
    except ImportError:
        return None
    for name in names:
        found = getattr(found, name, None)
    return found
