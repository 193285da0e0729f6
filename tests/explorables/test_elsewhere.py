"""The engine in a book that is not this one, built and moved in a browser."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser


@pytest.mark.browser
def test_a_book_of_somebody_elses_shows_a_panel(
    repository: Path, tmp_path: Path, chromium: Browser
) -> None:
    book = shutil.copytree(repository / "examples" / "minimal-book", tmp_path / "book")
    builder = Path(sys.executable).with_name("jupyter-book")
    built = subprocess.run(
        [builder, "build", book, "-W"], check=False, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    page = chromium.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((book / "_build" / "html" / "panel.html").as_uri())
    assert page.evaluate("explorables.panels.fall.get()") == {
        "height_metres": 20,
        "gravity": 9.81,
    }
    page.evaluate("explorables.panels.fall.set({height_metres: 45, gravity: 10})")
    assert page.evaluate("explorables.panels.fall.evaluate({})") == {
        "fall_seconds": 3,
        "impact_metres_per_s": 30,
    }
    # The theme itself declares its switch for live code twice.
    assert [one for one in problems if "THEBE" not in one] == []
    page.close()
