"""What a GPU-hour cost to rent, and a GPU or a server to buy, by whom and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from dsv3.facts import (
    Amount,
    Catalogue,
    Count,
    Sourced,
    read_records,
)
from dsv3.prices.days import as_day, as_span

RentalKind: TypeAlias = Literal[
    "on-demand",
    "spot",
    "one-year contract",
    "three-year contract",
    "index",
    "assumption",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalPrice(Sourced):
    """What one GPU-hour of one chip cost at one provider from one day on."""

    id: str
    provider: str
    """Who asks, reports or assumes the price."""
    chip: str
    """Chip and form factor, spelt as in `dsv3.hardware`."""
    usd_per_gpu_hour_low: Amount
    usd_per_gpu_hour_high: Amount
    """Equals the lowest for a single price."""
    kind: RentalKind
    from_date: str
    """First day the price was seen or held, inclusive; ISO 8601, as fine as known."""
    to_date: str = ""
    """First day it no longer held, exclusive; empty when the end is not known."""

    def __post_init__(self) -> None:
        if not 0 < self.usd_per_gpu_hour_low <= self.usd_per_gpu_hour_high:
            low, high = self.usd_per_gpu_hour_low, self.usd_per_gpu_hour_high
            message = f"usd_per_gpu_hour is {low!r} to {high!r}: 0 < low <= high"
            raise ValueError(message)
        as_span(self.from_date, self.to_date)
        Sourced.__post_init__(self)

    @property
    def first_day(self) -> date:
        """First day the price was seen or held."""
        return as_span(self.from_date, self.to_date)[0]

    @property
    def end_day(self) -> date:
        """First day it no longer held; the end of time when that is not known."""
        return as_span(self.from_date, self.to_date)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePrice(Sourced):
    """What a seller asked for a GPU or a server of GPUs on one day."""

    id: str
    chip: str
    product: str
    usd: Amount
    """Of the whole product."""
    gpus: Count
    as_of: str
    """When the price was seen, ISO 8601, as fine as known."""

    def __post_init__(self) -> None:
        as_day("as_of", self.as_of)
        if not (self.usd > 0 and self.gpus > 0):
            message = f"usd is {self.usd!r} for {self.gpus!r} gpus: both above 0"
            raise ValueError(message)
        Sourced.__post_init__(self)

    @property
    def usd_per_gpu(self) -> float:
        """Price of the whole product over its GPUs, US dollars."""
        return self.usd / self.gpus


@cache
def _rental_prices() -> tuple[RentalPrice, ...]:
    found = read_records("rental_prices.yaml", RentalPrice)
    return tuple(sorted(found, key=lambda one: (one.first_day, one.id)))


@cache
def _purchase_prices() -> tuple[PurchasePrice, ...]:
    found = read_records("purchase_prices.yaml", PurchasePrice)
    return tuple(sorted(found, key=lambda one: (one.as_of, one.id)))


def _known_chip(chip: str, prices: Sequence[RentalPrice | PurchasePrice]) -> str:
    """Return the chip as the prices spell it; case does not matter."""
    chips = {one.chip: one.chip for one in prices}
    return Catalogue(noun="chip", read=lambda: chips, spelling=str.upper).record(chip)


_RENTALS: Catalogue[RentalPrice] = Catalogue(
    noun="rental price", read=lambda: {one.id: one for one in _rental_prices()}
)


def rental_prices(
    chip: str | None = None, on: date | str | None = None
) -> tuple[RentalPrice, ...]:
    """Return rental prices, of one chip or all, earliest first.

    On one day each provider, chip and kind gives the last price seen on or before it,
    unless that price is known to have ended; without a day every price is returned.

    Examples
    --------
    >>> quotes = rental_prices("H800 SXM", on="2024-12-01")
    >>> [quote.usd_per_gpu_hour_low for quote in quotes]
    [3.42]
    """
    found = _rental_prices()
    if chip is not None:
        name = _known_chip(chip, found)
        found = tuple(one for one in found if one.chip == name)
    if on is None:
        return found
    day = as_day("on", on) if isinstance(on, str) else on
    last = {
        (one.provider, one.chip, one.kind): one for one in found if one.first_day <= day
    }
    return tuple(one for one in last.values() if day < one.end_day)


def rental_price(id: str) -> RentalPrice:
    """Return the rental price with a name.

    Examples
    --------
    >>> rental_price("deepseek_assumed_h800").usd_per_gpu_hour_low
    2.0
    """
    return _RENTALS.record(id)


def purchase_prices(chip: str | None = None) -> tuple[PurchasePrice, ...]:
    """Return purchase prices, of one chip or all, earliest first.

    Examples
    --------
    >>> [round(price.usd_per_gpu) for price in purchase_prices("H800 SXM")]
    [44750, 33800]
    """
    found = _purchase_prices()
    if chip is None:
        return found
    name = _known_chip(chip, found)
    return tuple(one for one in found if one.chip == name)
