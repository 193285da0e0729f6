"""The page's thousand draws against a million of another kind."""

import dataclasses
import random
import re
from typing import Any

import numpy as np
import pytest

from dsv3 import calculators, economics
from dsv3.uncertainty import (
    PAGE_DRAWS,
    bill_range,
    drawn_bill,
    page_steps,
    simulate,
)

SCOPES = [(a, s) for a in economics.ACCOUNTINGS for s in economics.SCOPES]


@pytest.mark.parametrize(("accounting", "scope"), SCOPES)
def test_the_page_finds_the_quantiles_of_a_full_simulation(
    accounting: str, scope: str
) -> None:
    assumed = economics.cost_assumptions()
    known = calculators.development_cost.defaults()
    fixed = {name: value for name, value in known.items() if name not in assumed}
    fixed |= {"accounting": accounting, "scope": scope}
    drawn = simulate(economics.program_cost, assumed, draws=2**16, **fixed)
    page = bill_range(
        **calculators.cost_range.defaults() | {"accounting": accounting, "scope": scope}
    )
    low, middle, high = drawn.quantiles("total_usd", 0.05, 0.5, 0.95)
    assert page.low_usd == pytest.approx(low, rel=0.03)
    assert page.middle_usd == pytest.approx(middle, rel=0.03)
    assert page.high_usd == pytest.approx(high, rel=0.03)


def test_the_steps_solve_the_equation_of_the_generalised_golden_ratio() -> None:
    # Roberts' sequence: for two dimensions the plastic number, 1.32471795724474602596.
    steps = list(page_steps().values())
    ratio = 1 / steps[0]
    assert len(steps) == len(economics.cost_assumptions())
    assert ratio ** (len(steps) + 1) == pytest.approx(ratio + 1, rel=1e-12)
    assert steps == pytest.approx([ratio ** -(n + 1) for n in range(len(steps))])


def test_quantiles_are_numpys_over_the_same_draws() -> None:
    given = calculators.cost_range.defaults() | {"probability": 0.37}
    found = bill_range(**given)
    del given["probability"]
    points = [
        {name: k * step % 1 for name, step in page_steps().items()}
        for k in range(1, PAGE_DRAWS + 1)
    ]
    drawn = [float(drawn_bill(**given | point).total_usd) for point in points]
    expected = np.quantile(drawn, (0.37, 0.05, 0.5, 0.95))
    assert list(dataclasses.asdict(found).values()) == pytest.approx(expected.tolist())


def test_a_wider_research_multiple_lifts_the_top_and_not_the_bottom_of_a_lone_run() -> (
    None
):
    wide = {"high_research_ratio": 20.0}
    whole = bill_range(**calculators.cost_range.defaults() | wide)
    assert (
        whole.high_usd > 1.3 * bill_range(**calculators.cost_range.defaults()).high_usd
    )
    alone = calculators.cost_range.defaults() | {"scope": economics.FINAL_RUN}
    assert bill_range(**alone | wide) == bill_range(**alone)


def test_quantiles_rise_with_the_probability() -> None:
    source = random.Random(0)
    shares = sorted(source.random() for _ in range(20))
    bills = [
        bill_range(
            **calculators.cost_range.defaults() | {"probability": share}
        ).chosen_usd
        for share in shares
    ]
    assert bills == sorted(bills)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"probability": 1.5}, "probability is 1.5: must be from 0 to 1"),
        ({"accounting": "guess"}, "accounting is 'guess': must be one of "),
        (
            {"low_usd_per_gpu_hour": 9.0},
            "high_usd_per_gpu_hour is 3.99: must not be below the low end",
        ),
        ({"low_life_years": 0.0}, "low_life_years is 0.0: must be above 0"),
        ({"high_staff_share": 1.5}, "must be below 1"),
    ],
)
def test_bad_input_is_one_clear_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        bill_range(**calculators.cost_range.defaults() | changes)
    assert "\n" not in str(caught.value)
