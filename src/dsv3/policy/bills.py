"""Bills as tests on ratings: which chip one would hold, if it were in force.

None of them decides a verdict.
"""

from dataclasses import dataclass
from functools import cache

from dsv3.facts import Sourced, read_records
from dsv3.policy.chips import measured_chip
from dsv3.policy.rules import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill(Sourced):
    """A bill as introduced, with the clauses any of which covers a chip."""

    id: str
    title: str
    from_date: str
    """Day it was introduced, ISO 8601."""
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BillReading:
    """What a bill would do with one chip."""

    chip: str
    bill: str
    covered: bool | None
    """Whether the chip falls under it; None where an unknown measure decides."""
    clauses: tuple[str, ...]
    """Clauses that cover the chip; those that might, where none does for sure."""
    nearest_ratio: float
    """Largest ratio to a line that can be judged: from 1 on, it is met."""


@cache
def bills() -> tuple[Bill, ...]:
    """Return every bill on record, earliest first.

    Examples
    --------
    >>> [bill.title for bill in bills()]
    ['SAFE Chips Act', 'AI OVERWATCH Act']
    """
    found = read_records("export_bills.yaml", Bill)
    return tuple(sorted(found, key=lambda bill: bill.from_date))


def read_bill(chip: str, bill: Bill) -> BillReading:
    """Judge a chip by the numbers of a bill.

    Examples
    --------
    >>> safe, overwatch = bills()
    >>> read_bill("H20 SXM", safe).covered, read_bill("H20 SXM", overwatch).clauses
    (False, ('memory bandwidth', 'memory and interconnect together'))
    """
    measured = measured_chip(chip)
    said = [(clause, clause.covers(measured)) for clause in bill.clauses]
    sure = tuple(clause.name for clause, covers in said if covers)
    open_ = tuple(clause.name for clause, covers in said if covers is None)
    reached = []
    for clause in bill.clauses:
        values = [(measured.measure(t.measure), t.at_least) for t in clause.thresholds]
        known = [value / line for value, line in values if value and line]
        if len(known) == len(values):
            reached.append(min(known))
    return BillReading(
        chip=chip,
        bill=bill.title,
        covered=True if sure else (None if open_ else False),
        clauses=sure or open_,
        nearest_ratio=max(reached),
    )
