"""A number shows its text everywhere, and its origin where markup can carry it."""

import math

import pytest
from bs4 import BeautifulSoup

from explorables.numbers import Number, computed, expression, result_of
from explorables.quantities import UNITS, day_number, unit_of


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


def test_a_field_gives_value_unit_and_origin() -> None:
    number = computed(UNITS[0], "digits")
    assert float(str(number)) == UNITS[0].digits
    assert number.key == "explorables.quantities.Unit.digits"
    assert str(computed(UNITS[0], "digits", unit="share")).endswith("%")


@pytest.mark.parametrize("field", ["label", "none", "__class__"])
def test_a_field_without_a_number_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"(value|field) is "):
        computed(UNITS[0], field)


def test_a_result_is_of_the_function_that_was_called() -> None:
    number = result_of(day_number, "2025-02-08", unit="day")
    assert str(number) == "2025-02-08"
    assert number.key == "explorables.quantities.day_number"
    with pytest.raises(ValueError, match="only a plain number"):
        result_of(unit_of, "days")


def test_an_expression_credits_no_function() -> None:
    day = result_of(day_number, "2025-02-08", unit="day")
    number = expression(math.pi, "ratio", day_number, day, day, digits=2)
    assert (str(number), number.kind) == ("3.1 times", "expression")
    assert number.origin.startswith("computed on this page from explorables.")
    assert number.key == "explorables.quantities.day_number " + day.key


@pytest.mark.parametrize(
    ("value", "sources"), [(1, ()), ("many", (day_number,)), (None, (day_number,))]
)
def test_an_expression_is_a_number_of_something(
    value: object, sources: tuple[Number, ...]
) -> None:
    with pytest.raises(ValueError, match=r"(value|sources) is "):
        expression(value, "count", *sources)
