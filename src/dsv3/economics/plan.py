"""A planned run: from a model and a chip to FLOP, hours, days and dollars."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dsv3 import accounting, architecture, hardware, training
from dsv3.architecture import Architecture
from dsv3.economics.bill import rental_cost, require_not_negative
from dsv3.facts import fact
from dsv3.formats import TRAINING_FORMATS
from explorables.arithmetic import Choice, Number, lookup, lookup_record, require

PRETRAINING_CONTEXT_TOKENS = 4096
"""Sequence length at which the FLOP of every model are counted here."""

ACTIVE_PARAMETERS = "active-parameters"
"""Choice of model that counts 6 FLOP per active parameter instead of a preset."""

PRECISIONS = TRAINING_FORMATS
"""Precisions whose dense peak a utilisation may be measured against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCost:
    """A planned run, from FLOP per token to dollars."""

    training_flop_per_token: Number

    training_flop: Number
    """Of pre-training."""

    pretraining_gpu_hours: Number

    wall_clock_days: Number

    pretraining_usd: Number

    total_gpu_hours: Number
    """With the later stages."""

    total_usd: Number
    """With the later stages."""


def training_cost(
    *,
    model: Choice | Architecture,
    active_parameters: Number,
    tokens: Number,
    gpu: Choice,
    precision: Choice,
    utilization: Number,
    usd_per_gpu_hour: Number,
    cluster_gpus: Number,
    later_stage_gpu_hours: Number,
) -> TrainingCost:
    """Plan a training run from a model and a chip down to dollars.

    FLOP per token are counted from the model's configuration at 4,096 tokens of
    context, causal attention included; the choice ``active-parameters`` counts 6 FLOP
    per active parameter instead. `active_parameters` is read only by that choice,
    `utilization` is a share of the dense peak at `precision`, and the later stages are
    context extension and post-training.

    Raises
    ------
    ValueError
        If the chip has no peak at the precision, or an argument is outside its range.

    Examples
    --------
    A chip of 989.4 TFLOP/s at full use does 1e18 FLOP (37B x 6 x 4.5M tokens)
    in about 1,011 seconds:

    >>> cost = training_cost(
    ...     model="active-parameters",
    ...     active_parameters=37e9,
    ...     tokens=1e18 / 222e9,
    ...     gpu="H100 SXM",
    ...     precision="bf16",
    ...     utilization=1.0,
    ...     usd_per_gpu_hour=2.0,
    ...     cluster_gpus=1,
    ...     later_stage_gpu_hours=0,
    ... )
    >>> round(cost.pretraining_gpu_hours * 3600)
    1011
    """
    require_not_negative("later_stage_gpu_hours", later_stage_gpu_hours)
    by_rule = training.six_n_flop_per_token(active_parameters=active_parameters)
    flop_per_token = training_flop_per_token(model, {ACTIVE_PARAMETERS: by_rule})
    run = training.run(
        tokens=tokens,
        training_flop_per_token=flop_per_token,
        peak_flop_per_s=peak_flop_per_s(gpu=gpu, precision=precision),
        utilization=utilization,
        cluster_gpus=cluster_gpus,
    )
    total_gpu_hours = run.gpu_hours + later_stage_gpu_hours
    pretraining = rental_cost(
        gpu_hours=run.gpu_hours, usd_per_gpu_hour=usd_per_gpu_hour
    )
    return TrainingCost(
        training_flop_per_token=flop_per_token,
        training_flop=run.training_flop,
        pretraining_gpu_hours=run.gpu_hours,
        wall_clock_days=run.wall_clock_days,
        pretraining_usd=pretraining.total_usd,
        total_gpu_hours=total_gpu_hours,
        total_usd=total_gpu_hours * usd_per_gpu_hour,
    )


def training_flop_per_token(
    model: Choice | Architecture, others: Mapping[str, Number] = MappingProxyType({})
) -> Number:
    """Training FLOP per token, counted at 4,096 tokens of context.

    ``others`` are further names that may be chosen, with their FLOP.

    Examples
    --------
    >>> round(training_flop_per_token("deepseek-v3") / 1e9, 2)
    250.45
    """
    if isinstance(model, Architecture):
        return _counted(model)
    return lookup(model, {**preset_training_flop_per_token(), **others})


def _counted(model: Architecture) -> float:
    count = accounting.flop_per_token(model, context_tokens=PRETRAINING_CONTEXT_TOKENS)
    return float(count.training_flop_per_token)


@functools.cache
def published_utilization() -> float:
    """Share of the H800's dense BF16 peak that the published hours stand for.

    It is not in the report: solved from its pre-training hours, with FLOP counted from
    the released configuration.

    Examples
    --------
    >>> round(published_utilization(), 3)
    0.391
    """
    flop_per_token = preset_training_flop_per_token()["deepseek-v3"]
    return float(
        training.implied_utilization(
            training_flop=fact("v3.tokens").number * flop_per_token,
            gpu_hours=fact("v3.gpu_hours.pre_training").number,
            peak_flop_per_s=peak_flop_per_s(gpu="H800 SXM", precision="bf16"),
        )
    )


@functools.cache
def preset_training_flop_per_token() -> dict[str, float]:
    """Training FLOP per token of every preset, counted at 4,096 tokens of context.

    Examples
    --------
    >>> round(preset_training_flop_per_token()["deepseek-v3"] / 1e9, 2)
    250.45
    """
    return {
        name: _counted(architecture.preset(name))
        for name in architecture.preset_names()
    }


def peak_flop_per_s(*, gpu: Choice, precision: Choice) -> Number:
    """Dense peak of a chip at a precision, for choices as well as for names.

    Examples
    --------
    >>> peak_flop_per_s(gpu="A100 SXM", precision="fp8")
    Traceback (most recent call last):
        ...
    ValueError: precision is 'fp8': the chosen GPU has no dense peak at it
    """
    chip = lookup_record(gpu, hardware.accelerators(), name="gpu")
    peaks = {name: chip.rated_flop_per_s(name) for name in PRECISIONS}
    peak = lookup(precision, peaks, name="precision")
    require("precision", precision, peak > 0, "the chosen GPU has no dense peak at it")
    return peak
