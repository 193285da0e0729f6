"""A computation that a row of data asks for: a function, its arguments, one field.

A row says::

    computed_by:
      call: serving.fit
      with: {gpu: H200 SXM, usable_share: {assumption: serving.usable_memory_share}}
      field: layout_gpus

``call`` is a function of this package, without the leading ``dsv3``. A value of
``with`` is a number, a text, a truth value, a list of values, or what another
computation gives: ``{call: ..., with: ..., field: ...}``, or in short
``{fact: v3.tokens}``, ``{assumption: server.life_years}`` or ``{model: deepseek-v3}``,
each with a ``field`` of its own where the usual one is not meant. ``field`` leads from
the result to what is wanted: attributes, keys and places of a list, joined by dots.

Function, arguments, facts and the first step of a field are checked when a row is read,
the rest of the field when it is run. This module owns the asking. It must not know what
any function computes.
"""

import dataclasses
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from importlib import import_module
from typing import ClassVar, NoReturn

import dsv3
from dsv3.facts import RECORD_RULES, NamedArguments, nearest_names

SHORT_FORMS: Mapping[str, tuple[str, str, str]] = {
    "fact": ("facts.fact", "id", "number"),
    "assumption": ("facts.assumption", "id", "central"),
    "model": ("architecture.preset", "name", ""),
}
"""For each short form its function, the argument it names, and its usual field."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Computation:
    """A function to call, with what, and which part of its result is wanted."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)

    call: str
    """Function, without the leading ``dsv3``."""

    arguments: NamedArguments = dataclasses.field(default_factory=dict)
    """Its arguments by name, as the row spells them; ``with`` in a row."""

    field: str = ""
    """Path from the result to the wanted part; empty for all of it."""

    def __post_init__(self) -> None:
        """Check that function, arguments and whatever they refer to exist."""
        function = self.function
        _check_names(self.call, function, self.arguments)
        for value in self.arguments.values():
            _check_references(value)
        kind = inspect.signature(function).return_annotation
        result = function if isinstance(function, type) else kind
        if self.field and isinstance(result, type) and is_dataclass(result):
            options = {one.name for one in dataclasses.fields(result)} | {*dir(result)}
            _first_step(self.field, result.__name__, options)

    @property
    def function(self) -> Callable[..., object]:
        """The function itself."""
        room, _, name = self.call.rpartition(".")
        functions = _functions(room, self.call)
        if name not in functions:
            near = nearest_names(name, functions)
            _refuse("call", self.call, f"dsv3.{room} has no such function; {near}")
        return functions[name]

    @property
    def text(self) -> str:
        """What is computed, as one line that reads like a call.

        Examples
        --------
        >>> Computation(call="facts.fact", arguments={"id": "v3.gpus"}).text
        "dsv3.facts.fact(id='v3.gpus')"
        """
        given = ", ".join(
            f"{name}={_text(value)}" for name, value in self.arguments.items()
        )
        return f"dsv3.{self.call}({given}){self.field and f'.{self.field}'}"

    def result(self) -> object:
        """Return what the function gives, or the wanted part of it.

        Raises
        ------
        ValueError
            If the result has no such field, or the function refuses an argument.

        Examples
        --------
        >>> asked = {"architecture": {"model": "deepseek-v3"}}
        >>> Computation(
        ...     call="accounting.parameter_count",
        ...     arguments=asked,
        ...     field="multi_token_prediction.projection_parameters",
        ... ).result()
        102760448
        """
        given = {name: _value(value) for name, value in self.arguments.items()}
        return _part(self.function(**given), self.field)


def number(computation: Computation, *, row: str) -> float:
    """Return the number that a row asks for; each is computed once.

    Raises
    ------
    ValueError
        If the computation fails or gives no number; the message names the row.
    """
    try:
        return _number(computation)
    except ValueError as error:
        message = f"{row}: {error}"
        raise ValueError(message) from error


@cache
def _number(computation: Computation) -> float:
    result = computation.result()
    if isinstance(result, bool) or not isinstance(result, int | float):
        kind = type(result).__name__
        message = f"field is {computation.field!r}: it leads to a {kind}, not a number"
        raise ValueError(message)
    return float(result)


