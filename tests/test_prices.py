import re
from datetime import date

import pytest

from dsv3.facts import fact, read_records
from dsv3.hardware import accelerator_names
from dsv3.prices import (
    RentalPrice,
    purchase_prices,
    rental_price,
    rental_prices,
)

GOOD = """
- id: someone_h100
  provider: Someone
  chip: H100 SXM
  usd_per_gpu_hour_low: 2.0
  usd_per_gpu_hour_high: 3.0
  kind: on-demand
  from_date: '2025-03'
  to_date: '2025-06-15'
  source: epoch2025costs
  locator: here
  basis: vendor
  status: verified
"""


def test_the_rate_of_the_authors_is_an_assumption_and_equals_the_fact() -> None:
    assumed = rental_price("deepseek_assumed_h800")
    assert assumed.kind == "assumption"
    assert assumed.usd_per_gpu_hour_low == fact("v3.usd_per_gpu_hour").number


def test_every_price_is_of_a_chip_the_hardware_room_knows() -> None:
    chips = {one.chip for one in rental_prices()}
    chips |= {one.chip for one in purchase_prices()}
    assert chips <= set(accelerator_names())


def test_prices_come_earliest_first() -> None:
    days = [one.first_day for one in rental_prices()]
    assert days == sorted(days)
    assert [one.as_of for one in purchase_prices()] == sorted(
        one.as_of for one in purchase_prices()
    )


def test_a_day_gives_the_last_price_seen_from_each_provider() -> None:
    def lambda_price(day: str | date) -> list[float]:
        return [
            one.usd_per_gpu_hour_low
            for one in rental_prices("h100 sxm", day)
            if one.provider == "Lambda Labs"
        ]

    assert lambda_price("2023-06-19") == []
    assert lambda_price("2023-06-20") == [1.99]
    assert lambda_price("2024-08-31") == [3.49]
    assert lambda_price(date(2024, 9, 1)) == [2.99]


def test_a_price_ends_on_the_day_it_no_longer_holds() -> None:
    def providers(day: str) -> set[str]:
        return {one.provider for one in rental_prices("H100 SXM", day)}

    assert "Amazon Web Services" in providers("2025-05-31")
    assert "Amazon Web Services" not in providers("2025-06-01")


def test_the_only_dated_h800_quotes_are_above_the_assumed_rate() -> None:
    quotes = [one for one in rental_prices("H800 SXM") if one.kind == "on-demand"]
    assert {one.usd_per_gpu_hour_low for one in quotes} == {3.42}
    assert {one.provider for one in quotes} == {"CR8DL"}


def test_a_server_price_is_shared_by_its_gpus() -> None:
    dgx = next(one for one in purchase_prices("H800 SXM") if one.gpus == 8)
    assert dgx.usd == 358_000
    assert dgx.usd_per_gpu == 44_750


def test_a_price_keeps_its_range_and_its_days() -> None:
    (price,) = read_records("trial.yaml", RentalPrice, text=GOOD)
    assert (price.first_day, price.end_day) == (date(2025, 3, 1), date(2025, 6, 15))
    assert (price.usd_per_gpu_hour_low, price.usd_per_gpu_hour_high) == (2.0, 3.0)


def test_an_unknown_chip_day_or_price_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'H900 SXM'.*nearest: H800 SXM"):
        rental_prices("H900 SXM")
    with pytest.raises(ValueError, match="chip is 'TPU'"):
        purchase_prices("TPU")
    with pytest.raises(ValueError, match="on is 'soon': a date is YYYY"):
        rental_prices(on="soon")
    with pytest.raises(ValueError, match="nearest: deepseek_assumed_h800"):
        rental_price("deepseek_h800")


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("low: 2.0", "low: 4.0", "usd_per_gpu_hour is 4.0 to 3.0: 0 < low <= high"),
        ("low: 2.0", "low: 2e0", "usd_per_gpu_hour_low is '2e0'"),
        ("'2025-03'", "'2025-07'", "to_date is '2025-06-15': it comes after"),
        ("'2025-03'", "March", "from_date is 'March': a date is YYYY"),
        ("on-demand", "cheap", "kind is 'cheap'"),
        ("locator: here", "locator: ' '", "locator is ' ': say where"),
        ("  locator: here\n", "", "locator is missing"),
        ("epoch2025costs", "epoch2025", "source is 'epoch2025': not in"),
    ],
)
def test_a_broken_price_is_refused_with_file_id_field_and_rule(
    old: str, new: str, rule: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(rule)) as caught:
        read_records("trial.yaml", RentalPrice, text=GOOD.replace(old, new))
    assert str(caught.value).startswith("trial.yaml: someone_h100: ")
