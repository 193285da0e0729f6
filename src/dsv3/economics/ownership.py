"""What an owner's GPU-hour costs in full: capital, room, upkeep, electricity.

`dsv3.economics.accountings` writes hardware off in a straight line and adds
electricity. Whoever lent the money also wants a return, the servers stand in somebody's
room, and somebody looks after them. Here each is a part of the hour, so that owning and
renting are compared like for like.
"""

from dataclasses import dataclass

from dsv3.economics.accountings import accountings
from dsv3.economics.bill import require_not_negative
from explorables.arithmetic import Number, maximum, power, require
from explorables.quantities import DAYS_PER_YEAR, HOURS_PER_DAY

HOURS_PER_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR
MONTHS_PER_YEAR = 12
WATTS_PER_KILOWATT = 1000.0

LEAST_YEARLY_RATE = 1e-7
"""Stands for no interest at all, where an annuity would divide nothing by nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """An hour of an owned GPU that works, by what it is spent on."""

    depreciation_usd_per_gpu_hour: Number
    """Price less what the hardware fetches in the end, in a straight line."""

    capital_usd_per_gpu_hour: Number
    """What the money costs on top."""

    colocation_usd_per_gpu_hour: Number
    operations_usd_per_gpu_hour: Number
    energy_usd_per_gpu_hour: Number
    owner_usd_per_gpu_hour: Number
    """All of it."""

    run_usd: Number
    """Hours of the run at that."""

    rent_ratio: Number
    """An owned hour over a rented one; below 1 owning is cheaper."""


def ownership(
    *,
    gpu_hours: Number,
    usd_per_gpu_hour: Number,
    usd_per_gpu: Number,
    network_ratio: Number,
    life_years: Number,
    yearly_rate: Number,
    residual_share: Number,
    busy_share: Number,
    colocation_usd_per_kw_month: Number,
    operations_share: Number,
    gpu_server_watts: Number,
    power_share: Number,
    power_usage_effectiveness_ratio: Number,
    usd_per_kwh: Number,
) -> Ownership:
    """Price an owned GPU-hour, and a run at it, beside a rented one.

    Hardware with its network is paid back by an annuity at `yearly_rate` over its life,
    less the present value of `residual_share` of its price. Room is rented for the
    largest power, all year, and upkeep is a share of the price a year; both are spread
    over the hours that work. Electricity is as in `accountings`.

    Examples
    --------
    A card of $8,766 that lives one year and always works, at ten percent a year, in a
    room at $100 for a kW and month, with no power and no upkeep:

    >>> found = ownership(
    ...     gpu_hours=1000.0, usd_per_gpu_hour=2.0, usd_per_gpu=8766.0,
    ...     network_ratio=1.0, life_years=1.0, yearly_rate=0.1, residual_share=0.0,
    ...     busy_share=1.0, colocation_usd_per_kw_month=100.0, operations_share=0.0,
    ...     gpu_server_watts=7305.0, power_share=0.0,
    ...     power_usage_effectiveness_ratio=1.0, usd_per_kwh=0.0,
    ... )  # fmt: skip
    >>> round(found.capital_usd_per_gpu_hour, 9), found.colocation_usd_per_gpu_hour
    (0.1, 1.0)
    """
    require_not_negative("yearly_rate", yearly_rate)
    require_not_negative("residual_share", residual_share)
    require("residual_share", residual_share, residual_share < 1, "must be below 1")
    require_not_negative("colocation_usd_per_kw_month", colocation_usd_per_kw_month)
    require_not_negative("operations_share", operations_share)
    require(
        "usd_per_gpu_hour", usd_per_gpu_hour, usd_per_gpu_hour > 0, "must be above 0"
    )
    book = accountings(
        gpu_hours=gpu_hours,
        cluster_gpus=1.0,
        gpu_server_watts=gpu_server_watts,
        usd_per_gpu_hour=usd_per_gpu_hour,
        usd_per_gpu=usd_per_gpu,
        network_ratio=network_ratio,
        life_years=life_years,
        busy_share=busy_share,
        power_share=power_share,
        power_usage_effectiveness_ratio=power_usage_effectiveness_ratio,
        usd_per_kwh=usd_per_kwh,
    )
    hours = HOURS_PER_YEAR * busy_share
    price = usd_per_gpu * network_ratio
    repaid = annual_capital_usd(
        price_usd=price,
        life_years=life_years,
        yearly_rate=yearly_rate,
        residual_share=residual_share,
    )
    depreciation = price * (1 - residual_share) / life_years / hours
    capital = repaid / hours - depreciation
    kilowatts = gpu_server_watts / WATTS_PER_KILOWATT
    room = kilowatts * colocation_usd_per_kw_month * MONTHS_PER_YEAR / hours
    upkeep = price * operations_share / hours
    energy = book.energy_usd / gpu_hours
    hour = depreciation + capital + room + upkeep + energy
    return Ownership(
        depreciation_usd_per_gpu_hour=depreciation,
        capital_usd_per_gpu_hour=capital,
        colocation_usd_per_gpu_hour=room,
        operations_usd_per_gpu_hour=upkeep,
        energy_usd_per_gpu_hour=energy,
        owner_usd_per_gpu_hour=hour,
        run_usd=gpu_hours * hour,
        rent_ratio=hour / usd_per_gpu_hour,
    )


def annual_capital_usd(
    *,
    price_usd: Number,
    life_years: Number,
    yearly_rate: Number,
    residual_share: Number = 0.0,
) -> Number:
    """Return the equal sum a year that repays a price with interest over a life.

    Examples
    --------
    >>> round(annual_capital_usd(price_usd=1000.0, life_years=4.0, yearly_rate=0.08), 2)
    301.92
    """
    require("life_years", life_years, life_years > 0, "must be above 0")
    rate = maximum(yearly_rate, LEAST_YEARLY_RATE)
    discount = power(1 + rate, -life_years)
    return price_usd * (1 - residual_share * discount) * rate / (1 - discount)


def staff_usd(*, heads: Number, years: Number, usd_per_head_year: Number) -> Number:
    """Return what a team costs over some years, counted head by head.

    Examples
    --------
    >>> staff_usd(heads=10.0, years=0.5, usd_per_head_year=100_000.0)
    500000.0
    """
    for name, value in {
        "heads": heads,
        "years": years,
        "usd_per_head_year": usd_per_head_year,
    }.items():
        require_not_negative(name, value)
    return heads * years * usd_per_head_year
