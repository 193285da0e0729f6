"""Lists on the built pages can be narrowed, linked, and read whole without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dsv3.claims import OTHERS, REPORTED, claims, counts_by_verdict
from dsv3.claims.article import article_claims, counts_by_finding

CLAIMS = "book/evidence/claims.html"
FIGURES = "book/evidence/reproduced-figures.html"
BY_OTHERS = "book/evidence/others.html"
LEDGER = "book/evidence/numbers.html"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that fails the test when a script fails."""
    opened = browser.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert errors == []


def _seen(page: Page) -> int:
    return page.locator("[data-entry]:visible").count()


def _choose(page: Page, value: str) -> None:
    page.locator(f'.ex-chip:has(input[value="{value}"])').click()


@pytest.mark.parametrize(
    "verdict", [name for name, n in counts_by_finding().items() if n]
)
def test_a_verdict_leaves_its_own_claims(
    page: Page, address: str, verdict: str
) -> None:
    page.goto(f"{address}/{CLAIMS}")
    assert _seen(page) == len(article_claims())
    _choose(page, verdict)
    assert _seen(page) == counts_by_finding()[verdict]
    status = f"{counts_by_finding()[verdict]} of {len(article_claims())} claims"
    expect(page.locator("[role=status]")).to_have_text(status)


def test_verdict_topic_and_words_narrow_together_and_make_a_link(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/{CLAIMS}")
    _choose(page, "imprecise")
    page.get_by_label("Topic").select_option("the cost")
    both = [
        c for c in article_claims() if (c.verdict, c.topic) == ("imprecise", "the cost")
    ]
    assert _seen(page) == len(both) > 1
    linked = page.url
    page.get_by_label("Words").fill("grok epoch")
    assert _seen(page) == 1
    page.goto("about:blank")
    page.goto(linked)
    assert _seen(page) == len(both)


def test_the_keyboard_alone_narrows_the_list(page: Page, address: str) -> None:
    page.goto(f"{address}/{CLAIMS}")
    page.locator(".ex-chip input").first.focus()
    page.keyboard.press("ArrowRight")
    assert _seen(page) == counts_by_finding()["supported"]


def test_everything_is_there_without_a_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        whole_lists = {
            CLAIMS: len(article_claims()),
            FIGURES: len(claims(*REPORTED)),
            BY_OTHERS: len(claims(OTHERS)),
        }
        for name, whole in whole_lists.items():
            page = context.new_page()
            page.goto(f"{address}/{name}")
            assert _seen(page) == whole
            assert not page.locator(".ex-narrow").is_visible()
    finally:
        context.close()


def test_a_failed_figure_is_found_by_its_verdict(page: Page, address: str) -> None:
    page.goto(f"{address}/{FIGURES}")
    _choose(page, "not reproduced")
    assert _seen(page) == counts_by_verdict(*REPORTED)["not reproduced"]


def test_the_ledger_opens_the_page_that_is_asked_for(page: Page, address: str) -> None:
    page.goto(f"{address}/{LEDGER}")
    menu = page.locator('select[data-facet="page"]')
    title = str(menu.locator("option").nth(2).get_attribute("value"))
    menu.select_option(title)
    opened = page.locator("details:visible")
    assert opened.count() == 1
    assert title in opened.locator("summary").inner_text()
    assert 0 < _seen(page) == page.locator("details[open] tbody tr").count()
    menu.select_option("")
    assert page.locator("details:visible").count() > 1
    assert page.locator("details[open]").count() == 0


def test_a_claim_leads_to_a_page_of_the_site(page: Page, address: str) -> None:
    page.goto(f"{address}/{CLAIMS}")
    link = page.locator("#c33 a.ex-page")
    assert str(link.get_attribute("href")).endswith(".html")
    link.click()
    assert page.url.endswith("book/economics/api-prices.html")
