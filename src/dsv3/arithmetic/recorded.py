"""Numbers, choices and conditions that write down what is done to them.

This file owns operator overloading: a recorded number behaves like a float and
adds a step to a tape for each operation. It knows no quantity and no page.

Whatever a tape cannot follow raises `TracingError` on the spot: ``if`` and
``and`` on a recorded value, ``int()``, ``range()``, ``math.sqrt()``, text made
of a recorded number, a place in a set or a dictionary, numpy arrays. One thing
cannot be detected: a formula that asks ``isinstance(x, float)`` quietly takes
another branch. Every panel is therefore also compared with plain Python.
"""

import numbers
import operator
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Self

from dsv3.arithmetic.tape import Guard, Input, Node

TRUTH = (
    "`if`, `and`, `or`, `not`, `min`, `max` and chained comparisons need a plain "
    "value: use where, both, either, negated, minimum, maximum of dsv3.arithmetic"
)
FORMATTING = "text cannot be made of it: return the number and let the page format it"


class TracingError(TypeError):
    """An operation that a recorded value cannot follow; says what to use."""


class Recorder:
    """A tape under construction: the steps so far, equal steps kept once."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.inputs = tuple(inputs)
        self.nodes: list[Node] = []
        self.guards: list[Guard] = []
        self._places: dict[tuple[str, tuple[int, ...], str], int] = {}

    def add(self, operation: str, *operands: int, constant: float = 0.0) -> int:
        """Append a step, or find the equal one made before."""
        # The text of a constant tells 0.0 from -0.0 and makes NaN equal to itself.
        key = (operation, operands, repr(constant))
        if key not in self._places:
            self._places[key] = len(self.nodes)
            self.nodes.append(Node(operation, operands, constant))
        return self._places[key]

    def guard(self, *, name: str, value: int, condition: int, rule: str) -> None:
        """Add a condition, once."""
        guard = Guard(name=name, value=value, condition=condition, rule=rule)
        if guard not in self.guards:
            self.guards.append(guard)

    def operand(self, value: object) -> int:
        """Return the place of a number, entering a plain one as a constant."""
        if isinstance(value, Recorded):
            return self.place(value)
        return self.add("constant", constant=_plain(value))

    def place(self, value: "Traced") -> int:
        """Return the place of a recorded value of this same tape."""
        if value.recorder is not self:
            message = f"{value!r} belongs to another trace: trace one function at once"
            raise TracingError(message)
        return value.node


def _plain(value: object) -> float:
    if isinstance(value, numbers.Integral):
        number = int(value)
        if int(float(number)) != number:
            message = (
                f"{number} is an integer that a float cannot hold exactly: "
                f"write it as a float, such as {float(number)!r}"
            )
            raise TracingError(message)
        return float(number)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, RecordedCondition):
        message = f"{value!r} is a condition, not a number: use where(condition, a, b)"
    elif isinstance(value, RecordedChoice):
        message = f"{value!r} is a choice, not a number: use lookup(choice, table)"
    else:
        message = (
            f"a {type(value).__name__} cannot be combined with a recorded number: "
            "only single numbers can; loop over a fixed Python sequence instead"
        )
    raise TracingError(message)


class Traced:
    """What every recorded value has: its tape and its place on it."""

    __slots__ = ("node", "recorder")

    def __init__(self, recorder: Recorder, node: int) -> None:
        self.recorder = recorder
        self.node = node

    def __repr__(self) -> str:
        node = self.recorder.nodes[self.node]
        if node.operation == "input":
            what = repr(self.recorder.inputs[int(node.constant)].name)
        else:
            what = f"result of {node.operation}"
        return f"<{type(self).__name__}: {what}>"

    def _refusal(self, *, rule: str) -> TracingError:
        return TracingError(f"{self!r} is recorded, not plain: {rule}")

    def __bool__(self) -> bool:
        raise self._refusal(rule=TRUTH)

    def __hash__(self) -> int:
        raise self._refusal(
            rule="sets, dictionary keys and functools.cache need a plain value; "
            "use lookup of dsv3.arithmetic to read a table"
        )

    def __str__(self) -> str:
        raise self._refusal(rule=FORMATTING)

    def __format__(self, specification: str) -> str:
        raise self._refusal(rule=FORMATTING)

    def __int__(self) -> int:
        raise self._refusal(
            rule="int() needs a plain value: use floor of dsv3.arithmetic"
        )

    def __index__(self) -> int:
        raise self._refusal(
            rule="range() and positions need a plain value: "
            "use a closed formula, or lookup of dsv3.arithmetic"
        )

    def __float__(self) -> float:
        raise self._refusal(
            rule="float() and the functions of math need a plain value: "
            "use exp, log, sqrt and their kin of dsv3.arithmetic"
        )

    def __complex__(self) -> complex:
        raise self._refusal(
            rule="complex() needs a plain value: stay with real numbers"
        )

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise self._refusal(rule="round() needs a plain value: use floor(x + 0.5)")

    def __trunc__(self) -> int:
        raise self._refusal(
            rule="math.trunc needs a plain value: use floor of dsv3.arithmetic"
        )

    def __floor__(self) -> int:
        raise self._refusal(
            rule="math.floor needs a plain value: use floor of dsv3.arithmetic"
        )

    def __ceil__(self) -> int:
        raise self._refusal(
            rule="math.ceil needs a plain value: use ceil of dsv3.arithmetic"
        )

    def __iter__(self) -> NoReturn:
        raise self._refusal(
            rule="it cannot be looped over: loop over a fixed Python sequence"
        )

    def __array__(self, *args: object, **kwargs: object) -> NoReturn:
        raise self._refusal(
            rule="numpy cannot hold it: use the functions of dsv3.arithmetic"
        )

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **options: Any
    ) -> Any:
        """Let numpy's single numbers through, and refuse its arrays and functions."""
        action = NUMPY_OPERATORS.get(ufunc.__name__)
        if action is None or method != "__call__" or options:
            raise self._refusal(
                rule="numpy cannot hold it: use the functions of dsv3.arithmetic"
            )
        # numpy hands its single numbers over as arrays of no dimension.
        plain = [x.item() if getattr(x, "ndim", 1) == 0 else x for x in inputs]
        return action(*(x if isinstance(x, Traced) else _plain(x) for x in plain))


