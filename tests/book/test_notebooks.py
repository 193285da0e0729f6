"""House rules for chapters: clean in git, short code, long prose, no typed numbers."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Notebooks = dict[str, Any]

MEDIAN_LINES = 6
MOST_LINES = 20
MOST_FOLDED_LINES = 25
FOLDED = {"hide-input", "remove-input", "hide-cell", "remove-cell", "prose"}
WORDS_PER_LINE = 10
LANDINGS = re.compile(r"dsv3(\.\w+)?$")
NOT_PROSE = re.compile(
    r"```.*?```|~~~.*?~~~"  # fenced code and directives
    r"|\$\$.*?\$\$|\$[^$\n]+\$|\\begin\{.*?\\end\{[^}]*\}"  # mathematics
    r"|\{[a-z:]+\}`[^`]*`|`[^`]*`"  # citations, references, code
    r"|\]\([^)]*\)|<[^>]*>|https?://\S+"  # addresses
    r"|^\([^)]*\)=$",  # labels
    re.DOTALL | re.MULTILINE,
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,.  ]*\d|(?<![\w.])\d")


def _cells(notebook: Any, kind: str) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.cell_type == kind)


def _code_lines(source: str) -> list[str]:
    return [
        line
        for line in source.splitlines()
        if line.strip() and not line.strip().startswith(("#", "%"))
    ]


def _spoken(cell: Any) -> list[str]:
    """Return the sentences that a cell hands to ``say``, as text."""
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "say"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def _is_shown(cell: Any) -> bool:
    """Return whether a reader sees the code without asking for it."""
    return not FOLDED & set(cell.metadata.get("tags", []))


def test_the_book_has_notebooks(notebooks: Notebooks) -> None:
    assert notebooks


def test_every_notebook_of_the_contents_is_there_and_no_other(
    repository: Path, notebooks: Notebooks
) -> None:
    contents = yaml.safe_load((repository / "_toc.yml").read_text(encoding="utf-8"))
    parts = contents["parts"]
    files = [chapter["file"] for part in parts for chapter in part["chapters"]]
    listed = {name.removeprefix("book/") for name in [contents["root"], *files]}
    written = {name.removesuffix(".ipynb") for name in notebooks}
    assert written <= listed, "a notebook is not in the contents"


def test_no_outputs_are_kept_in_git(notebooks: Notebooks) -> None:
    kept = [
        f"{name}: cell {cell.id}"
        for name, notebook in notebooks.items()
        for cell in _cells(notebook, "code")
        if cell.outputs or cell.execution_count is not None
    ]
    assert kept == []


def test_notebooks_say_what_they_are(notebooks: Notebooks) -> None:
    for name, notebook in notebooks.items():
        assert notebook.metadata.kernelspec.name == "python3", name
        assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5), name
        first = notebook.cells[0]
        title = re.search(r"^# (.+)$", first.source, re.MULTILINE)
        assert first.cell_type == "markdown", name
        assert title, f"{name}: has no title"
        ids = [cell.id for cell in notebook.cells]
        assert len(ids) == len(set(ids)), f"{name}: cells share an id"


def test_code_cells_are_short(notebooks: Notebooks) -> None:
    for name, notebook in notebooks.items():
        cells = list(_cells(notebook, "code"))
        shown = [len(_code_lines(cell.source)) for cell in cells if _is_shown(cell)]
        folded = [
            len(_code_lines(cell.source)) for cell in cells if not _is_shown(cell)
        ]
        assert statistics.median(shown or [0]) <= MEDIAN_LINES, name
        assert max(shown, default=0) <= MOST_LINES, name
        assert max(folded, default=0) <= MOST_FOLDED_LINES, name


def test_chapters_call_the_package_and_define_little(notebooks: Notebooks) -> None:
    for name, notebook in notebooks.items():
        for cell in _cells(notebook, "code"):
            nodes = list(ast.walk(ast.parse(cell.source)))
            functions = [n for n in nodes if isinstance(n, ast.FunctionDef)]
            classes = [n for n in nodes if isinstance(n, ast.ClassDef)]
            assert len(functions) <= 1, f"{name}: cell {cell.id} defines two functions"
            assert not classes, f"{name}: cell {cell.id} defines a class"


def test_imports_stop_at_the_landings_of_the_package(notebooks: Notebooks) -> None:
    wrong = []
    for name, notebook in notebooks.items():
        for cell in _cells(notebook, "code"):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    modules = [node.module or ""]
                else:
                    continue
                for module in modules:
                    deep = module.startswith("dsv3.") and not LANDINGS.match(module)
                    if deep or module.split(".")[0] in {"matplotlib", "pylab"}:
                        wrong.append(f"{name}: {module}")
    assert wrong == []


def test_there_are_ten_words_for_each_line_of_code(notebooks: Notebooks) -> None:
    thin = []
    for name, notebook in notebooks.items():
        typed = sum(len(cell.source.split()) for cell in _cells(notebook, "markdown"))
        spoken = sum(
            len(text.split())
            for cell in _cells(notebook, "code")
            for text in _spoken(cell)
        )
        lines = sum(
            len(_code_lines(cell.source))
            for cell in _cells(notebook, "code")
            if _is_shown(cell)
        )
        if typed + spoken < WORDS_PER_LINE * lines:
            thin.append(f"{name}: {typed + spoken} words for {lines} lines")
    assert thin == []


def _allowed_names() -> list[str]:
    allowed = Path(__file__).with_name("allowed_numbers.yaml")
    names = yaml.safe_load(allowed.read_text(encoding="utf-8"))
    return sorted(map(str, names), key=len, reverse=True)


def typed_numbers(text: str, names: list[str]) -> list[str]:
    """Return the numbers of three or more significant digits that a text types."""
    prose = NOT_PROSE.sub(" ", text)
    for name in names:
        prose = prose.replace(name, " ")
    return [
        number.strip(" ,.")
        for number in NUMBER.findall(prose)
        if len(re.sub(r"\D", "", number).strip("0")) >= 3
        and not re.fullmatch(r"(19|20)\d\d", number.strip(" ,."))
    ]


def test_the_finder_of_typed_numbers_sees_numbers_and_leaves_names() -> None:
    assert typed_numbers("It cost 5.576 million.", []) == ["5.576"]
    assert typed_numbers("It took 2,788,000 hours.", []) == ["2,788,000"]
    assert typed_numbers("In 2024, $x = 5.576$, `1234` and H800.", []) == []
    assert typed_numbers("Llama 3.1 405B is big.", ["Llama 3.1 405B"]) == []
    assert typed_numbers("Two of 61 layers, or 8 experts.", []) == []


def test_no_number_is_typed_into_the_text(notebooks: Notebooks) -> None:
    names = _allowed_names()
    typed = [
        f"{name}: {number}"
        for name, notebook in notebooks.items()
        for text in [
            *(cell.source for cell in _cells(notebook, "markdown")),
            *(text for cell in _cells(notebook, "code") for text in _spoken(cell)),
        ]
        for number in typed_numbers(text, names)
    ]
    assert typed == []
