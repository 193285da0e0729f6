"""Numbers, choices and conditions that write down what is done to them.

A recorded number behaves like a float and adds a step to its tape for each operation.
What a tape cannot follow is refused in `recorder`.
"""

import numbers
from typing import ClassVar, NoReturn, Self

from explorables.arithmetic.recorder import Traced


class RecordedCondition(Traced):
    """A truth value on a tape, for `where`, `both`, `either` and `negated`."""

    __slots__ = ()
    ADVICE: ClassVar[str] = "where(condition, a, b)"
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
    ADVICE: ClassVar[str] = "lookup(choice, table)"
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
    IS_NUMBER: ClassVar[bool] = True
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
