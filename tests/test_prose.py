"""Sentences carry numbers with their origin, and refuse loose ones."""

import pytest

from dsv3.economics import rental_cost
from dsv3.facts import fact
from dsv3.prose import answer, computed, read, say


def test_a_number_keeps_where_it_comes_from() -> None:
    hours = read(fact("v3.gpu_hours.total"))
    told = say("It took {hours}.", hours=hours)
    assert told.plain == "It took 2.788M GPU-hours."
    assert 'data-kind="fact"' in told.markdown
    assert fact("v3.gpu_hours.total").locator in told.markdown


def test_a_computed_number_names_its_function() -> None:
    told = computed(5_576_000, "usd", by=rental_cost)
    assert told.origin == "computed by dsv3.economics.rental_cost"
    assert told.text == "$5.576M"


def test_the_markdown_view_is_offered_first() -> None:
    bundle = say("Nothing counted.")._repr_mimebundle_()
    assert bundle == {
        "text/markdown": "Nothing counted.",
        "text/plain": "Nothing counted.",
    }


@pytest.mark.parametrize("template", ["{missing} here", "no blank"])
def test_blanks_and_values_must_match(template: str) -> None:
    value = computed(1, "days", by=rental_cost)
    with pytest.raises(ValueError, match="blanks and values differ"):
        say(template, value=value)


def test_only_plain_numbers_can_be_said() -> None:
    with pytest.raises(TypeError, match="value is 'many'"):
        computed("many", "days", by=rental_cost)


def test_a_list_of_values_cannot_be_said_as_one_number() -> None:
    with pytest.raises(ValueError, match="not one number"):
        read(fact("v3.fp8.weight_block"))


def test_a_dollar_sign_never_opens_mathematics() -> None:
    told = computed(5_576_000, "usd", by=rental_cost)
    assert told.markup().count("$") == 0
    assert "&#36;5.576M" in told.markup()


def test_a_list_stays_a_list() -> None:
    told = say(
        """- one {n}
        - two""",
        n=computed(1, "days", by=rental_cost),
    )
    assert told.plain.splitlines() == ["- one 1.00 days", "- two"]


def test_an_answer_is_folded_away_without_a_script() -> None:
    days = computed(1, "days", by=rental_cost)
    folded = answer("It takes {n}.", n=days)._repr_mimebundle_()["text/html"]
    assert folded.startswith("<details")
    assert "<summary>Answer</summary>" in folded


def test_an_origin_never_becomes_markup() -> None:
    told = computed(1, "days", by=rental_cost)
    hostile = type(told)(text="<b>", origin='"><script>', kind="computed")
    assert "<script>" not in hostile.markup()
    assert "<b>" not in hostile.markup()
