"""One chip on one day: how near the lines then in force, and how long it went free.

The day is a number, days since 1970, so that a slider can move it; the formula is
traceable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from dsv3.policy.chips import measured_chip, measured_chip_names
from dsv3.policy.margins import ExportMargins, export_margins, margin_inputs
from dsv3.policy.rules import KNOWN_FROM, KNOWN_UNTIL, RULE_SETS, RuleSet, rules
from dsv3.policy.verdicts import sale_windows
from explorables.arithmetic import (
    Choice,
    Number,
    lookup,
    maximum,
    minimum,
    require,
    where,
)
from explorables.quantities import day_number


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOnDay:
    """A chip's ratios to the lines of a day, and its free days so far."""

    licence_ratio: Number
    """To the nearest published clause that asks for a licence; from 1 on, reached."""

    notice_ratio: Number
    """To the nearest published clause that asks for a licence or a notice."""

    free_days: Number
    """Days since the first rule on which no clause met the chip."""


@cache
def fully_measured_chips() -> tuple[str, ...]:
    """Return the chips of which every measure of the rules is known.

    Examples
    --------
    >>> "H800 SXM" in fully_measured_chips(), "B200 SXM" in fully_measured_chips()
    (True, False)
    """
    names = ("performance_density", "io_bytes_per_s", "dram_bytes_per_s")
    return tuple(
        chip
        for chip in measured_chip_names()
        if None not in [getattr(measured_chip(chip), name) for name in names]
    )


@cache
def _margins(chip: str) -> Mapping[date, ExportMargins]:
    """Return a chip's margins under each published rule, by the rule's first day."""
    measures = margin_inputs(chip)
    return {
        rule.first_day: export_margins(**measures, rule=rule.title)
        for rule in rules()
        if rule.kind == "regulation"
    }


def _stepped(day: Number, values: Mapping[date, Number]) -> Number:
    """Return the value of the last step that a day has reached."""
    (first, found), *later = values.items()
    assert first == KNOWN_FROM, "the record starts with the first rule"
    for start, value in later:
        found = where(day >= day_number(start), value, found)
    return found


def _free_days(day: Number, chip: str, rule_set: RuleSet) -> Number:
    """Sum a chip's windows as far as a day."""
    passed: Number = 0.0
    for window in sale_windows(chip, rule_set):
        start, end = day_number(window.first_day), day_number(window.end_day)
        passed = passed + maximum(minimum(day, end) - start, 0.0)
    return passed


def export_on_day(*, chip: Choice, day: Number, rule_set: Choice) -> ExportOnDay:
    """Return how near a chip lies to the lines of a day, and how long it was free.

    A chip is judged under rules older than itself as if it had been there. Only the
    free days read `rule_set`, since a letter names chips and no line.

    Raises
    ------
    ValueError
        If the day is off the record.

    Examples
    --------
    >>> from explorables.quantities import day_number
    >>> asked = {"chip": "H800 SXM", "rule_set": "published rules"}
    >>> found = export_on_day(**asked, day=day_number("2023-06-01"))
    >>> round(found.licence_ratio, 3), found.free_days
    (0.667, 237.0)
    >>> later = export_on_day(**asked, day=day_number("2024-06-01"))
    >>> later.licence_ratio > 1, later.free_days
    (True, 406.0)
    """
    require("day", day, day >= day_number(KNOWN_FROM), "must not be before the record")
    require("day", day, day <= day_number(KNOWN_UNTIL), "must not be after the record")
    chips = fully_measured_chips()

    def ratio(name: str) -> Number:
        return lookup(
            chip,
            {
                one: _stepped(
                    day,
                    {start: getattr(m, name) for start, m in _margins(one).items()},
                )
                for one in chips
            },
            name="chip",
        )

    return ExportOnDay(
        licence_ratio=ratio("licence_ratio"),
        notice_ratio=ratio("notice_ratio"),
        free_days=lookup(
            chip,
            {
                one: lookup(
                    rule_set,
                    {name: _free_days(day, one, name) for name in RULE_SETS},
                    name="rule_set",
                )
                for one in chips
            },
            name="chip",
        ),
    )
