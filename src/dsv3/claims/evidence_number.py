"""A number in the evidence on a statement: its origin, and the bounds of the words."""

import re
from dataclasses import dataclass
from typing import ClassVar

from dsv3.claims.computation import Computation, number
from dsv3.facts import RECORD_RULES, Amount, Assumption, Count, Fact, assumption, fact
from explorables.quantities import format_number, format_quantity, unit_of

_DECIMALS = re.compile(r"(\d+)\.(\d*?)0*(?!\d)")

SAME_VALUE = 5e-4
"""Relative difference within which a computation gives what the file says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNumber:
    """One number in the evidence: where it comes from, and what the words ask of it."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)

    name: str
    """Its blank in the text."""

    fact: str = ""
    """Id of the fact it is, if somebody published it."""

    assumption: str = ""
    """Id of the assumption whose central value it is, if nobody did."""

    computed_by: Computation | None = None
    """How it is computed, if it is neither."""

    unit: str = ""
    """Name ending that carries the unit; that of the fact when left out."""

    digits: Count | None = None
    """Significant digits to print; the unit's own number when left out."""

    gives: Amount | None = None
    """What the computation must give, in base units; optional where bounds stand."""

    at_least: Amount | None = None
    """Smallest value at which the article's words hold."""

    at_most: Amount | None = None
    """Largest value at which they hold."""

    def __post_init__(self) -> None:
        """Check what the types cannot say."""
        if sum(map(bool, (self.fact, self.assumption, self.computed_by))) != 1:
            rule = "give one origin: a fact, an assumption or computed_by"
            message = f"{self.name}: {rule}"
            raise ValueError(message)
        bounded = self.at_least is not None or self.at_most is not None
        pinned = self.gives is not None
        is_computed = self.computed_by is not None
        if (pinned and not is_computed) or (is_computed and not (pinned or bounded)):
            rule = "it goes with a computation, which needs it or a bound"
            message = f"{self.name}: gives is {self.gives!r}: {rule}"
            raise ValueError(message)

    @property
    def record(self) -> Fact | Assumption | None:
        """The fact or the assumption it is; None if it is computed."""
        if self.fact:
            return fact(self.fact)
        return assumption(self.assumption) if self.assumption else None

    @property
    def value(self) -> float:
        """The number in base units.

        Examples
        --------
        >>> EvidenceNumber(name="hours", fact="v3.gpu_hours.total").value
        2788000
        """
        record = self.record
        if self.computed_by is not None:
            return number(self.computed_by, row=self.name)
        assert record is not None
        return record.central if isinstance(record, Assumption) else record.number

    @property
    def name_of_unit(self) -> str:
        """Name ending that carries the unit."""
        record = self.record
        return self.unit or (record.unit if record is not None else "")

    @property
    def is_as_expected(self) -> bool:
        """Whether the computation gives what the file says; true of what is read."""
        if self.gives is None:
            return True
        return abs(self.value - self.gives) <= SAME_VALUE * abs(self.gives)

    @property
    def holds(self) -> bool | None:
        """Whether it keeps to the bounds of the words; None where there are none.

        Examples
        --------
        >>> EvidenceNumber(name="n", fact="v3.gpus", at_least=2048).holds
        True
        """
        if self.at_least is None and self.at_most is None:
            return None
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)

    @property
    def origin(self) -> str:
        """Id of what it is, or what is computed."""
        if self.computed_by is not None:
            return self.computed_by.text
        return self.fact or self.assumption

    @property
    def text(self) -> str:
        """The number as printed, unit included."""
        return self._printed(self.value, self.digits)

    @property
    def asked(self) -> str:
        """What the words ask of it; empty if nothing.

        Examples
        --------
        >>> EvidenceNumber(name="n", fact="v3.gpus", at_least=5, at_most=10).asked
        '5 to 10 GPUs'
        """
        low, high = self.at_least, self.at_most
        if low is not None and high is not None and low != high:
            unit = unit_of(self.name_of_unit)
            lower = _without_zeros(format_number(low, unit))
            return f"{lower} to {self._bound(high)}"
        if low is not None:
            return self._bound(low) if low == high else f"at least {self._bound(low)}"
        return "" if high is None else f"at most {self._bound(high)}"

    def _bound(self, value: float) -> str:
        return _without_zeros(self._printed(value, None))

    def _printed(self, value: float, digits: int | None) -> str:
        return format_quantity(value, unit_of(self.name_of_unit), digits=digits)


def _without_zeros(text: str) -> str:
    """Write a bound as words have it: 5 and not 5.000.

    Examples
    --------
    >>> _without_zeros("$5.570M"), _without_zeros("40.00 GB"), _without_zeros("100 %")
    ('$5.57M', '40 GB', '100 %')
    """
    return _DECIMALS.sub(lambda found: found[1] + (found[2] and f".{found[2]}"), text)
