"""The field's words: no home-made one, and every abbreviation spelt out once."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dsv3.terms import Term, terms
from dsv3_terms import NAMES_ONLY, pattern

Notebooks = dict[str, Any]

REPLACED = {word: term.name for term in terms() for word in term.replaces}
HOME_MADE = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in REPLACED)
    + r")(?![\w-])",
    re.IGNORECASE,
)

NOT_PROSE = re.compile(
    r"```.*?```"  # fenced code
    r"|\$\$.*?\$\$|\$[^$\n]+\$"  # mathematics
    r"|\{[a-z:]+\}`[^`]*`|`[^`]*`"  # citations, numbers, code
    r"|\]\([^)]*\)|https?://\S+"  # addresses
    r"|^#.*?$",  # headings
    re.DOTALL | re.MULTILINE,
)
DROPPED = re.compile(r"^\*" + NAMES_ONLY + r"\*.*?$", re.MULTILINE)

KNOWN_BY_ITS_LETTERS = {"GPU", "SM", "HBM", "NIC", "BIS", "NAC", "DP"}
"""Abbreviations that a page may use unexplained."""


def _texts(source: str) -> Iterator[str]:
    """Yield the strings of Python code that are no docstring."""
    tree = ast.parse(source)
    remarks = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in remarks:
                yield text


def _calculator_help(source: str) -> Iterator[str]:
    """Yield what a calculator's docstring tells the page and the command line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield ast.get_docstring(node) or ""


def _words_of_the_book(
    repository: Path, notebooks: Notebooks
) -> Iterator[tuple[str, str]]:
    """Yield prose, captions, labels, help and data, each with where it stands."""
    for name, notebook in notebooks.items():
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                yield f"{name}: {cell.id}", cell.source
            else:
                for text in _texts(cell.source):
                    yield f"{name}: {cell.id}", text
    package = repository / "src" / "dsv3"
    for path in package.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for text in _texts(source):
            yield str(path), text
        if path.parent.name == "calculators":
            for text in _calculator_help(source):
                yield str(path), text
    for path in (package / "data").rglob("*.yaml"):
        if path.name != "terms.yaml":
            lines = path.read_text(encoding="utf-8").splitlines()
            told = [line for line in lines if not line.lstrip().startswith("#")]
            yield str(path), "\n".join(told)


def home_made(text: str) -> list[str]:
    """Return the home-made words of a text, each with the field's word for it."""
    found = (re.sub(r"\s+", " ", match[0]) for match in HOME_MADE.finditer(text))
    meant = {word.lower(): name for word, name in REPLACED.items()}
    return [f"{word!r}: write {meant[word.lower()]!r}" for word in found]


def test_the_lint_sees_a_home_made_word() -> None:
    assert home_made("With matrices\ncut, and a nudge.") == [
        "'matrices cut': write 'tensor parallelism'",
        "'nudge': write 'routing bias'",
    ]
    assert home_made("A nudgeless matrix.") == []


def test_no_home_made_word_is_in_the_book(
    repository: Path, notebooks: Notebooks
) -> None:
    found = [
        f"{place}: {word}"
        for place, text in _words_of_the_book(repository, notebooks)
        for word in home_made(text)
    ]
    assert found == []


def unexplained(page: str, paragraphs: list[str]) -> list[str]:
    """Return the abbreviations that a page uses before it has spelt them out."""
    return [
        term.abbreviation
        for term in terms()
        if term.abbreviation
        and term.abbreviation not in KNOWN_BY_ITS_LETTERS
        and term.is_meant_on(page)
        and not _is_spelt_out(term, paragraphs)
    ]


def _is_spelt_out(term: Term, paragraphs: list[str]) -> bool:
    short = re.compile(rf"(?<![\w-]){re.escape(term.abbreviation)}(?![\w])")
    names = [word for word in term.spellings if word != term.abbreviation]
    full = pattern(names)
    for paragraph in paragraphs:
        if full.search(paragraph):
            return True
        if short.search(paragraph):
            return False
    return True


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Multi-head latent attention (MLA) caches little.", []),
        ("It uses MLA.", ["MLA"]),
        ("It uses MLA, or multi-head latent attention.", []),
        ("Latent attention is MLA.", []),
    ],
)
def test_the_lint_sees_an_unexplained_abbreviation(
    text: str, missing: list[str]
) -> None:
    assert unexplained("architecture/attention", [text]) == missing


def _paragraphs(notebook: Any) -> list[str]:
    cells = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    prose = DROPPED.sub(" ", "\n\n".join(cells))
    return [
        re.sub(r"\s+", " ", part) for part in NOT_PROSE.sub(" ", prose).split("\n\n")
    ]


def _unexplained_pages(notebooks: Notebooks) -> Mapping[str, list[str]]:
    pages = {
        name.removesuffix(".ipynb"): notebook for name, notebook in notebooks.items()
    }
    return {
        page: missing
        for page, notebook in pages.items()
        if (missing := unexplained(page, _paragraphs(notebook)))
    }


def test_every_abbreviation_is_spelt_out_at_first_use(notebooks: Notebooks) -> None:
    assert _unexplained_pages(notebooks) == {}
