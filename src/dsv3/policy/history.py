"""What filings and reports recorded, beside the verdicts; and what changed when."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from dsv3.facts import Sourced, read_records
from dsv3.policy.rules import RuleSet, rules_in_force
from dsv3.policy.verdicts import Verdict, verdict

Report: TypeAlias = Literal["open", "covered", "closed", "by licence"]
Direction: TypeAlias = Literal[
    "tighter", "looser", "mixed", "other side", "proposal", "unknown"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Sourced):
    """What one source says of one chip on one day."""

    id: str
    chip: str
    day: str
    """The day, ISO 8601."""
    recorded: Report
    """Free to go; asked for a licence or notice; shut out; or licence by licence."""

    def agrees_with(self, found: Verdict) -> bool:
        """Say whether a verdict says what the source recorded."""
        states = {
            "open": found.is_open,
            "covered": found.status in {"controlled", "notified"},
            "closed": found.status == "controlled" and not found.is_by_licence,
            "by licence": found.is_by_licence,
        }
        return states[self.recorded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Sourced):
    """Something that changed what may be sent, or was meant to."""

    id: str
    day: str
    """The day, ISO 8601; a month where no more is known."""
    title: str
    who: str
    direction: Direction
    """Which way it moved the limits."""

    @property
    def first_day(self) -> date:
        """The day, or the first of the month where no more is known."""
        whole = len("2022-10-07")
        return date.fromisoformat(
            self.day if len(self.day) == whole else f"{self.day}-01"
        )


@cache
def recorded_history() -> tuple[Recorded, ...]:
    """Return every recorded state, earliest first.

    Examples
    --------
    >>> recorded_history()[0].day
    '2022-11-08'
    """
    found = read_records("export_history.yaml", Recorded)
    return tuple(sorted(found, key=lambda one: one.day))


@cache
def events() -> tuple[Event, ...]:
    """Return every event, earliest first.

    Examples
    --------
    >>> events()[0].direction
    'tighter'
    """
    found = read_records("export_events.yaml", Event)
    return tuple(sorted(found, key=lambda one: one.day))


def agreement(
    rule_set: RuleSet = "rules and letters",
) -> tuple[tuple[Recorded, Verdict, bool], ...]:
    """Compare every recorded state with the verdict of its day: whether they agree.

    Examples
    --------
    >>> all(agrees for _, _, agrees in agreement("rules and letters"))
    True
    """
    return tuple(
        (one, found, one.agrees_with(found))
        for one in recorded_history()
        for found in [verdict(one.chip, date.fromisoformat(one.day), rule_set)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPair:
    """One chip under one published rule, with what the record says of it."""

    chip: str
    rule: str
    """Title of the latest published rule of the day."""
    statements: int
    """Recorded states of the chip while the rule was the latest."""
    agreeing: int
    """How many of them the verdict agrees with."""


def checked_pairs(
    rule_set: RuleSet = "rules and letters",
) -> tuple[CheckedPair, ...]:
    """Group the comparison with history by chip and published rule.

    Examples
    --------
    >>> all(one.agreeing == one.statements for one in checked_pairs())
    True
    """
    found: dict[tuple[str, str], list[bool]] = {}
    for one, _, agrees in agreement(rule_set):
        in_force = rules_in_force(date.fromisoformat(one.day), "published rules")
        found.setdefault((one.chip, in_force[-1].title), []).append(agrees)
    return tuple(
        CheckedPair(chip=chip, rule=rule, statements=len(said), agreeing=sum(said))
        for (chip, rule), said in found.items()
    )
