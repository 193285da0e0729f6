"""Terms on a page: their first use leads to the glossary and shows what they mean."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from dsv3.terms import find_term, terms

Chapters = dict[str, BeautifulSoup]

GLOSSARY = "book/evidence/glossary.html"
SHOWN = "link => getComputedStyle(link, '::after').content"


@pytest.fixture(scope="module")
def anchors(chapters: Chapters) -> set[str]:
    """Return the addresses on the glossary's page."""
    return {str(tag["id"]) for tag in chapters[GLOSSARY].find_all(id=True)}


def test_every_term_stands_in_the_glossary(anchors: set[str]) -> None:
    assert {term.anchor for term in terms()} <= anchors


def test_the_glossary_leads_to_the_chapter_of_each_term(chapters: Chapters) -> None:
    listed = chapters[GLOSSARY].select("dl.glossary > dd")
    assert len(listed) == len(terms())
    for term, entry in zip(terms(), listed, strict=True):
        link = entry.find("a", href=True)
        assert link is not None, term.name
        assert str(link["href"]).endswith(f"{term.chapter}.html"), term.name
        assert link.get_text(), term.name


def test_a_first_use_leads_to_its_entry_once(
    chapters: Chapters, anchors: set[str]
) -> None:
    for name, page in chapters.items():
        led = [str(link["href"]) for link in page.select("a.dsv3-term")]
        assert len(led) == len(set(led)), name
        assert {address.split("#")[1] for address in led} <= anchors, name


def test_the_definition_shows_at_the_keyboards_focus(
    browser: Browser, site: Path
) -> None:
    page = browser.new_page()
    page.goto((site / "book/architecture/attention.html").resolve().as_uri())
    term = find_term("KV cache")
    link = page.locator(f"a.dsv3-term[href$='#{term.anchor}']")
    assert link.evaluate(SHOWN) == "none"
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert term.definition in str(link.evaluate(SHOWN))
    page.close()
