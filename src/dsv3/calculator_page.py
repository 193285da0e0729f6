"""The reference of all calculators: inputs, defaults, sources, command and call."""

import html
import re
from dataclasses import dataclass

from dsv3 import calculators
from dsv3.calculators.defaults import origin_of
from dsv3.cli.options import flag, printed
from explorables import Calculator
from explorables.arguments import Described
from explorables.arithmetic import public_name

UP = "../"
"""From the reference to the book's folders."""

SHOWN_CHOICES = 8
"""Choices that are listed; the command's help lists more."""

CODE = re.compile("`([^`]*)`")

HEADINGS = ("Input", "Option", "Default", "Range or choices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What stands on the page of some calculators."""

    calculators: tuple[Calculator[..., object], ...]

    def _repr_html_(self) -> str:
        return "".join(map(_section, self.calculators))

    def __repr__(self) -> str:
        return "\n".join(f"{one.command}: {one.summary}" for one in self.calculators)


def reference(group: str = "") -> Reference:
    """Return the calculators of a group of commands; those of no group by default.

    Raises
    ------
    ValueError
        If no calculator is in the group.

    Examples
    --------
    >>> [one.name for one in reference("export").calculators]
    ['export_day', 'export_rule']
    """
    found = tuple(
        one for one in calculators.all_calculators() if _group(one.command) == group
    )
    if not found:
        known = sorted({_group(c.command) for c in calculators.all_calculators()})
        message = f"group is {group!r}: must be one of {', '.join(filter(None, known))}"
        raise ValueError(message)
    return Reference(calculators=found)


def _group(command: str) -> str:
    """Return the word between program and command."""
    return " ".join(command.split()[1:-1])


def _section(calculator: Calculator[..., object]) -> str:
    name = public_name(calculator.function)
    rows = "".join(_row(calculator, argument) for argument in calculator.arguments)
    heads = "".join(f'<th scope="col">{title}</th>' for title in HEADINGS)
    panel = (
        f' <a href="{UP}{calculator.page}.html">Its panel</a>.'
        if calculator.page
        else ""
    )
    gives = ", ".join(html.escape(label) for label in calculator.outputs.values())
    results = f" Results: {gives}." if gives else ""
    return (
        f'<section class="dsv3-calculator" id="{calculator.name}">'
        f"<p><strong>{html.escape(_ended(calculator.title))}</strong> "
        f"{html.escape(calculator.summary)}{results}{panel}</p>"
        f"<p><code>{calculator.command}</code> · <code>{name}()</code></p>"
        f'<details class="dsv3-answer"><summary>{_count(calculator)}</summary>'
        f'<div class="ex-scroll" role="region" tabindex="0" aria-label="Inputs of'
        f' {name}"><table class="dataframe">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        "</details></section>"
    )


def _ended(title: str) -> str:
    return title if title.endswith("?") else f"{title}."


def _count(calculator: Calculator[..., object]) -> str:
    number = len(calculator.arguments)
    return f"{number} inputs" if number > 1 else "1 input"


def _row(calculator: Calculator[..., object], argument: Described) -> str:
    says = CODE.sub(r"<code>\1</code>", html.escape(argument.about.help))
    return (
        f'<tr><th scope="row">{html.escape(argument.about.label)}'
        f'<span class="dsv3-remark">{says}</span></th>'
        f"<td><code>{flag(argument.name)}</code></td>"
        f"<td>{_default(calculator, argument)}</td><td>{_range(argument)}</td></tr>"
    )


def _default(calculator: Calculator[..., object], argument: Described) -> str:
    value = html.escape(printed(argument, argument.default))
    other = calculator.otherwise.get(argument.name)
    notes = [origin_of(argument.default)]
    if other is not None:
        instead = printed(argument, other.value) if other.value is not None else "none"
        notes.append(f"for another {calculator.scenario_of}: {instead}, {other.why}")
    small = "; ".join(html.escape(note) for note in notes if note)
    return f'{value}<span class="dsv3-remark">{small}</span>' if small else value


def _range(argument: Described) -> str:
    options = argument.options
    if options:
        names = [html.escape(str(name)) for name in options]
        more = len(names) - SHOWN_CHOICES
        listed = ", ".join(names[:SHOWN_CHOICES])
        return f"{listed} and {more} more" if more > 0 else listed
    about = argument.about
    if about.low is None or about.high is None:
        return ""
    ends = (html.escape(printed(argument, end)) for end in (about.low, about.high))
    return " to ".join(ends)
