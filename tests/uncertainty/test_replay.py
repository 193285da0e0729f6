"""What a tape gives for a whole array is what Python gives for each number."""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsv3 import calculators, economics
from dsv3.uncertainty import drawn_bill, page_steps, replay, traced
from dsv3.uncertainty.replay import ARRAY_OPERATIONS
from explorables.arithmetic import evaluate, result_numbers
from explorables.arithmetic.tape import OPERATIONS

FORMULAS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "accountings": (economics.accountings, calculators.accountings.defaults()),
    "program": (economics.program_cost, calculators.development_cost.defaults()),
    "solve": (economics.solve_for, calculators.required_conditions.defaults()),
    "budget": (economics.trained_on, calculators.training_budget.defaults()),
    "cost": (economics.training_cost, calculators.training_cost.defaults()),
    "draw": (
        drawn_bill,
        {
            n: v
            for n, v in calculators.cost_range.defaults().items()
            if n != "probability"
        }
        | dict.fromkeys(page_steps(), 0.5),
    ),
}
ROWS = 200


def test_every_operation_of_a_tape_can_be_played_on_arrays() -> None:
    assert set(OPERATIONS) <= set(ARRAY_OPERATIONS) | {"lookup"}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_replay_equals_the_function_row_by_row(name: str) -> None:
    function, defaults = FORMULAS[name]
    numbers = {n: v for n, v in defaults.items() if not isinstance(v, str)}
    fixed = {n: v for n, v in defaults.items() if isinstance(v, str)}
    source = random.Random(name)
    # Ratios must stay above 1 and shares below it: the least move keeps both.
    rows = {
        n: np.array([v + (1 - v) * 0.5 * source.random() for _ in range(ROWS)])
        if 0 < v < 1
        else np.array([v * (1 + 0.1 * source.random()) for _ in range(ROWS)])
        for n, v in numbers.items()
    }
    if name == "draw":
        rows |= {n: np.full(ROWS, v) for n, v in numbers.items() if "low_" in n}
    for argument in ("busy_share", "run_share", "power_share"):
        if argument in rows:
            rows[argument] = np.minimum(rows[argument], 1.0)
    tape = traced(function, list(numbers), **fixed)
    found = replay(tape, rows)
    for place in range(ROWS):
        given = {n: float(values[place]) for n, values in rows.items()}
        expected = result_numbers(function(**fixed, **given))
        played = evaluate(tape, given)
        assert played.complaint is None
        for output, value in expected.items():
            assert math.isclose(found[output][place], float(value), rel_tol=1e-12)


def test_one_number_serves_every_draw() -> None:
    tape = traced(lambda a, b: a - b, ["a", "b"])
    found = replay(tape, {"a": np.array([1.0, 3.0]), "b": 1.0})["result"]
    assert found.tolist() == [0.0, 2.0]


def test_a_result_that_no_input_moves_has_the_size_of_the_draws() -> None:
    tape = traced(lambda a: {"moved": a, "fixed": 4.0}, ["a"])
    found = replay(tape, {"a": np.array([1.0, 3.0])})
    assert found["fixed"].tolist() == [4.0, 4.0]


def test_the_first_draw_that_breaks_a_rule_is_named() -> None:
    tape = traced(
        lambda rate: economics.rental_cost(gpu_hours=1.0, usd_per_gpu_hour=rate),
        ["rate"],
    )
    with pytest.raises(ValueError, match="usd_per_gpu_hour is -2"):
        replay(tape, {"rate": np.array([1.0, -2.0, -3.0])})
