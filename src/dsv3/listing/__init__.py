"""A list that a reader can narrow: by kind, by words, and whole without a script.

Owns entries and the HTML they become. It knows no claim and no number: texts with
markup are handed in as objects that carry both their HTML and their plain words, and
every other text is escaped here.
"""

import functools
import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Protocol

from dsv3.arithmetic import require

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LINE_END = re.compile(r"\n{2,}")
_ID = re.compile(r"[a-z][a-z0-9-]*")

MARKS = "●◐◔○✕"
"""Signs for the values of the first facet, in their order, so that no value is told
by colour alone."""


class Spoken(Protocol):
    """A text with markup: HTML for a page and plain words for everything else."""

    @property
    def markdown(self) -> str:
        """The text as HTML."""

    @property
    def plain(self) -> str:
        """The same words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line below an entry: a label, what it says, and where that leads."""

    label: str
    """What is said, in a word or two."""

    text: str
    """What it is."""

    href: str = ""
    """Address it leads to; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list."""

    id: str
    """Anchor on the page."""

    title: str
    """What the entry is about, as a sentence."""

    facets: Mapping[str, str]
    """Value under each name by which a reader may narrow the list."""

    measures: Sequence[Line] = ()
    """Numbers that are read side by side, below the title."""

    texts: Sequence[Spoken] = ()
    """Paragraphs below them."""

    facts: Sequence[Line] = ()
    """Lines below the paragraphs."""

    note: str = ""
    """Where it stands, beside the facets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries with controls that narrow them; shown as HTML."""

    id: str
    """Name on the page; part of a link to a narrowed list."""

    noun: str
    """What an entry is, in the plural."""

    entries: tuple[Entry, ...]
    """The entries, in order."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the facets and their values, in the order of the controls."""

    def _repr_html_(self) -> str:
        entries = "".join(map(self._entry, self.entries))
        return (
            f"<style>{_asset('listing.css')}</style>"
            f'<div class="dsv3-listing" id="{self.id}">{self._controls()}'
            f'<ol class="dsv3-entries">{entries}</ol></div>'
            f"<script>{_asset('listing.js')}</script>"
        )

    def __repr__(self) -> str:
        return "\n".join(self._plain(entry) for entry in self.entries)

    def _plain(self, entry: Entry) -> str:
        says = [one.plain for one in entry.texts]
        measured = [f"{one.label} {one.text}" for one in entry.measures]
        return " | ".join([*entry.facets.values(), entry.title, *measured, *says])

    def _controls(self) -> str:
        first, *others = self.values
        chips = "".join(
            self._chip(value, count) for value, count in self._counts(first).items()
        )
        choices = "".join(map(self._choice, others))
        whole = len(self.entries)
        return (
            f'<form class="dsv3-narrow" hidden><fieldset data-facet="{_key(first)}">'
            f"<legend>{html.escape(first)}</legend>"
            f'<label class="dsv3-chip"><input type="radio" name="{self.id}" value=""'
            f" checked><span>all {whole}</span></label>{chips}</fieldset>"
            f'<div class="dsv3-choices">{choices}'
            '<label>Words <input type="search" data-words></label></div>'
            f'<p role="status">{whole} of {whole} {html.escape(self.noun)}</p></form>'
        )

    def _counts(self, facet: str) -> dict[str, int]:
        found = Counter(entry.facets[facet] for entry in self.entries)
        return {value: found[value] for value in self.values[facet]}

    def _chip(self, value: str, count: int) -> str:
        return (
            f'<label class="dsv3-chip"><input type="radio" name="{self.id}"'
            f' value="{html.escape(value)}"><span>{self._mark(value)}'
            f"{html.escape(value)} {count}</span></label>"
        )

    def _choice(self, facet: str) -> str:
        options = "".join(
            f'<option value="{html.escape(value)}">{html.escape(value)} ({count})'
            "</option>"
            for value, count in self._counts(facet).items()
        )
        return (
            f'<label>{html.escape(facet)} <select data-facet="{_key(facet)}">'
            f'<option value="">all</option>{options}</select></label>'
        )

    def _mark(self, value: str) -> str:
        values = next(iter(self.values.values()))
        at = values.index(value)
        return f'<i aria-hidden="true" class="dsv3-mark-{at}">{MARKS[at]}</i> '

    def _entry(self, entry: Entry) -> str:
        first, *others = self.values
        marked = f"{self._mark(entry.facets[first])}{html.escape(entry.facets[first])}"
        beside = [entry.facets[name] for name in others] + [entry.note]
        facets = "".join(
            f' data-{_key(name)}="{html.escape(entry.facets[name])}"'
            for name in self.values
        )
        stands = " · ".join(html.escape(text) for text in beside if text)
        texts = "".join(f"<p>{text.markdown}</p>" for text in entry.texts)
        measures = _facts(entry.measures, "dsv3-measures")
        return (
            f'<li id="{entry.id}"{facets}><p class="dsv3-entry-title">'
            f"{html.escape(entry.title)}</p>"
            f'<p class="dsv3-entry-kind"><b>{marked}</b> <span>{stands}</span></p>'
            f"{measures}{texts}{_facts(entry.facts)}</li>"
        )


def _facts(lines: Sequence[Line], kind: str = "dsv3-facts") -> str:
    rows = "".join(
        f"<div><dt>{html.escape(one.label)}</dt><dd>{_linked(one)}</dd></div>"
        for one in lines
    )
    return f'<dl class="{kind}">{rows}</dl>' if rows else ""


def _linked(one: Line) -> str:
    text = html.escape(one.text)
    if not one.href:
        return text
    return f'<a class="dsv3-page" href="{html.escape(one.href)}">{text}</a>'


def _key(facet: str) -> str:
    return facet.lower().replace(" ", "-")


def listing(
    id: str,
    noun: str,
    entries: Sequence[Entry],
    values: Mapping[str, Sequence[str]],
) -> Listing:
    """Set entries as a list that a reader can narrow.

    Parameters
    ----------
    id
        Name on the page: lower case, digits and hyphens.
    noun
        What an entry is, in the plural.
    entries
        The entries, in order.
    values
        Facets by name, with every value in the order of the controls. The first gets
        a button for each value, of which it may have five; the others a menu.

    Raises
    ------
    ValueError
        If an entry has a value that its facet does not list, two entries share an id,
        or there are more values than signs.

    Examples
    --------
    >>> one = Entry(id="a", title="It is.", facets={"Verdict": "true"})
    >>> listing("said", "claims", [one], {"Verdict": ["true", "false"]})
    true | It is.
    """
    require("id", id, _ID.fullmatch(id) is not None, "must be lower case")
    ids = [entry.id for entry in entries]
    require("ids", ids, len(set(ids)) == len(ids), "must differ")
    for facet, known in values.items():
        for entry in entries:
            value = entry.facets.get(facet)
            require(f"{entry.id}: {facet}", value, value in known, f"one of {known}")
    first = next(iter(values.values()))
    require("values", first, len(first) <= len(MARKS), f"at most {len(MARKS)}")
    return Listing(
        id=id,
        noun=noun,
        entries=tuple(entries),
        values={name: tuple(known) for name, known in values.items()},
    )


@functools.cache
def _asset(name: str) -> str:
    """Return style or script without comments and indentation."""
    text = files("dsv3").joinpath("listing", name).read_text(encoding="utf-8")
    return _LINE_END.sub("\n", _INDENT.sub("", _COMMENT.sub("", text))).strip()
