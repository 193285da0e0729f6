"""The records: a source, a fact it states, and an assumption nobody stated.

Units are spelt as the suffixes of `explorables.quantities` (``gpu_hours``, ``usd``,
``flop_per_s``, ``bytes_per_token``, ``share`` ...), in base units; where the text
printed another one, the fact keeps it in ``printed``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, Strict

Scalar: TypeAlias = bool | int | float | str
FactValue: TypeAlias = Scalar | tuple[Scalar, ...] | tuple[tuple[Scalar, ...], ...]
Basis: TypeAlias = Literal["published", "vendor", "measured", "assumed"]
Status: TypeAlias = Literal["verified", "secondary"]

Amount: TypeAlias = Annotated[float, Strict()]
"""A number that YAML itself read as a number; text is refused, not repaired."""
Count: TypeAlias = Annotated[int, Strict()]
"""A whole number that YAML itself read as one."""
NamedArguments: TypeAlias = Annotated[Mapping[str, Any], Field(alias="with")]
"""Arguments of a function by name; the record says ``with``, a word Python keeps."""

RECORD_RULES: Mapping[str, object] = {"extra": "forbid"}
"""Rule every record from ``data`` obeys: no unknown field."""

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_KEY = re.compile(r"[a-z]+\d{4}[a-z0-9]+|[a-z]+nd[a-z0-9]+")
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


def _check(field: str, value: object, condition: bool, rule: str) -> None:
    if not condition:
        message = f"{field} is {value!r}: {rule}"
        raise ValueError(message)


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _leaves(value: FactValue) -> Iterable[Scalar]:
    """Yield the scalars of a value, however deep its lists."""
    if not isinstance(value, tuple):
        yield value
        return
    for part in value:
        yield from _leaves(part)


def _is_number_in_text(leaf: Scalar) -> bool:
    """Tell whether a leaf is text that was meant as a number."""
    if not isinstance(leaf, str):
        return False
    try:
        float(leaf)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One document, data file or page that facts were read from."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    key: str
    """Citation key, ``authorYEARword``."""
    short: str
    """How tables and captions name the source."""
    title: str
    authors: tuple[str, ...]
    """``Family, G.`` for a person, no comma for an organisation, ``others`` last."""
    publisher: str
    url: str
    """Address or identifier."""
    published: str = ""
    """Year, month or day it was put out, ISO 8601; empty when undated."""
    read: str
    """Day it was read, ISO 8601."""
    via: str = ""
    """The copy or quotation actually read, when not the source itself."""
    note: str = ""

    def __post_init__(self) -> None:
        rule = "a key is authorYEARword, lower case (or authorndword when undated)"
        _check("key", self.key, _KEY.fullmatch(self.key) is not None, rule)
        _check("url", self.url, "://" in self.url, "a source needs an address")
        rule = "a date is YYYY, YYYY-MM or YYYY-MM-DD, in quotes"
        _check("read", self.read, _is_date(self.read) and len(self.read) == 10, rule)
        _check("published", self.published, _is_date(self.published or "2000"), rule)
        _check("authors", self.authors, bool(self.authors), "name who wrote it")

    @property
    def year(self) -> int | None:
        """Year it was put out, or None when the source has no date."""
        return int(self.published[:4]) if self.published else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """Where a value comes from: every record that a source states carries this."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    source: Source
    locator: str
    """Where in the source: section, table, file, column."""
    published: str
    """When the value was put out, ISO 8601, as fine as is known."""
    read: str
    basis: Basis
    """Published by its authors, a vendor's rating, measured, or assumed by them."""
    status: Status
    """``verified`` in the source's own text; ``secondary`` in a copy or quotation."""
    via: str = ""
    """The copy or quotation that was read, for a secondary value."""
    printed: str = ""
    """The value as the source prints it, when that differs from the record's."""
    note: str = ""

    def __post_init__(self) -> None:
        _check("locator", self.locator, bool(self.locator.strip()), "say where")
        rule = "a date is YYYY, YYYY-MM or YYYY-MM-DD, in quotes"
        _check("published", self.published, _is_date(self.published or "2000"), rule)
        _check("read", self.read, _is_date(self.read), rule)
        rule = "a secondary value names the text it was read in"
        _check("via", self.via, self.status == "verified" or bool(self.via), rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Sourced):
    """One value that a source states, with the place where it states it."""

    id: str
    quantity: str
    """What is counted or stated, in our words."""
    value: FactValue
    unit: str

    def __post_init__(self) -> None:
        _check("id", self.id, _ID.fullmatch(self.id) is not None, "use dotted names")
        _check("quantity", self.quantity, bool(self.quantity), "say what is meant")
        Sourced.__post_init__(self)
        for leaf in _leaves(self.value):
            rule = "YAML read this number as text; write 3.35e+12, not 3.35e12"
            _check("value", leaf, not _is_number_in_text(leaf), rule)

    @property
    def number(self) -> float:
        """The value as one number; a text, a truth value or a list is refused."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            message = f"{self.id} is {self.value!r}: it is not one number"
            raise ValueError(message)
        return self.value

    @property
    def numbers(self) -> tuple[float, ...]:
        """The value as a row of numbers; all but a flat list of them is refused."""
        row = self.value if isinstance(self.value, tuple) else ()
        numbers = tuple(part for part in row if isinstance(part, int | float))
        if not row or len(numbers) != len(row):
            message = f"{self.id} is {self.value!r}: it is not a list of numbers"
            raise ValueError(message)
        return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value nobody published, with its width and the reason for it."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    id: str
    quantity: str
    """What is assumed, in our words."""
    low: Amount
    """Lowest value we would defend."""
    central: Amount
    """The value used unless the reader chooses another."""
    high: Amount
    """Highest value we would defend."""
    unit: str
    distribution: Literal["point", "uniform", "triangular", "log-uniform"]
    """Shape of our doubt between low and high."""
    why: str
    """The reason for the central value and the width."""
    who_disagrees: str = ""
    """Who uses another value, and which."""
    sources: tuple[str, ...] = ()
    """Keys of the sources the reason leans on."""

    def __post_init__(self) -> None:
        _check("id", self.id, _ID.fullmatch(self.id) is not None, "use dotted names")
        _check("why", self.why, bool(self.why.strip()), "an assumption has a reason")
        ordered = self.low <= self.central <= self.high
        _check("central", self.central, ordered, "low <= central <= high")
