"""Run a function once on recorded arguments and keep the tape."""

import dataclasses
import sys
from collections.abc import Callable, Mapping, Sequence

from explorables.arithmetic.operations import Number
from explorables.arithmetic.recorded import Recorded, RecordedChoice, RecordedCondition
from explorables.arithmetic.recorder import Recorder, Traced, TracingError
from explorables.arithmetic.tape import Guard, Input, Node, Tape

NUMBER = "number"
"""Kind of an argument that is a number; `TOGGLE` is that of a truth value."""

TOGGLE = "toggle"


def trace(
    function: Callable[..., object],
    arguments: Mapping[str, str | Sequence[str]],
    *,
    outputs: Sequence[str] = (),
) -> Tape:
    """Record what a function computes from its arguments.

    The function takes keyword arguments and returns a number, a mapping of names to
    numbers, or a dataclass; what a tape cannot follow is a `TracingError`. For each
    argument its kind is ``"number"``, ``"toggle"``, or a sequence of names for a
    choice. Without `outputs` every result that is a number is kept; steps that no kept
    result or rule needs are not.

    Examples
    --------
    >>> tape = trace(lambda a, b: a * b + 1, {"a": "number", "b": "number"})
    >>> [node.operation for node in tape.nodes]
    ['input', 'input', 'multiply', 'constant', 'add']
    """
    recorder = Recorder([_input(name, kind) for name, kind in arguments.items()])
    recorded = {
        spec.name: _argument(recorder, place, spec)
        for place, spec in enumerate(recorder.inputs)
    }
    results = result_numbers(function(**recorded))
    chosen = {name: results[name] for name in outputs or results if name in results}
    missing = [name for name in outputs if name not in results]
    if missing or not chosen:
        known = ", ".join(results) or "none"
        message = f"outputs is {missing}: the result's numbers are {known}"
        raise ValueError(message)
    places = {name: recorder.operand(number) for name, number in chosen.items()}
    return _without_dead_steps(recorder, places)


def _input(name: str, kind: str | Sequence[str]) -> Input:
    if isinstance(kind, str):
        if kind not in {NUMBER, TOGGLE}:
            message = f"{name} is {kind!r}: must be number, toggle or a list of names"
            raise ValueError(message)
        return Input(name=name, kind=kind)
    return Input(name=name, kind="choice", options=tuple(kind))


def _argument(recorder: Recorder, place: int, spec: Input) -> Traced | str:
    if len(spec.options) == 1:
        return spec.options[0]
    kinds: dict[str, type[Traced]] = {
        "number": Recorded,
        "toggle": RecordedCondition,
        "choice": RecordedChoice,
    }
    return kinds[spec.kind](recorder, recorder.add("input", constant=place))


def result_numbers(result: object) -> dict[str, Number]:
    """Return the numbers of a result by name.

    Fields of a dataclass and entries of a mapping that are not numbers are left out; a
    single number is called ``result``.

    Examples
    --------
    >>> result_numbers({"days": 2.0, "note": "text"})
    {'days': 2.0}
    """
    if _is_number(result):
        return {"result": result}  # type: ignore[dict-item]
    if dataclasses.is_dataclass(result):
        names = [field.name for field in dataclasses.fields(result)]
        entries = {name: getattr(result, name) for name in names}
    elif isinstance(result, Mapping):
        entries = dict(result)
    else:
        message = (
            f"a {type(result).__name__} cannot be recorded as a result: "
            "return a number, a mapping of names to numbers, or a dataclass"
        )
        raise TracingError(message)
    return {name: value for name, value in entries.items() if _is_number(value)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Recorded) and not isinstance(value, bool)


def _without_dead_steps(recorder: Recorder, outputs: dict[str, int]) -> Tape:
    needed = set(outputs.values())
    for guard in recorder.guards:
        needed |= {guard.value, guard.condition}
    for place in range(len(recorder.nodes) - 1, -1, -1):
        if place in needed:
            needed.update(recorder.nodes[place].operands)
    new_place = {old: new for new, old in enumerate(sorted(needed))}
    nodes = tuple(
        Node(
            node.operation,
            tuple(new_place[operand] for operand in node.operands),
            node.constant,
        )
        for place, node in enumerate(recorder.nodes)
        if place in needed
    )
    guards = tuple(
        Guard(
            name=guard.name,
            value=new_place[guard.value],
            condition=new_place[guard.condition],
            rule=guard.rule,
        )
        for guard in recorder.guards
    )
    return Tape(
        inputs=recorder.inputs,
        nodes=nodes,
        outputs={name: new_place[place] for name, place in outputs.items()},
        guards=guards,
    )


def public_name(function: Callable[..., object]) -> str:
    """Return the shortest dotted name under which a function can be imported.

    Examples
    --------
    >>> public_name(trace)
    'explorables.arithmetic.trace'
    """
    name, parts = function.__qualname__, function.__module__.split(".")
    for depth in range(1, len(parts)):
        room = sys.modules[".".join(parts[:depth])]
        found = getattr(room, name, None)
        if function in (found, getattr(found, "__wrapped__", None)):
            return ".".join([*parts[:depth], name])
    return ".".join([*parts, name])
