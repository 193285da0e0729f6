"""A planned run: from a model and a chip to FLOP, hours, days and dollars."""

import functools
from dataclasses import dataclass
from typing import Any

from dsv3 import accounting, architecture, hardware, training
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
    """Forward and backward FLOP per token."""

    training_flop: Number
    """FLOP of pre-training."""

    pretraining_gpu_hours: Number
    """GPU-hours of pre-training."""

    wall_clock_days: Number
    """Days of pre-training on the cluster."""

    pretraining_usd: Number
    """Dollars for pre-training."""

    total_gpu_hours: Number
    """GPU-hours with the later stages."""

    total_usd: Number
    """Dollars with the later stages."""


def training_cost(
    *,
    model: Choice,
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
    context, causal attention included; the choice ``active-parameters`` counts
    6 FLOP per active parameter instead.

    Parameters
    ----------
    model
        Name of a preset (`dsv3.architecture.preset_names`) or
        ``active-parameters``.
    active_parameters
        Weights used per token; read only by the choice ``active-parameters``.
    tokens
        Pre-training tokens, above 0.
    gpu
        Name of an accelerator (`dsv3.hardware.accelerator_names`).
    precision
        ``bf16`` or ``fp8``: whose dense peak the utilisation is a share of.
    utilization
        Share of that peak reached, above 0 and at most 1.
    usd_per_gpu_hour
        Rental rate, not negative.
    cluster_gpus
        GPUs that work together, at least 1.
    later_stage_gpu_hours
        GPU-hours after pre-training (context extension and post-training).

    Raises
    ------
    ValueError
        If a number is outside its range, a name is unknown, or the chip has no
        peak at the precision; the message names the argument.

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
    flop_per_token = lookup(
        model,
        {
            **preset_training_flop_per_token(),
            ACTIVE_PARAMETERS: training.six_n_flop_per_token(
                active_parameters=active_parameters
            ),
        },
        name="model",
    )
    return planned_cost(
        training_flop_per_token=flop_per_token,
        tokens=tokens,
        gpu=gpu,
        precision=precision,
        utilization=utilization,
        usd_per_gpu_hour=usd_per_gpu_hour,
        cluster_gpus=cluster_gpus,
        later_stage_gpu_hours=later_stage_gpu_hours,
    )


def planned_cost(
    *,
    training_flop_per_token: Number,
    tokens: Number,
    gpu: Choice,
    precision: Choice,
    utilization: Number,
    usd_per_gpu_hour: Number,
    cluster_gpus: Number,
    later_stage_gpu_hours: Number,
) -> TrainingCost:
    """Plan a run as `training_cost` does, for FLOP per token counted elsewhere.

    This is the door for a model of one's own: count its FLOP from its
    ``config.json`` with `dsv3.accounting.flop_per_token` and hand them in.
    """
    require_not_negative("later_stage_gpu_hours", later_stage_gpu_hours)
    run = training.run(
        tokens=tokens,
        training_flop_per_token=training_flop_per_token,
        peak_flop_per_s=peak_flop_per_s(gpu=gpu, precision=precision),
        utilization=utilization,
        cluster_gpus=cluster_gpus,
    )
    total_gpu_hours = run.gpu_hours + later_stage_gpu_hours
    pretraining = rental_cost(
        gpu_hours=run.gpu_hours, usd_per_gpu_hour=usd_per_gpu_hour
    )
    return TrainingCost(
        training_flop_per_token=training_flop_per_token,
        training_flop=run.training_flop,
        pretraining_gpu_hours=run.gpu_hours,
        wall_clock_days=run.wall_clock_days,
        pretraining_usd=pretraining.total_usd,
        total_gpu_hours=total_gpu_hours,
        total_usd=total_gpu_hours * usd_per_gpu_hour,
    )


def published_run() -> dict[str, Any]:
    """Arguments of `training_cost` that give DeepSeek-V3's published run.

    Tokens, hours, cluster and rate are the report's. The utilisation is not in
    it: it is solved from the published pre-training hours, with FLOP counted
    from the released configuration and the dense BF16 peak of the H800 SXM as
    100 %.

    Examples
    --------
    >>> cost = training_cost(**published_run())
    >>> round(cost.pretraining_gpu_hours), round(cost.total_usd)
    (2664000, 5576000)
    """
    tokens = fact("v3.tokens").number
    flop_per_token = preset_training_flop_per_token()["deepseek-v3"]
    return {
        "model": "deepseek-v3",
        "active_parameters": fact("v3.active_parameters").number,
        "tokens": tokens,
        "gpu": "H800 SXM",
        "precision": "bf16",
        "utilization": training.implied_utilization(
            training_flop=tokens * flop_per_token,
            gpu_hours=fact("v3.gpu_hours.pre_training").number,
            peak_flop_per_s=peak_flop_per_s(gpu="H800 SXM", precision="bf16"),
        ),
        "usd_per_gpu_hour": fact("v3.usd_per_gpu_hour").number,
        "cluster_gpus": fact("v3.gpus").number,
        "later_stage_gpu_hours": fact("v3.gpu_hours.context_extension").number
        + fact("v3.gpu_hours.post_training").number,
    }


@functools.cache
def preset_training_flop_per_token() -> dict[str, float]:
    """Training FLOP per token of every preset, counted at 4,096 tokens of context.

    Examples
    --------
    >>> round(preset_training_flop_per_token()["deepseek-v3"] / 1e9, 2)
    250.45
    """
    return {
        name: float(
            accounting.flop_per_token(
                architecture.preset(name), context_tokens=PRETRAINING_CONTEXT_TOKENS
            ).training_flop_per_token
        )
        for name in architecture.preset_names()
    }


def peak_flop_per_s(*, gpu: Choice, precision: Choice) -> Number:
    """Dense peak of a chip at a precision, for choices as well as for names.

    Raises
    ------
    ValueError
        If the name is unknown or the chip has no such peak.

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
