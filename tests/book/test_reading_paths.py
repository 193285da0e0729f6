"""The reading paths of the opening page lead to chapters and tell their minutes."""

import re
from typing import Any

WORDS_PER_MINUTE = 200
PATH = re.compile(
    r"^- \*\*([^*]+)\*\* \(about (\d+) minutes\):(.*?)(?=^- |^$)",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\(([\w/-]+\.ipynb)\)")


def _paths(opening: Any) -> dict[str, tuple[int, list[str]]]:
    text = "\n\n".join(
        cell.source for cell in opening.cells if cell.cell_type == "markdown"
    )
    return {
        name: (int(minutes), LINK.findall(links))
        for name, minutes, links in PATH.findall(text)
    }


def _words(notebook: Any) -> int:
    return sum(
        len(cell.source.split())
        for cell in notebook.cells
        if cell.cell_type == "markdown"
    )


def test_a_path_takes_as_long_as_it_says(notebooks: dict[str, Any]) -> None:
    paths = _paths(notebooks["index.ipynb"])
    assert list(paths) == ["How V3 works", "What it cost", "Chips and rules"]
    for name, (minutes, chapters) in paths.items():
        needed = sum(_words(notebooks[one]) for one in chapters) / WORDS_PER_MINUTE
        assert 0.8 < minutes / needed < 1.2, f"{name}: {needed:.0f} minutes"
