"""House rules for chapters: clean in git, short code, long prose, no typed numbers."""

import ast
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Notebooks = dict[str, Any]

MEDIAN_LINES = 6
MOST_LINES = 20
MOST_FOLDED_LINES = 25
FOLDED = {"hide-input", "remove-input", "hide-cell", "remove-cell"}
WORDS_PER_LINE = 10
LONGEST_LABEL_WORDS = 15
CAPTIONS = {"alternative", "caption", "finding", "source", "unit"}
"""Arguments that say what a picture, a table or a panel shows."""

COMPOSED = ast.JoinedStr | ast.BinOp | ast.IfExp
"""What a text in Python may be put together with."""

EVALUATED = re.compile(r"\{eval\}`([^`]*)`")
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
        words = sum(len(cell.source.split()) for cell in _cells(notebook, "markdown"))
        lines = sum(
            len(_code_lines(cell.source))
            for cell in _cells(notebook, "code")
            if _is_shown(cell)
        )
        if words < WORDS_PER_LINE * lines:
            thin.append(f"{name}: {words} words for {lines} lines")
    assert thin == []


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {
        child: parent
        for parent in ast.walk(tree)
        for child in ast.iter_child_nodes(parent)
    }


def _is_caption(text: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Return whether a string is a docstring, or says what a picture or table shows."""
    within = parents.get(text)
    while isinstance(
        within, ast.JoinedStr | ast.BinOp | ast.FormattedValue | ast.IfExp
    ):
        text, within = within, parents.get(within)
    if isinstance(within, ast.keyword):
        return within.arg in CAPTIONS
    if isinstance(within, ast.Call) and isinstance(within.func, ast.Name):
        return within.func.id == "table" and text is within.args[0]
    return isinstance(within, ast.Expr) and isinstance(
        parents.get(within), ast.FunctionDef
    )


def running_texts(source: str) -> list[str]:
    """Return the strings of a cell that are sentences of the page."""
    tree = ast.parse(source)
    parents = _parents(tree)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and len(node.value.split()) > LONGEST_LABEL_WORDS
        and not _is_caption(node, parents)
    ]


def test_the_finder_of_running_text_sees_sentences_and_leaves_captions() -> None:
    words = "words that stand in a row and that could well be a sentence, a long one"
    assert len(words.split()) == LONGEST_LABEL_WORDS + 1
    for cell in (f"say('{words}')", f"show(text=f'{words}{{x}}')", f"a = '{words}'"):
        assert len(running_texts(cell)) == 1, cell
    for cell in (
        f"table('{words}', [])",
        f"figure(caption=f'{words}{{x}}')",
        f"def mean():\n    '{words}'",
        "label = 'a few words'",
    ):
        assert running_texts(cell) == [], cell


def test_no_running_text_is_a_string_of_python(notebooks: Notebooks) -> None:
    found = [
        f"{name}: {text}"
        for name, notebook in notebooks.items()
        for cell in _cells(notebook, "code")
        for text in running_texts(cell.source)
    ]
    assert found == []


def _bindings(source: str) -> Iterator[str]:
    """Yield every name that the statements of a cell bind, once for each time."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def test_a_number_of_a_sentence_is_bound_once_and_above_it(
    notebooks: Notebooks,
) -> None:
    for name, notebook in notebooks.items():
        above: Counter[str] = Counter()
        used = set()
        for cell in notebook.cells:
            if cell.cell_type == "code":
                above.update(_bindings(cell.source))
                continue
            asked = set(EVALUATED.findall(cell.source))
            used |= asked
            assert asked <= set(above), f"{name}: {asked - set(above)} not bound above"
        again = {number for number in used if above[number] > 1}
        assert not again, f"{name}: {again} bound twice"


def test_what_makes_numbers_is_not_bound_to_something_else(
    notebooks: Notebooks,
) -> None:
    for name, notebook in notebooks.items():
        trees = [ast.parse(cell.source) for cell in _cells(notebook, "code")]
        makers = {
            alias.name
            for tree in trees
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "dsv3.numbers"
            for alias in node.names
        }
        bound = {
            node.id
            for tree in trees
            for statement in tree.body
            if not isinstance(statement, ast.FunctionDef)
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        assert not makers & bound, f"{name}: {makers & bound}"


def test_numbers_are_bound_in_cells_of_their_own_and_are_used(
    notebooks: Notebooks,
) -> None:
    for name, notebook in notebooks.items():
        asked = {
            number
            for cell in _cells(notebook, "markdown")
            for number in EVALUATED.findall(cell.source)
        }
        for cell in _cells(notebook, "code"):
            bound = set(_bindings(cell.source)) & asked
            is_tagged = "numbers" in cell.metadata.get("tags", [])
            assert bool(bound) == is_tagged, f"{name}: cell {cell.id}"


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
        for cell in _cells(notebook, "markdown")
        for number in typed_numbers(cell.source, names)
    ]
    assert typed == []
