"""Operations that functions use on arrays, plain or recorded.

Each takes NumPy arrays and single numbers, or recorded ones. On plain ones it computes
at once, in the order that the page follows too; on recorded ones it adds a step.
`axis` may count from the end.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorables.arithmetic.recorder import TracingError
from explorables.arrays.plain import Array, compute
from explorables.arrays.recorded import ACTIVE, CONDITION, RecordedArray


def apply(operation: str, *operands: Array, attribute: tuple[Any, ...] = ()) -> Array:
    """Do an operation on plain arrays, or record it if any is recorded."""
    for operand in operands:
        if isinstance(operand, RecordedArray):
            return operand.recorder.step(operation, operands, attribute)
    return compute(operation, operands, attribute)


def shape_of(x: Array) -> tuple[int, ...]:
    """Return the sizes of an array's axes; none for a single number."""
    return x.shape if isinstance(x, RecordedArray) else np.shape(x)


def _axis(x: Array, axis: int) -> int:
    count = len(shape_of(x))
    if not -count <= axis < count:
        message = f"axis is {axis}: the array has {count} axes"
        raise ValueError(message)
    return axis % count


def where(condition: Array, a: Array, b: Array) -> Array:
    """Return `a` where a condition holds and `b` elsewhere.

    Examples
    --------
    >>> where(np.array([True, False]), 1.0, 2.0).tolist()
    [1.0, 2.0]
    """
    return apply("where", condition, a, b)


def both(a: Array, b: Array) -> Array:
    """Return where both of two conditions hold."""
    return apply("both", a, b)


def either(a: Array, b: Array) -> Array:
    """Return where at least one of two conditions holds."""
    return apply("either", a, b)


def negated(a: Array) -> Array:
    """Return where a condition does not hold."""
    return apply("negated", a)


def maximum(a: Array, b: Array) -> Array:
    """Return the larger of two entries, the first of equal ones.

    Examples
    --------
    >>> maximum(np.array([1.0, 3.0]), 2.0).tolist()
    [2.0, 3.0]
    """
    return where(apply("less", a, b), b, a)


def minimum(a: Array, b: Array) -> Array:
    """Return the smaller of two entries, the first of equal ones."""
    return where(apply("less", b, a), b, a)


def absolute(x: Array) -> Array:
    """Return entries without their sign."""
    return apply("absolute", x)


def sqrt(x: Array) -> Array:
    """Return square roots, exact to the last bit; NaN below 0."""
    return apply("sqrt", x)


def floor(x: Array) -> Array:
    """Return the largest whole numbers not above the entries."""
    return apply("floor", x)


def sign(x: Array) -> Array:
    """Return 1 above 0, -1 below and 0 at 0."""
    return where(apply("less", 0.0, x), 1.0, where(apply("less", x, 0.0), -1.0, 0.0))


def total(x: Array, axis: int | None = None) -> Array:
    """Add up along an axis, from 0, first to last; over all entries in their order.

    Examples
    --------
    >>> total(np.array([[1.0, 2.0], [3.0, 4.0]]), axis=0).tolist()
    [4.0, 6.0]
    """
    return _reduced("total", x, axis)


def largest(x: Array, axis: int | None = None) -> Array:
    """Return the largest along an axis; NaN is never the largest."""
    return _reduced("largest", x, axis)


def mean(x: Array, axis: int | None = None) -> Array:
    """Return the mean along an axis: the total over the number of entries."""
    shape = shape_of(x)
    count = math.prod(shape) if axis is None else shape[_axis(x, axis)]
    return total(x, axis) / float(count)


def count(condition: Array, axis: int | None = None) -> Array:
    """Return along an axis how often a condition holds."""
    return total(where(condition, 1.0, 0.0), axis)


def _reduced(operation: str, x: Array, axis: int | None) -> Array:
    if axis is None:
        x, axis = reshape(x, (math.prod(shape_of(x)),)), 0
    return apply(operation, x, attribute=(_axis(x, axis),))


def cumulative(x: Array, axis: int = -1) -> Array:
    """Return the totals of all entries up to each along an axis.

    Examples
    --------
    >>> cumulative(np.array([1.0, 2.0, 4.0])).tolist()
    [1.0, 3.0, 7.0]
    """
    return apply("cumulative", x, attribute=(_axis(x, axis),))


