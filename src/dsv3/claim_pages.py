"""The evidence pages: what was claimed, by whom, and what comes out here.

Here a claim becomes an entry that a reader can look up and narrow down; what is true of
it is known in `dsv3.claims`.
"""

import html
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import get_args

from dsv3 import __version__
from dsv3.claims import Checked, Computation, Verdict, check, claims_by_part
from dsv3.claims.article import ArticleClaim, Finding, Topic, article_claims
from dsv3.claims.evidence_number import EvidenceNumber
from dsv3.facts import Fact
from dsv3.numbers import Number, assumed, read
from dsv3.tables import Column, Table, table
from explorables.arithmetic import public_name
from explorables.listing import Entry, Line, Listing, listing
from explorables.quantities import format_quantity, unit_of

TITLE = "What $5.576M Buys: an explorable technical report on DeepSeek-V3"
AUTHOR = "The dsv3 authors"
RELEASED = "2026-11-23"
"""Title, author and day of the version, as in CITATION.cff."""

SIGNS = {
    Verdict.REPRODUCED: "●",
    Verdict.WITHIN_TOLERANCE: "◐",
    Verdict.NOT_REPRODUCED: "✕",
    Verdict.CANNOT_BE_CHECKED: "○",
}
"""How the list of figures marks a verdict."""

ABBREVIATIONS = {name.lower(): name for name in ("API", "FP8", "H800", "V3")}
"""How a page's name is spelt where its address has small letters."""

LONGEST_ORIGIN = 300
"""Signs of an origin that a reader is shown at the foot of the window."""

UP = "../../"
"""From an evidence page to the top of the book's folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A text of the data with its numbers, for an entry of a list."""

    markdown: str
    """The text as HTML."""

    plain: str
    """The same words."""


def number_of(evidence: EvidenceNumber) -> Number:
    """Return a number of the evidence with its origin.

    Examples
    --------
    >>> number_of(EvidenceNumber(name="hours", fact="v3.gpu_hours.total"))
    2.788M GPU-hours
    """
    record, unit = evidence.record, evidence.name_of_unit
    asked = evidence.computed_by
    if asked is not None:
        return Number(
            text=evidence.text,
            origin=f"computed by {_brief(asked)}",
            kind="computed",
            key=public_name(asked.function),
        )
    assert record is not None
    if isinstance(record, Fact):
        return read(record, unit, digits=evidence.digits)
    return assumed(record, unit, digits=evidence.digits)


def _brief(asked: Computation) -> str:
    """Return what is computed, without its arguments where they fill a phone."""
    text = asked.text
    if len(text) <= LONGEST_ORIGIN:
        return text
    called, _, _ = text.partition("(")
    return f"{called}(...){asked.field and f'.{asked.field}'}"


def evidence_texts(claim: ArticleClaim) -> tuple[Paragraph, ...]:
    """Return the paragraphs on one claim: why, and what a reader needs beside it."""
    numbers = {number.name: number_of(number) for number in claim.numbers}
    evidence = _paragraph(claim.evidence, numbers)
    if not claim.caveat:
        return (evidence,)
    but = _paragraph(claim.caveat, numbers)
    marked = f"<em>But:</em> {but.markdown}"
    return (evidence, Paragraph(markdown=marked, plain=f"But: {but.plain}"))


def _paragraph(text: str, numbers: dict[str, Number]) -> Paragraph:
    """Fill the blanks of a text of the data with its numbers."""
    markup = {name: number._repr_html_() for name, number in numbers.items()}
    return Paragraph(
        markdown=html.escape(text, quote=False).format(**markup),
        plain=text.format(**numbers),
    )


def article_listing() -> Listing:
    """Return the article's claims as a list to narrow by verdict, topic and words.

    Examples
    --------
    >>> len(article_listing().entries) == len(article_claims())
    True
    """
    return listing(
        "claims",
        "claims",
        [_article_entry(claim) for claim in article_claims()],
        {"Verdict": list(map(str, Finding)), "Topic": get_args(Topic)},
    )


def _article_entry(claim: ArticleClaim) -> Entry:
    facts = [
        Line(
            label="Decided by" if at == 0 else "",
            text=f"{one.text}, and the words need {one.asked}: "
            f"{'kept' if one.holds else 'not kept'}. {_origin(one)}",
        )
        for at, one in enumerate(claim.tests)
    ]
    named = ", ".join(source.short for source in claim.cited)
    sources = [Line(label="Sources", text=named)] if named else []
    made = Line(label="Made in", text=_words(claim.page), href=_address(claim.page))
    return Entry(
        id=claim.id,
        title=claim.statement,
        facets={"Verdict": str(claim.verdict), "Topic": claim.topic},
        note=f"paragraph {claim.paragraph}",
        texts=evidence_texts(claim),
        facts=[*facts, *sources, made],
    )


