"""When servers are cheaper than an API: the utilisation at which both cost alike.

A server costs the same whether it works or not, owned or rented; an API asks a price
for each token. How fast servers are is `dsv3.serving`'s matter.
"""

from dataclasses import dataclass
from functools import cache
from typing import Unpack

from dsv3 import hardware
from dsv3.economics.accountings import accountings, cost_assumptions
from dsv3.economics.api_comparison import v3_offers
from dsv3.economics.bill import require_not_negative
from dsv3.economics.ownership import (
    MONTHS_PER_YEAR,
    WATTS_PER_KILOWATT,
    annual_capital_usd,
)
from dsv3.economics.serving_cost import MILLION, serving_cost
from dsv3.economics.token_prices import (
    TokenRates,
    blended_usd_per_million_tokens,
    mix_of_shares,
    rates,
)
from dsv3.facts import fact
from dsv3.prices import Tariff, TokenPrice, token_price
from dsv3.serving import Workload
from explorables.arithmetic import Choice, Number, lookup_record, require
from explorables.quantities import DAYS_PER_YEAR, HOURS_PER_DAY, SECONDS_PER_DAY

HOURS_PER_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR

ALONE = 1.0
"""A server or two need no cluster network to speak of."""

ALWAYS = 1.0
"""An owned server is paid for in every hour; how much of them it works is asked
apart."""


