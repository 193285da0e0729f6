"""Numbers that know where they come from.

A page and a notebook show a printed number as text that answers when it is asked. What
an origin is, a source or a function, is known by whoever makes the number.
"""

import html
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from typing import get_args

from explorables.arithmetic import public_name
from explorables.quantities import format_quantity, unit_of


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Number:
    """A number of a text: as it is printed, and where it comes from."""

    text: str
    """The number as printed, unit included."""

    origin: str
    """Source and locator, or the function that computed it, as a reader sees it."""

    kind: str
    """What made it, in a word of lower-case letters: ``computed``, for example."""

    key: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def __format__(self, specification: str) -> str:
        return format(self.text, specification)

    def _repr_html_(self) -> str:
        """Return the number as inline HTML that carries its origin.

        Examples
        --------
        >>> Number(text="2", origin="Table 1", kind="fact", key="a.b")._repr_html_()
        '<span class="ex-number" data-fact="a.b" title="Table 1">2</span>'
        """
        origin = html.escape(self.origin, quote=True)
        key = html.escape(self.key, quote=True)
        # A notebook looks for mathematics between dollar signs.
        text = html.escape(self.text).replace("$", "&#36;")
        return (
            f'<span class="ex-number" data-{self.kind}="{key}" title="{origin}">'
            f"{text}</span>"
        )


def computed(
    record: object, field: str, *, unit: str | None = None, digits: int | None = None
) -> Number:
    """Return a number that stands in a result, read from the result itself.

    Value, unit and origin all follow from a record of a public class and the name of a
    field or property of it, so that none of them can be typed beside them. `unit` is a
    name that ends in the unit to print, where the field's own ending is not what the
    sentence needs; value and origin stay those of the field.

    Examples
    --------
    >>> from explorables.quantities import UNITS
    >>> computed(UNITS[0], "digits").origin
    'explorables.quantities.Unit.digits, computed by explorables.quantities.unit_of'
    """
    kind = type(record)
    known = field_names(kind)
    if field not in known:
        message = f"field is {field!r}: {kind.__name__} has {', '.join(sorted(known))}"
        raise ValueError(message)
    name, makers = public_name(kind), _makers(kind)
    return Number(
        text=printed(getattr(record, field), unit or field, digits),
        origin=f"{name}.{field}" + (f", computed by {makers[0]}" if makers else ""),
        kind="computed",
        key=f"{name}.{field}",
    )


def result_of(
    function: Callable[..., object],
    *arguments: object,
    unit: str | None = None,
    digits: int | None = None,
    **named: object,
) -> Number:
    """Call a public function that returns a plain number, and return what it returned.

    The number's origin is the function's dotted name. `unit` is a name that ends in the
    unit, the function's own when left out.

    Examples
    --------
    >>> from explorables.quantities import day_number
    >>> result_of(day_number, "2025-02-08", unit="day")
    2025-02-08
    """
    name = public_name(function)
    value = function(*arguments, **named)
    return Number(
        text=printed(value, unit or function.__name__, digits),
        origin=f"computed by {name}",
        kind="computed",
        key=name,
    )


def expression(
    value: object,
    unit: str,
    *sources: Callable[..., object] | Number,
    digits: int | None = None,
) -> Number:
    """Return a number that a page itself makes of what others returned.

    No function is credited with it: a reader is told that it is an expression on the
    page, and of which functions and numbers, one or more. `unit` is a name that ends in
    the unit, in whose base the value is.

    Examples
    --------
    >>> expression(2.5, "ratio", format_quantity).origin
    'computed on this page from explorables.quantities.format_quantity'
    """
    if not sources:
        message = "sources is (): name at least one function or number"
        raise ValueError(message)
    named = dict.fromkeys(map(_source, sources))
    origins, keys = zip(*named, strict=True)
    return Number(
        text=printed(value, unit, digits),
        origin=f"computed on this page from {' and '.join(origins)}",
        kind="expression",
        key=" ".join(keys),
    )


def _source(source: Callable[..., object] | Number) -> tuple[str, str]:
    """Return how a source is named to a reader, and its key."""
    if isinstance(source, Number):
        return source.origin, source.key
    return (public_name(source),) * 2


def printed(value: object, unit: str, digits: int | None = None) -> str:
    """Return a plain number as it is printed.

    Examples
    --------
    >>> printed(5_576_000, "total_usd")
    '$5.576M'
    """
    if not isinstance(value, int | float):
        message = f"value is {value!r}: only a plain number can be printed"
        raise ValueError(message)
    return format_quantity(float(value), unit_of(unit), digits=digits)


def field_names(kind: type) -> set[str]:
    """Return the names of what a record of a class can be asked for."""
    named = {field.name for field in fields(kind)} if is_dataclass(kind) else set()
    return named | {
        name
        for base in kind.__mro__
        for name, value in vars(base).items()
        if isinstance(value, property)
    }


def _makers(kind: type) -> tuple[str, ...]:
    """Return the function that makes records of a class, if one alone does."""
    room = import_module(public_name(kind).rpartition(".")[0])
    makers = {
        public_name(function)
        for function in vars(room).values()
        if inspect.isfunction(function) and kind in _returned(function)
    }
    return tuple(makers) if len(makers) == 1 else ()


def _returned(function: Callable[..., object]) -> tuple[object, ...]:
    """Return what a function says it returns, and what that is made of."""
    annotation = inspect.get_annotations(function).get("return")
    return (annotation, *get_args(annotation))
