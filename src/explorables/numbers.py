"""Numbers that know where they come from.

Owns a printed number with its origin, and how a page and a notebook show it: as text
that answers when it is asked. What an origin is, a source or a function, is known by
whoever makes the number.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

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
    """Name under which its origin is found."""

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
    value: object, unit: str, by: Callable[..., object], *, digits: int | None = None
) -> Number:
    """Return a number that a function computed.

    Parameters
    ----------
    value
        The value in the unit's base; a plain int or float.
    unit
        A name that ends in the unit, ``total_usd`` for example.
    by
        The function whose result it is; its dotted name is the origin.
    digits
        Significant digits; the unit's own number when left out.

    Examples
    --------
    >>> computed(1.5, "days", by=format_quantity).origin
    'computed by explorables.quantities.format_quantity'
    """
    if not isinstance(value, int | float):
        message = f"value is {value!r}: only a plain number can be printed"
        raise TypeError(message)
    return Number(
        text=format_quantity(float(value), unit_of(unit), digits=digits),
        origin=f"computed by {public_name(by)}",
        kind="computed",
        key=public_name(by),
    )
