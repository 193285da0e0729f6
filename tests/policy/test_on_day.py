"""A chip on a day: the lines in force, and the days it went free."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import policy
from dsv3.policy import KNOWN_FROM, KNOWN_UNTIL, RULE_SETS, export_on_day
from explorables.arithmetic import NUMBER, evaluate, trace
from explorables.quantities import day_number

CHIPS = policy.fully_measured_chips()
days = st.dates(min_value=KNOWN_FROM, max_value=KNOWN_UNTIL)
rule_sets = st.sampled_from(RULE_SETS)


@given(chip=st.sampled_from(CHIPS), day=days)
def test_ratios_reach_one_where_the_verdict_by_published_rules_turns(
    chip: str, day: date
) -> None:
    found = export_on_day(chip=chip, day=day_number(day), rule_set="published rules")
    status = policy.verdict(chip, day, "published rules").status
    assert (found.licence_ratio >= 1) == (status == "controlled")
    assert (found.notice_ratio >= 1) == (status in {"controlled", "notified"})


@pytest.mark.parametrize("chip", ["H800 SXM", "H20 SXM", "H100 SXM"])
@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_free_days_are_those_on_which_no_clause_met_the_chip(
    chip: str, rule_set: policy.RuleSet
) -> None:
    counted = 0
    for passed in range((KNOWN_UNTIL - KNOWN_FROM).days):
        day = KNOWN_FROM + timedelta(days=passed)
        if passed % 97 == 0:
            found = export_on_day(chip=chip, day=day_number(day), rule_set=rule_set)
            assert found.free_days == counted
        counted += policy.verdict(chip, day, rule_set).is_open
    assert (
        counted
        == {
            ("H800 SXM", "published rules"): 406,
            ("H800 SXM", "rules and letters"): 381,
            ("H100 SXM", "published rules"): 0,
            ("H100 SXM", "rules and letters"): 0,
            ("H20 SXM", "published rules"): 1509,
            ("H20 SXM", "rules and letters"): 915,
        }[chip, rule_set]
    )


TAPE = trace(export_on_day, {"chip": CHIPS, "day": NUMBER, "rule_set": RULE_SETS})


@given(chip=st.sampled_from(CHIPS), day=days, rule_set=rule_sets)
def test_the_traced_day_is_the_plain_one(chip: str, day: date, rule_set: str) -> None:
    given_: dict[str, Any] = {
        "chip": chip,
        "day": day_number(day),
        "rule_set": rule_set,
    }
    plain = export_on_day(**given_)
    assert evaluate(TAPE, given_).outputs == dataclasses.asdict(plain)


def test_states_say_the_verdict_in_one_word() -> None:
    def state(chip: str, day: date) -> str:
        return policy.verdict(chip, day).state

    assert state("H800 SXM", date(2023, 6, 1)) == "free"
    assert state("L40 PCIe", date(2024, 1, 1)) == "licence or notice"
    assert state("H20 SXM", date(2025, 5, 1)) == "closed"
    assert state("H20 SXM", date(2025, 8, 1)) == "by licence"
    assert state("B200 SXM", date(2026, 2, 1)) == "closed"
    assert state("RTX 4090", date(2023, 1, 1)) == "unknown"
    seen = {
        one.verdict.state
        for chip in policy.measured_chip_names()
        for one in policy.periods(chip)
    }
    assert seen == set(policy.STATES)


def test_a_chip_known_from_reports_is_judged_by_its_compute_alone() -> None:
    reported = policy.measured_chip("B30A (reported)")
    assert reported.dram_bytes_per_s is None
    assert reported.performance_density is None
    assert reported.tpp == 30_000  # 7,500 dense FP4 TOPS times 4
    assert policy.verdict(reported.name, date(2022, 12, 1)).status == "unknown"
    found = policy.verdict(reported.name, date(2026, 2, 1))
    assert (found.state, found.review) == ("closed", "denial")
    with pytest.raises(ValueError, match="die_area_mm2 of B30A"):
        policy.margin_inputs(reported.name)


def test_pairs_of_chip_and_rule_hold_every_statement_once() -> None:
    for rule_set in RULE_SETS:
        pairs = policy.checked_pairs(rule_set)
        assert len({(one.chip, one.rule) for one in pairs}) == len(pairs)
        assert sum(one.statements for one in pairs) == len(policy.recorded_history())
    alone = policy.checked_pairs("published rules")
    missed = {(one.chip, one.rule) for one in alone if one.agreeing < one.statements}
    assert missed == {
        ("A800 SXM", "October 2022"),
        ("H800 SXM", "October 2022"),
        ("H20 SXM", "November 2023"),
    }


def test_an_event_known_by_its_month_stands_on_the_first() -> None:
    first = {event.id: event.first_day for event in policy.events()}
    assert first["2026-04-chips"] == date(2026, 4, 1)
    assert first["2022-10-07-first"] == date(2022, 10, 7)


@pytest.mark.parametrize("day", ["2022-10-06", "2026-11-25"])
def test_a_day_off_the_record_is_refused(day: str) -> None:
    with pytest.raises(ValueError, match=r"day is .* the record"):
        export_on_day(chip="H20 SXM", day=day_number(day), rule_set="published rules")