def _origin(number: EvidenceNumber) -> str:
    asked = number.computed_by
    return asked.text if asked is not None else number_of(number).origin


def _words(page: str) -> str:
    """Return a page's part and name as words.

    Examples
    --------
    >>> _words("book/economics/api-prices"), _words("book/training-recipe/pre-training")
    ('Economics: API prices', 'Training recipe: pre-training')
    """
    *_, part, name = page.split("/")
    # Pre-training keeps its hyphen; elsewhere one stands for a space.
    words = name.split("-") if not name.endswith("-training") else [name]
    spelt = " ".join(ABBREVIATIONS.get(word, word) for word in words)
    return f"{part.replace('-', ' ').capitalize()}: {spelt}"


def _address(page: str) -> str:
    """Return a link from an evidence page to another, as the notebooks have it."""
    return f"{UP}{page}.ipynb"


def figures_listing(*parts: str) -> Listing:
    """Return the published figures of some parts beside ours, the failed ones first.

    One part alone is no choice, so then there is none among parts.

    Examples
    --------
    >>> list(figures_listing("model", "serving").values)
    ['Verdict', 'Part', 'Source']
    >>> list(figures_listing("others").values)
    ['Verdict', 'Source']
    """
    by_part = claims_by_part()
    checked = [(part, check(claim)) for part in parts for claim in by_part[part]]
    worst_first = list(Verdict)[::-1]
    checked.sort(key=lambda row: worst_first.index(row[1].verdict))
    sources = dict.fromkeys(one.claim.source.short for _, one in checked)
    choices: dict[str, Sequence[str]] = {"Verdict": _present(checked)}
    if len(parts) > 1:
        choices["Part"] = parts
    choices["Source"] = list(sources)
    return listing(
        "figures",
        "figures",
        [_figure_entry(part, one, choices) for part, one in checked],
        choices,
        marks="".join(SIGNS[Verdict(verdict)] for verdict in _present(checked)),
    )


def _present(checked: Sequence[tuple[str, Checked]]) -> list[str]:
    """Return the verdicts that occur, in the order of `Verdict`."""
    found = {one.verdict for _, one in checked}
    return [str(verdict) for verdict in Verdict if verdict in found]


def _figure_entry(part: str, one: Checked, choices: Collection[str]) -> Entry:
    claim = one.claim
    off = format_quantity(one.relative_difference, unit_of("signed_share"), digits=2)
    known = math.isfinite(one.computed_value)
    measures = [
        Line(label="Published", text=one.published_text),
        Line(label="Computed", text=one.computed_text if known else "not"),
        Line(label="Off by", text=off if known else "not known"),
    ]
    function = claim.computed_by.text if claim.computed_by else "none"
    dated = claim.published and f" ({claim.published})"
    lines = [
        Line(label="Source", text=f"{claim.source.short}, {claim.locator}{dated}"),
        Line(label="Tolerance", text=one.tolerance_text),
        Line(label="Function", text=function),
    ]
    known_by = {"Verdict": str(one.verdict), "Part": part, "Source": claim.source.short}
    return Entry(
        id=claim.id.replace(".", "-").replace("_", "-"),
        title=claim.statement,
        facets={name: value for name, value in known_by.items() if name in choices},
        measures=measures,
        texts=[_paragraph(claim.note, {})] if claim.note else [],
        facts=lines,
    )


def claims_table(checked: Sequence[Checked], caption: str) -> Table:
    """Set claims beside what was computed for them, one a row.

    The caption says what the rows have in common.
    """
    rows = [
        (
            "\n".join(filter(None, (one.claim.statement, one.claim.note))),
            one.published_text,
            one.computed_text,
            one.relative_difference,
            f"{one.claim.source.short}, {one.claim.locator}",
        )
        for one in checked
    ]
    columns: list[Column | str] = [
        "Statement",
        "Published",
        "Computed",
        Column(title="Off by", unit="signed_share", digits=2),
        "Source",
    ]
    return table(caption, columns, rows, source="dsv3.claims")


def citation() -> str:
    """Return how to cite the report, in BibTeX.

    Examples
    --------
    >>> citation().splitlines()[0]
    '@software{dsv3,'
    """
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": "{" + TITLE.replace("$", r"\$") + "}",
        "version": __version__,
        "date": RELEASED,
        "year": RELEASED[:4],
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join(["@software{dsv3,", *lines, "}"])
