"""From a calculator to the options of its command, and from the options to values."""

import re
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from dsv3 import architecture, hardware
from explorables import Calculator, trimmed
from explorables.arguments import FEW, Described
from explorables.quantities import format_quantity, parse_number

MOST_LETTERS = 60
"""Letters of a value that a message repeats."""


BYTES = re.compile(r"([0-9.,_]+)\s*([kmgtp])(i?)b", re.IGNORECASE)
"""Bytes as people write them: ``80 GB``, ``24GiB``."""

POWERS = {letter: place for place, letter in enumerate("kmgtp", start=1)}

COUNTED = ("_tokens", "sequences", "_gpus", "gpus", "_nodes", "nodes", "_batches")
"""Endings of what is counted, and so is whole."""


class Number(click.ParamType[float]):
    """A number as people type it: ``14.8T``, ``39%``, ``$2``, ``2025-10-01``.

    A number as it is printed is read as well, with its unit behind it.
    """

    name = "number"

    def __init__(self, argument: Described | None = None) -> None:
        self.argument = argument

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text, or refuse it by the option's name."""
        if isinstance(value, int | float):
            return value
        try:
            return self._read(str(value))
        except ValueError:
            self.fail(f"{str(value)[:MOST_LETTERS]!r} is not a number", param, ctx)

    def _read(self, text: str) -> float:
        plain = text.replace("\u202f", "").replace("\u2212", "-").strip()
        if self.argument is None:
            return parse_number(plain)
        size = BYTES.fullmatch(plain)
        if size is not None and "bytes" in self.argument.unit.suffix:
            base = 1024 if size[3] else 1000
            return float(parse_number(size[1]) * base ** POWERS[size[2].lower()])
        label = self.argument.unit.label
        return parse_number(plain.removesuffix(label).strip() if label else plain)


class Name(click.ParamType[str]):
    """One of a few names; the shell completes them."""

    name = "name"

    def __init__(self, argument: Described) -> None:
        self.argument = argument

    def convert(self, value: Any, *_: object) -> str:
        """Return the name as it is written, whatever case it was typed in."""
        text = str(value)
        if self.argument.name == "gpu":
            return _gpu(text)
        same = [name for name in self.argument.options if name.lower() == text.lower()]
        return same[0] if same else text

    def shell_complete(
        self, _context: object, _option: object, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin as typed."""
        names = [n for n in self.argument.options if n.startswith(incomplete)]
        return [CompletionItem(name) for name in names]


def _gpu(text: str) -> str:
    """Return a chip's name for a short one such as ``h800``; others as they are."""
    try:
        return hardware.accelerator(text).name
    except ValueError:
        return text


def flag(name: str) -> str:
    """Return the option of an argument.

    Examples
    --------
    >>> flag("usd_per_gpu_hour")
    '--usd-per-gpu-hour'
    """
    return "--" + name.replace("_", "-")


def printed(argument: Described, value: object) -> str:
    """Return an argument's value as people read it.

    Examples
    --------
    >>> from dsv3 import calculators
    >>> printed(calculators.training_cost.argument("tokens"), 14.8e12)
    '14.8T tokens'
    """
    if isinstance(value, architecture.Architecture):
        return "from the config file"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _exactly(argument, float(value))
    return str(value)


def _exactly(argument: Described, value: float) -> str:
    """Return a number as people read it, with all its digits where those are cut."""
    short = trimmed(format_quantity(value, argument.unit))
    if argument.unit.style == "date":
        return short
    try:
        same = Number(argument).convert(short, None, None) == value
    except click.UsageError:
        same = False
    return short if same else f"{short} ({value!r})"


def options_of(calculator: Calculator[..., object]) -> list[click.Parameter]:
    """Return an option for every argument, with sentence, unit, default and choices."""
    made: list[click.Parameter] = []
    for argument in calculator.arguments:
        made.append(_option(calculator, argument))
        if argument.about.file:
            made.append(
                click.Option(
                    ["--config", "config"],
                    type=click.Path(),
                    metavar="PATH",
                    help="A Hugging Face config.json or its folder, or its text in "
                    f"braces, in place of {flag(argument.name)}.",
                )
            )
    return made


def _option(calculator: Calculator[..., object], argument: Described) -> click.Option:
    name = flag(argument.name)
    switch = isinstance(argument.default, bool)
    named = isinstance(argument.default, str)
    return click.Option(
        [f"{name}/--no-{name.removeprefix('--')}" if switch else name, argument.name],
        type=None if switch else Name(argument) if named else Number(argument),
        is_flag=switch,
        default=argument.default if switch else None,
        metavar=None if switch else "NAME" if named else "N",
        help=_help(calculator, argument),
    )


def _help(calculator: Calculator[..., object], argument: Described) -> str:
    notes = [f"default: {printed(argument, argument.default)}"]
    other = calculator.otherwise.get(argument.name)
    if other is not None:
        instead = (
            "must be given" if other.value is None else printed(argument, other.value)
        )
        notes.append(f"for another {calculator.scenario_of}: {instead}")
    if argument.options and len(argument.options) <= FEW:
        notes.append("one of: " + ", ".join(argument.options))
    return f"{argument.about.help} [{'; '.join(notes)}]"


def given_values(
    context: click.Context, calculator: Calculator[..., object]
) -> dict[str, Any]:
    """Return what was typed, by argument.

    Raises
    ------
    ValueError
        If a model is named twice, or its file cannot be read.
    """
    typed = {
        name: value
        for name, value in context.params.items()
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        and value is not None
    }
    path = typed.pop("config", None)
    if path is not None:
        named = [one.name for one in calculator.arguments if one.about.file]
        if set(named) & set(typed):
            message = f"--config and {flag(named[0])}: only one of them may be given"
            raise ValueError(message)
        if not path:
            message = "config is '': must be the path of a config.json or its folder"
            raise ValueError(message)
        typed[named[0]] = architecture.read_config(path)
    defaults = {one.name: one.default for one in calculator.arguments}
    for name, value in typed.items():
        if value != defaults.get(name):  # some are means of a day
            _require_count(name, value)
    return {name: typed[name] for name in _in_order(calculator, typed)}


def _require_count(name: str, value: object) -> None:
    """Refuse a part of what is counted, such as half a sequence."""
    counted = name.endswith(COUNTED) and "_per_" not in name
    if isinstance(value, float) and counted and value != value // 1:
        message = f"{flag(name)}: {name} is {value}: must be a whole number"
        raise ValueError(message)


def _in_order(
    calculator: Calculator[..., object], typed: Sequence[str] | dict[str, Any]
) -> list[str]:
    return [one.name for one in calculator.arguments if one.name in typed]
