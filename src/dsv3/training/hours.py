"""How long a training run takes: tokens, FLOP, peak and utilisation to hours.

One identity carries this room. The FLOP of a run are spread over GPU-hours at
the share of the chip's peak that is reached,

    tokens x FLOP per token = GPU-hours x 3600 s x peak FLOP/s x utilisation,

and each function solves it for one factor. The room knows workloads and time;
what an hour costs is `dsv3.economics`' business.

Every function takes plain numbers or recorded ones (see `explorables.arithmetic`).
"""

from dataclasses import dataclass

from explorables.arithmetic import Number, require
from explorables.quantities import HOURS_PER_DAY, SECONDS_PER_DAY, SECONDS_PER_HOUR

FLOP_PER_PARAMETER_PER_TOKEN = 6.0
"""Training FLOP per weight and token in the 6N rule: 2 forward, 4 backward."""

TOKENS_PER_TRILLION = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training run, every factor of the identity above filled in."""

    training_flop: Number
    gpu_hours: Number

    wall_clock_days: Number
    """Days on the calendar, with the cluster always busy."""

    achieved_flop_per_s: Number
    """FLOP per second each GPU sustains, averaged over the run."""

    tokens_per_day: Number


def six_n_flop_per_token(*, active_parameters: Number) -> Number:
    """Training FLOP per token by the 6N rule, attention scores left out.

    Each weight a token touches costs one multiply and one add in the forward
    pass and twice that in the backward pass.

    Examples
    --------
    >>> six_n_flop_per_token(active_parameters=37e9) / 1e9
    222.0
    """
    require(
        "active_parameters", active_parameters, active_parameters > 0, "must be above 0"
    )
    return FLOP_PER_PARAMETER_PER_TOKEN * active_parameters


def run(
    *,
    tokens: Number,
    training_flop_per_token: Number,
    peak_flop_per_s: Number,
    utilization: Number,
    cluster_gpus: Number,
) -> Run:
    """Time a training run from its size, its chip and the utilisation reached.

    The peak is one GPU's, at the precision that `utilization` is measured against.

    Examples
    --------
    A GPU of 1 PFLOP/s at half its peak does 1.8e18 FLOP in an hour:

    >>> timed = run(
    ...     tokens=1.8e9,
    ...     training_flop_per_token=1e9,
    ...     peak_flop_per_s=1e15,
    ...     utilization=0.5,
    ...     cluster_gpus=1,
    ... )
    >>> timed.gpu_hours, timed.wall_clock_days * 24
    (1.0, 1.0)
    """
    require("tokens", tokens, tokens > 0, "must be above 0")
    require(
        "training_flop_per_token",
        training_flop_per_token,
        training_flop_per_token > 0,
        "must be above 0",
    )
    _require_utilization(utilization)
    flop = tokens * training_flop_per_token
    hours = gpu_hours(
        training_flop=flop, peak_flop_per_s=peak_flop_per_s, utilization=utilization
    )
    days = wall_clock_days(gpu_hours=hours, cluster_gpus=cluster_gpus)
    return Run(
        training_flop=flop,
        gpu_hours=hours,
        wall_clock_days=days,
        achieved_flop_per_s=peak_flop_per_s * utilization,
        tokens_per_day=tokens / days,
    )


def gpu_hours(
    *, training_flop: Number, peak_flop_per_s: Number, utilization: Number
) -> Number:
    """GPU-hours that a number of FLOP takes at a share of the peak.

    Examples
    --------
    >>> gpu_hours(training_flop=3.6e18, peak_flop_per_s=1e15, utilization=0.5)
    2.0
    """
    require("peak_flop_per_s", peak_flop_per_s, peak_flop_per_s > 0, "must be above 0")
    _require_utilization(utilization)
    return training_flop / (peak_flop_per_s * utilization) / SECONDS_PER_HOUR


def implied_utilization(
    *, training_flop: Number, gpu_hours: Number, peak_flop_per_s: Number
) -> Number:
    """Share of the peak that a run must have reached, given its GPU-hours.

    Nothing bounds the answer by 1: a share above it says that one of the three
    inputs does not belong with the others.

    Examples
    --------
    >>> implied_utilization(training_flop=3.6e18, gpu_hours=2, peak_flop_per_s=1e15)
    0.5
    """
    require("gpu_hours", gpu_hours, gpu_hours > 0, "must be above 0")
    require("peak_flop_per_s", peak_flop_per_s, peak_flop_per_s > 0, "must be above 0")
    return training_flop / (gpu_hours * SECONDS_PER_HOUR * peak_flop_per_s)


def wall_clock_days(*, gpu_hours: Number, cluster_gpus: Number) -> Number:
    """Days on the calendar when every GPU works all the time.

    Examples
    --------
    >>> wall_clock_days(gpu_hours=2048 * 24, cluster_gpus=2048)
    1.0
    """
    require("cluster_gpus", cluster_gpus, cluster_gpus >= 1, "must be at least 1")
    return gpu_hours / cluster_gpus / HOURS_PER_DAY


def tokens_per_day_from_step(
    *, batch_sequences: Number, sequence_tokens: Number, step_seconds: Number
) -> Number:
    """Tokens per day of a cluster that takes one optimiser step at a time.

    Examples
    --------
    >>> tokens_per_day_from_step(
    ...     batch_sequences=2, sequence_tokens=100, step_seconds=0.5
    ... )
    34560000.0
    """
    require("step_seconds", step_seconds, step_seconds > 0, "must be above 0")
    return batch_sequences * sequence_tokens * SECONDS_PER_DAY / step_seconds


def gpu_hours_per_trillion_tokens(
    *, tokens_per_day: Number, cluster_gpus: Number
) -> Number:
    """GPU-hours a cluster spends on a trillion tokens at its daily pace.

    Examples
    --------
    >>> gpu_hours_per_trillion_tokens(tokens_per_day=1e12, cluster_gpus=100)
    2400.0
    """
    require("tokens_per_day", tokens_per_day, tokens_per_day > 0, "must be above 0")
    days = TOKENS_PER_TRILLION / tokens_per_day
    return days * HOURS_PER_DAY * cluster_gpus


def _require_utilization(utilization: Number) -> None:
    require("utilization", utilization, utilization > 0, "must be above 0")
    require("utilization", utilization, utilization <= 1, "must be at most 1")
