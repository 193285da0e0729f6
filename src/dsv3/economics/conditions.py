"""What would have to be true: one bill solved for each of its factors in turn.

A bill is hours times a rate times a hidden multiple, and hours shrink as utilisation
grows: so each factor that meets a target, with the others kept, has a closed form.
"""

from dataclasses import dataclass

from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What each factor alone would have to be for a target to be true."""

    total_usd: Number
    """The bill as the factors stand."""

    gap_ratio: Number
    """Target over bill: how far the factors together are from it."""

    needed_usd_per_gpu_hour: Number
    """Rate at which the hours cost the target."""

    needed_gpu_hours: Number
    """Hours that cost the target at the rate."""

    needed_utilization: Number
    """Utilisation at which the same work takes that many hours; may exceed 1."""

    needed_hidden_ratio: Number
    """Everything over the final run."""

    needed_research_ratio: Number
    """Experiments over the final run, at the given staff share; may be negative."""


def solve_for(
    *,
    target_usd: Number,
    gpu_hours: Number,
    usd_per_gpu_hour: Number,
    utilization: Number,
    hidden_ratio: Number,
    staff_share: Number,
) -> Conditions:
    """Say what each factor alone would have to be for a bill to be the target.

    `hidden_ratio` is everything that is counted over the final run, and only the last
    answer uses `staff_share`.

    Examples
    --------
    Twice the bill takes twice the rate, twice the hours, half the utilisation, or as
    much again in hidden work:

    >>> asked = solve_for(
    ...     target_usd=4e6, gpu_hours=1e6, usd_per_gpu_hour=2.0,
    ...     utilization=0.4, hidden_ratio=1.0, staff_share=0.0,
    ... )  # fmt: skip
    >>> asked.needed_usd_per_gpu_hour, asked.needed_gpu_hours
    (4.0, 2000000.0)
    >>> asked.needed_utilization, asked.needed_research_ratio
    (0.2, 1.0)
    """
    for name, value in (
        ("target_usd", target_usd),
        ("gpu_hours", gpu_hours),
        ("usd_per_gpu_hour", usd_per_gpu_hour),
        ("utilization", utilization),
        ("hidden_ratio", hidden_ratio),
    ):
        require(name, value, value > 0, "must be above 0")
    require("utilization", utilization, utilization <= 1, "must be at most 1")
    require("staff_share", staff_share, staff_share >= 0, "must not be negative")
    require("staff_share", staff_share, staff_share < 1, "must be below 1")
    total = gpu_hours * usd_per_gpu_hour * hidden_ratio
    ratio = target_usd / total
    hidden = hidden_ratio * ratio
    return Conditions(
        total_usd=total,
        gap_ratio=ratio,
        needed_usd_per_gpu_hour=usd_per_gpu_hour * ratio,
        needed_gpu_hours=gpu_hours * ratio,
        needed_utilization=utilization / ratio,
        needed_hidden_ratio=hidden,
        needed_research_ratio=hidden * (1 - staff_share) - 1,
    )
