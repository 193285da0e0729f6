"""Functions that formulas use in place of ``if``, ``min``, ``math`` and tables.

Each takes plain numbers or recorded ones. On plain numbers it computes at once
and raises Python's own error where there is no value (``log(0)``, ``1 / 0``).
On recorded numbers it adds a step, and a guard where Python would raise, so
that the page shows a dash for the same inputs.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from explorables.arithmetic.recorded import Recorded, RecordedChoice, RecordedCondition
from explorables.arithmetic.recorder import Traced, TracingError
from explorables.arithmetic.tape import larger, smaller

Number = float | Recorded
"""A number that may be plain or recorded; so may a `Choice` and a `Condition`."""

Choice = str | RecordedChoice

Condition = bool | RecordedCondition


def is_recorded(value: object) -> bool:
    """Say whether a value is recorded; formulas should rarely need to ask.

    Examples
    --------
    >>> is_recorded(2.0)
    False
    """
    return isinstance(value, Traced)


def where(condition: Condition, a: Number, b: Number) -> Number:
    """Return `a` where the condition holds and `b` where it does not.

    Both are computed first, so neither may divide by zero: bound the divisor
    with `maximum`.

    Examples
    --------
    >>> where(1 < 2, 10.0, 20.0)
    10.0
    """
    if is_recorded(condition) and not isinstance(condition, RecordedCondition):
        message = f"{condition!r} is not a condition: compare it, as in where(x > 0, …)"
        raise TracingError(message)
    if not isinstance(condition, RecordedCondition):
        return a if condition else b
    recorder = condition.recorder
    places = recorder.operand(a), recorder.operand(b)
    if places[0] == places[1]:
        return a
    node = recorder.add("where", recorder.place(condition), *places)
    return Recorded(recorder, node)


def minimum(a: Number, b: Number) -> Number:
    """Return the smaller of two numbers; NaN if either is NaN.

    Examples
    --------
    >>> minimum(3.0, 2.0)
    2.0
    """
    if isinstance(a, Recorded):
        return a.step("minimum", a, b)
    return b.step("minimum", a, b) if isinstance(b, Recorded) else smaller(a, b)


def maximum(a: Number, b: Number) -> Number:
    """Return the larger of two numbers; NaN if either is NaN.

    Examples
    --------
    >>> maximum(3.0, 2.0)
    3.0
    """
    if isinstance(a, Recorded):
        return a.step("maximum", a, b)
    return b.step("maximum", a, b) if isinstance(b, Recorded) else larger(a, b)


def total(values: Iterable[Number]) -> Number:
    """Add numbers from left to right; 0 for none.

    Python's ``sum`` compensates rounding since 3.12 and so differs in the last
    digit from one version to another; this does not.

    Examples
    --------
    >>> total([1.0, 2.0, 3.5])
    6.5
    """
    result: Number = 0
    for value in values:
        result = result + value
    return result


def exp(x: Number) -> Number:
    """Return e to the power of a number.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    return x.step("exp", x) if isinstance(x, Recorded) else math.exp(x)


def cos(x: Number) -> Number:
    """Return the cosine of an angle in radians.

    Examples
    --------
    >>> cos(0.0)
    1.0
    """
    return x.step("cos", x) if isinstance(x, Recorded) else math.cos(x)


