"""Recorded numbers: the same arithmetic as plain ones, or a refusal."""

import functools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from explorables.arithmetic import (
    Choice,
    Condition,
    Number,
    Recorded,
    TracingError,
    absolute,
    both,
    ceil,
    cos,
    either,
    evaluate,
    exp,
    floor,
    is_recorded,
    log,
    log2,
    log10,
    lookup,
    lookup_record,
    maximum,
    minimum,
    nearest_names,
    negated,
    power,
    require,
    sqrt,
    total,
    trace,
    where,
)

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 7.0, 1e-300, 1e300, 2.0**53, -7.25]

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda a, b: a + b + 2,
    "difference": lambda a, b: 5 - a - (b - 1),
    "minus a negative": lambda a, b: a - (-b),
    "product": lambda a, b: a * b * 3,
    "quotient": lambda a, b: a / b,
    "grouping": lambda a, b: a - (b - (a - (b + 0.1))),
    "floor division": lambda a, b: a // b,
    "remainder": lambda a, b: a % b,
    "remainder of a constant": lambda a, b: -7 % a + (7 // b),
    "divmod": lambda a, b: divmod(a, b)[0] + divmod(a, b)[1],
    "power": lambda a, b: power(absolute(a), b / 7),
    "square": lambda a, b: (a - b) ** 2,
    "two to the": lambda a, b: 2.0 ** (a / 1e3) + b,
    "negative": lambda a, b: -a + +b,
    "absolute": lambda a, b: abs(a) - absolute(b),
    "minimum": lambda a, b: minimum(a, b) + minimum(2.0, a) + minimum(b, 3),
    "maximum": lambda a, b: maximum(a, b) + maximum(2.0, a) + maximum(b, 3),
    "exponential": lambda a, b: exp(minimum(a, 9.0)) + b,
    "cosine": lambda a, b: cos(minimum(a, 9.0)) + b,
    "logarithms": lambda a, b: log(a) + log2(b) * log10(a),
    "root": lambda a, b: sqrt(a) * b,
    "whole": lambda a, b: floor(a) + ceil(b),
    "branch": lambda a, b: where(a < b, a, where(a > 2 * b, b, 1.0)),
    "logic": lambda a, b: where(
        either(both(a >= 0, b <= 1), negated(a != b)), a, b + 1
    ),
    "equality": lambda a, b: where(a == b, 1.0, 2.0),
    "inverse": lambda a, b: 1 / (a * b),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_tape_gives_what_python_gives_and_complains_where_python_raises(
    name: str,
) -> None:
    function = FUNCTIONS[name]
    tape = trace(function, {"a": "number", "b": "number"})
    source = random.Random(name)
    pairs = [(a, b) for a in EDGES for b in EDGES]
    pairs += [
        (source.uniform(-50, 50), source.lognormvariate(0, 5)) for _ in range(500)
    ]
    for a, b in pairs:
        played = evaluate(tape, {"a": a, "b": b})
        try:
            expected = float(function(a, b))
        except (ValueError, ZeroDivisionError):
            value = played.outputs["result"]
            assert played.complaint or not math.isfinite(value), (a, b)
            continue
        except OverflowError:
            continue
        assert played.complaint is None, (a, b)
        assert played.outputs["result"] == pytest.approx(
            expected, rel=1e-15, abs=0, nan_ok=True
        ), (a, b)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "if": (lambda x: 1 if x else 2, "where"),
    "if of a condition": (lambda x: 1 if x > 0 else 2, "where"),
    "and": (lambda x: (x > 0) and x, "both"),
    "not": (lambda x: not x > 0, "negated"),
    "min": (lambda x: min(x, 3), "minimum"),
    "max": (lambda x: max(3, x), "maximum"),
    "chained comparison": (lambda x: 0 < x < 1, "both"),
    "int": (int, "floor"),
    "float": (float, "explorables.arithmetic"),
    "complex": (complex, "real"),
    "range": (lambda x: list(range(x)), "closed formula"),
    "position": (lambda x: [1, 2, 3][x], "lookup"),
    "repetition": (lambda x: [1] * x, "single numbers"),
    "math.sqrt": (math.sqrt, "sqrt"),
    "math.floor": (math.floor, "floor"),
    "math.ceil": (math.ceil, "ceil"),
    "math.trunc": (math.trunc, "floor"),
    "round": (lambda x: round(x, 2), "floor"),
    "dictionary": (lambda x: {1.0: 2.0}[x], "lookup"),
    "set": (lambda x: x in {1.0, 2.0}, "lookup"),
    "list membership": (lambda x: x in [1.0, 2.0], "where"),
    "cache": (functools.cache(lambda x: x * 2), "functools.cache"),
    "str": (str, "format"),
    "f-string": (lambda x: f"{x:.2f}", "format"),
    "percent formatting": (lambda x: "%s" % x, "format"),  # noqa: UP031
    "iteration": (sum, "fixed Python sequence"),
    "array times": (lambda x: np.arange(3) * x, "fixed Python sequence"),
    "times array": (lambda x: x * np.arange(3), "fixed Python sequence"),
    "array of": (lambda x: np.array([x]), "explorables.arithmetic"),
    "numpy function": (np.sqrt, "explorables.arithmetic"),
    "text operand": (lambda x: x + "1", "single numbers"),
    "inexact integer": (lambda x: x * (2**53 + 1), "as a float"),
    "condition as number": (lambda x: (x > 0) * 3, "where"),
    "condition combined by &": (lambda x: (x > 0) & (x < 1), "both"),
    "condition compared": (lambda x: (x > 0) == (x < 1), "both"),
    "number as condition": (lambda x: where(x, 1, 2), "compare"),
    "condition in a sum": (lambda x: x + (x > 0), "where"),
    "modular power": (lambda x: pow(x, 2, 5), "modulus"),
    "no number at all": (lambda x: [x], "mapping"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_tape_cannot_follow_is_refused_with_advice(name: str) -> None:
    function, advice = REFUSED[name]
    with pytest.raises(TracingError, match=advice):
        trace(lambda **given: function(given["x"]), {"x": "number"})


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (lambda gpu: gpu == 3, "name of an option"),
        (lambda gpu: {"A": 1}[gpu], "lookup"),
        (lambda gpu: 2.0 + trace_sum(gpu), "lookup"),
        (lambda gpu: f"{gpu}", "format"),
        (lambda gpu: 1 if gpu == "A" else 2, "where"),
    ],
)
def test_misuse_of_a_choice_is_refused_with_advice(
    function: Callable[[Any], Any], advice: str
) -> None:
    with pytest.raises(TracingError, match=advice):
        trace(function, {"gpu": ["A", "B"]})


