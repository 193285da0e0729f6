"""Every number that the text says resolves, is listed, and answers when asked."""

import json
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from dsv3.numbers import origin
from dsv3_numbers import KINDS

Chapters = dict[str, BeautifulSoup]
LEDGER = "book/evidence/numbers.html"


def _said(chapters: Chapters) -> dict[str, list[tuple[str, str]]]:
    return {
        name: [
            (kind, str(number[f"data-{kind}"]))
            for number in chapter.select(".ex-number")
            for kind in KINDS
            if number.has_attr(f"data-{kind}")
        ]
        for name, chapter in chapters.items()
    }


def test_every_number_on_a_page_resolves(chapters: Chapters) -> None:
    said = _said(chapters)
    spans = sum(len(page.select(".ex-number")) for page in chapters.values())
    assert sum(map(len, said.values())) == spans > 0, "a number has no kind, or two"
    for numbers in said.values():
        for kind, key in numbers:
            assert origin(kind, key) is not None
    print(f"\n{spans} numbers on {len(said)} pages, all of them resolve")


def test_all_that_a_sentence_evaluates_is_a_number_with_its_origin(
    site: Path, chapters: Chapters
) -> None:
    sentences = 0
    for name, chapter in chapters.items():
        source = (site / "_sources" / name).with_suffix(".ipynb")
        if not source.exists():
            continue
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
        texts = [c["source"] for c in cells if c["cell_type"] == "markdown"]
        evaluated = sum("".join(text).count("{eval}`") for text in texts)
        numbers = chapter.select(".ex-number")
        in_text = [one for one in numbers if not one.find_parent(class_="cell")]
        assert len(in_text) == evaluated, name
        sentences += evaluated
    assert sentences > 0


def test_a_number_is_no_link_to_elsewhere(chapters: Chapters) -> None:
    linked = [page.select(".ex-number a") for page in chapters.values()]
    assert [one for one in linked if one] == []


def test_the_ledger_lists_every_number(chapters: Chapters) -> None:
    spans = sum(len(page.select(".ex-number")) for page in chapters.values())
    folded = chapters[LEDGER].select("article details summary")
    listed = [int(summary.get_text().split()[-2]) for summary in folded]
    assert sum(listed) == spans


def test_a_number_answers_to_the_keyboard(
    browser: Browser, address: str, chapters: Chapters
) -> None:
    name = "book/economics/training-cost.html"
    shown = """() => {
      const style = getComputedStyle(document.activeElement, "::after");
      return [style.position, style.content];
    }"""
    page = browser.new_page()
    try:
        page.goto(f"{address}/{name}", wait_until="load")
        block = page.locator("p:has(.ex-number + .ex-number)").first
        numbers = block.locator(".ex-number")
        numbers.first.focus()
        page.keyboard.press("ArrowRight")
        second = numbers.nth(1)
        assert second.evaluate("element => element === document.activeElement")
        said = str(second.get_attribute("data-says"))
        assert page.evaluate(shown) == ["fixed", f'"{said}"']
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement === document.body")
    finally:
        page.close()
    assert name in chapters