def _refuse(part: str, value: object, rule: str) -> NoReturn:
    message = f"{part} is {value!r}: {rule}"
    raise ValueError(message)


def _check_names(
    call: str, function: Callable[..., object], given: Mapping[str, object]
) -> None:
    """Check that a function takes the arguments given, and needs no others."""
    parameters = inspect.signature(function).parameters.values()
    named = {one.name: one for one in parameters if one.kind is not one.VAR_KEYWORD}
    takes_any = len(named) < len(parameters)
    for name in given:
        if name not in named and not takes_any:
            rule = f"{call} has no such argument; {nearest_names(name, named)}"
            _refuse("with", name, rule)
    for name, one in named.items():
        if one.default is one.empty and name not in given:
            _refuse("with", sorted(given), f"{call} also needs {name!r}")


def _functions(room: str, call: str) -> dict[str, Callable[..., object]]:
    """Return the public functions of a room, those it has from elsewhere left out."""
    path = f"dsv3.{room}"
    try:
        module = import_module(path)
    except ModuleNotFoundError as error:
        if not path.startswith(str(error.name)):
            raise
        rooms = [one.name for one in pkgutil.iter_modules(dsv3.__path__)]
        _refuse("call", call, f"no such room of dsv3; {nearest_names(room, rooms)}")
    return {
        name: one
        for name, one in vars(module).items()
        if callable(one)
        and not name.startswith("_")
        and str(getattr(one, "__module__", "")).startswith(path)
    }


def _nested(value: Mapping[str, object]) -> Computation:
    """Return the computation that a mapping among the arguments stands for."""
    field = str(value.get("field", ""))
    if "call" in value and set(value) <= {"call", "with", "field"}:
        given = value.get("with", {})
        if not isinstance(given, Mapping):
            _refuse("with", given, "give each argument its name")
        return Computation(call=str(value["call"]), arguments=given, field=field)
    kinds = set(value) - {"field"}
    if len(kinds) != 1 or not kinds <= set(SHORT_FORMS):
        rule = f"a reference is call and with, or one of {', '.join(SHORT_FORMS)}"
        _refuse("with", dict(value), f"{rule}, and field")
    (kind,) = kinds
    call, argument, usual = SHORT_FORMS[kind]
    named = {argument: value[kind]}
    return Computation(call=call, arguments=named, field=field or usual)


def _check_references(value: object) -> None:
    """Check an argument; what a short form names is looked up at once."""
    if isinstance(value, Mapping):
        nested = _nested(value)
        if "call" not in value:
            nested.result()
    elif isinstance(value, tuple | list):
        for part in value:
            _check_references(part)


def _value(value: object) -> object:
    """Return an argument with what it refers to in its place."""
    if isinstance(value, Mapping):
        return _nested(value).result()
    if isinstance(value, tuple | list):
        return tuple(_value(part) for part in value)
    return value


def _text(value: object) -> str:
    """Return an argument as it stands in such a line."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(_text(part) for part in value)}]"
    if not isinstance(value, Mapping):
        return repr(value)
    if "call" in value:
        return _nested(value).text.removeprefix("dsv3.")
    (kind,) = (kind for kind in SHORT_FORMS if kind in value)
    field = value.get("field", "")
    return f"{kind}({value[kind]!r}){field and f'.{field}'}"


def _part(value: object, path: str) -> object:
    """Follow a path; a key with dots in it may only stand last."""
    while path:
        if isinstance(value, Mapping):
            if path in value:
                return value[path]
            value = value[_first_step(path, "mapping", list(map(str, value)))]
        elif isinstance(value, tuple | list):
            places = list(map(str, range(-len(value), len(value))))
            value = value[int(_first_step(path, "list", places))]
        else:
            value = getattr(value, _first_step(path, type(value).__name__, dir(value)))
        path = path.partition(".")[2]
    return value


def _first_step(path: str, kind: str, options: Iterable[str]) -> str:
    """Return the first step of a path, which must lead on from its start."""
    step = path.partition(".")[0]
    known = [name for name in options if not name.startswith("_")]
    if step not in known:
        _refuse("field", path, f"{kind} has no {step!r}; {nearest_names(step, known)}")
    return step
