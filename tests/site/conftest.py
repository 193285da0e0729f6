"""The built site, its pages and a browser, for the tests that look at them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built site; build it when it is missing or stale.

    ``DSV3_SITE`` names another folder, which is then taken as it is.
    """
    if named := os.environ.get("DSV3_SITE"):
        return Path(named)
    built = ROOT / "_build" / "html"
    built.parent.mkdir(exist_ok=True)
    # Several workers of one run would each build it.
    with FileLock(built.parent / "site.lock"):
        if _is_stale(built / "index.html"):
            command = [sys.executable, "-m", "jupyter_book.cli.main", "build"]
            command += [str(ROOT), "--all", "-W", "-n", "--keep-going"]
            subprocess.run(command, check=True)
    return built


def _is_stale(page: Path) -> bool:
    """Return whether a source is newer than the page."""
    if not page.exists():
        return True
    sources = [
        path
        for folder in ("src", "book")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    newest = max(path.stat().st_mtime for path in [*sources, ROOT / "_toc.yml"])
    return newest > page.stat().st_mtime


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Return every page of the site, parsed, by its path inside the site."""
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(
            path.read_text(encoding="utf-8"), "html.parser"
        )
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts and "_sources" not in path.parts
    }


@pytest.fixture(scope="session")
def chapters(pages: dict[str, BeautifulSoup]) -> dict[str, BeautifulSoup]:
    """Return the pages that people wrote: no index, no search, no redirect."""
    return {name: page for name, page in pages.items() if name.startswith("book/")}


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """Return the browser that pages are read in."""
    return chromium


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the site on this machine, and return where."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
