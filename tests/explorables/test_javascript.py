"""A traced function gives in JavaScript what it gives in Python."""

import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from explorables import Explorable, javascript
from explorables.arithmetic import (
    absolute,
    both,
    ceil,
    either,
    exp,
    floor,
    log,
    log2,
    log10,
    lookup,
    maximum,
    minimum,
    negated,
    power,
    require,
    sqrt,
    trace,
    where,
)

EDGES = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 7.0, 1e-12, 1e12, 2.0**53, -7.25]

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "grouping": lambda a, b: a - (b - (a - (b + 0.1))) + (a + (b + 0.2)),
    "quotients": lambda a, b: a / (b / (a / 3)) / (a * b),
    "minus a negative": lambda a, b: a - (-b) - (-1.5) * b - -(a * 2),
    "powers": lambda a, b: (-a) ** 2 + power(absolute(a), b / 40) + 2.0 ** (a / 99),
    "remainders": lambda a, b: a % b + a % -2.5 + -7 % b,
    "floor division": lambda a, b: a // b - (a // 0.7) - 7 // b,
    "extremes": lambda a, b: maximum(minimum(a, b), -5) * minimum(a, 1e3),
    "functions": lambda a, b: (
        exp(a / 1e13) + log(b) - log2(b) * log10(b) + sqrt(absolute(a))
    ),
    "whole": lambda a, b: floor(a) - ceil(b) + absolute(a - b),
    "branches": lambda a, b: where(
        either(both(a > 0, b >= a), negated(a != b)), where(a < 1, a, 2), b
    ),
    "large constants": lambda a, b: (
        a * 14_800_000_000_000 + b * 3.7e24 - 1e-300 + 123456
    ),
    "shared steps": lambda a, b: (a + b) * (a + b) / ((a + b) * 2 - a * b * (a * b)),
    "many layers": lambda a, b: sum(((a + i) * b for i in range(61)), 0.0),
}


def found(engine: MiniRacer, text: str, rows: list[list[float]]) -> list[Any]:
    program = (
        f"JSON.stringify({json.dumps(rows)}.map(row => ({text}).apply(null, row)))"
    )
    answer: list[Any] = json.loads(str(engine.eval(program)))
    return answer


@pytest.mark.parametrize("name", FUNCTIONS)
def test_javascript_agrees_with_python(engine: MiniRacer, name: str) -> None:
    function = FUNCTIONS[name]
    text = javascript(trace(function, {"a": "number", "b": "number"}))
    source = random.Random(name)
    rows = [[a, b] for a in EDGES for b in EDGES]
    rows += [
        [source.uniform(-100, 100), source.lognormvariate(0, 3)] for _ in range(1000)
    ]
    compared = 0
    for (a, b), ((value,), broken) in zip(rows, found(engine, text, rows), strict=True):
        try:
            expected = float(function(a, b))
        except (ValueError, ZeroDivisionError):
            assert broken or value is None, (a, b)
            continue
        except OverflowError:
            # Python stops above 1e308; the page goes on with an infinity.
            continue
        assert broken == 0, (a, b)
        assert math.isclose(value, expected, rel_tol=1e-12), (a, b, value, expected)
        compared += 1
    assert compared >= 500


def test_a_panel_agrees_with_python_on_random_states(
    engine: MiniRacer, panel: Explorable
) -> None:
    source = random.Random(1)
    states = [panel.random_state(source) for _ in range(1000)]
    spec = panel.specification()
    engine.eval(
        f"calcA = explorables.calculator({json.dumps(spec)}, {panel.javascript()})"
    )
    rows = json.dumps([list(state.values()) for state in states])
    results = json.loads(
        str(engine.eval(f"JSON.stringify({rows}.map(s => calcA.run(calcA.inputs(s))))"))
    )
    refused = 0
    for state, result in zip(states, results, strict=True):
        said = engine.eval(f"calcA.complaint({json.dumps(result['broken'])})")
        if said:
            refused += 1
            # The page names the control as its label does, then gives the rule.
            with pytest.raises(ValueError, match=str(said).partition(": ")[2]):
                panel.call(state)
            assert result["outputs"] == [None, None]
            continue
        expected = panel.call(state).values()
        for value, wanted in zip(result["outputs"], expected, strict=True):
            assert math.isclose(value, wanted, rel_tol=1e-12), state
    assert 0 < refused < 500
    assert engine.eval("calcA.agrees()") is True


def test_golden_rows_catch_an_engine_that_computes_otherwise(
    engine: MiniRacer, panel: Explorable
) -> None:
    spec = json.dumps(panel.specification())
    wrong = panel.javascript().replace("3600", "3600.00001")
    assert engine.eval(f"explorables.calculator({spec}, {wrong}).agrees()") is False


def test_a_step_used_twice_is_computed_once() -> None:
    text = javascript(trace(lambda a: exp(a) * exp(a), {"a": "number"}))
    assert text == "(a)=>{const $0=Math.exp(a);return [[$0*$0],0]}"


def test_a_rule_is_printed_with_the_value_to_show() -> None:
    def formula(a: Any) -> Any:
        require("a", a, a <= 1, "must be at most 1")
        return a

    assert javascript(trace(formula, {"a": "number"})) == "(a)=>[[a],!(a<=1)?[0,a]:0]"


def test_numbers_are_printed_exactly_and_shortly(engine: MiniRacer) -> None:
    numbers = [0.1, 1 / 3, 1e22, 14.8e12, 5e-324, 2.0**53, 123456.0, 1e308, 37e9 + 1]
    for number in numbers:
        text = javascript(trace(lambda a, x=number: a + x, {"a": "number"}))
        (value,), _ = found(engine, text, [[0.0]])[0]
        assert value == number
    assert "148e11" in javascript(trace(lambda a: a * 14.8e12, {"a": "number"}))


def test_words_of_javascript_may_name_an_argument(engine: MiniRacer) -> None:
    tape = trace(
        lambda new, function: new - function, {"new": "number", "function": "number"}
    )
    assert found(engine, javascript(tape), [[3.0, 1.0]]) == [[[2.0], 0]]


def test_a_choice_reads_its_table_by_position(engine: MiniRacer) -> None:
    tape = trace(
        lambda gpu, x: (
            lookup(gpu, {"A": x, "B": 2.0, "C": 5.0}) + where(gpu == "B", 1, 0)
        ),
        {"gpu": ["B", "A"], "x": "number"},
    )
    assert found(engine, javascript(tape), [[0, 9.0], [1, 9.0]]) == [
        [[3.0], 0],
        [[9.0], 0],
    ]


def test_nothing_in_traced_code_could_close_its_script(panel: Explorable) -> None:
    text = panel.javascript()
    assert "<" not in text.replace("<=", "").replace("0<$", "").replace("0<", "")
    assert "eval" not in text
    assert "Function" not in text
