"""Turn what the theme builds into pages that ask nothing of anyone.

Owns the delivery of the site: which scripts a page loads, the one stylesheet it
links, the icons, the cells that show nothing, and the tidying of what nothing links to.
It must not know what any chapter says.
"""

import hashlib
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

import dsv3_icons
import dsv3_stylesheet
import dsv3_terms
from explorables import stylesheet as panel_stylesheet
from explorables.diagram import without_sheets

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

LOGGER = logging.getLogger(__name__)
DATA = Path(__file__).parents[2] / "src" / "dsv3" / "data"
ENGINE = DATA.parents[1] / "explorables"
_READ_ON = re.compile(r"\bread: *[\"']?(\d{4}-\d\d-\d\d)")
STYLESHEET = "site.css"
_STYLESHEET_LINK = re.compile(rf'{re.escape(STYLESHEET)}(?:\?v=\w*)?(?=")')

_LONG_BLOCK = re.compile(r"<(script|style)>(?:(?!</\1>).){2000,}?</\1>", re.DOTALL)

# The bibliography claims to be a list of roles that are deprecated, and is neither.
_FALSE_ROLES = (' role="doc-biblioentry"', ' role="list" ')

# Text in which a line's beginning counts, and what lies between such texts.
_LINES_COUNT = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_LINE_START = re.compile(r"\n\s+")

# A link that a list sets leads to a notebook, so that it works where notebooks are read.
_NOTEBOOK_LINK = re.compile(r'(<a class="ex-page" href="[^"#]+)\.(?:ipynb|md)(?=["#])')

# In the order of the cascade; a star stands for a digest in the name.
THEME_STYLESHEETS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb*.css",
    "sphinx-design.min.css",
    "copybutton.css",
)
UNUSED_SCRIPTS = re.compile(
    "thebe|togglebutton|toggleHint|toggleOpenOnPrint|mathjax|require|fontawesome",
    re.IGNORECASE,
)
UNUSED_FILES = (
    "scripts/*.map",
    "styles/*.map",
    "scripts/bootstrap.js*",
    "scripts/fontawesome.js*",
    "vendor/**/*",
    "sphinx-thebe.*",
    "thebe*",
    "togglebutton.*",
    "images/logo_*",
    "webpack-macros.html",
    "sbt-webpack-macros.html",
    "*.png",
    "locales/**/*",
)


def drop_silent_cells(_app: "Sphinx", doctree: nodes.document) -> None:
    """Drop the cells that show neither code nor output: they leave a gap."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code" and not cell.children:
            cell.parent.remove(cell)


def drop_live_kernel(_app: "Sphinx", doctree: nodes.document, _docname: str) -> None:
    """Drop the settings of a kernel service, which the book does not offer."""
    for node in list(doctree.findall(nodes.raw)):
        if "thebe" in node.astext() or "kernelName" in node.astext():
            node.parent.remove(node)


def keep_needed_scripts(
    _app: "Sphinx",
    _pagename: str,
    _templatename: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Leave out the scripts of features that a page does not use."""
    has_tabs = "sd-tab-set" in context.get("body", "")
    context["script_files"] = [
        script
        for script in context.get("script_files", [])
        if not UNUSED_SCRIPTS.search(_description(script))
        # What widgets remember is for a kernel, and a page has none.
        and "widget-state" not in str(getattr(script, "attributes", ""))
        and (has_tabs or "design-tabs" not in _description(script))
    ]
    context["dsv3_stylesheet"] = STYLESHEET
    context["dsv3_as_of"] = latest_reading()


@cache
def latest_reading() -> str:
    """Return the newest day on which a source of the data was read, for the footer."""
    days = [
        date.fromisoformat(day)
        for path in DATA.rglob("*.yaml")
        for day in _READ_ON.findall(path.read_text(encoding="utf-8"))
    ]
    return f"{max(days):%d %B %Y}".lstrip("0") if days else ""


def _description(script: object) -> str:
    """Return the name and the text of a script, whichever it has."""
    attributes = getattr(script, "attributes", {})
    return f"{getattr(script, 'filename', script)} {attributes.get('body', '')}"