OWN_PRICE = "a price of your own"
"""Offer whose three prices are given, for a model or a host that is not on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """Own servers, and rented ones, against an API, for the same tokens."""

    break_even_busy_share: Number
    """Share of their capacity at which own servers cost what the API asks; above 1
    they never do."""

    own_usd_per_million_tokens: Number
    """At the share that is asked about."""

    api_usd_per_million_tokens: Number
    break_even_tokens_per_day: Number

    served_tokens_per_day: Number
    """At the share that is asked about."""

    own_usd_per_year: Number
    api_usd_per_year: Number

    rented_break_even_busy_share: Number
    """The same share for servers that are rented all year."""

    rented_usd_per_year: Number

    purchase_usd: Number

    reader_tokens_per_s: Number
    """Tokens per second that one reader sees when the servers are full."""

    headroom_bytes: Number
    """Left on one GPU."""


def break_even(
    *,
    offer: Choice,
    gpu: Choice,
    gpus: Number,
    busy_share: Number,
    output_share: Number,
    cache_hit_share: Number,
    usd_per_gpu: Number,
    life_years: Number,
    yearly_rate: Number,
    colocation_usd_per_kw_month: Number,
    operations_usd_per_year: Number,
    usd_per_kwh: Number,
    usd_per_gpu_hour: Number,
    input_usd_per_million_tokens: Number,
    cached_input_usd_per_million_tokens: Number,
    output_usd_per_million_tokens: Number,
    **workload: Unpack[Workload],
) -> BreakEven:
    """Set the cost of own and rented servers against an API's price at one traffic.

    Own servers are bought and paid back with interest, housed, powered and looked after
    all year; rented ones are paid for by the hour, and looked after as well. What they
    can serve follows from the roofline. The API costs nothing while nobody asks; the
    three prices are read only by the offer of one's own. With u the share of capacity
    that is used, own cost per token = cost at full use / u, so they meet at u = cost at
    full use / price. `workload` holds the arguments of `dsv3.serving.service` but the
    GPUs.

    Raises
    ------
    ValueError
        If the plan does not fit.

    Examples
    --------
    Eight H200s at $40,000, a quarter used, against DeepSeek's list price:

    >>> found = break_even(
    ...     offer="DeepSeek, list price", gpu="H200 SXM", gpus=8.0, busy_share=0.25,
    ...     output_share=0.25, cache_hit_share=0.5, usd_per_gpu=40_000.0,
    ...     life_years=4.0, yearly_rate=0.08, colocation_usd_per_kw_month=180.0,
    ...     operations_usd_per_year=75_000.0, usd_per_kwh=0.1, usd_per_gpu_hour=2.6,
    ...     input_usd_per_million_tokens=0.27, output_usd_per_million_tokens=1.1,
    ...     cached_input_usd_per_million_tokens=0.07,
    ...     model="deepseek-v3", precision="fp8", layout="expert parallel",
    ...     sequences=256.0, context_tokens=4096.0, prompt_tokens=4096.0,
    ...     network_bytes_per_s=50e9, drafted_tokens=0.0, acceptance_share=0.0,
    ...     reached_share=0.7, usable_share=0.9,
    ... )  # fmt: skip
    >>> bool(found.own_usd_per_million_tokens > found.api_usd_per_million_tokens)
    True
    """
    require("busy_share", busy_share, busy_share > 0, "must be above 0")
    require("busy_share", busy_share, busy_share <= 1, "must be at most 1")
    require_not_negative("operations_usd_per_year", operations_usd_per_year)
    year = _usd_per_year(
        gpu=gpu,
        gpus=gpus,
        usd_per_gpu=usd_per_gpu,
        life_years=life_years,
        yearly_rate=yearly_rate,
        colocation_usd_per_kw_month=colocation_usd_per_kw_month,
        usd_per_kwh=usd_per_kwh,
    )
    require_not_negative("usd_per_gpu_hour", usd_per_gpu_hour)
    rent = gpus * HOURS_PER_YEAR * usd_per_gpu_hour + operations_usd_per_year
    cost = serving_cost(
        gpu=gpu,
        prefill_gpus=gpus,
        decode_gpus=gpus,
        usd_per_gpu_hour=(year + operations_usd_per_year) / (gpus * HOURS_PER_YEAR),
        output_share=output_share,
        cache_hit_share=cache_hit_share,
        **workload,
    )
    named = {name: rates(price) for name, price in _api_offers().items()}
    own_price = TokenRates(
        input_usd_per_million_tokens=input_usd_per_million_tokens,
        cached_input_usd_per_million_tokens=cached_input_usd_per_million_tokens,
        output_usd_per_million_tokens=output_usd_per_million_tokens,
    )
    for part in ("input", "cached_input", "output"):
        name = f"{part}_usd_per_million_tokens"
        require_not_negative(name, getattr(own_price, name))
    price = blended_usd_per_million_tokens(
        lookup_record(offer, named | {OWN_PRICE: own_price}, name="offer"),
        mix_of_shares(output_share=output_share, cache_hit_share=cache_hit_share),
    )
    seconds = cost.million_tokens_gpu_seconds
    rule = "must leave tokens to compute: all are cached and none is written"
    require("cache_hit_share", cache_hit_share, seconds > 0, rule)
    require("offer", offer, price > 0, "its tokens cost nothing")
    full = cost.usd_per_million_tokens
    own = year + operations_usd_per_year
    capacity = gpus * SECONDS_PER_DAY / seconds * MILLION
    tokens = busy_share * capacity
    return BreakEven(
        break_even_busy_share=full / price,
        own_usd_per_million_tokens=full / busy_share,
        api_usd_per_million_tokens=price,
        break_even_tokens_per_day=capacity * full / price,
        served_tokens_per_day=tokens,
        own_usd_per_year=own,
        api_usd_per_year=tokens * DAYS_PER_YEAR * price / MILLION,
        rented_break_even_busy_share=full / price * rent / own,
        rented_usd_per_year=rent,
        purchase_usd=gpus * usd_per_gpu,
        reader_tokens_per_s=cost.reader_tokens_per_s,
        headroom_bytes=cost.headroom_bytes,
    )


def _usd_per_year(
    *,
    gpu: Choice,
    gpus: Number,
    usd_per_gpu: Number,
    life_years: Number,
    yearly_rate: Number,
    colocation_usd_per_kw_month: Number,
    usd_per_kwh: Number,
) -> Number:
    """Dollars a year for hardware, its room and electricity, the servers always on."""
    require_not_negative("usd_per_gpu", usd_per_gpu)
    require_not_negative("yearly_rate", yearly_rate)
    require_not_negative("colocation_usd_per_kw_month", colocation_usd_per_kw_month)
    assumed = cost_assumptions()
    chip = lookup_record(gpu, hardware.accelerators(), name="gpu")
    watts = _server_watts_per_gpu(chip)
    share, overhead = "power_share", "power_usage_effectiveness_ratio"
    energy = accountings(
        gpu_hours=gpus * HOURS_PER_YEAR,
        cluster_gpus=gpus,
        gpu_server_watts=watts,
        usd_per_gpu_hour=0.0,
        usd_per_gpu=usd_per_gpu,
        network_ratio=ALONE,
        life_years=life_years,
        busy_share=ALWAYS,
        usd_per_kwh=usd_per_kwh,
        power_share=assumed[share].central,
        power_usage_effectiveness_ratio=assumed[overhead].central,
    ).energy_usd
    capital = annual_capital_usd(
        price_usd=gpus * usd_per_gpu, life_years=life_years, yearly_rate=yearly_rate
    )
    kilowatts = gpus * watts / WATTS_PER_KILOWATT
    return capital + energy + kilowatts * colocation_usd_per_kw_month * MONTHS_PER_YEAR


def _server_watts_per_gpu(chip: hardware.Accelerator) -> Number:
    """Return a server's power per GPU: the GPU's own, times what a DGX H100 adds."""
    own = hardware.accelerator("H100 SXM").tdp_watts
    per_gpu = fact("dgx_h100.max_watts").number / fact("v3.gpus_per_node").number
    return chip.tdp_watts * per_gpu / own


@cache
def _api_offers() -> dict[str, TokenPrice]:
    def later(model: str, on: str, tariff: Tariff = "standard") -> TokenPrice:
        return token_price(model, host="DeepSeek", on=on, tariff=tariff)

    return v3_offers() | {
        "DeepSeek-V3.2, early 2026": later("DeepSeek-V3.2", "2026-03-01"),
        "V4.1-Flash, off-peak": later("DeepSeek-V4.1-Flash", "2026-11-01", "off-peak"),
        "V4.1-Flash, peak": later("DeepSeek-V4.1-Flash", "2026-11-01", "peak"),
    }


def api_offers() -> dict[str, TokenPrice]:
    """Return the prices that own servers are set against, by who asked and when.

    Those of `v3_offers` are for DeepSeek-V3 itself, in early 2025; the later ones
    are what DeepSeek asked for the models that took its place.

    Examples
    --------
    >>> api_offers()["DeepSeek-V3.2, early 2026"].output_usd_per_million_tokens
    0.42
    """
    return dict(_api_offers())
