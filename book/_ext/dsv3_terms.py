"""Bring the words of the book to its pages.

Owns the glossary's page, the link from the first use of a term to it, the definition
that the link shows, and the entries by which the search finds a term's chapter. The
terms are data, and it must not know what any of them means.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

from dsv3.terms import Term, terms

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

GLOSSARY = "book/evidence/glossary"
LEFT_ALONE = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.caption,
    nodes.citation,
    nodes.term,
    nodes.raw,
    nodes.math,
    nodes.problematic,
)
"""Elements whose words are no running text, or lead elsewhere already."""

NAMES_ONLY = "Also called:"
"""How the paragraph begins that lists a chapter's other names."""


def pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds whole terms, the longest where several begin.

    A term in small letters may begin a sentence and may be in the plural; one with
    capitals is a name and is found as it is written, in the plural where it ends in a
    small letter.

    Examples
    --------
    >>> found = pattern(["gate", "bias of the gate", "HBM"])
    >>> [match[0] for match in found.finditer("Gates, the bias of the gate, hbm, HBM")]
    ['Gates', 'bias of the gate', 'HBM']
    """
    ordered = sorted(spellings, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(_spelling, ordered))})(?![\w-])",
    )


def _spelling(term: str) -> str:
    words = re.escape(term).replace(r"\ ", r"\s+")
    if term.lower() != term:
        return f"{words}s?" if term[-1].islower() else words
    return f"[{term[0]}{term[0].upper()}]{words[1:]}s?"


def name_of(found: str, spellings: Iterable[str]) -> str:
    r"""Return the spelling that a piece of text uses.

    Examples
    --------
    >>> name_of("Ridge\npoints", ["ridge point", "HBM"])
    'ridge point'
    """
    return next(one for one in spellings if pattern([one]).fullmatch(found))


def link_terms(app: "Sphinx", document: nodes.document, name: str) -> None:
    """Set the links of one page, where there is a glossary to lead to."""
    if name == GLOSSARY or GLOSSARY not in app.env.found_docs:
        return
    glossary = app.builder.get_relative_uri(name, GLOSSARY)
    page = name.removeprefix("book/")
    left = {spelling: term for term in terms() if term.is_meant_on(page) for spelling in term.spellings}
    for text in list(_running_text(document)):
        pieces = list(_linked(glossary, text.astext(), left))
        if len(pieces) > 1:
            parent = text.parent
            assert parent is not None
            parent.replace(text, pieces)


def _running_text(document: nodes.document) -> Iterator[nodes.Text]:
    for paragraph in document.findall(nodes.paragraph):
        if paragraph.astext().startswith(NAMES_ONLY):
            continue
        for text in paragraph.findall(nodes.Text):
            nearest = _above(text, (nodes.paragraph,))
            if nearest is paragraph and _above(text, LEFT_ALONE) is None:
                yield text


def _above(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> nodes.Node | None:
    above = node.parent
    while above is not None and not isinstance(above, kinds):
        above = above.parent
    return above


def _linked(glossary: str, text: str, left: dict[str, Term]) -> Iterator[nodes.Node]:
    """Yield a text with links at the terms that are still left, and take those off."""
    done = 0
    while left and (match := pattern(left).search(text, done)):
        term = left[name_of(match[0], left)]
        for spelling in term.spellings:
            left.pop(spelling, None)
        yield nodes.Text(text[done : match.start()])
        address = f"{glossary}#{term.anchor}"
        yield nodes.reference("", match[0], internal=True, refuri=address, classes=["dsv3-term"])
        done = match.end()
    yield nodes.Text(text[done:])


def definitions_css() -> str:
    """Return the rules that hold what a link to a term shows.

    One stylesheet for all pages: a definition weighs nothing on the pages that use it,
    and shows without a script.
    """
    return "\n".join(
        f'.dsv3-term[href$="#{term.anchor}"]{{--says:"{_heading(term)}: {term.definition}"}}'
        for term in terms()
    )


def _heading(term: Term) -> str:
    return f"{term.name} ({term.abbreviation})" if term.abbreviation else term.name


class Terms(SphinxDirective):
    """Write every term with its definition, other spellings and chapter."""

    def run(self) -> list[nodes.Node]:
        """Return one list of definitions."""
        listed = nodes.definition_list(classes=["glossary"])
        listed += [self._item(term) for term in terms()]
        return [listed]

    def _item(self, term: Term) -> nodes.Node:
        body = nodes.paragraph("", term.definition + " ")
        if term.aliases:
            body += nodes.Text(f"Also: {', '.join(term.aliases)}. ")
        body += addnodes.pending_xref(
            "",
            nodes.inline("", ""),
            refdomain="std",
            reftype="doc",
            reftarget=f"/book/{term.chapter}",
            refexplicit=False,
            refwarn=True,
        )
        heading = nodes.term("", _heading(term), ids=[term.anchor])
        definition = nodes.definition("", body)
        return nodes.definition_list_item("", heading, definition)


class ChapterEntries(SphinxTransform):
    """Enter the terms that a page explains into the index, which the search reads."""

    default_priority = 700

    def apply(self) -> None:
        """Put the entries behind the title."""
        page = self.env.docname.removeprefix("book/")
        words = [
            word for term in terms() if term.chapter == page for word in (*term.spellings, *term.searches)
        ]
        section = next(self.document.findall(nodes.section), None)
        if words and section is not None:
            entries = [("single", word, "", "main", None) for word in words]
            section.insert(1, addnodes.index(entries=entries, inline=False))


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the step after references are resolved."""
    app.add_directive("terms", Terms)
    app.add_transform(ChapterEntries)
    app.connect("doctree-resolved", link_terms, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
