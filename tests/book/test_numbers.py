"""Numbers of the text can be reached, and a number without an origin is refused."""

import pytest
from bs4 import BeautifulSoup

from dsv3.economics import rental_cost
from dsv3.facts import fact
from dsv3.numbers import computed, expression, read
from dsv3_numbers import KINDS, ledger, numbers, reachable

HOURS = read(fact("v3.gpu_hours.total"))
USD = computed(rental_cost(gpu_hours=2_788_000, usd_per_gpu_hour=2), "total_usd")
SENTENCE = f"{HOURS._repr_html_()} cost {USD._repr_html_()}."


def _parsed(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def test_numbers_are_found_as_sentences_set_them() -> None:
    found = numbers(f"<p>{SENTENCE}</p>")
    assert [(number.kind, number.key) for number in found] == [
        ("fact", "v3.gpu_hours.total"),
        ("computed", "dsv3.economics.RentalCost.total_usd"),
    ]
    assert {number.kind for number in found} <= set(KINDS)


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("v3.gpu_hours.total", "v3.gpu_hours.none"),
        ("RentalCost.total_usd", "RentalCost.no_usd"),
    ],
)
def test_a_number_from_nowhere_is_refused(known: str, unknown: str) -> None:
    with pytest.raises(ValueError, match=unknown):
        numbers(SENTENCE.replace(known, unknown))


def test_the_tab_key_stops_once_in_a_paragraph() -> None:
    page = _parsed(reachable(f"<p>{SENTENCE}</p><ul><li>{SENTENCE}</li></ul>"))
    said = page.select(".ex-number")
    assert [number["tabindex"] for number in said] == ["0", "-1", "0", "-1"]
    assert [number["data-says"] for number in said[:2]] == [HOURS.origin, USD.origin]
    assert not any(number.has_attr("title") for number in said)


def test_the_rest_of_a_page_is_left_as_it_is() -> None:
    page = '<p class="x">No number.</p><span title="y">z</span>'
    assert reachable(page) == page


def test_the_ledger_counts_what_it_lists() -> None:
    said = numbers(f"{SENTENCE}{SENTENCE}")
    page = _parsed(ledger([("a.html", "One", said), ("b.html", "Two", [])]))
    assert "1 pages says 4 numbers: 2 are 1 results" in page.get_text()
    assert [row.get_text(" ") for row in page.select("tbody tr")] == [
        f"{HOURS.text} published {HOURS.origin} (2 times)",
        f"{USD.text} computed {USD.origin} (2 times)",
    ]
    assert [str(link["href"]) for link in page.select("a")] == ["a.html"]


def test_the_ledger_counts_expressions_of_a_page_apart() -> None:
    half = expression(0.5, "share", rental_cost)
    said = numbers(SENTENCE + half._repr_html_() * 3)
    page = _parsed(ledger([("a.html", "One", said)]))
    assert "1 are 1 results of this package" in page.get_text()
    assert "3 are computed on the page from such results" in page.get_text()
    kinds = [str(row["data-kind"]) for row in page.select("tbody tr")]
    assert kinds == ["published", "computed", "computed on the page"]