def trace_sum(gpu: Any) -> Any:
    return minimum(where(gpu == "A", 1.0, 2.0), gpu)


def test_two_traces_do_not_mix() -> None:
    kept: list[Recorded] = []

    def leak(x: Any) -> Any:
        kept.append(x)
        return x + 1

    trace(leak, {"x": "number"})
    with pytest.raises(TracingError, match="another trace"):
        trace(lambda x: x + kept[0], {"x": "number"})


def test_equal_steps_are_recorded_once() -> None:
    def layers(x: Any) -> Any:
        result = 0
        for _ in range(61):
            result = result + x * x / 3
        return result

    operations = [n.operation for n in trace(layers, {"x": "number"}).nodes]
    assert operations.count("multiply") == 1
    assert operations.count("divide") == 1
    assert operations.count("add") == 60


def test_steps_that_no_result_needs_are_dropped() -> None:
    tape = trace(
        lambda x: {"used": x + 1, "unused": exp(x) * 5},
        {"x": "number"},
        outputs=["used"],
    )
    assert [n.operation for n in tape.nodes] == ["input", "constant", "add"]


def test_a_plain_subexpression_is_folded_by_python() -> None:
    tape = trace(lambda x: (2 * 3 + math.sqrt(16)) * x, {"x": "number"})
    assert [n.constant for n in tape.nodes if n.operation == "constant"] == [10.0]


