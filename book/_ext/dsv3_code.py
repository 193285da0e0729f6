"""Show as much code as a reader asks for: none, what teaches, all of it.

Owns the three levels, each page's own one, and where code stands: a cell that is shown
teaches and stays where it is; a folded one goes into one disclosure below the output that
it makes, with the folded cells before it that show nothing. The switch is in the
page's header (`article-header-buttons.html`). It must not know what any cell computes.
"""

import html
from collections import Counter
from typing import TYPE_CHECKING, Any

from docutils import nodes

from dsv3_captions import LABEL, code_cells

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

OFF, TEACHING = "off", "teaching"
PAGES_WITHOUT_CODE = ("book/economics/", "book/geopolitics/")
"""Where a reader sees no code until asking for it."""

FOLDED = "input"
"""How a notebook's tag ``hide-input`` arrives here."""


def fold_code(_app: "Sphinx", doctree: nodes.document) -> None:
    """Move every folded cell's code below the output that it belongs to."""
    waiting: list[tuple[nodes.Element, nodes.Element]] = []
    names = Names()
    last = None
    for cell in code_cells(doctree):
        source, output = _part(cell, "source"), _part(cell, "output")
        if source is not None and cell.get("hide_mode") == FOLDED:
            del cell["hide_mode"]
            cell.remove(source)
            waiting.append((source, cell))
            source = None
        elif source is not None:
            source["classes"].append("ex-teaching")
        if output is None:
            continue
        last = cell
        if source is None or any(_neighbours(cell, one) for _, one in waiting):
            _disclose(cell, [code for code, _ in waiting], names)
            waiting = []
    if last is not None:
        _disclose(last, [code for code, _ in waiting], names)


def fold_outputs(_app: "Sphinx", doctree: nodes.document) -> None:
    """Fold an output that a drawing says already; MyST-NB leaves it without code."""
    for cell in code_cells(doctree):
        output = _part(cell, "output")
        if cell.get("hide_mode") != "output" or output is None:
            continue
        del cell["hide_mode"]
        name = html.escape(cell.get("prompt_show", "Table"))
        opening = f'<details class="dsv3-answer"><summary>{name}</summary>'
        at = cell.index(output)
        cell.insert(at, nodes.raw("", opening, format="html"))
        cell.insert(at + 2, nodes.raw("", "</details>", format="html"))


class Names:
    """The names of a page's disclosures, no two of them alike."""

    def __init__(self) -> None:
        """Start with no name given."""
        self._given: Counter[str] = Counter()

    def next(self, label: str) -> str:
        """Return a name for the code of what has a label, or of what has none.

        Examples
        --------
        >>> names = Names()
        >>> names.next("Table 2"), names.next("Table 2"), names.next("")
        ('Code of Table 2', 'More code of Table 2', 'Code of output 1')
        """
        self._given[label] += 1
        if not label:
            return f"Code of output {self._given[label]}"
        return f"{'More code' if self._given[label] > 1 else 'Code'} of {label}"


def _element(node: nodes.Node) -> str:
    """Return what a node is in a notebook, or nothing."""
    return node.get("nb_element", "") if isinstance(node, nodes.Element) else ""


def _part(cell: nodes.Element, name: str) -> nodes.Element | None:
    named = (one for one in cell.children if _element(one) == f"cell_code_{name}")
    return next(named, None)


def _neighbours(cell: nodes.Element, other: nodes.Element) -> bool:
    """Return whether only code cells stand between two cells."""
    if cell.parent is not other.parent:
        return False
    start, end = other.parent.index(other), cell.parent.index(cell)
    return all(_element(one) == "cell_code" for one in cell.parent.children[start:end])


def _disclose(cell: nodes.Element, code: list[nodes.Element], names: Names) -> None:
    if not code:
        return
    name = html.escape(names.next(cell.get(LABEL, "")))
    opening = f'<details class="ex-code"><summary>{name}</summary>'
    cell += [
        nodes.raw("", opening, format="html"),
        *code,
        nodes.raw("", "</details>", format="html"),
    ]


def set_level(
    _app: "Sphinx",
    pagename: str,
    _templatename: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Tell the page how much code it shows at first, and whether it has any."""
    quiet = pagename.startswith(PAGES_WITHOUT_CODE)
    context["dsv3_code"] = OFF if quiet else TEACHING
    context["dsv3_has_code"] = "cell_input" in context.get("body", "")


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the steps; cells that are empty afterwards are dropped by dsv3_site."""
    app.connect("doctree-read", fold_outputs, priority=400)
    app.connect("doctree-read", fold_code, priority=400)
    app.connect("html-page-context", set_level)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
