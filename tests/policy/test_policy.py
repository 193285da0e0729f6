"""Verdicts on chips: published table, edges of the clauses, and what is unknown."""

import dataclasses
import itertools
import math
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import policy
from dsv3.facts import read_records
from dsv3.policy import Clause, MeasuredChip, Rule, Threshold
from explorables.arithmetic import NUMBER, evaluate, trace

# Published rate times bits, density, and what each rule says of the chip.
PUBLISHED = {
    "A100 SXM": (4992, 6.04, "controlled", "controlled", "case by case"),
    "A800 SXM": (4992, 6.04, "not controlled", "controlled", "case by case"),
    "H100 SXM": (15832, 19.45, "controlled", "controlled", "case by case"),
    "H800 SXM": (15832, 19.45, "not controlled", "controlled", "case by case"),
    "H20 SXM": (2368, 2.91, "not controlled", "not controlled", ""),
    "L20 PCIe": (1912, 3.14, "not controlled", "not controlled", ""),
    "H200 SXM": (15832, None, "controlled", "controlled", "case by case"),
    "MI300X OAM": (20919, 20.57, "controlled", "controlled", "case by case"),
    "MI325X OAM": (20919, None, "unknown", "controlled", "case by case"),
    "B200 SXM": (36000, None, "controlled", "controlled", "denial"),
    "RTX 4090": (5285, 8.69, "unknown", "controlled", "case by case"),
    "L40 PCIe": (2896, 4.76, "not controlled", "notified", "licence or notice"),
}
DAYS = (date(2022, 12, 1), date(2024, 1, 1), date(2026, 2, 1))

amounts = st.floats(min_value=1.0, max_value=1e5)
bandwidths = st.floats(min_value=0.0, max_value=1e13)
titles = st.sampled_from(["October 2022", "November 2023", "January 2026"])


def chip(
    tpp: float = 1.0,
    die_area_mm2: float | None = 1000.0,
    io_bytes_per_s: float | None = 0.0,
    dram_bytes_per_s: float = 0.0,
) -> MeasuredChip:
    return MeasuredChip(
        name="imagined",
        tpp=tpp,
        die_area_mm2=die_area_mm2,
        io_bytes_per_s=io_bytes_per_s,
        dram_bytes_per_s=dram_bytes_per_s,
    )


def status(measured: MeasuredChip, day: date) -> str:
    """Return the strongest effect of the published clauses that cover a chip."""
    covering = {
        clause.effect
        for rule in policy.rules_in_force(day, "published rules")
        for clause in rule.clauses
        if clause.covers(measured)
    }
    if "licence" in covering:
        return "controlled"
    return "notified" if "notice" in covering else "not controlled"


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_chip_has_the_published_measures_and_verdicts(name: str) -> None:
    tpp, density, first, second, review = PUBLISHED[name]
    found = policy.measured_chip(name)
    assert found.tpp == pytest.approx(tpp, rel=0.006)
    if density is None:
        assert found.performance_density is None
    else:
        assert found.performance_density == pytest.approx(density, abs=0.005)
    verdicts = [policy.verdict(name, day, "published rules") for day in DAYS]
    assert [one.status for one in verdicts] == [first, second, second]
    assert verdicts[2].review == review


def test_twice_the_multiplications_times_bits_is_the_rule_s_own_example() -> None:
    assert policy.total_processing_performance(600e12, 8) == 4800
    assert policy.total_processing_performance(300e12, 16) == 4800


@pytest.mark.parametrize(
    ("tpp", "density", "expected"),
    [
        (4800, 0.1, "controlled"),
        (4799.9, 1.5, "not controlled"),
        (4799.9, 1.6, "notified"),
        (1600, 5.92, "controlled"),
        (1599.9, 5.92, "not controlled"),
        (1600, 5.919, "notified"),
        (1600, 3.2, "notified"),
        (1600, 3.199, "not controlled"),
        (2400, 1.6, "notified"),
        (2399.9, 1.6, "not controlled"),
        (2400, 1.599, "not controlled"),
    ],
)
def test_the_second_rule_begins_exactly_at_its_numbers(
    tpp: float, density: float, expected: str
) -> None:
    # Any area gives the exact quotient that the test of the edge needs.
    area = tpp / density
    while tpp / area < density:
        area = math.nextafter(area, 0.0)
    measured = chip(tpp=tpp, die_area_mm2=area)
    assert measured.performance_density == pytest.approx(density, rel=1e-12)
    assert status(measured, date(2024, 1, 1)) == expected