def write_stylesheet(app: "Sphinx", error: Exception | None) -> None:
    """Write the one stylesheet, and name it with its digest in every page."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = {
        path: path.read_text(encoding="utf-8")
        for path in sorted(out.rglob("*.html"))
        if static not in path.parents
    }
    css = _stylesheet(static, "\n".join(pages.values()))
    (static / STYLESHEET).write_text(css, encoding="utf-8")
    digest = hashlib.sha256(css.encode()).hexdigest()[:12]
    for path, html in pages.items():
        written = finished(html, digest)
        if written != html:
            path.write_text(written, encoding="utf-8")
    for pattern in UNUSED_FILES:
        for path in static.glob(pattern):
            if path.is_file():
                path.unlink()


def write_root(app: "Sphinx", error: Exception | None) -> None:
    """Write the page of the site's own address, which leads to the first one.

    Without it the table of contents leaves one that has no title and no icon.
    """
    if error is not None or app.builder.format != "html":
        return
    known = {
        "title": app.config.html_title,
        "first_page": f"{app.config.root_doc}.html",
        # A page that is left at once may not have loaded a file.
        "icon": (Path(app.srcdir) / app.config.html_favicon).read_text("utf-8"),
    }
    written = app.builder.templates.render("root.html", known)
    (Path(app.outdir) / "index.html").write_text(written, encoding="utf-8")


def finished(html: str, digest: str) -> str:
    """Return a page that names its stylesheet's digest and claims no false roles."""
    named = _STYLESHEET_LINK.sub(rf"{STYLESHEET}?v={digest}", html)
    named = without_sheets(_NOTEBOOK_LINK.sub(r"\1.html", named))
    # A notebook needs the panels' rules in the page; the site has them in its sheet.
    named = named.replace(f"<style>{panel_stylesheet()}</style>", "")
    for role in _FALSE_ROLES:
        named = named.replace(role, " ")
    seen: set[str] = set()

    def first_only(found: re.Match[str]) -> str:
        repeated = found[0] in seen
        seen.add(found[0])
        return "" if repeated else found[0]

    # Each panel brings its runtime, for notebooks; on a page one copy serves them all.
    return without_indents(_LONG_BLOCK.sub(first_only, named))


def without_indents(html: str) -> str:
    r"""Return a page without the indents and empty lines of its templates.

    Examples
    --------
    >>> without_indents("<p>\n\n   a</p><pre>\n   b</pre>")
    '<p>\na</p><pre>\n   b</pre>'
    """
    parts, done = [], 0
    for block in _LINES_COUNT.finditer(html):
        parts += [_LINE_START.sub("\n", html[done : block.start()]), block[0]]
        done = block.end()
    return "".join([*parts, _LINE_START.sub("\n", html[done:])])


def _stylesheet(static: Path, html: str) -> str:
    """Return the theme's rules that are used, the icons, the tokens and our rules."""
    scripts = [path.read_text(encoding="utf-8") for path in _page_scripts(static)]
    used = dsv3_stylesheet.words(html).union(*map(dsv3_stylesheet.words, scripts))
    theme = [
        path.read_text(encoding="utf-8")
        for pattern in THEME_STYLESHEETS
        for path in _matching(static, pattern)
    ]
    icons = dsv3_icons.icon_css(dsv3_icons.icon_names(html), _icon_library())
    book = Path(__file__).parents[1] / "_static" / "book.css"
    pruned = "\n".join(dsv3_stylesheet.pruned(sheet, used) for sheet in theme)
    # In layers, no rule of the theme outranks one of ours, however it is written, and
    # none of the page's outranks those of a panel or a diagram.
    layers = {
        "theme": f"{pruned}\n{icons}",
        "book": "\n".join((_text(ENGINE / "tokens.css"), _text(book), dsv3_terms.definitions_css())),
        "panels": _text(ENGINE / "panel.css"),
        "diagrams": _text(ENGINE / "diagram" / "diagram.css"),
    }
    return "\n".join(f"@layer {name} {{\n{css}\n}}" for name, css in layers.items())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _page_scripts(static: Path) -> list[Path]:
    """Return the scripts whose words may name a class."""
    unused = {path for pattern in UNUSED_FILES for path in static.glob(pattern)}
    return [path for path in sorted(static.rglob("*.js")) if path not in unused]


def _matching(static: Path, pattern: str) -> list[Path]:
    """Return the stylesheets of one name, and warn when the theme has dropped it."""
    found = sorted(static.glob(pattern))
    if not found:
        LOGGER.warning("the theme no longer ships %s", pattern, type="dsv3")
    return found


def _icon_library() -> str:
    """Return the text of the theme's icon script."""
    import pydata_sphinx_theme  # noqa: PLC0415  # heavy, and needed at the end only

    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme"
    return (theme / "static" / "scripts" / "fontawesome.js").read_text(encoding="utf-8")


def setup(app: "Sphinx") -> "ExtensionMetadata":
    """Connect the steps, each after the theme's own."""
    app.connect("doctree-read", drop_silent_cells)
    app.connect("doctree-resolved", drop_live_kernel, priority=900)
    app.connect("html-page-context", keep_needed_scripts, priority=900)
    app.connect("build-finished", write_root)
    app.connect("build-finished", write_stylesheet, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
