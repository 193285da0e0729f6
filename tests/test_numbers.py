"""Numbers of the text keep where they come from, and refuse what is no number."""

import pytest

from dsv3.economics import rental_cost
from dsv3.facts import assumption, fact
from dsv3.measurements import record
from dsv3.numbers import assumed, computed, expression, measured, origin, read


def test_a_number_keeps_where_it_comes_from() -> None:
    hours = read(fact("v3.gpu_hours.total"))
    assert f"It took {hours}." == "It took 2.788M GPU-hours."
    assert 'data-fact="v3.gpu_hours.total"' in hours._repr_html_()
    assert fact("v3.gpu_hours.total").locator in hours._repr_html_()


def test_a_computed_number_is_the_field_of_a_result() -> None:
    cost = rental_cost(gpu_hours=2_788_000, usd_per_gpu_hour=2)
    bill = computed(cost, "total_usd")
    assert bill.text == "$5.576M"
    assert bill.key == "dsv3.economics.RentalCost.total_usd"
    assert bill.origin.endswith(", computed by dsv3.economics.rental_cost")


def test_a_place_in_a_published_list_is_that_fact() -> None:
    interval = fact("frontier.cost_growth_interval_90")
    low, high = (read(interval, "number", at=at, digits=2) for at in (0, 1))
    assert [f"{low}", f"{high}"] == [f"{value:.1f}" for value in interval.numbers]
    assert low.key == high.key == interval.id


def test_a_measured_number_says_when_and_on_what() -> None:
    run = record("doubt_speed")
    number = measured(run, run.measures["cpu_seconds"]["sobol"], "seconds")
    assert run.origin in number.origin
    assert origin("measured", number.key) == run


def test_an_expression_resolves_to_all_that_it_is_made_of() -> None:
    tokens = read(fact("v3.tokens"))
    share = expression(0.5, "share", rental_cost, tokens)
    assert share.origin.startswith("computed on this page from dsv3.economics.rental")
    assert origin("expression", share.key) == (rental_cost, fact("v3.tokens"))


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
        ("computed", "dsv3.economics.RentalCost.no_usd"),
        ("expression", "dsv3.economics.rental_cost v3.nothing"),
        ("measured", "nothing"),
    ],
)
def test_an_origin_nobody_has_is_refused(kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="is '"):
        origin(kind, key)
