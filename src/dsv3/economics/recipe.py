"""The meter beside the schedules: what pre-training had cost at any point."""

from dataclasses import dataclass

from dsv3 import training
from dsv3.economics.bill import rental_cost, require_not_negative
from dsv3.facts import fact
from explorables.arithmetic import Choice, Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainingMoment:
    """One point of DeepSeek-V3's pre-training: its settings and its meter."""

    total_usd: Number
    spent_gpu_hours: Number

    cluster_days: Number
    """Days so far on the published cluster, always busy."""

    step: Number
    batch_sequences: Number
    batch_tokens: Number

    learning_rate: Number
    """AdamW's."""

    bias_update_speed: Number
    """Bias update speed, gamma."""

    prediction_weight: Number
    """Weight of the second prediction's loss, lambda."""


def recipe(
    *,
    tokens: Number,
    gpu_hours_per_trillion_tokens: Number,
    usd_per_gpu_hour: Number,
    batch_ramp: Choice,
) -> PretrainingMoment:
    """Say what DeepSeek-V3's pre-training was set to, and had cost, at a point.

    Settings are the report's (section 4.2). Hours are tokens times one pace for
    the whole run, so the small batches of the start are priced like the rest.

    Examples
    --------
    >>> moment = recipe(
    ...     tokens=14.8e12,
    ...     gpu_hours_per_trillion_tokens=180e3,
    ...     usd_per_gpu_hour=2,
    ...     batch_ramp="by tokens",
    ... )
    >>> moment.spent_gpu_hours, moment.total_usd, moment.learning_rate
    (2664000.0, 5328000.0, 7.3e-06)
    """
    pace = gpu_hours_per_trillion_tokens
    require("gpu_hours_per_trillion_tokens", pace, pace > 0, "must be above 0")
    require_not_negative("usd_per_gpu_hour", usd_per_gpu_hour)
    batch = training.batch_sequences(tokens=tokens, batch_ramp=batch_ramp)
    hours = tokens / training.TOKENS_PER_TRILLION * pace
    rent = rental_cost(gpu_hours=hours, usd_per_gpu_hour=usd_per_gpu_hour)
    gpus = fact("v3.gpus").number
    return PretrainingMoment(
        total_usd=rent.total_usd,
        spent_gpu_hours=hours,
        cluster_days=training.wall_clock_days(gpu_hours=hours, cluster_gpus=gpus),
        step=training.steps(tokens=tokens, batch_ramp=batch_ramp),
        batch_sequences=batch,
        batch_tokens=batch * fact("v3.sequence_tokens").number,
        learning_rate=training.learning_rate(tokens=tokens, batch_ramp=batch_ramp),
        bias_update_speed=training.bias_update_speed(tokens=tokens),
        prediction_weight=training.prediction_weight(tokens=tokens),
    )
