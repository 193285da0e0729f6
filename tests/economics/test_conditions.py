"""Each answer, put back into the bill, gives the target."""

import re

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators
from dsv3.economics import (
    WRITTEN_OFF,
    ProgramCost,
    program_cost,
    solve_for,
)

USD = st.floats(1e3, 1e12)
SHARE = st.floats(0.01, 1.0)


@given(
    target=USD,
    hours=st.floats(1e3, 1e9),
    rate=st.floats(0.01, 100.0),
    utilization=SHARE,
    hidden=st.floats(0.5, 100.0),
)
def test_each_answer_alone_makes_the_bill_the_target(
    target: float, hours: float, rate: float, utilization: float, hidden: float
) -> None:
    asked = solve_for(
        target_usd=target,
        gpu_hours=hours,
        usd_per_gpu_hour=rate,
        utilization=utilization,
        hidden_ratio=hidden,
        staff_share=0.0,
    )
    assert hours * asked.needed_usd_per_gpu_hour * hidden == pytest.approx(target)
    assert asked.needed_gpu_hours * rate * hidden == pytest.approx(target)
    assert hours * rate * asked.needed_hidden_ratio == pytest.approx(target)
    slower = hours * utilization / asked.needed_utilization
    assert slower * rate * hidden == pytest.approx(target)


def test_a_research_multiple_put_into_the_program_gives_the_target() -> None:
    # Hardware written off, so that staff is a share of the very bill that is solved.
    known = calculators.development_cost.defaults() | {"accounting": WRITTEN_OFF}
    run: ProgramCost = program_cost(**known)
    asked = solve_for(
        **calculators.required_conditions.defaults()
        | {
            "target_usd": 1e8,
            "usd_per_gpu_hour": float(run.run_usd) / known["gpu_hours"],
            "staff_share": known["staff_share"],
        }
    )
    found = program_cost(
        **known | {"research_ratio": float(asked.needed_research_ratio)}
    )
    assert found.total_usd == pytest.approx(1e8)


def test_a_hundred_million_takes_an_impossible_rate_or_utilisation() -> None:
    asked = solve_for(**calculators.required_conditions.defaults())
    assert asked.gap_ratio == pytest.approx(1e8 / 5.576e6)
    assert asked.needed_usd_per_gpu_hour == pytest.approx(35.87, abs=0.005)
    assert asked.needed_utilization == pytest.approx(0.39 / 17.93, abs=5e-4)


def test_a_target_below_the_bill_may_ask_more_than_a_chip_can() -> None:
    asked = solve_for(
        **calculators.required_conditions.defaults() | {"target_usd": 1e6}
    )
    assert asked.needed_utilization > 1
    assert asked.needed_research_ratio < 0


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("target_usd", 0.0, "must be above 0"),
        ("gpu_hours", -1.0, "must be above 0"),
        ("usd_per_gpu_hour", 0.0, "must be above 0"),
        ("utilization", 0.0, "must be above 0"),
        ("utilization", 1.01, "must be at most 1"),
        ("hidden_ratio", 0.0, "must be above 0"),
        ("staff_share", -0.1, "must not be negative"),
        ("staff_share", 1.0, "must be below 1"),
    ],
)
def test_a_factor_outside_its_range_is_refused(
    name: str, value: float, rule: str
) -> None:
    message = re.escape(f"{name} is {value}: {rule}")
    with pytest.raises(ValueError, match=f"^{message}$"):
        solve_for(**calculators.required_conditions.defaults() | {name: value})
