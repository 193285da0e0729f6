"""Code, captions and panels of the built pages: named, in sight, and not too many."""

from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page, ViewportSize

from explorables.panel import MOST_IN_VIEW

Chapters = dict[str, BeautifulSoup]
PHONE = ViewportSize(width=390, height=844)
TAUGHT = "book/architecture/attention.html"
QUIET = "book/economics/training-cost.html"

IN_SIGHT = """panel => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight + 1;
  };
  const results = panel.querySelectorAll(
    '.ex-echo b, .ex-gives td:nth-child(2), strong');
  return Array.from(panel.querySelectorAll('.ex-control, .ex-spot')).filter(control => {
    // What a control of a run sets takes effect when the run starts anew.
    if (panel.querySelector('.ex-run-bar')) return false;
    control.scrollIntoView({block: 'center'});
    return control.getBoundingClientRect().height && !Array.from(results).some(seen);
  }).map(control => control.textContent);
}"""


def _repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1 or not name]


def test_every_disclosure_of_code_has_a_name_of_its_own(chapters: Chapters) -> None:
    found = 0
    for name, page in chapters.items():
        folded = page.select("details.ex-code")
        found += len(folded)
        names = [one.summary.get_text() for one in folded if one.summary]
        assert _repeated(names) == [], name
        assert all(one.select(".highlight") for one in folded), f"{name}: empty"
    assert found, "no page folds any code"


def _name(region: Tag, page: BeautifulSoup) -> str:
    label = page.find(id=str(region.get("aria-labelledby")))
    return label.get_text() if label else str(region.get("aria-label", ""))


def test_every_region_has_a_name_of_its_own(chapters: Chapters) -> None:
    for name, page in chapters.items():
        names = [_name(region, page) for region in page.select("[role=region]")]
        assert _repeated(names) == [], name


def test_no_caption_scrolls_with_its_table(chapters: Chapters) -> None:
    for name, page in chapters.items():
        assert page.select(".ex-scroll :is(caption, figcaption)") == [], name
        for figure in page.select("figure.ex-figure"):
            assert figure.select_one("figcaption > .ex-label"), f"{name}: no number"


def _shows(page: Page, selector: str) -> bool:
    return any(one.is_visible() for one in page.locator(selector).all())


@pytest.mark.browser
def test_a_reader_chooses_how_much_code_all_pages_show(
    browser: Browser, site: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / TAUGHT).as_uri())
    assert _shows(page, ".ex-teaching")
    assert not _shows(page, ".ex-code .highlight")
    page.locator(".ex-level select").select_option("all")
    assert _shows(page, ".ex-code .highlight")
    page.goto((site / QUIET).as_uri())
    assert page.locator(".ex-level select").input_value() == "all"
    assert _shows(page, ".ex-code .highlight")
    page.locator(".ex-level select").select_option("off")
    page.goto((site / TAUGHT).as_uri())
    assert not _shows(page, "article .highlight")
    assert not _shows(page, ".ex-code")
    context.close()


@pytest.mark.browser
def test_without_scripts_a_page_shows_its_own_amount_of_code(
    browser: Browser, site: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / TAUGHT).as_uri())
    assert _shows(page, ".ex-teaching")
    page.locator(".ex-code > summary").first.click()
    assert page.locator(".ex-code .highlight").first.is_visible()
    page.goto((site / QUIET).as_uri())
    assert not _shows(page, "article .highlight")
    assert not _shows(page, ".ex-level")
    context.close()


@pytest.mark.browser
def test_on_a_phone_a_few_controls_stand_beside_a_result_in_sight(
    browser: Browser, site: Path, chapters: Chapters
) -> None:
    faults = []
    page = browser.new_page(viewport=PHONE)
    for name, chapter in chapters.items():
        if not chapter.select(".ex-panel"):
            continue
        page.goto((site / name).as_uri())
        for panel in page.locator(".ex-panel").all():
            controls = panel.locator(".ex-controls > .ex-control").all()
            if sum(one.is_visible() for one in controls) > MOST_IN_VIEW:
                faults.append(f"{name}: {len(controls)} controls in view")
            faults += [
                f"{name}: no result beside {c}" for c in panel.evaluate(IN_SIGHT)
            ]
    page.close()
    assert faults == []
