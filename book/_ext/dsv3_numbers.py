"""Let a reader ask any number of the text where it comes from, and list them all.

Owns what happens to the numbers that `{eval}` sets in sentences, once the pages are written:
each can be reached by mouse, touch and keyboard, and the page with a place for it
gets the ledger of every one. It must not know what any number means.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from dsv3.numbers import origin
from explorables import listing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

ID = "numbers"
PLACE = '<div class="dsv3-ledger"></div>'
KINDS: Mapping[str, str] = {
    "computed": "computed",
    "expression": "computed on the page",
    "measured": "measured",
    "fact": "published",
    "assumed": "assumed",
}
"""What a kind of number is called on the page."""

_NUMBER = re.compile(
    r'<span class="ex-number" data-(?P<kind>\w+)="(?P<key>[^"]*)"'
    r' title="(?P<says>[^"]*)">(?P<text>.*?)</span>',
    re.DOTALL,
)
_BLOCK_OR_NUMBER = re.compile(rf"<(?:p|li|td|dd|summary)\b|{_NUMBER.pattern}", re.DOTALL)
_TITLE = re.compile(r"<h1>(.*?)<", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A number as a page says it; every text is HTML already."""

    kind: str
    """How it came about: a key of `KINDS`."""

    key: str
    """Name under which the package finds its origin."""

    says: str
    """Where it comes from, in words."""

    text: str
    """The number itself."""


def numbers(page: str) -> list[Said]:
    """Return the numbers that a page's text says, in their order.

    Raises
    ------
    ValueError
        If the origin that a number names does not exist.

    Examples
    --------
    >>> numbers('<span class="ex-number" data-fact="v3.tokens" title="T">14</span>')
    [Said(kind='fact', key='v3.tokens', says='T', text='14')]
    """
    found = [
        Said(kind=match["kind"], key=match["key"], says=match["says"], text=match["text"])
        for match in _NUMBER.finditer(page)
    ]
    for number in found:
        origin(number.kind, html.unescape(number.key))
    return found


def reachable(page: str) -> str:
    """Return a page whose numbers tell their origin to mouse, touch and keyboard.

    The tab key stops at the first number of a paragraph, and the arrow keys go on
    to its others: a stop for each number would be a hundred on a page.

    Examples
    --------
    >>> one = '<span class="ex-number" data-fact="v3.tokens" title="T">14</span>'
    >>> reachable(f"<p>{one}</p>")[:62]
    '<p><span class="ex-number" data-fact="v3.tokens" data-says="T"'
    """
    stops = True

    def rewritten(match: re.Match[str]) -> str:
        nonlocal stops
        if match["kind"] is None:
            stops = True
            return match[0]
        stop, stops = 0 if stops else -1, False
        return match[0].replace(
            f' title="{match["says"]}">',
            f' data-says="{match["says"]}" tabindex="{stop}">',
            1,
        )

    return _BLOCK_OR_NUMBER.sub(rewritten, page)


def ledger(chapters: Iterable[tuple[str, str, list[Said]]]) -> str:
    """Return the list of all numbers: a folded table for each chapter, and a filter.

    Parameters
    ----------
    chapters
        Address, title and numbers of each page, in the order of the book.
    """
    shown = [chapter for chapter in chapters if chapter[2]]
    folded = "".join(_folded(*chapter) for chapter in shown)
    return _summary(shown) + listing.narrowable(ID, _controls(shown) + folded)


def _controls(chapters: list[tuple[str, str, list[Said]]]) -> str:
    rows = [(html.unescape(title), set(said)) for _, title, said in chapters]
    kinds = Counter(KINDS[number.kind] for _, said in rows for number in said)
    counts = {
        "Kind": {name: kinds[name] for name in KINDS.values() if kinds[name]},
        "Page": {title: len(said) for title, said in rows},
    }
    return listing.controls(ID, "different numbers", counts)


def _summary(chapters: list[tuple[str, str, list[Said]]]) -> str:
    said = [number for _, _, numbers in chapters for number in numbers]
    kinds = Counter(number.kind for number in said)
    keys = {kind: {n.key for n in said if n.kind == kind} for kind in KINDS}
    return (
        f"<p>The text of {len(chapters)} pages says {len(said)} numbers: "
        f"{kinds['computed']} are {len(keys['computed'])} results of this package as "
        f"it returned them, {kinds['expression']} are computed on the page from such "
        f"results, {kinds['measured']} stand in {len(keys['measured'])} records of "
        f"runs or are made of them, {kinds['fact']} are read from "
        f"{len(keys['fact'])} published facts, and {kinds['assumed']} are assumed. "
        "All of them resolve.</p>"
    )


def _folded(address: str, title: str, said: list[Said]) -> str:
    page = html.escape(html.unescape(title), quote=True)
    rows = "".join(
        f'<tr data-entry data-kind="{KINDS[number.kind]}" data-page="{page}">'
        f"<td>{number.text}</td><td>{KINDS[number.kind]}</td>"
        f"<td>{number.says}{f' ({times} times)' if times > 1 else ''}</td></tr>"
        for number, times in Counter(said).items()
    )
    return (
        '<details class="dsv3-answer">'
        f"<summary>{title}: {len(said)} numbers</summary>"
        f'<p><a href="{address}">Read the chapter.</a></p>'
        f'<div class="ex-scroll" role="region" tabindex="0" aria-label="Numbers of: {page}">'
        '<table class="dataframe"><thead><tr><th scope="col">Number</th>'
        '<th scope="col">Kind</th><th scope="col">Where it comes from</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def unwrap_numbers(_app: "Sphinx", doctree: nodes.document, _name: str) -> None:
    """Leave the numbers of sentences without the element that an output is set in."""
    for output in doctree.findall(nodes.raw):
        if isinstance(output.parent, nodes.TextElement):
            output["classes"] = []


class NumberLedger(SphinxDirective):
    """Keep a place for the ledger; what goes there is known when all is written."""

    def run(self) -> list[nodes.Node]:
        """Return the place."""
        return [nodes.raw("", PLACE, format="html")]


def write_numbers(app: "Sphinx", error: Exception | None) -> None:
    """Fill the ledger, and make the numbers of every page reachable."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = {
        name: (out / f"{name}.html").read_text(encoding="utf-8")
        for name in _in_order(app, str(app.config.root_doc))
    }
    for name, page in pages.items():
        finished = reachable(page)
        if PLACE in page:
            up = "../" * name.count("/")
            rows = [(f"{up}{n}.html", _title(p), numbers(p)) for n, p in pages.items()]
            finished = finished.replace(PLACE, ledger(rows))
        if finished != page:
            (out / f"{name}.html").write_text(finished, encoding="utf-8")


def _in_order(app: "Sphinx", name: str) -> list[str]:
    children = app.env.toctree_includes.get(name, [])
    return [name, *(page for child in children for page in _in_order(app, child))]


def _title(page: str) -> str:
    found = _TITLE.search(page)
    return found[1].strip() if found else ""


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the step before the stylesheet's, which reads what the pages use."""
    app.add_directive("number-ledger", NumberLedger)
    app.connect("doctree-resolved", unwrap_numbers)
    app.connect("build-finished", write_numbers, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
