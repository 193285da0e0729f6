"""Tables escape what they are handed and keep numbers with their units."""

import pytest
from bs4 import BeautifulSoup

from dsv3.tables import Column, table


def test_cells_and_captions_never_become_markup() -> None:
    made = table("<b>", ["<i>", Column(title="&", unit="usd")], [["<script>", 2.0]])
    text = made._repr_html_()
    assert "<script>" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_numbers_are_right_aligned_and_headings_have_a_scope() -> None:
    made = table("Cost.", ["Stage", Column(title="Cost", unit="usd")], [["all", 5e6]])
    text = made._repr_html_()
    assert '<td class="number">$5.000M</td>' in text
    assert '<th scope="row">all</th>' in text
    assert '<th scope="col" class="number">Cost</th>' in text


def test_totals_are_marked_counting_from_the_end() -> None:
    made = table("Cost.", ["Stage"], [["a"], ["all"]], emphasis=[-1])
    assert made._repr_html_().count('class="total"') == 1
    assert made.emphasis == {1}


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\['a', 1\] has 2 cells: must have 1"):
        table("Cost.", ["Stage"], [["a", 1]])


def test_the_caption_stands_outside_of_what_scrolls_and_names_it() -> None:
    page = BeautifulSoup(
        table("One. Two.", ["a"], [["b"]])._repr_html_(), "html.parser"
    )
    box, words = page.select_one(".ex-scroll"), page.select_one("figcaption")
    assert box is not None
    assert words is not None
    assert box.find("table") is not None
    assert words not in box.descendants
    assert box["aria-labelledby"] == words["id"]
    assert (box["role"], box["tabindex"]) == ("region", "0")
    assert [span.get_text() for span in words.select("span")] == ["One.", "Two."]
