"""The sheet of all diagrams: for a site once, for a notebook with each, for a file.

A file of its own gets the rules that it uses, and the tokens of both themes.
"""

import re
from functools import cache

from explorables.markup import lean, package_text

_BLOCK = re.compile(r"@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_CLASS = re.compile(r"\.(dg[\w-]*)")
_OF_FIGURES = {"dg-figure", "dg-drawing", "dg-states", "dg-narrow", "dg-only"}
"""Classes that only a figure of a page has."""


@cache
def stylesheet() -> str:
    """Return the design tokens and the diagrams' rules, without comments."""
    return lean(f"{package_text('tokens.css')}\n{_rules()}")


def _rules() -> str:
    return lean(package_text("diagram", "diagram.css"))


def without_sheets(page: str) -> str:
    """Return a page without the sheets of its diagrams, for a site that has one.

    Examples
    --------
    >>> without_sheets("<style data-diagrams>.dg {}</style><figure></figure>")
    '<figure></figure>'
    """
    return re.sub(r"<style data-diagrams>.*?</style>", "", page, flags=re.DOTALL)


def file_stylesheet(svg: str, state: int) -> str:
    """Return the sheet of a drawing as a file, which follows the reader's system.

    `state` is the one that is shown.
    """
    tokens = package_text("tokens.css")
    light = re.search(r":root \{(.*?)\n\}", tokens, re.DOTALL)
    dark = re.search(r"body\.vscode-dark \{(.*?)\n\}", tokens, re.DOTALL)
    if light is None or dark is None:
        message = "tokens.css has no longer one block for each theme"
        raise RuntimeError(message)
    themes = (
        f":root{{{light[1]}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{dark[1]}}}}}"
        ".dg-file{background:var(--ex-ground)}"
        f".dg-only:not(.dg-in-{state}){{display:none}}"
    )
    return lean(f"{themes}\n{_used_rules(svg)}")


def _used_rules(svg: str) -> str:
    """Return the rules whose classes are in a drawing; a change of others is none."""
    used = {
        word for found in re.findall(r'class="([^"]*)"', svg) for word in found.split()
    }
    kept = []
    for rule in _RULE.finditer(_BLOCK.sub("", _rules())):
        classes = set(_CLASS.findall(rule[1]))
        is_general = classes == {"dg"} and " a" not in rule[1]
        if not classes & _OF_FIGURES and (is_general or classes & used):
            kept.append(rule[0].strip())
    return "\n".join(kept)