def log(x: Number) -> Number:
    """Return the natural logarithm of a number above 0.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    return _logarithm("log", math.log, x)


def log2(x: Number) -> Number:
    """Return the logarithm to base 2 of a number above 0.

    Examples
    --------
    >>> log2(8.0)
    3.0
    """
    return _logarithm("log2", math.log2, x)


def log10(x: Number) -> Number:
    """Return the logarithm to base 10 of a number above 0.

    Examples
    --------
    >>> log10(1000.0)
    3.0
    """
    return _logarithm("log10", math.log10, x)


def _logarithm(operation: str, function: Callable[[float], float], x: Number) -> Number:
    if not isinstance(x, Recorded):
        return function(x)
    x.exists_if(x > 0, "logarithm of a number that is not above 0")
    return x.step(operation, x)


def sqrt(x: Number) -> Number:
    """Return the square root of a number not below 0.

    Examples
    --------
    >>> sqrt(9.0)
    3.0
    """
    if not isinstance(x, Recorded):
        return math.sqrt(x)
    x.exists_if(x >= 0, "square root of a number below 0")
    return x.step("sqrt", x)


def floor(x: Number) -> Number:
    """Return the largest whole number not above a number, as a float.

    Examples
    --------
    >>> floor(2.7), floor(-2.1)
    (2.0, -3.0)
    """
    return x.step("floor", x) if isinstance(x, Recorded) else float(math.floor(x))


def ceil(x: Number) -> Number:
    """Return the smallest whole number not below a number, as a float.

    Examples
    --------
    >>> ceil(2.1), ceil(-2.7)
    (3.0, -2.0)
    """
    return x.step("ceil", x) if isinstance(x, Recorded) else float(math.ceil(x))


def absolute(x: Number) -> Number:
    """Return a number without its sign.

    Examples
    --------
    >>> absolute(-2.5)
    2.5
    """
    return x.step("absolute", x) if isinstance(x, Recorded) else abs(x)


def power(base: Number, exponent: Number) -> Number:
    """Raise a number to a power; real numbers only.

    A negative base with a fractional exponent has none, nor has 0 with a negative one.

    Examples
    --------
    >>> power(2.0, 10.0)
    1024.0
    """
    if isinstance(base, Recorded) or isinstance(exponent, Recorded):
        return base**exponent
    return math.pow(base, exponent)


def require(name: str, value: object, condition: Condition, rule: str) -> None:
    """Demand that a condition holds for a value; the rule says in words which.

    On plain values a broken rule raises. On recorded values the rule becomes a guard,
    which the page checks and shows. A comparison with NaN never holds.

    Examples
    --------
    >>> require("share", 1.5, 1.5 <= 1, "must be at most 1")
    Traceback (most recent call last):
        ...
    ValueError: share is 1.5: must be at most 1
    """
    if isinstance(condition, RecordedCondition):
        recorder = condition.recorder
        if isinstance(value, Traced):
            place = recorder.place(value)
        else:
            place = recorder.operand(value)
        recorder.guard(name=name, value=place, condition=condition.node, rule=rule)
    elif not condition:
        message = f"{name} is {value!r}: {rule}"
        raise ValueError(message)


def require_option(name: str, choice: Choice, options: Sequence[str]) -> None:
    """Demand that a name is one of a few, all of which the message gives.

    A recorded choice has been checked when its panel was made.

    Examples
    --------
    >>> require_option("unit", "inch", ("metre", "foot"))
    Traceback (most recent call last):
        ...
    ValueError: unit is 'inch': must be one of metre, foot
    """
    if not isinstance(choice, RecordedChoice):
        rule = f"must be one of {', '.join(options)}"
        require(name, choice, choice in options, rule)


def both(a: Condition, b: Condition) -> Condition:
    """Return whether both conditions hold.

    Examples
    --------
    >>> both(True, 1 < 2)
    True
    """
    if isinstance(a, RecordedCondition) and isinstance(b, RecordedCondition):
        return _joined("both", a, b)
    if isinstance(a, RecordedCondition):
        return a if b else False
    return b if a else False


def either(a: Condition, b: Condition) -> Condition:
    """Return whether at least one of two conditions holds.

    Examples
    --------
    >>> either(False, 1 < 2)
    True
    """
    if isinstance(a, RecordedCondition) and isinstance(b, RecordedCondition):
        return _joined("either", a, b)
    if isinstance(a, RecordedCondition):
        return True if b else a
    return True if a else b


def _joined(
    operation: str, a: RecordedCondition, b: RecordedCondition
) -> RecordedCondition:
    recorder = a.recorder
    return RecordedCondition(
        recorder, recorder.add(operation, a.node, recorder.place(b))
    )


def negated(a: Condition) -> Condition:
    """Return whether a condition does not hold.

    Examples
    --------
    >>> negated(1 < 2)
    False
    """
    if isinstance(a, RecordedCondition):
        return RecordedCondition(a.recorder, a.recorder.add("negated", a.node))
    return not a
