"""A number shows its text everywhere, and its origin where markup can carry it."""

import pytest
from bs4 import BeautifulSoup

from explorables.numbers import Number


def _number(text: str, origin: str = "Table 1", key: str = "a.b") -> Number:
    return Number(text=text, origin=origin, kind="computed", key=key)


def test_a_number_is_its_text_in_words() -> None:
    hours = _number("2.788M GPU-hours")
    assert str(hours) == repr(hours) == f"{hours}" == "2.788M GPU-hours"
    assert f"{_number('2'):>3}" == "  2"


def test_a_dollar_sign_never_opens_mathematics() -> None:
    markup = _number("$5.576M")._repr_html_()
    assert "$" not in markup
    assert BeautifulSoup(markup, "html.parser").get_text() == "$5.576M"


@pytest.mark.parametrize("hostile", ['"><script>', "<b>", "&", "'"])
def test_an_origin_never_becomes_markup(hostile: str) -> None:
    markup = _number(hostile, origin=hostile, key=hostile)._repr_html_()
    page = BeautifulSoup(markup, "html.parser")
    assert [tag.name for tag in page.find_all(True)] == ["span"]
    span = page.select(".ex-number")[0]
    assert (span.get_text(), span["title"], span["data-computed"]) == (hostile,) * 3
