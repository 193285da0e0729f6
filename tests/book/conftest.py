"""The notebooks of the book as data."""

from pathlib import Path
from typing import Any

import nbformat
import pytest

BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="session")
def notebooks() -> dict[str, Any]:
    """Return every notebook, by its path inside the book."""
    return {
        path.relative_to(BOOK).as_posix(): nbformat.read(  # type: ignore[no-untyped-call]
            path, as_version=4
        )
        for path in sorted(BOOK.rglob("*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts
    }
