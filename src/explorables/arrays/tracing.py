"""Run a function of arrays once on recorded settings, and keep the program.

A program has a part that depends on the settings alone and, if the function ends in a
`scan`, a step that is repeated: the page runs as many at a time as a frame allows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorables.arithmetic.recorder import Traced, TracingError
from explorables.arithmetic.tape import Input
from explorables.arrays.operations import apply, shape_of, where
from explorables.arrays.plain import Array
from explorables.arrays.recorded import (
    ACTIVE,
    CONDITION,
    NUMBER,
    ArrayRecorder,
    Node,
    RecordedArray,
)

Arrays = Mapping[str, Array]
Step = Callable[[dict[str, Array], Array], tuple[Arrays, Arrays]]
"""From a state and a step's number to the next state and what the step tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a scan did in Python."""

    told: dict[str, Any]
    """What each step told, stacked: the first axis is the step."""

    state: dict[str, Any]
    """The state after the last step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A function of arrays, written down."""

    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]

    guards: tuple[tuple[str, int, int, str], ...]
    """Name, place of the value, place of the condition, rule in words."""

    told: Mapping[str, int]
    """Results, of every step where the program has one."""

    initial: Mapping[str, int]
    """State before the first step; empty where the function is no scan."""

    following: Mapping[str, int]
    """State after a step."""

    count: int | None
    """Place of the number of steps."""

    bound: int
    """The most steps there can be."""


class RecordedArrayChoice(Traced):
    """One of a fixed list of names, for comparison with a name."""

    __slots__ = ("array", "options")
    __hash__ = Traced.__hash__

    def __init__(self, array: RecordedArray, options: tuple[str, ...]) -> None:
        self.array, self.options = array, options

    def __repr__(self) -> str:
        return f"<choice of {', '.join(self.options)}>"

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, str):
            raise self._refusal(rule="a choice is compared with the name of an option")
        place = self.options.index(other) if other in self.options else -1
        return apply("equal", self.array, float(place))

    def __ne__(self, other: object) -> Any:
        return apply("negated", self == other)


def scan(step: Step, state: Arrays, count: Array, *, bound: int | None = None) -> Run:
    """Repeat a step; the state keeps its shapes.

    `step` takes the state and the number of the step, from 0, and returns the next
    state and what is told of the step, both by name. Where a control sets `count`, the
    most it can be is the `bound`. What a traced function
    returns is what `scan` returns.

    Examples
    --------
    >>> run = scan(lambda s, t: ({"x": s["x"] + t}, {"x": s["x"]}), {"x": 0.0}, 3)
    >>> run.told["x"].tolist(), float(run.state["x"])
    ([0.0, 0.0, 1.0], 3.0)
    """
    recorder = ACTIVE.get()
    if recorder is not None:
        return _recorded_scan(recorder, step, state, count, bound)
    steps = int(count) if bound is None else min(int(count), bound)
    now = {name: np.float64(x) if np.ndim(x) == 0 else x for name, x in state.items()}
    rows: list[Arrays] = []
    with np.errstate(all="ignore"):
        for at in range(steps):
            following, told = step(dict(now), np.float64(at))
            _same_shapes(now, following)
            now, rows = dict(following), [*rows, told]
    stacked = {
        name: np.array([row[name] for row in rows]) for name in (rows or [{}])[0]
    }
    return Run(told=stacked, state=now)


def _same_shapes(before: Arrays, after: Arrays) -> None:
    shapes = [{name: shape_of(x) for name, x in one.items()} for one in (before, after)]
    if shapes[0] != shapes[1]:
        message = (
            f"step turns a state of {shapes[0]} into {shapes[1]}: must be the same"
        )
        raise TracingError(message)


def _recorded_scan(
    recorder: ArrayRecorder, step: Step, state: Arrays, count: Array, bound: int | None
) -> Run:
    if recorder.scan is not None:
        message = "a second scan: a function ends in one scan, whose step may do more"
        raise TracingError(message)
    if bound is None and isinstance(count, RecordedArray):
        message = "count is set by a control: give scan the most it can be, bound=..."
        raise TracingError(message)
    initial = {name: recorder.array(x) for name, x in state.items()}
    if any(recorder.nodes[x.node].kind == CONDITION for x in initial.values()):
        message = "a state holds numbers: keep where(condition, 1, 0)"
        raise TracingError(message)
    if any(recorder.nodes[x.node].inside for x in initial.values()):
        message = "a scan inside a scan: write the inner steps out, or widen the state"
        raise TracingError(message)
    recorder.scan = True
    given = {
        name: recorder.add("state", (), (name,), shape=x.shape, inside=True)
        for name, x in initial.items()
    }
    following, told = step(given, recorder.add("time", inside=True))
    _same_shapes(initial, following)
    recorder.scan = (initial, following, recorder.array(count), bound or int(count))
    return Run(told=dict(told), state={})


def trace(
    function: Callable[..., object], arguments: Mapping[str, str | Sequence[str]]
) -> Program:
    """Record what a function computes from single settings.

    The kind of each argument is ``"number"``, ``"toggle"`` or a sequence of names. The
    function returns arrays by name, or what `scan` returns.

    Examples
    --------
    >>> program = trace(lambda x: {"double": x * 2.0}, {"x": "number"})
    >>> [node.operation for node in program.nodes]
    ['input', 'constant', 'multiply']
    """
    inputs = [
        Input(name=name, kind=kind)
        if isinstance(kind, str)
        else Input(name=name, kind="choice", options=tuple(kind))
        for name, kind in arguments.items()
    ]
    recorder = ArrayRecorder(inputs)
    token = ACTIVE.set(recorder)
    try:
        result = function(**{spec.name: _argument(recorder, spec) for spec in inputs})
        return _program(recorder, result)
    finally:
        ACTIVE.reset(token)


def _argument(
    recorder: ArrayRecorder, spec: Input
) -> RecordedArray | RecordedArrayChoice:
    kind = CONDITION if spec.kind == "toggle" else NUMBER
    array = recorder.add("input", (), (spec.name,), kind=kind)
    return RecordedArrayChoice(array, spec.options) if spec.options else array


def _program(recorder: ArrayRecorder, result: object) -> Program:
    told = result.told if isinstance(result, Run) else result
    if not isinstance(told, Mapping) or isinstance(result, Run) != bool(recorder.scan):
        message = "a traced function must return arrays by name, or what scan returns"
        raise TracingError(message)
    initial, following, count, bound = recorder.scan or ({}, {}, None, 0)
    for name in [*told, *initial]:
        if not name.isascii() or not name.isidentifier():
            message = f"a result is called {name!r}: must be a plain ASCII name"
            raise ValueError(message)
    return Program(
        inputs=recorder.inputs,
        told={name: _kept(recorder, x).node for name, x in told.items()},
        initial={name: _kept(recorder, x).node for name, x in initial.items()},
        following={name: _kept(recorder, x).node for name, x in following.items()},
        count=count if count is None else count.node,
        bound=bound,
        guards=tuple(recorder.guards),
        nodes=tuple(recorder.nodes),
    )


def _kept(recorder: ArrayRecorder, value: Array) -> RecordedArray:
    """Return a result with its entries in a buffer of its own."""
    array = recorder.array(value)
    node = recorder.nodes[array.node]
    if node.kind == CONDITION:
        array = where(array, 1.0, 0.0)
    views = {
        "index",
        "transpose",
        "reshape",
        "state",
        "input",
        "constant",
        "iota",
        "table",
    }
    return recorder.step("copy", (array,), ()) if node.operation in views else array