def test_adding_nothing_and_multiplying_by_one_add_no_step() -> None:
    tape = trace(lambda x: total([x, x]) * 1 / 1 - 0, {"x": "number"})
    assert [n.operation for n in tape.nodes] == ["input", "add"]


def test_inputs_without_influence_are_known() -> None:
    tape = trace(lambda a, b: a + 0 * 2 + (b, 1)[1], {"a": "number", "b": "number"})
    assert tape.used_inputs() == {"a"}


def test_single_numbers_of_numpy_behave_like_floats() -> None:
    def formula(x: Any) -> Any:
        return np.float64(3) * x + np.int64(2) - x / np.float32(0.5)

    tape = trace(formula, {"x": "number"})
    assert evaluate(tape, {"x": 10.0}).outputs["result"] == 12.0
    smaller = trace(lambda x: where(np.float64(3) < x, 1.0, 0.0), {"x": "number"})
    assert evaluate(smaller, {"x": 4.0}).outputs["result"] == 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    note: str
    hours: Number
    total_usd: Number


def billed(*, gpu: Choice, hours: Number, reserved: Condition) -> Bill:
    require("hours", hours, hours > 0, "must be above 0")
    require("gpu", gpu, lookup(gpu, {"A": 1.0, "B": 0.0}) > 0, "cannot be rented")
    rate = lookup(gpu, {"A": 2.0, "B": hours / 100, "C": 9.0})
    cut = where(reserved, 0.5, 1.0)
    extra = where(gpu == "A", 1.0, 0.0) + where(gpu != "A", 10.0, 0.0)
    return Bill(note="n", hours=hours, total_usd=hours * rate * cut + extra)


def test_choices_toggles_and_dataclasses_are_recorded() -> None:
    tape = trace(billed, {"gpu": ["A", "B"], "hours": "number", "reserved": "toggle"})
    assert list(tape.outputs) == ["hours", "total_usd"]
    for reserved in (True, False):
        given: dict[str, Any] = {"gpu": "A", "hours": 7.5, "reserved": reserved}
        assert evaluate(tape, given).outputs["total_usd"] == billed(**given).total_usd


@pytest.mark.parametrize(
    "given",
    [
        {"gpu": "A", "hours": -1.5, "reserved": True},
        {"gpu": "A", "hours": math.nan, "reserved": True},
        {"gpu": "B", "hours": 2.0, "reserved": False},
        {"gpu": "B", "hours": 0.0, "reserved": False},
    ],
)
def test_a_tape_complains_in_the_words_of_pythons_error(given: dict[str, Any]) -> None:
    tape = trace(billed, {"gpu": ["A", "B"], "hours": "number", "reserved": "toggle"})
    with pytest.raises(ValueError, match=r"must|cannot") as error:
        billed(**given)
    assert evaluate(tape, given).complaint == str(error.value)


