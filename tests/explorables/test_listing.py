"""A list is whole without a script, escapes what it is given, counts its values."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from explorables.listing import MARKS, Entry, Line, Listing, controls, key_of, listing

VALUES = {"Verdict": ["good", "bad"], "Made in": ["here", "there"]}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """A text with markup."""

    markdown: str
    plain: str


def _entry(id: str, verdict: str = "good", place: str = "here") -> Entry:
    return Entry(
        id=id,
        title="<b>It</b> is",
        facets={"Verdict": verdict, "Made in": place},
        texts=[Words(markdown="<em>So</em> it is", plain="So it is")],
        measures=[Line(label="Published", text="<5>")],
        facts=[Line(label="Page", text="A & B", href='x"y.ipynb')],
        note="paragraph 1",
    )


def _listing() -> Listing:
    entries = [_entry("a"), _entry("b", "bad"), _entry("c", place="there")]
    return listing("said", "claims", entries, VALUES)


def _parsed() -> BeautifulSoup:
    return BeautifulSoup(_listing()._repr_html_(), "html.parser")


def test_every_entry_is_there_and_the_controls_wait_for_a_script() -> None:
    page = _parsed()
    assert [str(entry["id"]) for entry in page.select("li")] == ["a", "b", "c"]
    assert not page.select("li[hidden]")
    assert page.select_one("form[hidden]") is not None


def test_entries_carry_the_values_that_the_controls_offer() -> None:
    page = _parsed()
    for facet, known in VALUES.items():
        carried = {str(entry[f"data-{key_of(facet)}"]) for entry in page.select("li")}
        offered = [
            str(one["value"]) for one in page.select("input[type=radio], option")
        ]
        assert carried <= set(known) <= set(offered)
    text = page.get_text(" ")
    assert "good 2" in text
    assert "there (1)" in text
    assert "3 of 3 claims" in text


def test_texts_are_escaped_and_markup_is_kept() -> None:
    page = _parsed()
    assert page.select("li b b") == []
    assert page.select("li em")[0].get_text() == "So"
    assert page.select("dd a")[0]["href"] == 'x"y.ipynb'
    assert page.select("dd")[0].get_text() == "<5>"


def test_a_verdict_is_not_told_by_colour_alone() -> None:
    signs = [mark.get_text() for mark in _parsed().select("li i")]
    assert signs == [MARKS[0], MARKS[1], MARKS[0]]


def test_the_plain_list_reads_as_lines() -> None:
    line = repr(_listing()).splitlines()[1]
    assert line == "bad | here | <b>It</b> is | Published <5> | So it is"


@pytest.mark.parametrize(
    ("entries", "rule"),
    [
        ([_entry("a"), _entry("a")], "must differ"),
        ([_entry("a", "odd")], "a: Verdict is 'odd'"),
    ],
)
def test_what_does_not_fit_is_refused(entries: list[Entry], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        listing("said", "claims", entries, VALUES)


@pytest.mark.parametrize(
    ("id", "marks", "rule"),
    [("A B", MARKS, "lower case"), ("a", "●", "each value"), ("a", "●?", "must be of")],
)
def test_names_and_signs_are_checked(id: str, marks: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        listing(id, "claims", [_entry("a")], VALUES, marks=marks)


def test_controls_count_the_whole_from_the_first_facet() -> None:
    page = BeautifulSoup(
        controls("x", "rows", {"Kind": {"a": 2, "b": 3}}), "html.parser"
    )
    assert page.select_one("[role=status]") is not None
    assert "5 of 5 rows" in page.get_text()
