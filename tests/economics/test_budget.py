"""From a budget to a model, and back to the bill of the published run."""

import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators, economics
from dsv3.economics import OFFERS, ORGANISATIONS, trained_on
from dsv3.facts import fact
from dsv3.prices import rental_price

BUDGET = calculators.training_budget.defaults()


def trained(**changes: Any) -> economics.TrainedModel:
    return trained_on(**calculators.training_budget.defaults() | changes)


def test_the_bill_of_pretraining_gives_the_published_model_back() -> None:
    found = trained()
    assert found.active_parameters == pytest.approx(37e9)
    assert found.total_parameters == pytest.approx(671e9)
    assert found.tokens == pytest.approx(14.8e12)
    assert found.gpu_hours == pytest.approx(2.664e6)
    assert found.wall_clock_days == pytest.approx(54.2, abs=0.05)
    assert found.compute_ratio == pytest.approx(1.0)


def test_six_n_d_by_others_is_a_few_percent_off_ours() -> None:
    # 3.29e24 in the compiled facts; Epoch AI's database has 3.41e24 with post-training.
    assert economics.v3_pretraining_flop() == pytest.approx(3.29e24, rel=2e-3)
    ratio = fact("epoch.v3.flop").number / economics.v3_pretraining_flop()
    assert 1 < ratio < 1.05


@given(budget=st.floats(1e3, 1e11), tokens=st.floats(1.0, 1e4))
def test_every_dollar_is_spent_on_six_flop_a_weight_and_token(
    budget: float, tokens: float
) -> None:
    found = trained(budget_usd=budget, tokens_per_parameter=tokens)
    assert 6 * found.active_parameters * found.tokens == pytest.approx(
        found.training_flop
    )
    assert found.tokens == pytest.approx(tokens * found.active_parameters)
    rate = rental_price(OFFERS["December 2024, the report's H800"])
    assert found.gpu_hours * rate.usd_per_gpu_hour_low == pytest.approx(budget)


def test_four_times_the_budget_is_twice_the_model() -> None:
    once, more = (
        trained(),
        trained(budget_usd=4 * BUDGET["budget_usd"]),
    )
    assert float(more.active_parameters) == pytest.approx(2 * once.active_parameters)
    assert float(more.tokens) == pytest.approx(2 * float(once.tokens))


@pytest.mark.parametrize("offer", OFFERS)
def test_an_offer_is_a_dated_price_of_a_chip_with_a_peak(offer: str) -> None:
    price = rental_price(OFFERS[offer])
    assert str(price.first_day.year) in offer
    for chip in ("H100", "H800", "B200"):
        assert (chip in offer) == price.chip.startswith(chip)
    assert trained(offer=offer).active_parameters > 1e9


def test_a_cheaper_hour_trains_more() -> None:
    by_rate = sorted(
        (name for name in OFFERS if "B200" not in name),
        key=lambda name: -rental_price(OFFERS[name]).usd_per_gpu_hour_low,
    )
    sizes = [float(trained(offer=name).active_parameters) for name in by_rate]
    assert sizes == pytest.approx(sorted(sizes), rel=1e-3)


def test_what_is_left_for_the_run_is_what_the_assumptions_leave() -> None:
    share = economics.assumed_run_share()
    run = economics.program_cost(
        **calculators.development_cost.defaults()
        | {"accounting": economics.WRITTEN_OFF}
    )
    assert share == pytest.approx(float(run.run_usd) / float(run.total_usd))


def test_budgets_are_assumptions_that_rise_in_the_order_named() -> None:
    budgets = economics.budget_assumptions()
    assert tuple(budgets) == ORGANISATIONS
    middles = [one.central for one in budgets.values()]
    assert middles == sorted(middles)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"budget_usd": 0.0}, "budget_usd is 0.0: must be above 0"),
        ({"run_share": 1.2}, "run_share is 1.2: must be at most 1"),
        ({"run_share": 0.0}, "run_share is 0.0: must be above 0"),
        ({"utilization": 1.5}, "utilization is 1.5: must be at most 1"),
        ({"tokens_per_parameter": 0.0}, "tokens_per_parameter is 0.0: must be above 0"),
        (
            {"total_over_active_ratio": 0.5},
            "total_over_active_ratio is 0.5: must be at least 1",
        ),
        ({"cluster_gpus": 0.0}, "cluster_gpus is 0.0: must be"),
        ({"offer": "free"}, "offer is 'free': must be one of"),
    ],
)
def test_a_budget_that_trains_nothing_is_refused(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        trained(**changes)