@pytest.mark.parametrize(
    ("tpp", "link", "expected"),
    [
        (4800, 600e9, "controlled"),
        (4799.9, 600e9, "not controlled"),
        (4800, 599e9, "not controlled"),
        (1e5, 400e9, "not controlled"),
    ],
)
def test_the_first_rule_needs_both_of_its_numbers(
    tpp: float, link: float, expected: str
) -> None:
    measured = chip(tpp=tpp, io_bytes_per_s=link)
    assert status(measured, date(2022, 10, 7)) == expected


@pytest.mark.parametrize(
    ("tpp", "memory", "eased"),
    [
        (20_999.9, 6.4e12, True),
        (21_000, 6.4e12, False),
        (20_999.9, 6.5e12, False),
    ],
)
def test_case_by_case_review_ends_exactly_at_its_limits(
    tpp: float, memory: float, eased: bool
) -> None:
    measured = chip(tpp=tpp, dram_bytes_per_s=memory)
    (rule,) = [one for one in policy.rules() if one.id == "us-2026-01"]
    assert rule.clauses[0].covers(measured) is eased


@given(tpp=amounts, area=amounts, link=bandwidths, memory=bandwidths, title=titles)
def test_a_margin_of_one_is_where_the_clauses_begin(
    tpp: float, area: float, link: float, memory: float, title: str
) -> None:
    measures = {
        "tpp": tpp,
        "die_area_mm2": area,
        "io_bytes_per_s": link,
        "dram_bytes_per_s": memory,
    }
    margins = policy.export_margins(**measures, rule=title)
    day = {rule.title: rule.first_day for rule in policy.rules()}[title]
    found = status(chip(**measures), day)
    assert (margins.licence_ratio >= 1) == (found == "controlled")
    assert (margins.notice_ratio >= 1) == (found != "not controlled")
    assert margins.refusal_ratio <= margins.licence_ratio <= margins.notice_ratio


@given(tpp=amounts, area=amounts, more=st.floats(min_value=1.0, max_value=10.0))
def test_more_compute_on_the_same_die_never_loosens_a_verdict(
    tpp: float, area: float, more: float
) -> None:
    order = ["not controlled", "notified", "controlled"]
    day = date(2024, 1, 1)
    before = order.index(status(chip(tpp=tpp, die_area_mm2=area), day))
    after = order.index(status(chip(tpp=tpp * more, die_area_mm2=area), day))
    assert after >= before


@given(tpp=amounts, area=amounts, link=bandwidths, memory=bandwidths, title=titles)
def test_the_traced_margins_are_the_plain_ones(
    tpp: float, area: float, link: float, memory: float, title: str
) -> None:
    measures = {
        "tpp": tpp,
        "die_area_mm2": area,
        "io_bytes_per_s": link,
        "dram_bytes_per_s": memory,
    }
    controls: dict[str, Any] = dict.fromkeys(measures, NUMBER)
    tape = trace(policy.export_margins, controls | {"rule": policy.regulation_titles()})
    found = evaluate(tape, measures | {"rule": title})
    plain = policy.export_margins(**measures, rule=title)
    assert found.outputs == dataclasses.asdict(plain)


def test_an_unknown_density_matters_only_where_it_would_decide() -> None:
    clause = Clause(
        name="both",
        effect="licence",
        review="denial",
        thresholds=(
            Threshold(measure="tpp", at_least=1600),
            Threshold(measure="performance_density", at_least=5.92),
        ),
    )
    assert clause.covers(chip(tpp=2000, die_area_mm2=None)) is None
    assert clause.covers(chip(tpp=1599, die_area_mm2=None)) is False


def test_a_letter_with_unpublished_numbers_leaves_other_chips_unknown() -> None:
    day = date(2025, 5, 1)
    assert policy.verdict("H20 SXM", day).status == "controlled"
    assert policy.verdict("H20 SXM", day, "published rules").is_open
    found = policy.verdict("L20 PCIe", day)
    assert found.status == "unknown"
    assert "threshold is not known" in found.clause


