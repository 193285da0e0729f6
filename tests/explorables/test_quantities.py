"""Numbers are written and read the way people write and read them."""

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from explorables.quantities import (
    DASH,
    UNITS,
    day_number,
    format_number,
    format_quantity,
    parse_number,
    significant,
    unit_of,
)


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (2_664_000, "pretraining_gpu_hours", "2.664M GPU-hours"),
        (5_576_000, "total_usd", "$5.576M"),
        (2, "usd_per_gpu_hour", "$2.00 per GPU-hour"),
        (14.8e12, "tokens", "14.80T tokens"),
        (250.4508e9, "training_flop_per_token", "250.5 GFLOP per token"),
        (989.4e12, "peak_flop_per_s", "989.4 TFLOP/s"),
        (70_272, "kv_cache_bytes_per_token", "70.27 kB per token"),
        (0.39063, "utilization", "39.06\u202f%"),
        (2048, "cluster_gpus", "2,048 GPUs"),
        (54.2, "wall_clock_days", "54.2 days"),
        (11.06, "gpu_hours_ratio", "11.1 times"),
        (3.70661e24, "training_flop", "3.707 × 10²⁴ FLOP"),
        (0, "total_usd", "$0.00"),
        (19678, "announced_day", "2023-11-17"),
        (19678.9, "day", "2023-11-17"),
        (0, "day", "1970-01-01"),
        (math.nan, "total_usd", DASH),
        (math.inf, "tokens", DASH),
    ],
)
def test_a_value_is_written_as_its_name_says(
    value: float, name: str, text: str
) -> None:
    assert format_quantity(value, unit_of(name)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(999.994, "$999.99"), (999.996, "$1.000K"), (999_999, "$1.000M")],
)
def test_rounding_up_moves_to_the_next_prefix(value: float, text: str) -> None:
    assert format_quantity(value, unit_of("usd")) == text


def test_halves_round_away_from_zero_as_the_page_does() -> None:
    assert significant(0.5, 1) == "0.5"
    assert significant(2.5, 1) == "3"
    assert significant(1234.5, 4) == "1,235"


def test_the_longest_ending_decides_the_unit() -> None:
    assert unit_of("low_usd_per_gpu_hour").suffix == "_usd_per_gpu_hour"
    assert unit_of("kv_cache_bytes_per_token").suffix == "_bytes_per_token"
    assert unit_of("nothing_known").suffix == ""


def test_no_two_units_share_an_ending() -> None:
    endings = [unit.suffix for unit in UNITS]
    assert len(endings) == len(set(endings))


@given(st.floats(min_value=1e-5, max_value=9e14))
def test_printed_digits_are_those_of_the_value(value: float) -> None:
    text = significant(value, 6).replace(",", "")
    assert math.isclose(float(text), value, rel_tol=5.1e-6)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_value_can_be_written_in_every_unit(value: float) -> None:
    for unit in UNITS:
        text = format_number(value, unit)
        assert text
        assert (text == DASH) == (not math.isfinite(value * 100))
        assert text.replace("\u202f", "").isprintable()


@given(st.floats(min_value=0, max_value=1e300))
def test_a_number_typed_in_full_is_read_back_exactly(value: float) -> None:
    assert parse_number(repr(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14.8T", 14.8e12),
        ("2.664M", 2_664_000),
        (" $2 ", 2),
        ("2,048", 2048),
        ("39%", 0.39),
        ("39.06 %", 0.3906),
        ("1e12", 1e12),
        ("-3", -3),
        ("37b", 37e9),
        (".5", 0.5),
    ],
)
def test_shorthand_is_read_to_the_exact_decimal(text: str, value: float) -> None:
    assert parse_number(text) == float(Decimal(str(value)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nan",
        "inf",
        "-inf",
        "12Q",
        "two",
        "1e",
        "0x10",
        "1e999",
        "1e99999999999999999999",
        "1 2",
        "١٢",
        "--1",
    ],
)
def test_what_is_not_a_number_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number|is too large") as refusal:
        parse_number(text)
    assert repr(text) in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.dates())
def test_a_day_is_written_and_read_back(day: date) -> None:
    number = day_number(day)
    assert number == parse_number(day.isoformat()) == (day - date(1970, 1, 1)).days
    if number >= 0:
        assert format_number(number, unit_of("day")) == day.isoformat()


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'2023-02-30' is not a day"):
        parse_number("2023-02-30")
