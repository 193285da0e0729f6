"""Every number that the text says resolves, is listed, and answers when asked."""

from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from dsv3.prose import origin
from dsv3_numbers import KINDS

Chapters = dict[str, BeautifulSoup]
LEDGER = "book/evidence/numbers.html"


def _said(chapters: Chapters) -> dict[str, list[tuple[str, str]]]:
    return {
        name: [
            (kind, str(number[f"data-{kind}"]))
            for number in chapter.select(".dsv3-number")
            for kind in KINDS
            if number.has_attr(f"data-{kind}")
        ]
        for name, chapter in chapters.items()
    }


def test_every_number_on_a_page_resolves(chapters: Chapters) -> None:
    said = _said(chapters)
    spans = sum(len(page.select(".dsv3-number")) for page in chapters.values())
    assert sum(map(len, said.values())) == spans > 0, "a number has no kind, or two"
    for numbers in said.values():
        for kind, key in numbers:
            assert origin(kind, key) is not None  # type: ignore[arg-type]
    print(f"\n{spans} numbers on {len(said)} pages, all of them resolve")


def test_a_number_is_no_link_to_elsewhere(chapters: Chapters) -> None:
    linked = [page.select(".dsv3-number a") for page in chapters.values()]
    assert [one for one in linked if one] == []


def test_the_ledger_lists_every_number(chapters: Chapters) -> None:
    spans = sum(len(page.select(".dsv3-number")) for page in chapters.values())
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
        block = page.locator("p:has(.dsv3-number + .dsv3-number)").first
        numbers = block.locator(".dsv3-number")
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
