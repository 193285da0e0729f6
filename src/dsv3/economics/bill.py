"""Hours at a rate: the multiplication behind the headline, and its three stages."""

from dataclasses import dataclass

from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalCost:
    """A number of GPU-hours at a rental rate."""

    total_usd: Number


def rental_cost(*, gpu_hours: Number, usd_per_gpu_hour: Number) -> RentalCost:
    """Dollars to rent a number of GPU-hours: one multiplication.

    The headline of the DeepSeek-V3 report is this product, with a rate its
    authors assume (section 1 and Table 1).

    Examples
    --------
    >>> rental_cost(gpu_hours=2_788_000, usd_per_gpu_hour=2).total_usd
    5576000
    """
    require_not_negative("gpu_hours", gpu_hours)
    require_not_negative("usd_per_gpu_hour", usd_per_gpu_hour)
    return RentalCost(total_usd=gpu_hours * usd_per_gpu_hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """GPU-hours and dollars of the three stages, and their sums."""

    pretraining_usd: Number
    context_extension_usd: Number
    post_training_usd: Number
    total_gpu_hours: Number
    total_usd: Number


def bill(
    *,
    pretraining_gpu_hours: Number,
    context_extension_gpu_hours: Number,
    post_training_gpu_hours: Number,
    usd_per_gpu_hour: Number,
) -> Bill:
    """Rebuild the cost table of the report: three stages at one rate.

    Examples
    --------
    >>> made = bill(
    ...     pretraining_gpu_hours=2_664_000,
    ...     context_extension_gpu_hours=119_000,
    ...     post_training_gpu_hours=5_000,
    ...     usd_per_gpu_hour=2,
    ... )
    >>> made.total_gpu_hours, made.total_usd
    (2788000, 5576000)
    """
    stages = [
        rental_cost(gpu_hours=hours, usd_per_gpu_hour=usd_per_gpu_hour).total_usd
        for hours in (
            pretraining_gpu_hours,
            context_extension_gpu_hours,
            post_training_gpu_hours,
        )
    ]
    total_gpu_hours = (
        pretraining_gpu_hours + context_extension_gpu_hours + post_training_gpu_hours
    )
    return Bill(
        pretraining_usd=stages[0],
        context_extension_usd=stages[1],
        post_training_usd=stages[2],
        total_gpu_hours=total_gpu_hours,
        total_usd=total_gpu_hours * usd_per_gpu_hour,
    )


def require_not_negative(name: str, value: Number) -> None:
    """Refuse a negative amount or NaN, naming it.

    Examples
    --------
    >>> require_not_negative("gpu_hours", -1.0)
    Traceback (most recent call last):
        ...
    ValueError: gpu_hours is -1.0: must not be negative
    """
    require(name, value, value >= 0, "must not be negative")
