"""A list that a reader can narrow: by kind, by words, and whole without a script.

Texts with markup are handed in as objects that carry both their HTML and their plain
words; every other text is escaped here.
"""

import functools
import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from explorables.arithmetic import require
from explorables.markup import lean, package_text

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
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a list."""

    id: str

    title: str

    facets: Mapping[str, str]
    """Value under each name by which a reader may narrow the list."""

    measures: Sequence[Line] = ()
    """Numbers that are read side by side, below the title."""

    texts: Sequence[Spoken] = ()
    facts: Sequence[Line] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries with controls that narrow them; shown as HTML."""

    id: str
    """Name on the page; part of a link to a narrowed list."""

    noun: str
    entries: tuple[Entry, ...]

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of the facets and their values, in the order of the controls."""

    marks: str = MARKS

    def _repr_html_(self) -> str:
        entries = "".join(map(self._entry, self.entries))
        listed = f'{self._controls()}<ol class="ex-entries">{entries}</ol>'
        return narrowable(self.id, listed)

    def __repr__(self) -> str:
        return "\n".join(self._plain(entry) for entry in self.entries)

    def _plain(self, entry: Entry) -> str:
        says = [one.plain for one in entry.texts]
        measured = [f"{one.label} {one.text}" for one in entry.measures]
        return " | ".join([*entry.facets.values(), entry.title, *measured, *says])

    def _controls(self) -> str:
        counts = {facet: self._counts(facet) for facet in self.values}
        return controls(self.id, self.noun, counts, marks=self.marks)

    def _counts(self, facet: str) -> dict[str, int]:
        found = Counter(entry.facets[facet] for entry in self.entries)
        return {value: found[value] for value in self.values[facet]}

    def _mark(self, value: str) -> str:
        return _sign(self.marks[next(iter(self.values.values())).index(value)])

    def _entry(self, entry: Entry) -> str:
        first, *others = self.values
        marked = f"{self._mark(entry.facets[first])}{html.escape(entry.facets[first])}"
        # What a line below begins with anyway is not said twice.
        said = tuple(line.text for line in entry.facts)
        kinds = [entry.facets[name] for name in others]
        beside = [
            *(one for one in kinds if not any(text.startswith(one) for text in said)),
            entry.note,
        ]
        facets = "".join(
            f' data-{key_of(name)}="{html.escape(entry.facets[name])}"'
            for name in self.values
        )
        stands = " · ".join(html.escape(text) for text in beside if text)
        texts = "".join(f"<p>{text.markdown}</p>" for text in entry.texts)
        measures = _facts(entry.measures, "ex-measures")
        return (
            f'<li data-entry id="{entry.id}"{facets}><p class="ex-entry-title">'
            f"{html.escape(entry.title)}</p>"
            f'<p class="ex-entry-kind"><b>{marked}</b> <span>{stands}</span></p>'
            f"{measures}{texts}{_facts(entry.facts)}</li>"
        )


def controls(
    id: str, noun: str, counts: Mapping[str, Mapping[str, int]], *, marks: str = ""
) -> str:
    """Return the form that narrows a list; hidden until a script can do it.

    `counts` has for each facet how many entries have each value. The first facet gets a
    button for each value, with its sign of `marks` if there are any, the others a menu.
    """
    (first, values), *others = counts.items()
    whole = sum(values.values())
    signs = [f"{_sign(mark)}" for mark in marks] or [""] * len(values)
    chips = "".join(
        f'<label class="ex-chip"><input type="radio" name="{id}"'
        f' value="{html.escape(value)}"><span>{sign}{html.escape(value)} {count}'
        "</span></label>"
        for sign, (value, count) in zip(signs, values.items(), strict=False)
    )
    return (
        f'<form class="ex-narrow" hidden><fieldset data-facet="{key_of(first)}">'
        f"<legend>{html.escape(first)}</legend>"
        f'<label class="ex-chip"><input type="radio" name="{id}" value=""'
        f" checked><span>all {whole}</span></label>{chips}</fieldset>"
        f'<div class="ex-choices">{"".join(_menu(*other) for other in others)}'
        '<label>Words <input type="search" data-words></label></div>'
        f'<p role="status">{whole} of {whole} {html.escape(noun)}</p></form>'
    )


def _menu(facet: str, counts: Mapping[str, int]) -> str:
    options = "".join(
        f'<option value="{html.escape(value)}">{html.escape(value)} ({count})</option>'
        for value, count in counts.items()
    )
    return (
        f'<label>{html.escape(facet)} <select data-facet="{key_of(facet)}">'
        f'<option value="">all</option>{options}</select></label>'
    )


def narrowable(id: str, listed: str) -> str:
    """Return a list with its controls as one piece of HTML, style and script with it.

    `listed` is the controls, then whatever holds the entries. An entry is an element
    with ``data-entry`` and one ``data-`` attribute for each facet (`key_of`); a
    ``details`` around entries opens when one of them is looked for.
    """
    return (
        f"<style>{_asset('listing.css')}</style>"
        f'<div class="ex-listing" id="{id}">{listed}</div>'
        f"<script>{_asset('listing.js')}</script>"
    )


def _sign(mark: str) -> str:
    kind = f"ex-mark-{MARKS.index(mark)}"
    return f'<i aria-hidden="true" class="{kind}">{mark}</i> '


def _facts(lines: Sequence[Line], kind: str = "ex-facts") -> str:
    rows = "".join(
        f"<div><dt>{html.escape(one.label)}</dt><dd>{_linked(one)}</dd></div>"
        for one in lines
    )
    return f'<dl class="{kind}">{rows}</dl>' if rows else ""


def _linked(one: Line) -> str:
    text = html.escape(one.text)
    if not one.href:
        return text
    return f'<a class="ex-page" href="{html.escape(one.href)}">{text}</a>'


def key_of(facet: str) -> str:
    """Return the name under which an entry carries a facet.

    Examples
    --------
    >>> key_of("Made in")
    'made-in'
    """
    return facet.lower().replace(" ", "-")


def listing(
    id: str,
    noun: str,
    entries: Sequence[Entry],
    values: Mapping[str, Sequence[str]],
    *,
    marks: str = MARKS,
) -> Listing:
    """Set entries as a list that a reader can narrow.

    `values` has the facets by name, with every value in the order of the controls. The
    first gets a button for each value, with its sign of `marks`; the others a menu. An
    entry whose value its facet does not list is refused, and so are two of one id.

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
    require("marks", marks, len(first) <= len(marks), "must be one for each value")
    require("marks", marks, set(marks) <= set(MARKS), f"must be of {MARKS}")
    return Listing(
        id=id,
        noun=noun,
        entries=tuple(entries),
        values={name: tuple(known) for name, known in values.items()},
        marks=marks,
    )


@functools.cache
def _asset(name: str) -> str:
    return lean(package_text("listing", name))
