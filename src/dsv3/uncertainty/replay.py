"""A formula traced once and played for a million draws at a time.

The tape that becomes a page's JavaScript is the same that NumPy plays here: the
formula is written in one place and nobody vectorises it by hand.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorables.arithmetic import NUMBER, Node, Tape, trace

Draws: TypeAlias = NDArray[np.float64]
"""One value a draw."""

ARRAY_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "floor_divide": np.floor_divide,
    "modulo": np.mod,
    "power": np.power,
    "negative": np.negative,
    "absolute": np.abs,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "exp": np.exp,
    "cos": np.cos,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "both": np.logical_and,
    "either": np.logical_or,
    "negated": np.logical_not,
    "where": np.where,
}
"""Every operation a tape may hold, on arrays."""


def traced(
    function: Callable[..., object],
    arguments: Sequence[str],
    *,
    outputs: Sequence[str] = (),
    **fixed: object,
) -> Tape:
    """Trace a formula in its numeric arguments, names and the rest held fixed.

    Examples
    --------
    >>> tape = traced(lambda a, b: a * b, ["a"], b=2.0)
    >>> replay(tape, {"a": np.array([1.0, 3.0])})
    {'result': array([2., 6.])}
    """
    return trace(
        lambda **given: function(**fixed, **given),
        dict.fromkeys(arguments, NUMBER),
        outputs=outputs,
    )


def replay(tape: Tape, draws: Mapping[str, Draws | float]) -> dict[str, Draws]:
    """Play a tape on whole arrays, one element a draw.

    `draws` holds for each input an array, or one number for every draw.

    Raises
    ------
    ValueError
        If any draw breaks a rule of the formula; the message shows the first.
    """
    given = [np.asarray(draws[spec.name], dtype=np.float64) for spec in tape.inputs]
    values: list[Any] = []
    with np.errstate(all="ignore"):
        for node in tape.nodes:
            values.append(_step(node, values, given))
    for guard in tape.guards:
        held = np.broadcast_arrays(values[guard.condition], values[guard.value])
        if not held[0].all():
            first = held[1][~held[0]].flat[0]
            raise ValueError(guard.complaint(float(first)))
    size = np.broadcast_shapes(*(array.shape for array in given))
    return {
        name: np.broadcast_to(np.asarray(values[place], dtype=np.float64), size)
        for name, place in tape.outputs.items()
    }


def _step(node: Node, values: list[Any], given: list[Draws]) -> Any:
    if node.operation == "input":
        return given[int(node.constant)]
    if node.operation == "constant":
        return node.constant
    operands = [values[place] for place in node.operands]
    return ARRAY_OPERATIONS[node.operation](*operands)
