"""Sentences whose numbers are computed: the one way numbers enter the text.

A chapter never types a figure. It writes a sentence with named blanks and hands
in where each number comes from: a `Fact` read from the data files, an `Assumption`
nobody stated, or a value with the function that computed it. `say` sets the sentence
as Markdown, so it reads as a sentence on the site, in JupyterLab and in Colab alike,
and each number keeps its origin: a hover text in a notebook, a line at the foot of the
window on the site, a row of the number ledger.
"""

import html
import inspect
import string
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from dsv3.facts import Assumption, Fact, assumption, fact
from explorables.arithmetic import public_name
from explorables.quantities import format_quantity, unit_of

Kind = Literal["fact", "assumed", "computed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A number ready to be said: its text, and where it comes from."""

    text: str
    """The number as printed, unit included."""

    origin: str
    """Source and locator, or the function that computed it, as a reader sees it."""

    kind: Kind
    """Whether somebody published it, we assume it, or this package computed it."""

    key: str
    """The fact's or the assumption's id, or the dotted name of the function."""

    def markup(self) -> str:
        """Return the number as inline HTML that carries its origin.

        Examples
        --------
        >>> two = Told(text="2", origin="Table 1", kind="fact", key="a.b")
        >>> two.markup()
        '<span class="dsv3-number" data-fact="a.b" title="Table 1">2</span>'
        """
        origin = html.escape(self.origin, quote=True)
        key = html.escape(self.key, quote=True)
        # A bare dollar sign would open mathematics in Markdown.
        text = html.escape(self.text).replace("$", "&#36;")
        return (
            f'<span class="dsv3-number" data-{self.kind}="{key}" title="{origin}">'
            f"{text}</span>"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A paragraph whose numbers are filled in; shown as Markdown."""

    markdown: str
    """The paragraph, its numbers as spans that carry their origin."""

    plain: str
    """The same words without markup."""

    def _repr_mimebundle_(self, **_options: object) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.plain}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to an exercise, folded away until it is asked for."""

    prose: Prose
    """The answer's words."""

    def _repr_mimebundle_(self, **_options: object) -> dict[str, str]:
        folded = (
            '<details class="dsv3-answer"><summary>Answer</summary>'
            f"<p>{self.prose.markdown}</p></details>"
        )
        return {"text/html": folded, "text/plain": f"Answer: {self.prose.plain}"}


def answer(template: str, **values: Told) -> Answer:
    """Set the answer to an exercise: as `say`, but folded away.

    The template is set as HTML, not as Markdown, so that it folds without a
    script.

    Examples
    --------
    >>> two = Told(text="2", origin="Table 1", kind="fact", key="a.b")
    >>> answer("It is {two}.", two=two)._repr_mimebundle_()["text/plain"]
    'Answer: It is 2.'
    """
    return Answer(prose=say(template, **values))


def say(template: str, **values: Told) -> Prose:
    """Set a paragraph, each ``{name}`` in it replaced by a number with its origin.

    Parameters
    ----------
    template
        Markdown with named blanks.
    values
        For each blank a number made by `computed` or `read`.

    Returns
    -------
    Prose
        The paragraph; a notebook shows it as Markdown.

    Raises
    ------
    ValueError
        If a blank has no value, or a value no blank.

    Examples
    --------
    >>> hours = read(fact("v3.gpu_hours.total"))
    >>> say("The run took {hours}.", hours=hours).plain
    'The run took 2.788M GPU-hours.'
    """
    blanks = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    if blanks != set(values):
        odd = ", ".join(sorted(blanks.symmetric_difference(values)))
        message = f"blanks and values differ in {odd}: every blank needs one value"
        raise ValueError(message)
    template = inspect.cleandoc(template)
    return Prose(
        markdown=template.format(**{k: v.markup() for k, v in values.items()}),
        plain=template.format(**{k: v.text for k, v in values.items()}),
    )


def computed(
    value: object, unit: str, by: Callable[..., object], *, digits: int | None = None
) -> Told:
    """Say a value that this package computed.

    Parameters
    ----------
    value
        The value in the unit's base; a plain int or float.
    unit
        A name that ends in the unit, ``total_usd`` for example.
    by
        The function whose result it is; its dotted name is the origin.
    digits
        Significant digits; the unit's own number when left out.

    Examples
    --------
    >>> from dsv3.economics import rental_cost
    >>> cost = rental_cost(gpu_hours=2_788_000, usd_per_gpu_hour=2).total_usd
    >>> told = computed(cost, "total_usd", by=rental_cost)
    >>> told.text, told.origin
    ('$5.576M', 'computed by dsv3.economics.rental_cost')
    """
    if not isinstance(value, int | float):
        message = f"value is {value!r}: only a plain number can be said"
        raise TypeError(message)
    return Told(
        text=format_quantity(float(value), unit_of(unit), digits=digits),
        origin=f"computed by {public_name(by)}",
        kind="computed",
        key=public_name(by),
    )


def read(fact: Fact, unit: str | None = None, *, digits: int | None = None) -> Told:
    """Say a fact that somebody published, with its source and locator.

    Parameters
    ----------
    fact
        A fact with a single number, from `dsv3.facts.fact`.
    unit
        A name that ends in the unit; the fact's own unit when left out.
    digits
        Significant digits; the unit's own number when left out.

    Raises
    ------
    ValueError
        If the fact is a text or a list.

    Examples
    --------
    >>> from dsv3.facts import fact
    >>> read(fact("v3.gpu_hours.total")).text
    '2.788M GPU-hours'
    """
    text = format_quantity(fact.number, unit_of(unit or fact.unit), digits=digits)
    return Told(
        text=text,
        origin=f"{fact.source.short}, {fact.locator} ({fact.basis})",
        kind="fact",
        key=fact.id,
    )


def assumed(
    assumption: Assumption,
    unit: str | None = None,
    *,
    bound: Literal["low", "central", "high"] = "central",
    digits: int | None = None,
) -> Told:
    """Say a value that nobody published and this report assumes.

    Parameters
    ----------
    assumption
        From `dsv3.facts.assumption`.
    unit
        A name that ends in the unit; the assumption's own unit when left out.
    bound
        Which of its three values.
    digits
        Significant digits; the unit's own number when left out.

    Examples
    --------
    >>> told = assumed(assumption("h800_sxm.fp8_dense_peak"))
    >>> told.text, told.kind
    ('1.979 PFLOP/s', 'assumed')
    """
    value = float(getattr(assumption, bound))
    return Told(
        text=format_quantity(value, unit_of(unit or assumption.unit), digits=digits),
        origin=f"assumed, {bound} value: {assumption.why}",
        kind="assumed",
        key=assumption.id,
    )


def origin(kind: Kind, key: str) -> object:
    """Return what a number on a page says it comes from.

    Parameters
    ----------
    kind
        Kind of the number.
    key
        Its fact's or its assumption's id, or the dotted name of its function.

    Returns
    -------
    Fact, Assumption or callable
        The record or the function itself.

    Raises
    ------
    ValueError
        If nothing of that kind has the name.

    Examples
    --------
    >>> origin("computed", "dsv3.economics.rental_cost").__name__
    'rental_cost'
    """
    if kind == "fact":
        return fact(key)
    if kind == "assumed":
        return assumption(key)
    parts = key.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        found = _attribute(".".join(parts[:depth]), parts[depth:])
        if callable(found):
            return found
    message = f"origin is {key!r}: no function of the package has this name"
    raise ValueError(message)


def _attribute(module: str, names: list[str]) -> object:
    try:
        found: object = import_module(module)
    except ImportError:
        return None
    for name in names:
        found = getattr(found, name, None)
    return found
