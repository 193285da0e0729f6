"""How far a chip, real or imagined, lies from each line of a rule.

A measure over its threshold, the clause's weakest test, the rule's nearest clause. The
numbers are those of `dsv3.policy.rules`; the formula is traceable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dsv3.policy.chips import measured_chip, performance_density
from dsv3.policy.rules import Clause, regulation_titles, rules, rules_in_force
from explorables.arithmetic import Choice, Number, lookup, maximum, minimum, require


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMargins:
    """Ratios to the lines of a rule: from 1 on, the line is reached."""

    licence_ratio: Number
    """To the nearest clause that asks for a licence."""

    notice_ratio: Number
    """To the nearest clause that asks for a licence or at least a notice."""

    refusal_ratio: Number
    """To the line from which a licence is refused as a rule."""

    performance_density: Number


@cache
def _clauses(title: str) -> tuple[Clause, ...]:
    """Return the published clauses in force on the day a rule took effect."""
    named = {rule.title: rule for rule in rules()}
    day = named[title].first_day
    return tuple(
        clause
        for rule in rules_in_force(day, "published rules")
        for clause in rule.clauses
    )


def _reach(measures: Mapping[str, Number], clause: Clause) -> Number:
    """Return the weakest test of a clause: its smallest ratio to a lower bound.

    Upper bounds of the weaker clauses are where the stronger ones begin, so a chip
    above them has reached the stronger line as well.
    """
    ratios = [
        measures[one.measure] / one.at_least
        for one in clause.thresholds
        if one.at_least is not None
    ]
    weakest = ratios[0]
    for ratio in ratios[1:]:
        weakest = minimum(weakest, ratio)
    return weakest


def _furthest(numbers: Sequence[Number]) -> Number:
    """Return the largest of some numbers."""
    largest = numbers[0]
    for number in numbers[1:]:
        largest = maximum(largest, number)
    return largest


def _licence(measures: Mapping[str, Number], title: str) -> Number:
    asked = [one for one in _clauses(title) if one.effect == "licence"]
    return _furthest([_reach(measures, clause) for clause in asked])


def _notice(measures: Mapping[str, Number], title: str) -> Number:
    asked = [one for one in _clauses(title) if one.effect != "review"]
    return _furthest([_reach(measures, clause) for clause in asked])


def _refusal(measures: Mapping[str, Number], title: str) -> Number:
    """Return the licence's margin, bounded by the review's where there is one."""
    refused = _licence(measures, title)
    for clause in _clauses(title):
        if clause.effect == "review":
            limits = [
                measures[one.measure] / one.below
                for one in clause.thresholds
                if one.below is not None
            ]
            refused = minimum(refused, _furthest(limits))
    return refused


def export_margins(
    *,
    tpp: Number,
    die_area_mm2: Number,
    io_bytes_per_s: Number,
    dram_bytes_per_s: Number,
    rule: Choice,
) -> ExportMargins:
    """Return a chip's ratios to the lines of one published rule.

    `io_bytes_per_s` is the link to other chips, both directions together.

    Examples
    --------
    >>> made = export_margins(
    ...     tpp=9600.0,
    ...     die_area_mm2=800.0,
    ...     io_bytes_per_s=300e9,
    ...     dram_bytes_per_s=2e12,
    ...     rule="October 2022",
    ... )
    >>> made.licence_ratio, made.performance_density
    (0.5, 12.0)
    """
    require("tpp", tpp, tpp > 0, "must be above 0")
    require(
        "io_bytes_per_s", io_bytes_per_s, io_bytes_per_s >= 0, "must not be below 0"
    )
    require(
        "dram_bytes_per_s",
        dram_bytes_per_s,
        dram_bytes_per_s >= 0,
        "must not be below 0",
    )
    density = performance_density(tpp, die_area_mm2)
    measures: dict[str, Number] = {
        "tpp": tpp,
        "performance_density": density,
        "io_bytes_per_s": io_bytes_per_s,
        "dram_bytes_per_s": dram_bytes_per_s,
    }
    titles = regulation_titles()
    return ExportMargins(
        licence_ratio=lookup(
            rule, {one: _licence(measures, one) for one in titles}, name="rule"
        ),
        notice_ratio=lookup(
            rule, {one: _notice(measures, one) for one in titles}, name="rule"
        ),
        refusal_ratio=lookup(
            rule, {one: _refusal(measures, one) for one in titles}, name="rule"
        ),
        performance_density=density,
    )


def margin_inputs(chip: str) -> dict[str, float]:
    """Return a chip's measures as `export_margins` takes them.

    Raises
    ------
    ValueError
        If a measure of the chip is not known.

    Examples
    --------
    >>> margin_inputs("H800 SXM")["io_bytes_per_s"]
    400000000000.0
    """
    measured = measured_chip(chip)
    names = ("tpp", "die_area_mm2", "io_bytes_per_s", "dram_bytes_per_s")
    found = {name: getattr(measured, name) for name in names}
    for name, value in found.items():
        if value is None:
            message = f"{name} of {chip} is unknown: no source we read gives it"
            raise ValueError(message)
    return found
