"""What a million tokens cost at an API: by model, host, tariff and day.

A series is one model at one host under one tariff. Its prices follow one another
without gap or overlap; the file is refused otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Literal, TypeAlias

from dsv3.facts import Amount, Catalogue, Sourced, read_records
from dsv3.prices.days import as_day, as_span

Tariff: TypeAlias = Literal["standard", "off-peak", "peak"]
"""When in the day a price holds."""

Dating: TypeAlias = Literal["announced", "seen", "undated"]
"""What ``from_date`` is: the announced first day, the day somebody saw the price, or
only the first day we use a price whose source gives no day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice(Sourced):
    """What a million tokens of one model cost at one host, from one day on."""

    id: str
    model: str
    """Model behind the name that is called."""
    host: str
    """Who serves it and asks the price."""
    tariff: Tariff = "standard"
    rival: str = ""
    """Name among the rivals that DeepSeek's models are compared with, or nothing."""
    input_usd_per_million_tokens: Amount
    """US dollars per million tokens of input that no cache holds."""
    cached_input_usd_per_million_tokens: Amount | None = None
    """US dollars per million tokens of input read from a cache; None where no
    source that we read gives one."""
    output_usd_per_million_tokens: Amount
    dating: Dating
    from_date: str
    """First day, inclusive; ISO 8601, as fine as known."""
    to_date: str = ""
    """First day the price no longer held, exclusive; empty when not known."""

    def __post_init__(self) -> None:
        for name, usd in self._asked().items():
            if not 0 < usd < float("inf"):
                message = f"{name} is {usd!r}: a price is above 0 and finite"
                raise ValueError(message)
        cached = self.charged_cached_input_usd_per_million_tokens
        if cached > self.input_usd_per_million_tokens:
            message = (
                f"cached_input_usd_per_million_tokens is {cached!r}: "
                "at most the price of other input"
            )
            raise ValueError(message)
        as_span(self.from_date, self.to_date)
        Sourced.__post_init__(self)

    def _asked(self) -> dict[str, float]:
        """Return the three prices by field, the cached one as it is charged."""
        return {
            "input_usd_per_million_tokens": self.input_usd_per_million_tokens,
            "cached_input_usd_per_million_tokens": (
                self.charged_cached_input_usd_per_million_tokens
            ),
            "output_usd_per_million_tokens": self.output_usd_per_million_tokens,
        }

    @property
    def charged_cached_input_usd_per_million_tokens(self) -> float:
        """Price of cached input; that of other input where no discount is known."""
        known = self.cached_input_usd_per_million_tokens
        return self.input_usd_per_million_tokens if known is None else known

    @property
    def first_day(self) -> date:
        """First day of the price."""
        return as_span(self.from_date, self.to_date)[0]

    @property
    def end_day(self) -> date:
        """First day it no longer held; the end of time when that is not known."""
        return as_span(self.from_date, self.to_date)[1]

    @property
    def series(self) -> tuple[str, str, str]:
        """Model, host and tariff: prices of one series follow one another."""
        return (self.model, self.host, self.tariff)


def _check_series(prices: Iterable[TokenPrice]) -> None:
    ordered = sorted(prices, key=lambda one: (one.series, one.first_day))
    for earlier, later in pairwise(ordered):
        if earlier.series != later.series or earlier.end_day == later.first_day:
            continue
        fault = "overlaps" if earlier.end_day > later.first_day else "leaves a gap to"
        message = (
            f"api_prices.yaml: {earlier.id}: to_date is {earlier.to_date!r}: it "
            f"{fault} {later.id}, which starts on {later.from_date}"
        )
        raise ValueError(message)


def read_token_prices(text: str | None = None) -> tuple[TokenPrice, ...]:
    """Read token prices, in the order of the file, and refuse gaps and overlaps.

    `text` is YAML to read in place of ``data/api_prices.yaml``.
    """
    found = read_records("api_prices.yaml", TokenPrice, text=text)
    _check_series(found)
    return found


_listed_prices = cache(read_token_prices)


@cache
def _token_prices() -> tuple[TokenPrice, ...]:
    """Return every price, earliest first."""
    return tuple(sorted(_listed_prices(), key=lambda one: (one.first_day, one.id)))


def rival_prices() -> tuple[TokenPrice, ...]:
    """Return the prices that DeepSeek's are compared with, in the order of the file.

    Examples
    --------
    >>> [price.rival for price in rival_prices()][:2]
    ['GPT-4o', 'Claude 3.5 Sonnet']
    """
    return tuple(price for price in _listed_prices() if price.rival)


def _of(
    field: str, name: str, prices: tuple[TokenPrice, ...]
) -> tuple[TokenPrice, ...]:
    """Return the prices that carry a name in a field; refuse a name that none has."""
    known: dict[str, list[TokenPrice]] = {}
    for price in prices:
        known.setdefault(getattr(price, field), []).append(price)
    return tuple(Catalogue(noun=field, read=lambda: known).record(name))


def token_prices(
    model: str | None = None, host: str | None = None
) -> tuple[TokenPrice, ...]:
    """Return token prices over all time, earliest first, of one model or host or all.

    Examples
    --------
    >>> [
    ...     (price.from_date, price.output_usd_per_million_tokens)
    ...     for price in token_prices("DeepSeek-V3", "DeepSeek")
    ...     if price.tariff == "standard"
    ... ]
    [('2024-12-26', 0.28), ('2025-02-08', 1.1)]
    """
    found = _token_prices()
    if model is not None:
        found = _of("model", model, found)
    if host is not None:
        found = _of("host", host, found)
    return found


def token_price(
    model: str, *, host: str, on: date | str, tariff: Tariff = "standard"
) -> TokenPrice:
    """Return what a model cost at a host on one day.

    Examples
    --------
    >>> price = token_price("DeepSeek-V3", host="DeepSeek", on="2025-02-08")
    >>> price.input_usd_per_million_tokens
    0.27
    """
    day = as_day("on", on) if isinstance(on, str) else on
    series = _of("tariff", tariff, token_prices(model, host))
    held = [one for one in series if one.first_day <= day < one.end_day]
    if not held:
        first = series[0].from_date
        last = series[-1].to_date or "an unknown day"
        message = (
            f"on is {day.isoformat()!r}: {model} at {host} has {tariff} prices "
            f"from {first} to {last}"
        )
        raise ValueError(message)
    assert len(held) == 1, "the file was read with overlaps refused"
    return held[0]
