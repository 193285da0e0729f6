"""From a calculator to the options of its command, and from the options to values."""

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


class Number(click.ParamType[float]):
    """A number as people type it: ``14.8T``, ``39%``, ``$2``, ``2025-10-01``."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text, or refuse it by the option's name."""
        if isinstance(value, int | float):
            return value
        try:
            return parse_number(str(value))
        except ValueError:
            self.fail(f"{str(value)[:MOST_LETTERS]!r} is not a number", param, ctx)


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
        return trimmed(format_quantity(float(value), argument.unit))
    return str(value)


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
                    help="A Hugging Face config.json or its folder, in place of "
                    f"{flag(argument.name)}.",
                )
            )
    return made


def _option(calculator: Calculator[..., object], argument: Described) -> click.Option:
    name = flag(argument.name)
    switch = isinstance(argument.default, bool)
    named = isinstance(argument.default, str)
    return click.Option(
        [f"{name}/--no-{name.removeprefix('--')}" if switch else name, argument.name],
        type=None if switch else Name(argument) if named else Number(),
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
    return {name: typed[name] for name in _in_order(calculator, typed)}


def _in_order(
    calculator: Calculator[..., object], typed: Sequence[str] | dict[str, Any]
) -> list[str]:
    return [one.name for one in calculator.arguments if one.name in typed]
