"""The site in a browser: silent, self-contained, usable by all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser

Chapters = dict[str, BeautifulSoup]
BASELINE = Path(__file__).with_name("axe_baseline.yaml")
WIDE, NARROW = (1280, 900), (390, 844)


@contextmanager
def _page(
    browser: Browser, size: tuple[int, int] = WIDE, **options: Any
) -> Iterator[Page]:
    """Open a fresh page, as a first-time visitor has it."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, **options
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _watched(page: Page) -> list[str]:
    """Return a list that fills with everything the page complains about."""
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(f"{said.text} ({said.location.get('url', page.url)})")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "requestfailed",
        lambda request: complaints.append(f"failed: {request.url}"),
    )
    return complaints


def test_pages_ask_no_other_host_and_report_no_error(
    browser: Browser, address: str, pages: Chapters
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            asked.append(request.url)

    with _page(browser) as page:
        complaints = _watched(page)
        page.on("request", note)
        for name in pages:
            page.goto(f"{address}/{name}", wait_until="networkidle")
    assert asked == []
    assert complaints == []


def test_pages_work_from_a_folder_without_a_server(
    browser: Browser, site: Path, chapters: Chapters
) -> None:
    with _page(browser) as page:
        complaints = _watched(page)
        for name in chapters:
            page.goto((site / name).resolve().as_uri(), wait_until="load")
            assert page.locator("article h1").first.is_visible()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_a_word_of_a_title(
    browser: Browser, address: str, site: Path, chapters: Chapters, scheme: str
) -> None:
    name, chapter = next(iter(chapters.items()))
    title = chapter.find("h1")
    assert title is not None
    word = max(title.get_text().strip("#").split(), key=len).strip(".,:;?!#")
    root = address if scheme == "http" else site.resolve().as_uri()
    with _page(browser) as page:
        complaints = _watched(page)
        page.goto(f"{root}/{name}")
        page.keyboard.press("Control+k")
        page.locator("#pst-search-dialog input[name=q]").fill(word)
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a", timeout=10_000)
    assert complaints == []


def test_no_page_is_wider_than_a_phone(
    browser: Browser, address: str, chapters: Chapters
) -> None:
    wide = []
    with _page(browser, NARROW) as page:
        for name in chapters:
            page.goto(f"{address}/{name}", wait_until="load")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW[0]:
                wide.append(f"{name}: {width} px")
    assert wide == []


def test_nothing_moves_while_a_page_loads(
    browser: Browser, address: str, chapters: Chapters
) -> None:
    measure = """() => new Promise(done => {
      let moved = 0;
      new PerformanceObserver(list => list.getEntries().forEach(entry => {
        if (!entry.hadRecentInput) moved += entry.value;
      })).observe({type: "layout-shift", buffered: true});
      setTimeout(() => done(moved), 300);
    })"""
    jumpy = []
    with _page(browser) as page:
        for name in chapters:
            page.goto(f"{address}/{name}", wait_until="load")
            moved = page.evaluate(measure)
            if moved > 0.02:
                jumpy.append(f"{name}: {moved:.3f}")
    assert jumpy == []


def test_panels_show_their_table_without_scripts(
    browser: Browser, address: str, chapters: Chapters
) -> None:
    with _page(browser, java_script_enabled=False) as page:
        for name, chapter in chapters.items():
            page.goto(f"{address}/{name}", wait_until="load")
            assert page.locator("article h1").first.is_visible()
            for index in range(len(chapter.select(".ex-panel"))):
                panel = page.locator(".ex-panel").nth(index)
                assert panel.locator("table").first.is_visible(), f"{name}, {index}"


def _allowed(rule: str, selector: str) -> bool:
    baseline = yaml.safe_load(BASELINE.read_text(encoding="utf-8")) or []
    return any(
        fault["rule"] == rule and fault["selector"] in selector for fault in baseline
    )


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible(
    browser: Browser,
    address: str,
    chapters: Chapters,
    theme: Any,
    size: tuple[int, int],
) -> None:
    faults = []
    with _page(browser, size, color_scheme=theme, reduced_motion="reduce") as page:
        for name in chapters:
            page.goto(f"{address}/{name}", wait_until="load")
            for violation in Axe().run(page).response["violations"]:
                faults += [
                    f"{name}: {violation['id']} at {node['target'][0]}: "
                    f"{node['failureSummary'].splitlines()[-1].strip()}"
                    for node in violation["nodes"]
                    if not _allowed(violation["id"], str(node["target"][0]))
                ]
    assert faults == []
