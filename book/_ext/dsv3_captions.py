"""Number what a page shows: its figures and panels in one row, its tables in another.

Owns the label before a caption, the address of what is captioned, and the names by which
prose refers to it. It must not know what any figure shows.

A tag of a cell that begins with ``fig-`` or ``tab-`` is the name of what the cell shows,
and so is ``fig-`` with the id of a panel: ``{ref}`fig-cache-size``` reads "Figure 3".
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

LOGGER = logging.getLogger(__name__)
LABEL = "dsv3_label"
"""Attribute of a cell: what it shows is called, such as "Figure 3"."""

_SHOWN = re.compile(
    r'<figure (?P<figure>class="ex-figure" data-kind="(?P<kind>\w+)".*?<figcaption[^>]*>)'
    r'|<div (?P<panel>class="ex-panel" data-panel="(?P<id>[^"]*)".*?<p class="ex-title">)',
    re.DOTALL,
)
_SENTENCE = 'class="ex-sentence"'
_NAMES = ("fig-", "tab-")


class Numbering:
    """The numbers of one page."""

    def __init__(self) -> None:
        """Start both rows at one."""
        self._counts: Counter[str] = Counter()

    def labelled(self, html: str) -> tuple[str, list[tuple[str, str]]]:
        """Return an output with its labels, and their texts with panels' ids.

        A panel that is a sentence belongs to the text, and has no number.

        Examples
        --------
        >>> figure = '<figure class="ex-figure" data-kind="table"><figcaption>Two.'
        >>> html, labels = Numbering().labelled(figure)
        >>> labels
        [('Table 1', '')]
        >>> html.startswith('<figure id="table-1" class="ex-figure"')
        True
        """
        found: list[tuple[str, str]] = []

        def numbered(match: re.Match[str]) -> str:
            if match["panel"] and _SENTENCE in html:
                return match[0]
            kind = match["kind"] or "figure"
            self._counts[kind] += 1
            number = self._counts[kind]
            text = f"{kind.title()} {number}"
            found.append((text, match["id"] or ""))
            tag = "figure" if match["figure"] else "div"
            return (
                f'<{tag} id="{kind}-{number}" {match["figure"] or match["panel"]}'
                f'<span class="ex-label">{text}.</span> '
            )

        return _SHOWN.sub(numbered, html), found


def code_cells(doctree: nodes.document) -> Iterator[nodes.container]:
    """Yield the code cells of a page in their order."""
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code":
            yield node


def number_outputs(app: "Sphinx", doctree: nodes.document) -> None:
    """Give all that a page shows its number, and make the names of it known."""
    numbering = Numbering()
    for cell in code_cells(doctree):
        labels: list[tuple[str, str]] = []
        for output in list(cell.findall(nodes.raw)):
            if "html" not in output["format"].split():
                continue
            html, found = numbering.labelled(output.rawsource or output.astext())
            if found:
                output.children = [nodes.Text(html)]
                output.rawsource = html
                labels += found
        if labels:
            cell[LABEL] = labels[0][0]
            _name(app, cell, labels)


def _name(app: "Sphinx", cell: nodes.container, labels: list[tuple[str, str]]) -> None:
    """Make a label known under the name of its panel and the tags of its cell."""
    tags = cell["cell_metadata"].get("tags", [])
    names = [(tag, labels[0][0]) for tag in tags if tag.startswith(_NAMES)]
    names += [(f"fig-{panel}", text) for text, panel in labels if panel]
    domain = app.env.get_domain("std")
    page = app.env.docname
    for name, text in names:
        known = domain.data["labels"].get(name)
        if known and known[0] != page:
            LOGGER.warning("%s is a name in %s too", name, known[0], location=cell)
        place = text.lower().replace(" ", "-")
        domain.data["anonlabels"][name] = page, place
        domain.data["labels"][name] = page, place, text


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the step before that which names code by what it made."""
    app.connect("doctree-read", number_outputs, priority=300)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
