"""One run under three accountings, against what others printed for the same run."""

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators, economics
from dsv3.economics import (
    ACCOUNTINGS,
    BOUGHT,
    FINAL_RUN,
    RENTED,
    SCOPES,
    WITH_RESEARCH,
    WITH_STAFF,
    WRITTEN_OFF,
    accountings,
    program_cost,
)
from dsv3.facts import assumption, fact


def priced(**changes: float) -> economics.Accountings:
    return accountings(**calculators.accountings.defaults() | changes)


def program(**changes: Any) -> economics.ProgramCost:
    return program_cost(**calculators.development_cost.defaults() | changes)


@pytest.mark.parametrize(
    ("rate", "millions"),
    [(1.70, 4.74), (2.35, 6.55), (2.99, 8.34), (3.42, 9.53), (5.00, 13.94)],
)
def test_rent_at_dated_rates_is_the_compiled_table(
    rate: float, millions: float
) -> None:
    found = priced(usd_per_gpu_hour=rate).cloud_usd
    assert found / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize(("usd_per_gpu", "millions"), [(33_800, 69), (44_750, 92)])
def test_the_cards_of_the_cluster_cost_what_reseller_prices_say(
    usd_per_gpu: float, millions: float
) -> None:
    found = priced(usd_per_gpu=usd_per_gpu, network_ratio=1.0).purchase_usd
    assert found / 1e6 == pytest.approx(millions, abs=0.5)


def test_the_energy_of_the_run_is_the_compiled_bound() -> None:
    # At a server's largest power and a PUE of 1.3: 4.6 GWh, $0.37M at $0.08.
    found = priced(power_share=1.0, usd_per_kwh=0.08)
    assert found.energy_kwh / 1e6 == pytest.approx(4.6, abs=0.05)
    assert found.energy_usd / 1e6 == pytest.approx(0.37, abs=0.005)


def test_owning_lies_between_what_epoch_writes_off_for_an_hour_of_llama() -> None:
    # Epoch AI writes hardware off along another curve; its two files have 1.66 and 2.38
    # dollars for an hour of Llama 3.1 405B.
    llama = economics.run_estimate("Llama 3.1-405B")
    hours = fact("llama_3_1_405b.gpu_hours").number
    found = priced().amortized_usd / fact("v3.gpu_hours.total").number
    assert llama.amortized_updated_usd is not None
    assert llama.amortized_usd / hours < found < llama.amortized_updated_usd / hours


def test_energy_is_about_the_share_that_epoch_finds() -> None:
    found = priced()
    low, high = fact("frontier.energy_share").numbers
    program = found.amortized_usd / (1 - assumption("research.staff_share").central)
    assert low < found.energy_usd / program < high + 0.01


def test_the_first_accounting_is_the_headline() -> None:
    assert priced().cloud_usd == fact("v3.usd.total").number
    assert program(scope=FINAL_RUN).total_usd == fact("v3.usd.total").number


@given(
    factor=st.floats(0.01, 100.0),
    busy=st.floats(0.05, 1.0),
    years=st.floats(0.5, 20.0),
)
def test_what_scales_with_hours_and_what_does_not(
    factor: float, busy: float, years: float
) -> None:
    hours = calculators.accountings.defaults()["gpu_hours"]
    once = priced(busy_share=busy, life_years=years)
    more = priced(busy_share=busy, life_years=years, gpu_hours=hours * factor)
    for name in ("cloud_usd", "amortized_usd", "energy_kwh"):
        assert getattr(more, name) == pytest.approx(getattr(once, name) * factor)
    assert more.purchase_usd == once.purchase_usd
    assert more.owner_usd_per_gpu_hour == pytest.approx(once.owner_usd_per_gpu_hour)


def test_an_owner_who_works_the_cluster_to_its_end_pays_its_price() -> None:
    life = 4 * 365.25 * 24
    found = priced(
        gpu_hours=2048 * life, life_years=4.0, busy_share=1.0, cluster_gpus=2048.0
    )
    assert found.depreciation_usd == pytest.approx(found.purchase_usd)


@pytest.mark.parametrize("accounting", ACCOUNTINGS)
def test_each_scope_adds_to_the_one_before(accounting: str) -> None:
    totals = [program(accounting=accounting, scope=scope).total_usd for scope in SCOPES]
    assert totals == sorted(totals)
    parts = program(accounting=accounting)
    assert parts.total_usd == parts.run_usd + parts.research_usd + parts.staff_usd
    assert parts.hidden_ratio == parts.total_usd / parts.run_usd


def test_the_same_people_cost_the_same_under_every_accounting() -> None:
    staff = {program(accounting=name).staff_usd for name in ACCOUNTINGS}
    assert len(staff) == 1
    written_off = program(accounting=WRITTEN_OFF, staff_share=0.49)
    assert written_off.staff_usd / written_off.total_usd == pytest.approx(0.49)


def test_bought_hardware_runs_the_experiments_too() -> None:
    assert program(accounting=BOUGHT, scope=WITH_RESEARCH).research_usd == 0
    rented = program(accounting=RENTED, scope=WITH_RESEARCH, research_ratio=4.0)
    assert rented.total_usd == 5 * fact("v3.usd.total").number


def test_middles_of_assumptions_are_what_their_reasons_say() -> None:
    for name in ("rental.hopper_usd_per_gpu_hour", "purchase.h800_usd_per_gpu"):
        one = assumption(name)
        geometric = (one.low * one.high) ** 0.5
        assert one.central == pytest.approx(geometric, rel=0.005), name


def test_every_assumption_of_the_bill_is_drawn_and_has_width() -> None:
    for name, one in economics.cost_assumptions().items():
        assert one.low < one.central < one.high, name
        assert one.distribution != "point", name


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("gpu_hours", 0.0, "must be above 0"),
        ("cluster_gpus", 0.5, "must be at least 1"),
        ("gpu_server_watts", -1.0, "must not be negative"),
        ("usd_per_gpu_hour", -2.0, "must not be negative"),
        ("usd_per_gpu", -1.0, "must not be negative"),
        ("network_ratio", 0.9, "must be at least 1"),
        ("life_years", 0.0, "must be above 0"),
        ("busy_share", 0.0, "must be above 0"),
        ("busy_share", 1.1, "must be at most 1"),
        ("power_share", 1.1, "must be at most 1"),
        ("power_usage_effectiveness_ratio", 0.9, "must be at least 1"),
        ("usd_per_kwh", -0.1, "must not be negative"),
    ],
)
def test_a_number_outside_its_range_is_refused(
    name: str, value: float, rule: str
) -> None:
    message = re.escape(f"{name} is {value}: {rule}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        priced(**{name: value})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"research_ratio": -1.0}, "research_ratio is -1.0: must not be negative"),
        ({"staff_share": 1.0}, "staff_share is 1.0: must be below 1"),
        ({"scope": "all"}, "scope is 'all': must be one of"),
    ],
)
def test_a_program_that_cannot_be_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        program(**changes)


def test_results_are_plain_numbers() -> None:
    assert all(
        isinstance(value, float) for value in dataclasses.asdict(program()).values()
    )
    assert program(scope=WITH_STAFF).staff_usd > 0
