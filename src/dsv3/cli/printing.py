"""How an answer is printed: a table on a terminal, plain lines elsewhere, JSON."""

import dataclasses
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from dsv3 import accounting, architecture
from dsv3.calculators.defaults import origin_of
from dsv3.cli.options import flag, printed
from explorables import Calculator
from explorables.quantities import DASH, MINUS, format_quantity, unit_of

EXACT = 2**53
"""Largest whole number up to which a float holds every digit."""

EXPONENT = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")

PLAIN_LETTERS = str.maketrans(
    {"−": "-", "×": "x", "\u202f": " ", "—": "-", "µ": "u", "²": "2", "·": "."}
    | {letter: str(place) for place, letter in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    | {"⁻": "-", "’": "'", "–": "-"}
)
"""What takes the place of a letter that a terminal cannot write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command found, with everything that went into it."""

    results: Mapping[str, Any]
    """Named values, each name ending in its unit; may hold others."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What was typed."""

    assumptions: Mapping[str, Any] = field(default_factory=dict)
    """What was not typed and stood at a value all the same."""

    calculator: Calculator[..., object] | None = None
    """The calculator that answered, for its labels."""

    columns: Sequence[str] = ()
    """For results whose values are records: fields to print, one line a record."""


def answer_of(calculator: Calculator[..., object], given: Mapping[str, Any]) -> Answer:
    """Ask a calculator and return its answer.

    Raises
    ------
    ValueError
        If it refuses an input, or a result is not finite.
    """
    found = calculator(**given)
    return Answer(
        results=_finite(named_values(found)),
        inputs=given,
        assumptions={
            name: value
            for name, value in calculator.assumptions(given).items()
            if _matters(calculator, name, given)
        },
        calculator=calculator,
    )


def _matters(
    calculator: Calculator[..., object], name: str, given: Mapping[str, Any]
) -> bool:
    when = calculator.argument(name).about.when
    return not when or calculator.in_effect(when, given)


def named_values(found: object) -> dict[str, Any]:
    """Return a result by field; what does not exist (NaN) as nothing."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        found = dataclasses.asdict(found)
    if not isinstance(found, Mapping):
        return {"result": found}
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in found.items()
        if not _is_drawing(value)
    }


def _is_drawing(value: object) -> bool:
    """Return whether a value is rows of records, which only a picture can show."""
    rows = value if isinstance(value, list | tuple) else ()
    return any(isinstance(row, list | tuple | Mapping) for row in rows)


def _finite(results: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, value in results.items():
        if isinstance(value, float) and math.isinf(value):
            message = f"{name} is infinite: an input is too large or too small"
            raise ValueError(message)
    return results


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print an answer to the standard output."""
    if as_json:
        print(json.dumps(_json(answer), indent=2, allow_nan=False, default=_plain))
    elif sys.stdout.isatty():
        _print_table(answer)
    else:
        _print_lines(answer, sys.stdout)


def _json(answer: Answer) -> dict[str, Any]:
    if answer.calculator is None:
        return dict(answer.results)
    named = {**answer.inputs, **answer.assumptions, **answer.results}
    read = {key: value for model in _models(answer) for key, value, *_ in _read(model)}
    units = {name: unit_of(name).suffix.removeprefix("_") for name in named}
    return {
        "command": answer.calculator.command,
        "inputs": answer.inputs,
        "assumptions": answer.assumptions,
        **({"read_from_the_config": read} if read else {}),
        "results": answer.results,
        "units": {name: unit for name, unit in units.items() if unit},
    }


def _plain(value: object) -> object:
    if isinstance(value, architecture.Architecture):
        return dataclasses.asdict(value)
    return str(value)


def _print_lines(answer: Answer, to: TextIO) -> None:
    for title, rows in _blocks(answer):
        if title:
            print(f"\n{title}", file=to)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (f"{c:<{w}}" for c, w in zip(row, widths, strict=True))
            print(_writable("  ".join(cells).rstrip(), to), file=to)


def _print_table(answer: Answer) -> None:
    console = Console(highlight=False)
    for title, rows in _blocks(answer):
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for at in range(len(rows[0])):
            table.add_column(style="bold" if at == 1 else "", overflow="fold")
        for row in rows:
            table.add_row(*(_writable(cell, sys.stdout) for cell in row))
        if title:
            console.print(f"\n{title}", style="underline")
        console.print(table)


def _writable(text: str, to: TextIO) -> str:
    try:
        text.encode(to.encoding or "utf-8")
    except UnicodeEncodeError:
        plain = EXPONENT.sub(r"^\g<0>", text).translate(PLAIN_LETTERS)
        return plain.encode("ascii", "replace").decode()
    return text


def _blocks(answer: Answer) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Return titled blocks of rows, the results first; none is empty."""
    if answer.columns:
        rows = [(name, *_fields(one, answer)) for name, one in answer.results.items()]
        return [("", rows or [("nothing found",)])]
    labels = answer.calculator.outputs if answer.calculator else {}
    results: list[tuple[str, ...]] = [
        (labels.get(name, _words(name)), *_value(name, value))
        for name, value in _flat(answer.results)
    ]
    blocks: list[tuple[str, list[tuple[str, ...]]]] = [("", results)]
    if answer.inputs:
        blocks.append(("Given", [_input(answer, n) for n in answer.inputs]))
    read = [row for model in _models(answer) for row in _read(model)]
    if read:
        blocks.append(("Read from the config", read))
    if answer.assumptions:
        blocks.append(("Assumed", [_assumption(answer, n) for n in answer.assumptions]))
    return blocks


def _models(answer: Answer) -> list[architecture.Architecture]:
    models = answer.inputs.values()
    return [one for one in models if isinstance(one, architecture.Architecture)]


def _read(model: architecture.Architecture) -> list[tuple[str, ...]]:
    """Return what a config said, what it left to its class, and what is not counted."""
    rows: list[tuple[str, ...]] = [("model_type", model.model_type)]
    try:
        rows.append(("weights as released", accounting.released_format(model)))
    except ValueError as error:
        rows.append(("weights as released", str(error)))
    defaults = ", ".join(f"{name} {value}" for name, value in model.defaulted)
    if defaults:
        rows.append(("absent, so as its class has it", defaults))
    if model.left_out:
        rows.append(("left out", ", ".join(model.left_out)))
    return rows


def _input(answer: Answer, name: str) -> tuple[str, ...]:
    assert answer.calculator is not None
    argument = answer.calculator.argument(name)
    return (flag(name), printed(argument, answer.inputs[name]), argument.about.label)


def _assumption(answer: Answer, name: str) -> tuple[str, ...]:
    assert answer.calculator is not None
    argument, value = answer.calculator.argument(name), answer.assumptions[name]
    other = answer.calculator.otherwise.get(name)
    elsewhere = answer.calculator.is_elsewhere(answer.inputs)
    why = other.why if other and elsewhere else origin_of(value)
    return (flag(name), printed(argument, value), why or argument.about.label)


def _fields(record: object, answer: Answer) -> tuple[str, ...]:
    assert isinstance(record, Mapping)
    return tuple(str(record[column]) for column in answer.columns)


def _flat(result: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(name: str, value: object) -> tuple[str, str]:
    """Return a value with its unit, and all digits of a whole number cut short."""
    if value is None:
        return DASH, ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value), ""
    short = format_quantity(float(value), unit_of(name))
    whole = float(value).is_integer() and abs(value) <= EXACT
    exact = f"{int(value):,}".replace("-", MINUS) if whole else ""
    return short, "" if exact in short or unit_of(name).style == "date" else exact
