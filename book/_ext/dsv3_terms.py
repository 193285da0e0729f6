"""Lead the first use of a term on a page to the glossary.

Owns the search for terms in running text and the links it sets. The terms are those
of the ``glossary`` directive, and it must not know what any of them means.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

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

Place = tuple[str, str]
"""Document and anchor of a term."""


def pattern(terms: Iterable[str]) -> re.Pattern[str]:
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
    ordered = sorted(terms, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(_spelling, ordered))})(?![\w-])",
    )


def _spelling(term: str) -> str:
    words = re.escape(term).replace(r"\ ", r"\s+")
    if term.lower() != term:
        return f"{words}s?" if term[-1].islower() else words
    return f"[{term[0]}{term[0].upper()}]{words[1:]}s?"


def name_of(found: str, terms: Iterable[str]) -> str:
    r"""Return the term that a piece of text uses.

    Examples
    --------
    >>> name_of("Ridge\npoints", ["ridge point", "HBM"])
    'ridge point'
    """
    return next(term for term in terms if pattern([term]).fullmatch(found))


def link_terms(app: "Sphinx", document: nodes.document, name: str) -> None:
    """Set the links of one page."""
    terms = _terms(app)
    if not terms or name in {place[0] for place in terms.values()}:
        return
    left = dict(terms)
    for text in list(_running_text(document)):
        pieces = list(_linked(app, name, text.astext(), left))
        if len(pieces) > 1:
            parent = text.parent
            assert parent is not None
            parent.replace(text, pieces)


def _terms(app: "Sphinx") -> Mapping[str, Place]:
    entries = app.env.get_domain("std").get_objects()
    return {name: (page, to) for name, _, kind, page, to, _ in entries if kind == "term"}


def _running_text(document: nodes.document) -> Iterator[nodes.Text]:
    for text in document.findall(nodes.Text):
        if _inside(text, (nodes.paragraph,)) and not _inside(text, LEFT_ALONE):
            yield text


def _inside(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    above = node.parent
    while above is not None:
        if isinstance(above, kinds):
            return True
        above = above.parent
    return False


def _linked(app: "Sphinx", page: str, text: str, left: dict[str, Place]) -> Iterator[nodes.Node]:
    """Yield a text with links at the terms that are still left, and take those off."""
    done = 0
    while left and (match := pattern(left).search(text, done)):
        target, anchor = left.pop(name_of(match[0], left))
        yield nodes.Text(text[done : match.start()])
        builder = app.builder
        yield make_refnode(
            builder,
            page,
            target,
            anchor,
            nodes.inline("", match[0], classes=["dsv3-term"]),
        )
        done = match.end()
    yield nodes.Text(text[done:])


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the step after references are resolved."""
    app.connect("doctree-resolved", link_terms, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
