"""A million draws: where their quantiles lie, and that a seed fixes them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from dsv3 import calculators, economics, uncertainty
from dsv3.facts import Assumption
from dsv3.uncertainty import Simulation, simulate, unit_points

PROBABILITIES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def product(*, first: Any, second: Any) -> Any:
    """Multiply two numbers."""
    return first * second


@pytest.mark.parametrize(
    ("method", "tolerance"), [("sobol", 2e-3), ("latin-hypercube", 2e-2)]
)
def test_a_product_of_two_rents_has_the_quantiles_of_its_closed_form(
    method: Any, tolerance: float, made_up: Callable[..., Assumption]
) -> None:
    # The logarithm of a product of two log-uniform values is a sum of two uniform
    # ones: a triangle, whose quantiles are known.
    rent = made_up("log-uniform", 1.0, 2.0, 10.0)
    drawn = simulate(
        product, {"first": rent, "second": rent}, draws=2**16, method=method
    )
    expected = 10 ** (2 * stats.triang(0.5).ppf(PROBABILITIES))
    found = drawn.quantiles("result", *PROBABILITIES)
    assert np.allclose(found, expected, rtol=tolerance)
    assert drawn.share_above("result", 10.0) == pytest.approx(0.5, abs=tolerance)


def test_a_sum_of_twelve_uniforms_is_nearly_normal(
    made_up: Callable[..., Assumption],
) -> None:
    assumed = {f"x{n}": made_up("uniform", 0.0, 0.5, 1.0) for n in range(12)}
    drawn = simulate(lambda **given: sum(given.values()), assumed, draws=2**15)
    total = drawn.outputs["result"]
    assert total.mean() == pytest.approx(6.0, abs=1e-3)
    assert total.std() == pytest.approx(1.0, abs=5e-3)


@pytest.mark.parametrize("method", ["sobol", "latin-hypercube"])
def test_the_same_seed_gives_the_same_draws_and_another_gives_others(
    method: Any,
) -> None:
    first, same, other = (
        unit_points(3, draws=64, seed=seed, method=method) for seed in (7, 7, 8)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_points_fill_every_slice_of_the_cube_alike() -> None:
    for method in ("sobol", "latin-hypercube"):
        points = unit_points(4, draws=256, method=method)
        slices = np.sort(np.floor(points * 256), axis=0)
        assert np.array_equal(slices, np.tile(np.arange(256.0)[:, None], 4)), method


def test_the_bill_is_drawn_inside_what_its_ends_allow() -> None:
    assumed = economics.cost_assumptions()
    known = calculators.development_cost.defaults()
    fixed = {name: value for name, value in known.items() if name not in assumed}
    drawn = simulate(economics.program_cost, assumed, draws=2**12, **fixed)
    run = drawn.outputs["run_usd"]
    rate = assumed["usd_per_gpu_hour"]
    assert run.min() >= rate.low * known["gpu_hours"]
    assert run.max() <= rate.high * known["gpu_hours"]
    low, high = drawn.quantiles("run_usd", 0.05, 0.95)
    # A log-uniform rate has its quantiles in closed form.
    ratio = rate.high / rate.low
    assert low == pytest.approx(rate.low * ratio**0.05 * known["gpu_hours"], rel=1e-3)
    assert high == pytest.approx(rate.low * ratio**0.95 * known["gpu_hours"], rel=1e-3)


def test_a_million_draws_is_what_a_full_simulation_takes() -> None:
    assert uncertainty.MILLION_DRAWS == 1_048_576


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"draws": 1000}, "draws is 1000: must be a power of two for sobol"),
        ({"draws": 1}, "draws is 1: must be at least 2"),
        ({"method": "halton"}, "method is 'halton': must be sobol or latin-hypercube"),
        ({"dimensions": 0}, "dimensions is 0: must be at least 1"),
    ],
)
def test_points_that_cannot_be_made_are_refused(
    changes: dict[str, Any], message: str
) -> None:
    asked = {"dimensions": 2, "draws": 64} | changes
    with pytest.raises(ValueError, match=f"^{message}$"):
        unit_points(asked.pop("dimensions"), **asked)


def test_a_draw_that_breaks_a_rule_is_shown(made_up: Callable[..., Assumption]) -> None:
    hours = made_up("uniform", -1.0, 0.5, 1.0)
    with pytest.raises(ValueError, match=r"^gpu_hours is -.*: must not be negative$"):
        simulate(
            economics.rental_cost, {"gpu_hours": hours}, draws=64, usd_per_gpu_hour=2.0
        )


def test_an_unknown_output_and_an_impossible_share_are_refused() -> None:
    drawn = Simulation(inputs={}, outputs={"total_usd": np.array([1.0, 2.0])})
    with pytest.raises(ValueError, match=r"output is 'usd': must be one of"):
        drawn.quantiles("usd", 0.5)
    with pytest.raises(ValueError, match=r"output is 'usd': must be one of"):
        drawn.share_above("usd", 1.0)
    with pytest.raises(ValueError, match="probability is 2: must be from 0 to 1"):
        drawn.quantiles("total_usd", 2)