def test_an_unknown_option_is_refused_by_tape_and_table() -> None:
    tape = trace(billed, {"gpu": ["A", "B"], "hours": "number", "reserved": "toggle"})
    with pytest.raises(ValueError, match="one of A, B"):
        evaluate(tape, {"gpu": "X", "hours": 1.0, "reserved": True})
    with pytest.raises(
        ValueError, match="choice is 'H80': must be one of H800 SXM, A100"
    ):
        lookup("H80", {"H800 SXM": 1.0, "A100": 2.0})
    with pytest.raises(ValueError, match="choice is 'D': must be one of A, B"):
        trace(billed, {"gpu": ["A", "D"], "hours": "number", "reserved": "toggle"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    name: str
    vendor: str
    watts: float
    can_sleep: bool
    rate: Bill

    @property
    def kilowatts(self) -> float:
        return self.watts / 1e3

    def over(self, hours: float) -> float:
        if self.watts > 500:  # a branch on a field of one record is a plain one
            return self.watts * hours
        return 0.0


CHIPS = {
    name: Chip(
        name=name,
        vendor="V",
        watts=watts,
        can_sleep=watts > 500,
        rate=Bill(note="n", hours=1, total_usd=watts / 100),
    )
    for name, watts in (("A", 700.0), ("B", 400.0), ("C", 900.0))
}


def test_a_whole_record_is_read_at_a_recorded_name() -> None:
    def drawn(gpu: Choice, hours: Number) -> Number:
        chip = lookup_record(gpu, CHIPS, name="gpu")
        assert chip.vendor == "V"
        return chip.kilowatts * hours + chip.over(2.0) + chip.rate.total_usd

    tape = trace(drawn, {"gpu": ["A", "B"], "hours": "number"})
    for gpu in ("A", "B"):
        result = evaluate(tape, {"gpu": gpu, "hours": 3.0}).outputs["result"]
        assert result == drawn(gpu, 3.0)
    with pytest.raises(ValueError, match="gpu is 'D': must be one of A, B, C"):
        lookup_record("D", CHIPS, name="gpu")
    assert lookup_record("B", CHIPS) is CHIPS["B"]


@pytest.mark.parametrize("field", ["name", "can_sleep"])
def test_what_is_no_number_and_differs_cannot_be_looked_up(field: str) -> None:
    def read(gpu: Choice) -> Number:
        getattr(lookup_record(gpu, CHIPS), field)
        return 0.0

    with pytest.raises(TracingError, match=f"{field} of a recorded choice"):
        trace(read, {"gpu": ["A", "B"]})


def test_a_wrong_name_among_many_is_told_the_nearest() -> None:
    many = {f"row {n:02}": float(n) for n in range(13)}
    with pytest.raises(ValueError, match=r"row is 'row 77': there is none; nearest: "):
        lookup("row 77", many, name="row")
    assert nearest_names("zzz", many).endswith("row 07, ...")


def test_a_broken_rule_on_constants_raises_while_tracing() -> None:
    def formula(x: Any) -> Any:
        require("layers", -1, -1 > 0, "must be above 0")
        return x

    with pytest.raises(ValueError, match="layers is -1: must be above 0"):
        trace(formula, {"x": "number"})


def test_division_by_a_constant_zero_raises_while_tracing() -> None:
    with pytest.raises(ZeroDivisionError):
        trace(lambda x: x / 0, {"x": "number"})


def test_a_choice_of_one_name_is_plain() -> None:
    tape = trace(
        lambda gpu, x: lookup(gpu, {"A": 2.0}) * x, {"gpu": ["A"], "x": "number"}
    )
    assert evaluate(tape, {"gpu": "A", "x": 4.0}).outputs["result"] == 8.0


def test_nan_is_never_satisfying_and_never_lost() -> None:
    missing = math.nan
    assert math.isnan(minimum(math.nan, 1.0))
    assert math.isnan(maximum(1.0, math.nan))
    with pytest.raises(ValueError, match="x is nan"):
        require("x", missing, missing > 0, "must be above 0")


def test_unknown_outputs_and_kinds_are_named() -> None:
    with pytest.raises(ValueError, match="the result's numbers are a"):
        trace(lambda x: {"a": x}, {"x": "number"}, outputs=["b"])
    with pytest.raises(ValueError, match="number, toggle or a list"):
        trace(lambda x: x, {"x": "integer"})


def test_is_recorded_tells_the_two_apart() -> None:
    seen: list[bool] = []

    def look(x: Any) -> Any:
        seen.append(is_recorded(x))
        return x

    trace(look, {"x": "number"})
    assert seen == [True]
    assert not is_recorded(1.0)


def test_a_debugger_may_still_look_at_a_recorded_number() -> None:
    seen: list[object] = []

    def look(x: Any) -> Any:
        seen.extend((repr(x), repr(x + 1), x is None, x == "text"))
        return x

    trace(look, {"x": "number"})
    assert seen == ["<Recorded: 'x'>", "<Recorded: result of add>", False, False]
