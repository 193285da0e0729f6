"""The ratio of two prices on any day that both are known for.

The model behind the name of DeepSeek's chat model changed, and so did its price. The
day is a number, days since 1970, so that a slider can move it; the formula is
traceable.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from dsv3.economics.token_prices import (
    ComparedPrice,
    TokenRates,
    chosen_rates,
    compare_rates,
    rates,
)
from dsv3.prices import TokenPrice, rival_prices, token_price, token_prices
from explorables.arithmetic import (
    Choice,
    Number,
    either,
    lookup,
    lookup_record,
    require,
    where,
)
from explorables.quantities import day_number

CHAT_MODELS = ("DeepSeek-V3", "DeepSeek-V3.1", "DeepSeek-V3.2", "DeepSeek-V4-Flash")
"""Models behind the name of DeepSeek's chat model, in order."""

LAST_CHAT_MODEL = "DeepSeek-V4.1-Flash"
"""The model seen last, with dear and cheap hours."""

PRICED_FROM = date(2024, 12, 26)
"""Day of the release of DeepSeek-V3's weights."""

VOUCHED_UNTIL = date(2026, 6, 29)
"""Day on which a change of prices was announced that no text we read gives."""

SEEN_AGAIN = date(2026, 10, 27)
"""Day on which prices of the chat model were seen next."""

PRICED_UNTIL = date(2026, 11, 24)
"""Last day that a price is used for."""

SELLERS = (
    "DeepSeek, peak-rate hours",
    "DeepSeek, cheapest hours",
    "Fireworks",
    "Together",
)
"""Who sells: the maker, or hosts of DeepSeek-V3's weights."""

HOSTED_FROM = date(2025, 1, 1)
"""Day from which the hosts' prices, which carry no day, are used."""


@cache
def day_rivals() -> Mapping[str, TokenPrice]:
    """Return the rivals' prices, by model; each holds from its first day on.

    Of several sellers of a model the first in the file is taken.

    Examples
    --------
    >>> day_rivals()["GPT-4o"].from_date
    '2024-12-26'
    """
    rivals: dict[str, TokenPrice] = {}
    for price in rival_prices():
        rivals.setdefault(price.model, price)
    return rivals


def _steps(dearest: bool) -> list[tuple[date, TokenRates]]:
    """Return the chat model's rates by first day, in dear or in cheap hours."""
    standard = [
        one
        for model in CHAT_MODELS
        for one in token_prices(model, "DeepSeek")
        if one.tariff == "standard"
    ]
    steps = [(one.first_day, rates(one)) for one in standard]
    if not dearest:
        steps += [
            (one.first_day, rates(one))
            for one in token_prices("DeepSeek-V3", "DeepSeek")
            if one.tariff == "off-peak"
        ]
    last = token_price(
        LAST_CHAT_MODEL,
        host="DeepSeek",
        on=SEEN_AGAIN,
        tariff="peak" if dearest else "off-peak",
    )
    steps.append((SEEN_AGAIN, rates(last)))
    return sorted(steps, key=lambda step: step[0])


def _on(day: Number, steps: Sequence[tuple[date, TokenRates]]) -> TokenRates:
    """Return the rates of the last step that a day has reached."""

    def column(place: int) -> Number:
        found: Number = steps[0][1].corners()[place]
        for first, charged in steps[1:]:
            found = where(day >= day_number(first), charged.corners()[place], found)
        return found

    return _rates([column(place) for place in range(3)])


def _rates(corners: Sequence[Number]) -> TokenRates:
    fresh, cached, out = corners
    return TokenRates(
        input_usd_per_million_tokens=fresh,
        cached_input_usd_per_million_tokens=cached,
        output_usd_per_million_tokens=out,
    )


def ratio_on_day(
    *,
    rival: Choice,
    seller: Choice,
    day: Number,
    output_share: Number,
    cache_hit_share: Number,
) -> ComparedPrice:
    """Price one mix of traffic at a rival and at a seller of DeepSeek's model on a day.

    A maker's chat model is whichever stood behind its name on the day; a host sells
    DeepSeek-V3. Between :data:`VOUCHED_UNTIL` and :data:`SEEN_AGAIN` the maker's price
    is not known. A rival's price is used from its first day on.

    Raises
    ------
    ValueError
        If a price is not known for the day.

    Examples
    --------
    >>> asked = {"rival": "GPT-4o", "seller": SELLERS[0]}
    >>> mix = {"output_share": 0.25, "cache_hit_share": 0.0}
    >>> days = [day_number(day) for day in ("2025-03-01", "2025-10-01")]
    >>> [round(ratio_on_day(day=day, **asked, **mix).price_ratio, 1) for day in days]
    [9.2, 13.9]
    """
    first, last = day_number(PRICED_FROM), day_number(PRICED_UNTIL)
    require("day", day, day >= first, "must not be before the weights were released")
    require("day", day, day <= last, "must not be after the last price on record")
    rivals = day_rivals()
    starts = {name: day_number(one.first_day) for name, one in rivals.items()}
    known = day >= lookup(rival, starts, name="rival")
    require("day", day, known, "no price of this rival is on record so early")
    _require_seller(seller, day)
    dear, cheap, *hosts = SELLERS
    sold = {
        dear: _on(day, _steps(dearest=True)),
        cheap: _on(day, _steps(dearest=False)),
    }
    for host in hosts:
        (price,) = token_prices("DeepSeek-V3", host)
        sold[host] = rates(price)
    return compare_rates(
        rival=chosen_rates(rival, rivals, name="rival"),
        offer=lookup_record(seller, sold, name="seller"),
        output_share=output_share,
        cache_hit_share=cache_hit_share,
    )


def _require_seller(seller: Choice, day: Number) -> None:
    """Refuse a day on which the seller's price is not known."""
    gap_from, gap_until = day_number(VOUCHED_UNTIL), day_number(SEEN_AGAIN)
    maker = lookup(
        seller, {name: float("DeepSeek" in name) for name in SELLERS}, name="seller"
    )
    outside = either(day < gap_from, day >= gap_until)
    rule = f"no price of DeepSeek's is known from {VOUCHED_UNTIL} to {SEEN_AGAIN}"
    require("day", day, either(maker < 1, outside), rule)
    hosted = either(maker > 0, day >= day_number(HOSTED_FROM))
    require("day", day, hosted, f"no price of a host is used before {HOSTED_FROM}")
