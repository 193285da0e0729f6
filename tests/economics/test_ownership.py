"""An owned hour in full, against sums done by hand and the narrow account."""

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators
from dsv3.economics import Ownership, annual_capital_usd, staff_usd
from dsv3.facts import fact

NOTHING_ELSE = {
    "residual_share": 0.0,
    "colocation_usd_per_kw_month": 0.0,
    "operations_share": 0.0,
}


def owned(**changed: float) -> Ownership:
    return calculators.ownership(**changed)


def test_without_the_rest_it_is_the_narrow_account() -> None:
    bare = owned(**NOTHING_ELSE, yearly_rate=0.0)
    book = calculators.accountings()
    assert bare.run_usd == pytest.approx(book.amortized_usd, rel=1e-6)
    assert bare.capital_usd_per_gpu_hour == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("rate", "hour"), [(0.08, 2.03), (0.10, 2.12)])
def test_capital_is_the_annuity_of_a_lender(rate: float, hour: float) -> None:
    # $44.7K with its network, four years, four fifths of the time, power at $0.106.
    found = owned(**NOTHING_ELSE, yearly_rate=rate)
    assert found.owner_usd_per_gpu_hour == pytest.approx(hour, abs=0.005)
    assert found.rent_ratio > 1


def test_an_annuity_repays_the_price_with_interest() -> None:
    left: float = 1000.0
    paid = annual_capital_usd(price_usd=1000.0, life_years=4.0, yearly_rate=0.08)
    for _ in range(4):
        left = left * 1.08 - float(paid)
    assert left == pytest.approx(0, abs=1e-9)


def test_what_is_left_in_the_end_is_worth_its_present_value() -> None:
    whole = annual_capital_usd(price_usd=1000.0, life_years=4.0, yearly_rate=0.08)
    less = annual_capital_usd(
        price_usd=1000.0, life_years=4.0, yearly_rate=0.08, residual_share=0.1
    )
    saved = sum((whole - less) / 1.08**year for year in range(1, 5))
    assert saved == pytest.approx(100 / 1.08**4)


@given(
    st.floats(0, 0.2),
    st.floats(0, 0.5),
    st.floats(0, 400),
    st.floats(0, 0.2),
    st.floats(0.1, 1),
)
def test_the_parts_sum_to_the_hour(
    rate: float, rest: float, room: float, upkeep: float, busy: float
) -> None:
    found = owned(
        yearly_rate=rate,
        residual_share=rest,
        colocation_usd_per_kw_month=room,
        operations_share=upkeep,
        busy_share=busy,
    )
    parts = (
        found.depreciation_usd_per_gpu_hour,
        found.capital_usd_per_gpu_hour,
        found.colocation_usd_per_gpu_hour,
        found.operations_usd_per_gpu_hour,
        found.energy_usd_per_gpu_hour,
    )
    assert sum(parts) == pytest.approx(found.owner_usd_per_gpu_hour)
    assert min(parts) >= -1e-6


def test_the_room_is_paid_for_when_nobody_works() -> None:
    # 1.275 kW at $184.06 for 12 months, over half of a year's hours.
    found = owned(busy_share=0.5)
    by_hand = 1.275 * 184.06 * 12 / (8766 * 0.5)
    assert found.colocation_usd_per_gpu_hour == pytest.approx(by_hand)


def test_a_team_is_heads_times_years_times_pay() -> None:
    people = fact("deepseek.team_people").number
    assert staff_usd(heads=people, years=1.0, usd_per_head_year=150_000.0) == 24e6
    with pytest.raises(ValueError, match=r"^years is -1.0: must not be negative"):
        staff_usd(heads=1.0, years=-1.0, usd_per_head_year=1.0)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"yearly_rate": -0.1}, "yearly_rate is -0.1"),
        ({"residual_share": 1.0}, "residual_share is 1.0: must be below 1"),
        ({"operations_share": -1.0}, "operations_share is -1.0"),
        ({"usd_per_gpu_hour": 0.0}, "usd_per_gpu_hour is 0.0: must be above 0"),
        ({"life_years": 0.0}, "life_years is 0.0"),
    ],
)
def test_bad_input_is_named(changed: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        owned(**changed)
