"""Set a panel as HTML: style, runtime, static table, specification, mounting.

Everything a reader or an author wrote is escaped here; the specification travels as
JSON that cannot close its own script element; the traced function is a literal, so that
no page needs to allow the compiling of text.
"""

import functools
import hashlib
import html
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorables.panel import Explorable

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_BLANK = re.compile(r"\n{2,}")


def panel_html(panel: "Explorable") -> str:
    """Return a panel as one self-contained piece of HTML."""
    name = panel.drawing()
    drawing = f"{_own_style(name)}<script>{script(name)}</script>" if name else ""
    return (
        f"<style>{stylesheet()}</style>"
        f"<script>{runtime()}</script>{drawing}"
        f"{_static_part(panel)}"
        f"<script>explorables.mount(document.currentScript,{panel.javascript()})</script>"
    )


@functools.cache
def runtime() -> str:
    """Return the runtime without its comments, marked with a version of its own."""
    source = package_text("runtime.js")
    version = hashlib.sha256(source.encode()).hexdigest()[:10]
    return script("runtime.js").replace("__VERSION__", version)


@functools.cache
def script(name: str) -> str:
    """Return one of the scripts beside this file without its comments."""
    return lean(_LINE_COMMENT.sub("", package_text(name)))


def _own_style(name: str) -> str:
    """Return the rules that only one kind of drawing needs, if it has any."""
    sheet = name.replace(".js", ".css")
    if not files("explorables").joinpath(sheet).is_file():
        return ""
    return f"<style>{lean(package_text(sheet))}</style>"


@functools.cache
def stylesheet() -> str:
    """Return the design tokens and the panels' rules, without comments."""
    return lean(f"{package_text('tokens.css')}\n{package_text('panel.css')}")


def package_text(*parts: str) -> str:
    """Return the text of a file beside this one."""
    return files("explorables").joinpath(*parts).read_text(encoding="utf-8")


def lean(text: str) -> str:
    """Return style or script without block comments, indentation and empty lines."""
    return _BLANK.sub("\n", _INDENT.sub("", _COMMENT.sub("", text))).strip()


def script_json(value: Any) -> str:
    r"""Return JSON that is safe inside a script element.

    Examples
    --------
    >>> script_json({"title": "</script><!--"})
    '{"title":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    # ensure_ascii has written U+2028 and U+2029 as escapes already.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _static_part(panel: "Explorable") -> str:
    title = html.escape(panel.title)
    finding = (
        f'<p class="ex-finding">{html.escape(panel.finding)}</p>'
        if panel.finding
        else ""
    )
    sentence = (
        f'<p class="ex-sentence">{_sentence(panel)}</p>' if panel.sentence else ""
    )
    return (
        f'<div class="ex-panel" data-panel="{panel.id}" role="group" '
        f'aria-label="{title}">'
        f'<header><p class="ex-title">{title}</p>{finding}</header>{sentence}'
        f'<div class="ex-body"><div class="ex-right">{_table(panel)}</div></div>'
        f'<script type="application/json">{script_json(panel.specification())}</script>'
        "</div>"
    )


def _table(panel: "Explorable") -> str:
    values = panel.defaults()
    given = "".join(
        f'<tr><th scope="row">{html.escape(control.title)}</th>'
        f"<td>{html.escape(control.shown(control.default))}</td><td></td></tr>"
        for control in panel.controls
    )
    results = "".join(
        f'<tr><th scope="row">{html.escape(output.label)}</th>'
        f"<td>{html.escape(output.shown(values[output.name]))}</td><td></td></tr>"
        for output in panel.shown_outputs()
    )
    return (
        f'<table class="ex-results"><caption>{html.escape(panel.title)}: '
        "what goes in and what comes out</caption>"
        '<thead><tr><th scope="col">Quantity</th><th scope="col">Value</th>'
        '<th scope="col">Change from the default</th></tr></thead>'
        f'<tbody class="ex-with">{given}</tbody>'
        f'<tbody class="ex-gives">{results}</tbody></table>'
    )


def _sentence(panel: "Explorable") -> str:
    pieces: list[str] = []
    spot = ""
    for text, name, bare in panel.sentence_parts():
        # A comma stays on the line of the number before it.
        point, rest = _leading_punctuation(text)
        if spot and point:
            spot = f'<span class="ex-kept">{spot}{html.escape(point)}</span>'
        elif not spot:
            rest = text
        pieces += [spot, html.escape(rest)]
        spot = _spot(panel, name, bare=bare) if name else ""
    return "".join([*pieces, spot])


def _leading_punctuation(text: str) -> tuple[str, str]:
    rest = text.lstrip(".,;:!?)’”")
    return text[: len(text) - len(rest)], rest


def _spot(panel: "Explorable", name: str, *, bare: bool) -> str:
    mark = ' data-bare="1"' if bare else ""
    values = panel.defaults()
    if name in values:
        output = next(one for one in panel.shown_outputs() if one.name == name)
        shown = html.escape(output.shown(values[name], bare=bare))
        return f'<strong data-name="{name}"{mark}>{shown}</strong>'
    control = panel.control(name)
    noun = control.specification().get("noun") or "plain"
    shown = html.escape(control.shown(control.default, bare=bare))
    return f'<span class="ex-spot ex-{noun}" data-name="{name}"{mark}>{shown}</span>'


def panel_ids(page: str) -> list[str]:
    """Return the ids of the panels in a piece of HTML, in order, repeats included.

    A book joins the lists of all its pages and checks that no id occurs twice.

    Examples
    --------
    >>> panel_ids('<div class="ex-panel" data-panel="cost" role="group">')
    ['cost']
    """
    return re.findall(r'class="ex-panel" data-panel="([a-z][a-z0-9-]*)"', page)