def product(
    a: Array, b: Array, *, sparse: bool = False, rows: Array | None = None
) -> Array:
    """Return the matrix product over the last two axes, those before broadcast.

    `sparse` leaves out terms whose left factor is 0: the same numbers where the right
    factors are finite, and less work in the page. `rows` is a condition, without the
    last axis of the result: rows where it fails are 0 and take no work.

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    if rows is not None:
        wanted = (
            *np.broadcast_shapes(shape_of(a)[:-2], shape_of(b)[:-2]),
            shape_of(a)[-2],
        )
        if shape_of(rows) != wanted:
            message = f"rows is of shape {shape_of(rows)}: must be {wanted}"
            raise ValueError(message)
    masks = () if rows is None else (rows,)
    return apply("product", a, b, *masks, attribute=(sparse,))


def ranks(x: Array) -> Array:
    """Return each entry's place along the last axis, the largest first, from 0.

    Of equal entries the one of the lower index comes first. The work grows with the
    square of the axis.

    Examples
    --------
    >>> ranks(np.array([1.0, 3.0, 3.0])).tolist()
    [2.0, 0.0, 1.0]
    """
    return apply("ranks", x)


def order(x: Array) -> Array:
    """Return the indices that sort the last axis, largest first, ties by index.

    Examples
    --------
    >>> order(np.array([1.0, 3.0, 3.0])).tolist()
    [1.0, 2.0, 0.0]
    """
    return apply("order", ranks(x))


def sorted_down(x: Array) -> Array:
    """Return entries along the last axis, the largest first."""
    return take_along(x, order(x))


def top_k(x: Array, k: int) -> tuple[Array, Array]:
    """Return the `k` largest along the last axis, and their indices.

    Where a control sets how many, use the mask ``ranks(x) < k``.

    Examples
    --------
    >>> values, indices = top_k(np.array([1.0, 3.0, 2.0]), 2)
    >>> values.tolist(), indices.tolist()
    ([3.0, 2.0], [1.0, 2.0])
    """
    best = order(x)[..., :k]
    return take_along(x, best), best


def take(x: Array, index: Array, axis: int = 0) -> Array:
    """Return slices of an axis at given places; places outside go to its ends.

    Examples
    --------
    >>> take(np.array([10.0, 20.0]), np.array([1.0, 1.0, 0.0])).tolist()
    [20.0, 20.0, 10.0]
    """
    return apply("take", x, index, attribute=(_axis(x, axis),))


def take_along(x: Array, index: Array) -> Array:
    """Return entries at places of their own row, along the last axis.

    Examples
    --------
    >>> take_along(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]])).tolist()
    [[2.0, 2.0]]
    """
    if shape_of(x)[:-1] != shape_of(index)[:-1]:
        message = (
            f"take_along of shapes {shape_of(x)} and {shape_of(index)}: rows differ"
        )
        raise ValueError(message)
    return apply("take_along", x, index)


def iota(size: int) -> Array:
    """Return 0, 1, 2 and so on, as numbers of an axis.

    Examples
    --------
    >>> iota(3).tolist()
    [0.0, 1.0, 2.0]
    """
    return np.arange(float(size))


def one_hot(index: Array, size: int) -> Array:
    """Return a condition that holds at each index, on a new last axis.

    Examples
    --------
    >>> one_hot(np.array([1.0]), 3).tolist()
    [[False, True, False]]
    """
    return apply("equal", expand(index, -1), iota(size))


def reshape(x: Array, shape: Sequence[int]) -> Array:
    """Return the entries, in their order, under another shape of the same size."""
    if math.prod(shape) != math.prod(shape_of(x)):
        message = f"reshape of {shape_of(x)} to {tuple(shape)}: the sizes differ"
        raise ValueError(message)
    if isinstance(x, RecordedArray):
        x = stored(x)
    return apply("reshape", x, attribute=tuple(shape))


def stored(x: RecordedArray) -> RecordedArray:
    """Return an array whose entries lie in order: a copy of a view, else itself."""
    views = {"index", "transpose", "reshape"}
    node = x.recorder.nodes[x.node]
    while node.operation == "reshape":
        node = x.recorder.nodes[node.operands[0]]
    return x.recorder.step("copy", (x,), ()) if node.operation in views else x


def transpose(x: Array, axes: Sequence[int] | None = None) -> Array:
    """Return an array with its axes in another order; reversed if none is given."""
    count = len(shape_of(x))
    order_used = (
        range(count - 1, -1, -1) if axes is None else (_axis(x, a) for a in axes)
    )
    return apply("transpose", x, attribute=tuple(order_used))


def expand(x: Array, axis: int) -> Array:
    """Return an array with a new axis of one entry, at its place in the result."""
    shape = list(shape_of(x))
    shape.insert(axis if axis >= 0 else len(shape) + 1 + axis, 1)
    return reshape(x, shape)


def require(name: str, value: Array, condition: Array, rule: str) -> None:
    """Demand that a single condition holds; the rule says in words which.

    On plain values a broken rule raises. In the page it is shown and nothing runs; it
    may depend on the settings only, not on the state of a scan.

    Examples
    --------
    >>> require("experts", 3.0, 3.0 >= 4.0, "must be at least 4")
    Traceback (most recent call last):
        ...
    ValueError: experts is 3: must be at least 4
    """
    recorder = ACTIVE.get()
    if recorder is None or not isinstance(condition, RecordedArray):
        if not condition:
            message = (
                f"{name} is {value:g}: {rule}" if _plain(value) else f"{name}: {rule}"
            )
            raise ValueError(message)
        return
    node = recorder.nodes[condition.node]
    if node.inside or node.shape or node.kind != CONDITION:
        message = f"rule {rule!r} of {name} must be one condition of the settings alone"
        raise TracingError(message)
    recorder.guards.append((name, recorder.array(value).node, condition.node, rule))


def _plain(value: object) -> bool:
    return isinstance(value, int | float | np.generic)
