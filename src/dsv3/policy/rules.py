"""The rules as data: clauses with thresholds, each with the days it was in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import ClassVar, Literal, TypeAlias

from dsv3.facts import RECORD_RULES, Amount, Sourced, read_records
from dsv3.policy.chips import Measure, MeasuredChip

RuleSet: TypeAlias = Literal["published rules", "rules and letters"]
RULE_SETS: tuple[RuleSet, ...] = ("published rules", "rules and letters")
"""Regulations alone, or with what single firms were told by letter."""

KNOWN_FROM = date(2022, 10, 7)
"""First day on record: the day of the first rule."""
KNOWN_UNTIL = date(2026, 11, 24)
"""Last day on record: the day the sources were last read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One test on one measure."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    measure: Measure
    at_least: Amount | None = None
    """Met from this value on, inclusive."""
    below: Amount | None = None
    """Met up to this value, exclusive."""

    def __post_init__(self) -> None:
        """Refuse a test without a bound, or one nothing can meet."""
        low, high = self.at_least, self.below
        if (low is None and high is None) or (low or 0) >= (high or float("inf")):
            message = f"threshold on {self.measure} is {low!r} to {high!r}: give a span"
            raise ValueError(message)

    def met_by(self, chip: MeasuredChip) -> bool | None:
        """Say whether a chip meets the test; None where its measure is unknown."""
        value = chip.measure(self.measure)
        if value is None:
            return None
        above = self.at_least is None or value >= self.at_least
        return above and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Tests that must all be met, or chips that are named, and what follows."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    name: str
    effect: Literal["licence", "notice", "review"]
    """A licence is needed; a licence or notice is; or a needed one is reviewed so."""
    review: str
    """How an application is met."""
    thresholds: tuple[Threshold, ...] = ()
    chips: tuple[str, ...] = ()
    unpublished_thresholds: bool = False
    """Whether it also covers chips by numbers that nobody published."""

    def __post_init__(self) -> None:
        """Refuse a clause that nothing decides."""
        if bool(self.thresholds) == bool(self.chips):
            message = f"clause is {self.name!r}: give thresholds or chips, not both"
            raise ValueError(message)

    def covers(self, chip: MeasuredChip) -> bool | None:
        """Say whether the clause holds for a chip; None where that is unknown.

        One test that fails decides, whatever else is unknown.
        """
        if chip.name in self.chips:
            return True
        if not self.thresholds:
            return None if self.unpublished_thresholds else False
        met = [threshold.met_by(chip) for threshold in self.thresholds]
        if False in met:
            return False
        return None if None in met else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Sourced):
    """A regulation, or a letter to one firm, with its days and clauses."""

    id: str
    title: str
    """Month it took effect, or what it was."""
    kind: Literal["regulation", "letter"]
    """Whether everyone could read it."""
    effective: str
    """First day it held, ISO 8601."""
    clauses: tuple[Clause, ...]
    until: str = ""
    """First day it no longer held; empty while it holds."""

    def __post_init__(self) -> None:
        """Refuse days out of order."""
        if not self.first_day < self.end_day:
            message = f"until is {self.until!r}: it comes after {self.effective}"
            raise ValueError(message)
        Sourced.__post_init__(self)

    @property
    def first_day(self) -> date:
        """First day it held."""
        return date.fromisoformat(self.effective)

    @property
    def end_day(self) -> date:
        """First day it no longer held; the end of time while it holds."""
        return date.fromisoformat(self.until) if self.until else date.max

    def holds_on(self, day: date) -> bool:
        """Say whether the rule is in force on a day."""
        return self.first_day <= day < self.end_day


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule on record, earliest first.

    Examples
    --------
    >>> rules()[0].title
    'October 2022'
    """
    found = read_records("export_rules.yaml", Rule)
    return tuple(sorted(found, key=lambda rule: rule.first_day))


def check_day(day: date) -> None:
    """Refuse a day before the first rule or after the sources were last read."""
    if not KNOWN_FROM <= day <= KNOWN_UNTIL:
        message = (
            f"day is {day.isoformat()}: the record runs from {KNOWN_FROM.isoformat()} "
            f"to {KNOWN_UNTIL.isoformat()}"
        )
        raise ValueError(message)


def rules_in_force(
    day: date, rule_set: RuleSet = "rules and letters"
) -> tuple[Rule, ...]:
    """Return the rules in force on a day.

    Raises
    ------
    ValueError
        If the day is off the record.

    Examples
    --------
    >>> [rule.title for rule in rules_in_force(date(2023, 1, 1))]
    ['October 2022']
    """
    check_day(day)
    if rule_set not in RULE_SETS:
        message = f"rule_set is {rule_set!r}: must be one of {', '.join(RULE_SETS)}"
        raise ValueError(message)
    letters = rule_set == "rules and letters"
    return tuple(
        rule
        for rule in rules()
        if rule.holds_on(day) and (letters or rule.kind == "regulation")
    )


def regulation_titles() -> tuple[str, ...]:
    """Return the titles of the published regulations, earliest first.

    Examples
    --------
    >>> regulation_titles()[:2]
    ('October 2022', 'November 2023')
    """
    return tuple(rule.title for rule in rules() if rule.kind == "regulation")


def rule_corners(
    title: str, measure: Measure, *, notice: bool = False
) -> tuple[tuple[float, float], ...]:
    """Return where a regulation's clauses begin, in TPP and one other measure.

    Lower bounds stand in pairs, 0 where a clause does not test a measure. `notice` says
    whether clauses that ask for a notice count besides those for a licence.

    Examples
    --------
    >>> rule_corners("November 2023", "performance_density")
    ((4800.0, 0.0), (1600.0, 5.92))
    """
    named = {rule.title: rule for rule in rules() if rule.kind == "regulation"}
    if title not in named:
        message = f"title is {title!r}: must be one of {', '.join(named)}"
        raise ValueError(message)
    effects = {"licence", "notice"} if notice else {"licence"}
    return tuple(
        (_lower_bound(clause, "tpp"), _lower_bound(clause, measure))
        for clause in named[title].clauses
        if clause.effect in effects
    )


def staircase(
    corners: Sequence[tuple[float, float]], *, bottom: float, right: float, top: float
) -> list[tuple[float, float]]:
    """Return the edge that a rule's corners make, as a falling staircase.

    A clause that begins further right and lower adds a step; one that begins
    further right and no lower is already inside.

    Examples
    --------
    >>> staircase([(4.0, 0.0), (1.0, 6.0)], bottom=0.5, right=9.0, top=8.0)
    [(1.0, 8.0), (1.0, 6.0), (4.0, 6.0), (4.0, 0.5)]
    """
    edge: list[tuple[float, float]] = []
    height = top
    for x, y in sorted(corners):
        floor = max(y, bottom)
        if floor < height:
            edge += [(x, height), (x, floor)]
            height = floor
    return edge if height == bottom else [*edge, (right, height)]


def _lower_bound(clause: Clause, measure: Measure) -> float:
    """Return the value from which on a clause's test of a measure is met."""
    bounds = [t.at_least for t in clause.thresholds if t.measure == measure]
    return bounds[0] or 0.0 if bounds else 0.0