@pytest.mark.parametrize("name", policy.measured_chip_names())
@pytest.mark.parametrize("rule_set", policy.RULE_SETS)
def test_periods_cover_every_day_once(name: str, rule_set: policy.RuleSet) -> None:
    found = policy.periods(name, rule_set)
    assert found[0].first_day == policy.KNOWN_FROM
    assert found[-1].end_day == policy.KNOWN_UNTIL + timedelta(days=1)
    for before, after in itertools.pairwise(found):
        assert before.end_day == after.first_day
        assert before.verdict.clause != after.verdict.clause or (
            before.verdict.review != after.verdict.review
        )


def test_windows_end_with_the_notice_and_without_letters_with_the_rule() -> None:
    ends = {
        rule_set: policy.sale_windows("H800 SXM", rule_set)[0].end_day
        for rule_set in policy.RULE_SETS
    }
    assert ends == {
        "published rules": date(2023, 11, 17),
        "rules and letters": date(2023, 10, 23),
    }
    assert policy.sale_windows("H100 SXM") == ()


def test_history_agrees_with_letters_and_not_without_them() -> None:
    assert all(agrees for _, _, agrees in policy.agreement())
    apart = {
        record.id
        for record, _, agrees in policy.agreement("published rules")
        if not agrees
    }
    assert apart == {
        "a800-2023-10-23",
        "h800-2023-10-23",
        "h20-2025-04-09",
        "h20-2025-07-15",
    }


def test_a_record_can_disagree_with_a_verdict() -> None:
    record = policy.recorded_history()[0]
    assert record.chip == "A100 SXM"
    assert not record.agrees_with(policy.verdict("A800 SXM", date(2022, 11, 8)))


def test_a_clause_that_lies_inside_another_adds_no_step() -> None:
    corners = ((2.0, 3.0), (4.0, 5.0), (6.0, 2.0))
    assert policy.staircase(corners, bottom=1.0, right=9.0, top=8.0) == [
        (2.0, 8.0),
        (2.0, 3.0),
        (6.0, 3.0),
        (6.0, 2.0),
        (9.0, 2.0),
    ]


def test_mistakes_are_refused_with_value_and_rule() -> None:
    with pytest.raises(ValueError, match="day is 2022-10-06: the record runs from"):
        policy.verdict("H20 SXM", date(2022, 10, 6))
    with pytest.raises(ValueError, match="chip is 'H801 SXM': there is none; nearest"):
        policy.verdict("H801 SXM", date(2023, 1, 1))
    with pytest.raises(ValueError, match="rule_set is 'letters': must be one of"):
        policy.verdict("H20 SXM", date(2023, 1, 1), "letters")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="die_area_mm2 of B200 SXM is unknown"):
        policy.margin_inputs("B200 SXM")
    with pytest.raises(ValueError, match=re.escape("tpp is 0.0: must be above 0")):
        policy.export_margins(
            **(policy.margin_inputs("H800 SXM") | {"tpp": 0.0}), rule="October 2022"
        )
    with pytest.raises(ValueError, match="title is 'May': must be one of"):
        policy.rule_corners("May", "performance_density")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("at_least: 5", "at_least: 5, below: 4", "threshold on tpp"),
        ("until: '2024-01-01'", "until: '2022-01-01'", "until is '2022-01-01'"),
        ("thresholds: [{measure: tpp, at_least: 5}]", "chips: []", "thresholds or"),
        ("measure: tpp", "measure: heat", "measure is 'heat'"),
    ],
)
def test_a_broken_rule_is_refused(old: str, new: str, rule: str) -> None:
    text = """
- id: one
  title: One
  kind: regulation
  effective: '2023-01-01'
  until: '2024-01-01'
  clauses:
    - {name: a, effect: licence, review: denial,
       thresholds: [{measure: tpp, at_least: 5}]}
  source: bis2022rule
  locator: here
  basis: published
  status: secondary
"""
    assert old in text
    with pytest.raises(ValueError, match=re.escape(rule)):
        read_records("trial.yaml", Rule, text=text.replace(old, new))


def test_every_event_and_record_names_source_and_place() -> None:
    for one in (*policy.events(), *policy.recorded_history(), *policy.rules()):
        assert one.locator
        assert one.source.url
    directions = {event.direction for event in policy.events()}
    assert {"tighter", "looser", "other side", "unknown"} <= directions
