"""One walk over all calculators: words, ranges, and the same number in three homes."""

import json
import math
import random
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from dsv3 import calculators
from dsv3.cli import main
from dsv3.cli.options import flag
from dsv3.cli.printing import named_values
from explorables import Calculator, runtime
from explorables.arithmetic import TracingError

STATES = 200
ALL = calculators.all_calculators()
BY_HAND = {"expert_placement"}
"""Calculators whose command reads a file and is tested on its own."""

NOT_TRACED = {"cost_range", "schedule", "expert_placement", "smallest_run"}
"""Calculators that search, draw or record, which no trace can follow."""

MOVED = [c for c in ALL if any(one.controllable for one in c.arguments)]
TRACED = [c for c in MOVED if c.name not in NOT_TRACED and c.outputs]
DRAWN = [c for c in MOVED if c.name in NOT_TRACED]
ASKED = [c for c in ALL if c.name not in BY_HAND]

every = pytest.mark.parametrize("calculator", ALL, ids=lambda one: one.name)
asked = pytest.mark.parametrize("calculator", ASKED, ids=lambda one: one.name)


def test_there_are_enough_to_walk() -> None:
    assert len(ALL) >= 25
    assert len({one.command for one in ALL}) == len(ALL)
    assert len({one.name for one in ALL}) == len(ALL)
    assert all(getattr(calculators, one.name) is one for one in ALL)


@every
def test_every_argument_says_what_it_is(calculator: Calculator[..., object]) -> None:
    labels = [one.about.label for one in calculator.arguments]
    assert len(set(labels)) == len(labels), "two arguments have one label"
    for one in calculator.arguments:
        assert one.about.label[0].isupper() or not one.about.label[0].isalpha()
        assert len(one.about.label.split()) <= 6, one.about.label
        assert one.about.help.endswith("."), one.about.help
        assert 2 <= len(one.about.help.split()) <= 30, one.about.help
    assert calculator.summary.endswith(".")
    assert calculator.title[0].isupper()


@every
def test_defaults_lie_in_their_ranges_and_among_their_choices(
    calculator: Calculator[..., object],
) -> None:
    for one in calculator.arguments:
        if isinstance(one.default, str):
            assert one.options or one.offered, f"{one.name} has no choices"
        if one.controllable:
            one.control()


@every
def test_the_first_scenario_is_answered_and_shows_what_it_promises(
    calculator: Calculator[..., object],
) -> None:
    found = named_values(calculator())
    assert set(calculator.outputs) <= set(found)


@asked
def test_the_command_answers_like_the_call(
    calculator: Calculator[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {}
    for one in calculator.arguments:
        unread = one.about.when and not calculator.in_effect(one.about.when, {})
        if not unread and not isinstance(one.default, bool):
            given[one.name] = one.default
    words = [w for name, value in given.items() for w in (flag(name), _typed(value))]
    assert main([*calculator.command.split()[1:], *words, "--json"]) == 0
    typed = json.loads(capsys.readouterr().out)
    assert main([*calculator.command.split()[1:], "--json"]) == 0
    assumed = json.loads(capsys.readouterr().out)
    assert typed["results"] == assumed["results"]
    assert set(typed["inputs"]) == set(given)
    assert assumed["inputs"] == {}
    assert set(given) <= set(assumed["assumptions"])


@asked
def test_people_are_shown_no_structure_of_python(
    calculator: Calculator[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(calculator.command.split()[1:]) == 0
    printed = capsys.readouterr().out
    assert not any(sign in printed for sign in ("{", "[", "((", "None", "object at"))
    assert max(map(len, printed.splitlines())) < 600


def _typed(value: object) -> str:
    return value if isinstance(value, str) else repr(float(value))  # type: ignore[arg-type]


@every
def test_a_fraction_is_never_cut(calculator: Calculator[..., object]) -> None:
    for one in calculator.arguments:
        if one.whole and not one.about.when:
            with pytest.raises(ValueError, match=f"^{one.name} is .*whole number"):
                calculator(**{one.name: float(one.default) + 0.5})


@every
def test_an_odd_name_is_refused_with_the_argument_and_the_choices(
    calculator: Calculator[..., object],
) -> None:
    for one in calculator.arguments:
        if isinstance(one.default, str):
            with pytest.raises(ValueError, match=f"^{one.name} is 'zzz': ") as refused:
                calculator(**{one.name: "zzz"})
            if len(one.options) <= 12:
                assert all(name in str(refused.value) for name in one.options)
            assert "<" not in str(refused.value)


@pytest.fixture(scope="module")
def engine() -> MiniRacer:
    """Return an engine that has read the panels' runtime."""
    made = MiniRacer()
    made.eval(runtime())
    return made


@pytest.mark.parametrize("calculator", TRACED, ids=lambda one: one.name)
def test_the_page_computes_what_python_computes(
    calculator: Calculator[..., object], engine: MiniRacer
) -> None:
    panel = calculator.panel()
    source = random.Random(calculator.name)
    states = [panel.state(), *(panel.random_state(source) for _ in range(STATES))]
    specification = json.dumps(panel.specification())
    engine.eval(f"calc = explorables.calculator({specification}, {panel.javascript()})")
    assert engine.eval("calc.agrees()") is True
    rows = json.dumps([list(state.values()) for state in states])
    program = f"JSON.stringify({rows}.map(s => calc.run(calc.inputs(s))))"
    results = json.loads(str(engine.eval(program)))
    compared = 0
    for state, result in zip(states, results, strict=True):
        try:
            found = panel.call(state)
        except (ValueError, ArithmeticError):
            continue
        for value, wanted in zip(result["outputs"], found.values(), strict=True):
            if math.isfinite(wanted):
                assert math.isclose(value, wanted, rel_tol=1e-12, abs_tol=1e-300), state
                compared += 1
    assert compared > STATES / 4


@pytest.mark.parametrize("calculator", DRAWN, ids=lambda one: one.name)
def test_only_what_no_trace_can_follow_is_left_out(
    calculator: Calculator[..., object],
) -> None:
    with pytest.raises((TracingError, TypeError, ValueError)):
        calculator.panel().tape()
