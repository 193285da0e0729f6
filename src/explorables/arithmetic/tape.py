"""A recorded calculation: what a tape holds and how to play it back.

The interpreter follows the page's arithmetic: where Python would raise (a division by
zero, the logarithm of zero) it goes on with an infinity or NaN, and the tape's guards
say that there is no value.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Value = float | bool | str
"""What an input can be: a number, a truth value or the name of an option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One argument of the traced function."""

    name: str

    kind: str
    """``number``, ``toggle`` or ``choice``."""

    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a tape; its operands are positions of earlier steps."""

    operation: str
    """A key of `OPERATIONS`, or ``input``, ``constant`` or ``lookup``."""

    operands: tuple[int, ...] = ()

    constant: float = 0.0
    """The value of a constant, or an input's place among the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition under which the outputs exist, and the value to show where it fails.

    Both are positions of steps.
    """

    name: str
    """Argument the rule is about; empty where a step has no value (x / 0)."""

    value: int
    condition: int

    rule: str
    """The rule in words: ``must be at most 1``."""

    def complaint(self, value: Value) -> str:
        """Return the line that tells a reader which rule is broken.

        Examples
        --------
        >>> guard = Guard(name="share", value=0, condition=1, rule="must be below 1")
        >>> guard.complaint(1.5)
        'share is 1.5: must be below 1'
        """
        return f"{self.name} is {value!r}: {self.rule}" if self.name else self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A function written down as straight-line arithmetic."""

    inputs: tuple[Input, ...]

    nodes: tuple[Node, ...]
    """Steps; every operand stands before its use."""

    outputs: Mapping[str, int]
    """Name of each result and its position."""

    guards: tuple[Guard, ...]
    """Conditions, in the order in which Python meets them."""

    def used_inputs(self) -> frozenset[str]:
        """Names of the inputs that any output or guard depends on."""
        places = {int(n.constant) for n in self.nodes if n.operation == "input"}
        return frozenset(self.inputs[place].name for place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a tape gives for one set of inputs."""

    outputs: Mapping[str, float]
    """Every result; meaningless where there is a complaint."""

    complaint: str | None
    """The first broken rule, as Python's own error would say it."""


def evaluate(tape: Tape, inputs: Mapping[str, Value]) -> Evaluation:
    """Play a tape for one set of inputs.

    Each has a value: a number, a truth value for a toggle, an option's name for a
    choice.
    """
    given = [_input_value(spec, inputs[spec.name]) for spec in tape.inputs]
    values: list[Any] = []
    for node in tape.nodes:
        operands = [values[place] for place in node.operands]
        values.append(_step(node, operands, given))
    complaint = None
    for guard in tape.guards:
        if not values[guard.condition]:
            shown = _shown(tape, guard.value, values[guard.value])
            complaint = guard.complaint(shown)
            break
    outputs = {name: float(values[place]) for name, place in tape.outputs.items()}
    return Evaluation(outputs=outputs, complaint=complaint)


def _input_value(spec: Input, value: Value) -> float | bool | int:
    if spec.kind != "choice":
        assert not isinstance(value, str)
        return value
    if value not in spec.options:
        names = ", ".join(spec.options)
        message = f"{spec.name} is {value!r}: must be one of {names}"
        raise ValueError(message)
    return spec.options.index(str(value))


def _step(node: Node, operands: list[Any], given: list[Any]) -> Any:
    match node.operation:
        case "input":
            return given[int(node.constant)]
        case "constant":
            return node.constant
        case "lookup":
            return operands[1 + operands[0]]
        case operation:
            return OPERATIONS[operation](*operands)


def _shown(tape: Tape, place: int, value: Value) -> Value:
    node = tape.nodes[place]
    if node.operation == "input":
        spec = tape.inputs[int(node.constant)]
        if spec.kind == "choice":
            return spec.options[int(value)]
    return value


def _divide(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _floor_divide(a: float, b: float) -> float:
    return a // b if b != 0 else math.nan


def _modulo(a: float, b: float) -> float:
    return a % b if b != 0 else math.nan


def _power(a: float, b: float) -> float:
    try:
        result = float(a) ** float(b)
    except OverflowError:
        odd = b % 2 == 1
        return -math.inf if a < 0 and odd else math.inf
    except ZeroDivisionError:
        return math.inf
    return math.nan if isinstance(result, complex) else float(result)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    def extended(x: float) -> float:
        if x > 0:
            return function(x)
        return -math.inf if x == 0 else math.nan

    return extended


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    def extended(x: float) -> float:
        return float(function(x)) if math.isfinite(x) else x

    return extended


def smaller(a: float, b: float) -> float:
    """Return the smaller of two plain numbers, NaN if either is NaN.

    Examples
    --------
    >>> smaller(2.0, 1.0), smaller(1.0, math.nan)
    (1.0, nan)
    """
    return a if a < b or math.isnan(a) else b


def larger(a: float, b: float) -> float:
    """Return the larger of two plain numbers, NaN if either is NaN.

    Examples
    --------
    >>> larger(2.0, 1.0), larger(math.nan, 1.0)
    (2.0, nan)
    """
    return a if a > b or math.isnan(a) else b


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": _divide,
    "floor_divide": _floor_divide,
    "modulo": _modulo,
    "power": _power,
    "negative": operator.neg,
    "absolute": operator.abs,
    "minimum": smaller,
    "maximum": larger,
    "exp": _exp,
    "cos": lambda x: math.cos(x) if math.isfinite(x) else math.nan,
    "log": _logarithm(math.log),
    "log2": _logarithm(math.log2),
    "log10": _logarithm(math.log10),
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "both": lambda a, b: bool(a and b),
    "either": lambda a, b: bool(a or b),
    "negated": operator.not_,
    "where": lambda condition, a, b: a if condition else b,
}
"""Every operation a tape may hold, as the page computes it."""
