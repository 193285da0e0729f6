"""A tape under construction, and what its values refuse to do.

Whatever a tape cannot follow raises `TracingError` on the spot: ``if`` and ``and`` on a
recorded value, ``int()``, ``range()``, ``math.sqrt()``, text made of a recorded number,
a place in a set or a dictionary, numpy arrays. The message says what to use.

One thing cannot be detected: a formula that asks ``isinstance(x, float)`` quietly takes
another branch. Every panel is therefore also compared with plain Python.
"""

import numbers
import operator
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

from explorables.arithmetic.tape import Guard, Input, Node

TRUTH = (
    "`if`, `and`, `or`, `not`, `min`, `max` and chained comparisons need a plain "
    "value: use where, both, either, negated, minimum, maximum of "
    "explorables.arithmetic"
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
        if isinstance(value, Traced) and value.IS_NUMBER:
            return self.place(value)
        return self.add("constant", constant=plain_number(value))

    def place(self, value: "Traced") -> int:
        """Return the place of a recorded value of this same tape."""
        if value.recorder is not self:
            message = f"{value!r} belongs to another trace: trace one function at once"
            raise TracingError(message)
        return value.node


class Traced:
    """What every recorded value has: its tape and its place on it."""

    __slots__ = ("node", "recorder")

    IS_NUMBER: ClassVar[bool] = False
    ADVICE: ClassVar[str] = "a number"

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
            "use lookup of explorables.arithmetic to read a table"
        )

    def __str__(self) -> str:
        raise self._refusal(rule=FORMATTING)

    def __format__(self, specification: str) -> str:
        raise self._refusal(rule=FORMATTING)

    def __int__(self) -> int:
        raise self._refusal(
            rule="int() needs a plain value: use floor of explorables.arithmetic"
        )

    def __index__(self) -> int:
        raise self._refusal(
            rule="range() and positions need a plain value: "
            "use a closed formula, or lookup of explorables.arithmetic"
        )

    def __float__(self) -> float:
        raise self._refusal(
            rule="float() and the functions of math need a plain value: "
            "use exp, log, sqrt and their kin of explorables.arithmetic"
        )

    def __complex__(self) -> complex:
        raise self._refusal(
            rule="complex() needs a plain value: stay with real numbers"
        )

    def __round__(self, digits: int | None = None) -> NoReturn:
        raise self._refusal(rule="round() needs a plain value: use floor(x + 0.5)")

    def __trunc__(self) -> int:
        raise self._refusal(
            rule="math.trunc needs a plain value: use floor of explorables.arithmetic"
        )

    def __floor__(self) -> int:
        raise self._refusal(
            rule="math.floor needs a plain value: use floor of explorables.arithmetic"
        )

    def __ceil__(self) -> int:
        raise self._refusal(
            rule="math.ceil needs a plain value: use ceil of explorables.arithmetic"
        )

    def __iter__(self) -> NoReturn:
        raise self._refusal(
            rule="it cannot be looped over: loop over a fixed Python sequence"
        )

    def __array__(self, *args: object, **kwargs: object) -> NoReturn:
        raise self._refusal(
            rule="numpy cannot hold it: use the functions of explorables.arithmetic"
        )

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **options: Any
    ) -> Any:
        """Let numpy's single numbers through, and refuse its arrays and functions."""
        action = NUMPY_OPERATORS.get(ufunc.__name__)
        if action is None or method != "__call__" or options:
            raise self._refusal(
                rule="numpy cannot hold it: use the functions of explorables.arithmetic"
            )
        # numpy hands its single numbers over as arrays of no dimension.
        plain = [x.item() if getattr(x, "ndim", 1) == 0 else x for x in inputs]
        return action(*(x if isinstance(x, Traced) else plain_number(x) for x in plain))


def plain_number(value: object) -> float:
    """Return a plain number as the float a tape holds, or say why it cannot be.

    Examples
    --------
    >>> plain_number(3)
    3.0
    """
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
    if isinstance(value, Traced):
        message = f"{value!r} is not a number: use {value.ADVICE}"
    else:
        message = (
            f"a {type(value).__name__} cannot be combined with a recorded number: "
            "only single numbers can; loop over a fixed Python sequence instead"
        )
    raise TracingError(message)


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
