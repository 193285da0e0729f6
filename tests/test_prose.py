"""Sentences carry numbers with their origin, and refuse loose ones."""

import pytest

from dsv3.economics import rental_cost
from dsv3.facts import assumption, fact
from dsv3.prose import Kind, answer, assumed, computed, origin, read, say


def test_a_number_keeps_where_it_comes_from() -> None:
    hours = read(fact("v3.gpu_hours.total"))
    told = say("It took {hours}.", hours=hours)
    assert told.plain == "It took 2.788M GPU-hours."
    assert 'data-fact="v3.gpu_hours.total"' in told.markdown
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
    hostile = type(told)(text="<b>", origin='"><script>', kind="computed", key='">')
    assert "<script>" not in hostile.markup()
    assert "<b>" not in hostile.markup()


def test_an_assumed_number_says_so_and_why() -> None:
    peak = assumption("h800_sxm.fp8_dense_peak")
    told = assumed(peak, bound="high")
    assert 'data-assumed="h800_sxm.fp8_dense_peak"' in told.markup()
    assert peak.why in told.origin


@pytest.mark.parametrize(
    ("kind", "key", "found"),
    [
        ("fact", "v3.tokens", fact("v3.tokens")),
        (
            "assumed",
            "h800_sxm.fp8_dense_peak",
            assumption("h800_sxm.fp8_dense_peak"),
        ),
        ("computed", "dsv3.economics.rental_cost", rental_cost),
    ],
)
def test_an_origin_is_the_thing_it_names(kind: Kind, key: str, found: object) -> None:
    assert origin(kind, key) == found


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("fact", "v3.nothing"),
        ("assumed", "v3.tokens"),
        ("computed", "dsv3.economics.nothing"),
        ("computed", "dsv3.nowhere.nothing"),
        ("computed", "nothing"),
        ("computed", "dsv3.economics.PRETRAINING_CONTEXT_TOKENS"),
    ],
)
def test_an_origin_nobody_has_is_refused(kind: Kind, key: str) -> None:
    with pytest.raises(ValueError, match="is '"):
        origin(kind, key)
