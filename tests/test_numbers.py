"""Numbers of the text keep where they come from, and refuse what is no number."""

import pytest

from dsv3.economics import rental_cost
from dsv3.facts import assumption, fact
from dsv3.numbers import assumed, computed, origin, read


def test_a_number_keeps_where_it_comes_from() -> None:
    hours = read(fact("v3.gpu_hours.total"))
    assert f"It took {hours}." == "It took 2.788M GPU-hours."
    assert 'data-fact="v3.gpu_hours.total"' in hours._repr_html_()
    assert fact("v3.gpu_hours.total").locator in hours._repr_html_()


def test_a_computed_number_names_its_function() -> None:
    bill = computed(5_576_000, "usd", by=rental_cost)
    assert bill.origin == "computed by dsv3.economics.rental_cost"
    assert bill.text == "$5.576M"


def test_only_plain_numbers_can_be_printed() -> None:
    with pytest.raises(TypeError, match="value is 'many'"):
        computed("many", "days", by=rental_cost)


def test_a_list_of_values_cannot_be_printed_as_one_number() -> None:
    with pytest.raises(ValueError, match="not one number"):
        read(fact("v3.fp8.weight_block"))


def test_an_assumed_number_says_so_and_why() -> None:
    peak = assumption("h800_sxm.fp8_dense_peak")
    number = assumed(peak, bound="high")
    assert 'data-assumed="h800_sxm.fp8_dense_peak"' in number._repr_html_()
    assert peak.why in number.origin


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
def test_an_origin_is_the_thing_it_names(kind: str, key: str, found: object) -> None:
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
def test_an_origin_nobody_has_is_refused(kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="is '"):
        origin(kind, key)
