"""The published run on another chip, on another day: how many GPUs it would take.

Two things that a rule on chips is about meet here: the chip one may buy, and the
compute that the same result takes as methods improve.
"""

from dataclasses import dataclass
from functools import cache

from dsv3.facts import fact
from dsv3.training.chip_layer import (
    LAYOUTS,
    PUBLISHED_CHIP,
    chip_layer_seconds,
)
from explorables.arithmetic import Choice, Number, log2, lookup, power, require
from explorables.quantities import HOURS_PER_DAY

COMPARED_CHIPS = ("H100 SXM", "H800 SXM", "A800 SXM", "H20 SXM")
"""The run's own chip, the one it was cut from, and two others sold to China."""

MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRun:
    """What DeepSeek-V3's pre-training would take."""

    needed_gpus: Number
    """GPUs that finish in the days given."""

    pretraining_gpu_hours: Number

    published_cluster_days: Number
    """Days on as many GPUs of the chip as the published run had."""

    chip_ratio: Number
    """GPU-hours over those of the published chip and layout, on the same day."""

    compute_left_share: Number
    """Compute that the same result still takes, over what it took."""

    making_up_years: Number
    """Years of progress that make up for the chip and the layout."""


def same_run(
    *,
    gpu: Choice,
    layout: Choice,
    days: Number,
    years_of_progress: Number,
    halving_months: Number,
    bf16_gain_ratio: Number,
) -> SameRun:
    """Plan DeepSeek-V3's pre-training on another chip, some years later.

    The published GPU-hours are scaled by the time of one layer on the chip, and by a
    half for each time in which the compute for a fixed result halves. Days are on the
    calendar, with the cluster always busy. `bf16_gain_ratio` is as in
    `chip_compute_flop_per_s`.

    Examples
    --------
    On the published chip two halvings leave a quarter of the published hours:

    >>> later = same_run(
    ...     gpu="H800 SXM",
    ...     layout="as built",
    ...     days=54.2,
    ...     years_of_progress=2,
    ...     halving_months=12,
    ...     bf16_gain_ratio=1.5,
    ... )
    >>> later.pretraining_gpu_hours
    666000.0
    """
    require("days", days, days > 0, "must be above 0")
    years = years_of_progress
    require("years_of_progress", years, years >= 0, "must not be negative")
    require("halving_months", halving_months, halving_months > 0, "must be above 0")
    ratio = lookup(
        gpu,
        {
            chip: lookup(
                layout,
                {
                    name: chip_layer_seconds(
                        chip, name, bf16_gain_ratio=bf16_gain_ratio
                    )
                    / published_layer_seconds()
                    for name in LAYOUTS
                },
                name="layout",
            )
            for chip in COMPARED_CHIPS
        },
        name="gpu",
    )
    left = compute_left_share(
        years_of_progress=years_of_progress, halving_months=halving_months
    )
    hours = fact("v3.gpu_hours.pre_training").number * ratio * left
    return SameRun(
        needed_gpus=hours / (days * HOURS_PER_DAY),
        pretraining_gpu_hours=hours,
        published_cluster_days=hours / (fact("v3.gpus").number * HOURS_PER_DAY),
        chip_ratio=ratio,
        compute_left_share=left,
        making_up_years=making_up_years(
            hardware_ratio=ratio, halving_months=halving_months
        ),
    )


def compute_left_share(*, years_of_progress: Number, halving_months: Number) -> Number:
    """Share of the compute that the same result takes after some years.

    Examples
    --------
    >>> compute_left_share(years_of_progress=2.0, halving_months=8.0)
    0.125
    """
    halvings = MONTHS_PER_YEAR * years_of_progress / halving_months
    return power(0.5, halvings)


def making_up_years(*, hardware_ratio: Number, halving_months: Number) -> Number:
    """Years until better methods make up for a factor of GPU-hours.

    Examples
    --------
    >>> making_up_years(hardware_ratio=8.0, halving_months=8.0)
    2.0
    """
    require("hardware_ratio", hardware_ratio, hardware_ratio > 0, "must be above 0")
    return log2(hardware_ratio) * halving_months / MONTHS_PER_YEAR


@cache
def published_layer_seconds() -> float:
    """Time of a layer on the published chip, laid out as built.

    Examples
    --------
    >>> round(1e3 * published_layer_seconds(), 2)
    29.54
    """
    return float(chip_layer_seconds(PUBLISHED_CHIP, "as built", bf16_gain_ratio=1.0))