class RecordedCondition(Traced):
    """A truth value on a tape, for `where`, `both`, `either` and `negated`."""

    __slots__ = ()
    __hash__ = Traced.__hash__

    def __eq__(self, other: object) -> bool:
        raise self._refusal(
            rule="conditions are not compared: use both, either and negated"
        )

    def _logic(self, _other: object) -> NoReturn:
        raise self._refusal(
            rule="& and | are not recorded: use both, either and negated"
        )

    __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = _logic

    def _arithmetic(self, _other: object) -> NoReturn:
        raise self._refusal(
            rule="a condition is not a number: use where(condition, 1, 0)"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _arithmetic
    __truediv__ = __rtruediv__ = _arithmetic


class RecordedChoice(Traced):
    """One of a fixed list of names, for `lookup` and for comparison with a name."""

    __slots__ = ()
    __hash__ = Traced.__hash__

    @property
    def options(self) -> tuple[str, ...]:
        """Names it may take."""
        place = int(self.recorder.nodes[self.node].constant)
        return self.recorder.inputs[place].options

    def __eq__(self, other: object) -> "RecordedCondition | bool":  # type: ignore[override]
        if not isinstance(other, str):
            raise self._refusal(rule="a choice is compared with the name of an option")
        if other not in self.options:
            return False
        place = self.recorder.add("constant", constant=float(self.options.index(other)))
        node = self.recorder.add("equal", self.node, place)
        return RecordedCondition(self.recorder, node)

    def __ne__(self, other: object) -> "RecordedCondition | bool":  # type: ignore[override]
        equal = self == other
        if isinstance(equal, bool):
            return not equal
        node = self.recorder.add("negated", equal.node)
        return RecordedCondition(self.recorder, node)


class Recorded(Traced):
    """A number on a tape; the operators of Python's floats add steps to it."""

    __slots__ = ()
    __hash__ = Traced.__hash__

    def step(self, operation: str, *operands: object) -> Self:
        """Append an operation on numbers and return its result."""
        places = (self.recorder.operand(operand) for operand in operands)
        return type(self)(self.recorder, self.recorder.add(operation, *places))

    def exists_if(self, condition: "RecordedCondition | bool", rule: str) -> None:
        """Add a guard for a step that has no value unless a condition holds."""
        if isinstance(condition, RecordedCondition):
            self.recorder.guard(
                name="", value=self.node, condition=condition.node, rule=rule
            )

    def _compare(self, operation: str, a: object, b: object) -> RecordedCondition:
        places = (self.recorder.operand(operand) for operand in (a, b))
        return RecordedCondition(self.recorder, self.recorder.add(operation, *places))

    def __lt__(self, other: object) -> RecordedCondition:
        return self._compare("less", self, other)

    def __le__(self, other: object) -> RecordedCondition:
        return self._compare("less_equal", self, other)

    def __gt__(self, other: object) -> RecordedCondition:
        return self._compare("less", other, self)

    def __ge__(self, other: object) -> RecordedCondition:
        return self._compare("less_equal", other, self)

    def __eq__(self, other: object) -> RecordedCondition:  # type: ignore[override]
        if other is None or isinstance(other, str):
            return NotImplemented
        return self._compare("equal", self, other)

    def __ne__(self, other: object) -> RecordedCondition:  # type: ignore[override]
        if other is None or isinstance(other, str):
            return NotImplemented
        return self._compare("not_equal", self, other)

    def __add__(self, other: object) -> Self:
        return self if _is(other, 0) else self.step("add", self, other)

    def __radd__(self, other: object) -> Self:
        return self if _is(other, 0) else self.step("add", other, self)

    def __sub__(self, other: object) -> Self:
        return self if _is(other, 0) else self.step("subtract", self, other)

    def __rsub__(self, other: object) -> Self:
        return self.step("subtract", other, self)

    def __mul__(self, other: object) -> Self:
        return self if _is(other, 1) else self.step("multiply", self, other)

    def __rmul__(self, other: object) -> Self:
        return self if _is(other, 1) else self.step("multiply", other, self)

    def __truediv__(self, other: object) -> Self:
        return self if _is(other, 1) else self._quotient("divide", self, other)

    def __rtruediv__(self, other: object) -> Self:
        return self._quotient("divide", other, self)

    def __floordiv__(self, other: object) -> Self:
        return self._quotient("floor_divide", self, other)

    def __rfloordiv__(self, other: object) -> Self:
        return self._quotient("floor_divide", other, self)

    def __mod__(self, other: object) -> Self:
        return self._quotient("modulo", self, other)

    def __rmod__(self, other: object) -> Self:
        return self._quotient("modulo", other, self)

    def __divmod__(self, other: object) -> tuple[Self, Self]:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> tuple[Self, Self]:
        return other // self, other % self

    def __pow__(self, other: object, modulus: None = None) -> Self:
        if modulus is not None:
            raise self._refusal(rule="pow() with a modulus is not recorded")
        return self if _is(other, 1) else self.step("power", self, other)

    def __rpow__(self, other: object) -> Self:
        return self.step("power", other, self)

    def __neg__(self) -> Self:
        return self.step("negative", self)

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self.step("absolute", self)

    def _quotient(self, operation: str, a: object, b: object) -> Self:
        if isinstance(b, Recorded):
            b.exists_if(b != 0, "division by zero: there is no value here")
        elif _is(b, 0):
            message = "division by zero"
            raise ZeroDivisionError(message)
        return self.step(operation, a, b)


def _is(value: object, number: int) -> bool:
    return isinstance(value, numbers.Real) and value == number


NUMPY_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "power": operator.pow,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
"""Operators that one of numpy's single numbers may ask of a recorded number."""
