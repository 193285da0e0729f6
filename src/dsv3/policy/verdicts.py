"""The verdict on a chip on a day, the clause that decided it, and its windows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from dsv3.policy.chips import MeasuredChip, measured_chip
from dsv3.policy.rules import (
    KNOWN_FROM,
    KNOWN_UNTIL,
    Clause,
    RuleSet,
    rules,
    rules_in_force,
)

Status: TypeAlias = Literal["controlled", "notified", "not controlled", "unknown"]

State: TypeAlias = Literal[
    "free",
    "licence or notice",
    "by licence",
    "closed",
    "unknown",
]
STATES: tuple[State, ...] = (
    "free",
    "licence or notice",
    "by licence",
    "closed",
    "unknown",
)
"""What a verdict comes to, the loosest first."""

NO_CLAUSE = "no clause is met"
REFUSING = ("denial", "not stated")
"""Reviews under which no licence is to be expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of one chip on one day."""

    chip: str
    day: date
    status: Status
    """Whether a licence is needed, a licence or notice, neither, or unknown."""
    clause: str
    """The clause that decided, or why none could."""
    review: str
    """How an application is met; empty where none is needed."""

    @property
    def is_open(self) -> bool:
        """Whether the chip may go without licence or notice."""
        return self.status == "not controlled"

    @property
    def state(self) -> "State":
        """What it comes to, in one of the words of :data:`STATES`."""
        if self.is_by_licence:
            return "by licence"
        words: dict[Status, State] = {
            "controlled": "closed",
            "notified": "licence or notice",
            "not controlled": "free",
            "unknown": "unknown",
        }
        return words[self.status]

    @property
    def is_by_licence(self) -> bool:
        """Whether a licence is needed and is not refused as a rule."""
        return self.status == "controlled" and self.review not in REFUSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in a row with the same verdict."""

    first_day: date
    end_day: date
    """First day after it; the day after the record's last if it still runs."""
    verdict: Verdict

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.end_day - self.first_day).days


def verdict(chip: str, day: date, rule_set: RuleSet = "rules and letters") -> Verdict:
    """Judge a chip on a day, by published ratings alone.

    Clauses that ask for a licence are asked first, then those that ask for a
    notice, then letters with numbers nobody published. A measure we do not know
    makes the verdict unknown only where it would decide.

    Raises
    ------
    ValueError
        If the day is not on record.

    Examples
    --------
    >>> verdict("H800 SXM", date(2023, 6, 1)).status
    'not controlled'
    >>> verdict("H800 SXM", date(2024, 6, 1)).clause
    '3A090.a: TPP alone'
    """
    measured = measured_chip(chip)
    clauses = [
        clause for rule in rules_in_force(day, rule_set) for clause in rule.clauses
    ]
    status, clause, review = _judge(measured, clauses)
    return Verdict(chip=chip, day=day, status=status, clause=clause, review=review)


def _judge(chip: MeasuredChip, clauses: list[Clause]) -> tuple[Status, str, str]:
    """Return status, deciding clause and review of a chip under some clauses."""
    holding = _first(chip, clauses, "licence", covered=True)
    if holding is not None:
        return "controlled", *_reviewed(chip, holding, clauses)
    # A test that an unknown measure might meet comes before the weaker clauses.
    open_test = _first(chip, [c for c in clauses if c.thresholds], "licence")
    if open_test is not None:
        return "unknown", f"{open_test.name}: a measure is not known", ""
    notice = _first(chip, clauses, "notice", covered=True)
    if notice is not None:
        return "notified", notice.name, notice.review
    unsettled = _first(chip, clauses, "notice") or _first(chip, clauses, "licence")
    if unsettled is None:
        return "not controlled", NO_CLAUSE, ""
    missing = "a measure" if unsettled.thresholds else "its threshold"
    return "unknown", f"{unsettled.name}: {missing} is not known", ""


def _first(
    chip: MeasuredChip,
    clauses: Iterable[Clause],
    effect: str,
    *,
    covered: bool | None = None,
) -> Clause | None:
    """Return the first clause of an effect that covers a chip, or may (None)."""
    same = [c for c in clauses if c.effect == effect and c.covers(chip) is covered]
    return same[0] if same else None


def _reviewed(
    chip: MeasuredChip, holding: Clause, clauses: list[Clause]
) -> tuple[str, str]:
    """Return the clause that decided, and how an application under it is met."""
    eased = _first(chip, clauses, "review", covered=True)
    if eased is None or not holding.thresholds:
        return holding.name, holding.review
    return holding.name, eased.review


def periods(chip: str, rule_set: RuleSet = "rules and letters") -> tuple[Period, ...]:
    """Return a chip's verdicts over the whole record, equal days joined.

    Examples
    --------
    >>> [period.verdict.status for period in periods("A800 SXM", "published rules")]
    ['not controlled', 'controlled', 'controlled']
    """
    ends = {rule.end_day for rule in rules() if rule.end_day <= KNOWN_UNTIL}
    starts = sorted({KNOWN_FROM} | {rule.first_day for rule in rules()} | ends)
    found = [verdict(chip, day, rule_set) for day in starts]
    changes = [
        one
        for before, one in zip([None, *found], found, strict=False)
        if before is None or _said(before) != _said(one)
    ]
    last = KNOWN_UNTIL + timedelta(days=1)
    following = [*(one.day for one in changes[1:]), last]
    return tuple(
        Period(first_day=one.day, end_day=end, verdict=one)
        for one, end in zip(changes, following, strict=True)
    )


def _said(one: Verdict) -> tuple[str, str, str]:
    """Return what a verdict says, without its day."""
    return one.status, one.clause, one.review


def sale_windows(
    chip: str, rule_set: RuleSet = "rules and letters"
) -> tuple[Period, ...]:
    """Return the periods in which a chip could go without licence or notice.

    Examples
    --------
    >>> [window.end_day.isoformat() for window in sale_windows("H800 SXM")]
    ['2023-10-23']
    """
    return tuple(one for one in periods(chip, rule_set) if one.verdict.is_open)
