"""The numbers of the text: published, assumed, measured or computed.

What a fact, an assumption and a record of a run look like as a number of a sentence,
and the way back from a printed number to what it names. A number that the package
computed is the engine's, `explorables.numbers`.
"""

from importlib import import_module
from typing import Literal

from dsv3.facts import Assumption, Fact, assumption, fact
from dsv3.measurements import Record, record
from explorables.numbers import (
    Number,
    computed,
    expression,
    field_names,
    printed,
    result_of,
)

__all__ = [
    "Number",
    "assumed",
    "computed",
    "expression",
    "measured",
    "origin",
    "read",
    "result_of",
]


def read(
    fact: Fact,
    unit: str | None = None,
    *,
    at: int | None = None,
    digits: int | None = None,
) -> Number:
    """Return the number of a fact that somebody published.

    `at` is the place, from 0, in a fact that is a list. A `unit` is a name that ends in
    it, the fact's own when left out; without `digits` the unit has its own number of
    significant ones.

    Examples
    --------
    >>> from dsv3.facts import fact
    >>> read(fact("v3.gpu_hours.total"))
    2.788M GPU-hours
    >>> read(fact("lambert.research_multiple"), "number", at=0)
    2.000
    """
    value = fact.number if at is None else fact.numbers[at]
    return Number(
        text=printed(value, unit or fact.unit, digits),
        origin=f"{fact.source.short}, {fact.locator} ({fact.basis})",
        kind="fact",
        key=fact.id,
    )


def measured(
    run: Record, value: object, unit: str, *, digits: int | None = None
) -> Number:
    """Return a number that stands in the record of a run, or is made of it.

    The value is in the base of the unit that the name `unit` ends in.

    Examples
    --------
    >>> from dsv3.measurements import record
    >>> measured(record("doubt_speed"), 0.25, "seconds").key
    'doubt_speed'
    """
    return Number(
        text=printed(value, unit, digits),
        origin=f"{run.origin} (record {run.name})",
        kind="measured",
        key=run.name,
    )


def assumed(
    assumption: Assumption,
    unit: str | None = None,
    *,
    bound: Literal["low", "central", "high"] = "central",
    digits: int | None = None,
) -> Number:
    """Return a value that nobody published and this report assumes; see :func:`read`.

    Examples
    --------
    >>> assumed(assumption("h800_sxm.fp8_dense_peak"))
    1.979 PFLOP/s
    """
    value = float(getattr(assumption, bound))
    return Number(
        text=printed(value, unit or assumption.unit, digits),
        origin=f"assumed, {bound} value: {assumption.why}",
        kind="assumed",
        key=assumption.id,
    )


def origin(kind: str, key: str) -> object:
    """Return what a number on a page says it comes from.

    That is a fact, an assumption or a record; for a computed number the function or the
    field of a result; for an expression of a page all that it is made of.

    Examples
    --------
    >>> origin("computed", "dsv3.economics.rental_cost").__name__
    'rental_cost'
    """
    if kind == "fact":
        return fact(key)
    if kind == "assumed":
        return assumption(key)
    if kind == "measured":
        return record(key)
    if kind == "expression":
        return tuple(_named(one) or fact(one) for one in key.split())
    if found := _named(key):
        return found
    message = f"origin is {key!r}: no function of the package has this name"
    raise ValueError(message)


def _named(key: str) -> object:
    """Return the function or the field of a class that has a dotted name, or None."""
    parts = key.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        *owners, name = parts[depth:]
        owner = _attribute(".".join(parts[:depth]), owners)
        if isinstance(owner, type) and name in field_names(owner):
            return getattr(owner, name, key)
        found = getattr(owner, name, None)
        if callable(found):
            return found
    return None


def _attribute(module: str, names: list[str]) -> object:
    try:
        found: object = import_module(module)
    except ImportError:
        return None
    for name in names:
        found = getattr(found, name, None)
    return found
