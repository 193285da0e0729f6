"""Token prices hold from day to day, and a broken file is refused by name."""

import re
from datetime import date, timedelta

import pytest

from dsv3.prices import read_token_prices, rival_prices, token_price, token_prices

TWO = """
- id: first
  model: M
  host: H
  input_usd_per_million_tokens: 1.0
  cached_input_usd_per_million_tokens: 0.5
  output_usd_per_million_tokens: 2.0
  dating: announced
  from_date: '2025-01-01'
  to_date: '2025-03-01'
  source: willison2026prices
  locator: here
  basis: vendor
  status: verified
- id: second
  model: M
  host: H
  input_usd_per_million_tokens: 3.0
  output_usd_per_million_tokens: 4.0
  dating: seen
  from_date: '2025-03-01'
  source: willison2026prices
  locator: here
  basis: vendor
  status: verified
"""


def test_a_price_holds_from_its_first_day_until_the_day_before_the_next() -> None:
    def output_usd(day: date | str) -> float:
        price = token_price("DeepSeek-V3", host="DeepSeek", on=day)
        return price.output_usd_per_million_tokens

    assert output_usd("2024-12-26") == 0.28
    assert output_usd("2025-02-07") == 0.28
    assert output_usd(date(2025, 2, 8)) == 1.1
    assert output_usd("2025-09-04") == 1.1


def test_off_peak_halved_every_price_of_v3() -> None:
    list_price = token_price("DeepSeek-V3", host="DeepSeek", on="2025-03-01")
    cheap = token_price(
        "DeepSeek-V3", host="DeepSeek", on="2025-03-01", tariff="off-peak"
    )
    for field in ("input", "cached_input", "output"):
        name = f"{field}_usd_per_million_tokens"
        assert getattr(cheap, name) * 2 == getattr(list_price, name)


def test_peak_is_twice_off_peak_where_both_were_seen() -> None:
    seen = {(one.model, one.tariff): one for one in token_prices()}
    peaks = [model for model, tariff in seen if tariff == "peak"]
    assert sorted(peaks) == ["DeepSeek-V4-Pro-0813", "DeepSeek-V4.1-Flash"]
    for model in peaks:
        low, high = seen[model, "off-peak"], seen[model, "peak"]
        assert high.output_usd_per_million_tokens == (
            2 * low.output_usd_per_million_tokens
        )


def test_the_default_chat_model_of_deepseek_has_a_price_on_every_day_to_v4() -> None:
    chain = [
        one
        for one in token_prices(host="DeepSeek")
        if one.tariff == "standard" and one.model != "DeepSeek-R1"
    ]
    day = date(2024, 12, 26)
    while day < date(2026, 4, 26):
        assert sum(one.first_day <= day < one.end_day for one in chain) == 1, day
        day += timedelta(days=1)


def test_prices_come_earliest_first() -> None:
    days = [one.first_day for one in token_prices()]
    assert days == sorted(days)
    assert len(days) > 20


def test_a_rivals_name_means_one_series() -> None:
    rivals = rival_prices()
    assert not {price.host for price in rivals} & {"DeepSeek"}
    assert len({price.rival for price in rivals}) == len({p.series for p in rivals})


def test_no_day_outside_the_record_is_answered() -> None:
    with pytest.raises(ValueError, match="on is '2024-12-25': DeepSeek-V3 at DeepSeek"):
        token_price("DeepSeek-V3", host="DeepSeek", on="2024-12-25")
    with pytest.raises(ValueError, match="from 2024-12-26 to 2025-09-05"):
        token_price("DeepSeek-V3", host="DeepSeek", on="2025-09-05")


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"model is 'GPT4o'.*nearest: GPT-4o"):
        token_prices("GPT4o")
    with pytest.raises(ValueError, match=r"host is 'Deepseek'.*DeepSeek"):
        token_price("DeepSeek-V3", host="Deepseek", on="2025-03-01")
    with pytest.raises(ValueError, match="tariff is 'peak'"):
        token_price("DeepSeek-V3", host="DeepSeek", on="2025-03-01", tariff="peak")
    with pytest.raises(ValueError, match="on is 'soon': a date is YYYY"):
        token_price("DeepSeek-V3", host="DeepSeek", on="soon")


def test_cached_input_without_a_known_price_is_charged_as_input() -> None:
    first, second = read_token_prices(TWO)
    assert first.charged_cached_input_usd_per_million_tokens == 0.5
    assert second.cached_input_usd_per_million_tokens is None
    assert second.charged_cached_input_usd_per_million_tokens == 3.0


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("to_date: '2025-03-01'", "to_date: '2025-04-01'", "it overlaps second"),
        ("to_date: '2025-03-01'", "to_date: '2025-02-01'", "it leaves a gap to second"),
        ("  to_date: '2025-03-01'\n", "", "it overlaps second"),
        ("to_date: '2025-03-01'", "to_date: '2024-03-01'", "it comes after"),
        ("tokens: 0.5", "tokens: 1.5", "at most the price of other input"),
        ("tokens: 2.0", "tokens: 0.0", "a price is above 0"),
        ("tokens: 2.0", "tokens: .nan", "a price is above 0"),
        ("tokens: 2.0", "tokens: free", "output_usd_per_million_tokens is 'free'"),
        ("dating: announced", "dating: guessed", "dating is 'guessed'"),
        ("status: verified", "status: recalled", "status is 'recalled'"),
    ],
)
def test_a_broken_file_is_refused_with_id_and_rule(
    old: str, new: str, rule: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(rule)) as caught:
        read_token_prices(TWO.replace(old, new, 1))
    assert str(caught.value).startswith("api_prices.yaml: first: ")
