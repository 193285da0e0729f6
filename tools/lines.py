"""Count the lines of each package: code, docstring, comment and blank apart."""

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(source: str) -> Counter[str]:
    """Return how many lines of a file are of each kind.

    Strings below a field count as docstrings, as they document it.
    """
    kinds = ["blank" if not line.strip() else "code" for line in source.splitlines()]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        alone = token.line.strip().startswith("#")
        if token.type == tokenize.COMMENT and alone:
            kinds[token.start[0] - 1] = "comment"
    for node in ast.walk(ast.parse(source)):
        for child in getattr(node, "body", []) if isinstance(node, DOCUMENTED) else []:
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if text and isinstance(child.value.value, str):
                for at in range(child.lineno - 1, child.end_lineno or child.lineno):
                    kinds[at] = "docstring"
    return Counter(kinds)


def public_functions(source: str) -> int:
    """Return how many functions of a module have a public name."""
    body = ast.parse(source).body
    return sum(
        isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
        for one in body
    )


def main(folders: list[str]) -> None:
    """Print a line for each folder."""
    kinds = ("code", "docstring", "comment", "blank")
    heads = ("files", "lines", *kinds, "public functions")
    print(f"{'folder':<18}", *(f"{head:>10}" for head in heads))
    for folder in folders:
        files = sorted(Path(folder).rglob("*.py"))
        texts = [file.read_text(encoding="utf-8") for file in files]
        found = sum((lines_of(text) for text in texts), Counter())
        counts = [len(files), sum(found.values()), *(found[kind] for kind in kinds)]
        counts.append(sum(map(public_functions, texts)))
        print(f"{folder:<18}", *(f"{count:>10}" for count in counts))


if __name__ == "__main__":
    main(sys.argv[1:] or ["src/dsv3", "src/explorables", "tests"])
