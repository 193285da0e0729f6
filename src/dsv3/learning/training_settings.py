"""How the small model is trained: what may be set, and how it changes by the step.

A run has the published schedule of :mod:`dsv3.training.schedules` in its own length,
over its own heights.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from dsv3.facts import fact
from dsv3.training.schedules import (
    bias_update_speed,
    learning_rate_after_warmup,
    prediction_weight,
    scheduled_tokens,
)
from explorables.arithmetic import Number, require, require_option

Balancing: TypeAlias = Literal["bias", "auxiliary", "none"]
"""How experts are kept busy: V3's way, the classic loss, or not at all."""

Schedule: TypeAlias = Literal["constant", "published"]
"""What happens after the warm-up: nothing, or what the report prints."""

SMALL_AVERAGE_DECAY = 0.98
"""Our own: DeepSeek-V3's is not published. It spans some fifty steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How to train; rates suit the tiny model, not DeepSeek-V3."""

    steps: int = 400

    batch: int = 16
    """Batch size, in sequences."""

    context: int = 128
    """Tokens of a sequence."""

    learning_rate: float = 3e-3
    """AdamW's, at its height."""

    warmup_steps: int = 20
    """Steps over which it rises."""

    schedule: Schedule = "constant"
    """What it does afterwards, and bias speed and prediction weight with it."""

    weight_decay: float = 0.01
    """AdamW's; torch's own. V3's is 0.1."""

    clip_norm: float = math.inf
    """Norm beyond which a gradient is scaled down; V3's is 1."""

    average_decay: float = 0.0
    """Share of the past that the average of the weights keeps; 0 for no average."""

    prediction_weight: float = 0.3
    """Weight of the prediction modules' loss, lambda."""

    balancing: Balancing = "bias"

    bias_speed: float = 0.003
    """The bias's step; V3's 0.001 is too slow for a few hundred steps."""

    balance_alpha: float = 1e-4
    """Factor of the sequence-wise loss that goes with the bias, V3's."""

    auxiliary_alpha: float = 0.01
    """Factor of the classic loss."""

    seed: int = 0
    """Seed of the first weights and of the order of the text."""

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "context", "warmup_steps"):
            size: int = getattr(self, name)
            require(name, size, size >= 1, "must be at least 1")
        rate = self.learning_rate
        rule = "must be above 0, and finite"
        require("learning_rate", rate, 0 < rate < math.inf, rule)
        factors = ("prediction_weight", "bias_speed", "balance_alpha", "weight_decay")
        for name in (*factors, "auxiliary_alpha"):
            factor: float = getattr(self, name)
            rule = "must be 0 or above, and finite"
            require(name, factor, 0 <= factor < math.inf, rule)
        require("clip_norm", self.clip_norm, self.clip_norm > 0, "must be above 0")
        decay = self.average_decay
        require("average_decay", decay, 0 <= decay < 1, "must be from 0 to below 1")
        require_option("balancing", self.balancing, get_args(Balancing))
        require_option("schedule", self.schedule, get_args(Schedule))

    def at(self, step: int) -> "Pace":
        """Return what holds at a step, counted from 1; after the last, what held there.

        Examples
        --------
        >>> TrainingSettings(learning_rate=0.5, warmup_steps=10).at(5).learning_rate
        0.25
        >>> published_settings(steps=1000).at(1000).bias_speed
        0.0
        """
        rise = min(1.0, step / self.warmup_steps)
        if self.schedule == "constant":
            return Pace(
                learning_rate=self.learning_rate * rise,
                bias_speed=self.bias_speed,
                prediction_weight=self.prediction_weight,
            )
        tokens = scheduled_tokens() * min(step, self.steps) / self.steps
        rate = _over_its_start(learning_rate_after_warmup, tokens)
        return Pace(
            learning_rate=self.learning_rate * min(rise, rate),
            bias_speed=self.bias_speed * _over_its_start(bias_update_speed, tokens),
            prediction_weight=self.prediction_weight
            * _over_its_start(prediction_weight, tokens),
        )


def _over_its_start(curve: Callable[..., Number], tokens: float) -> float:
    """Return a published curve's height over that at the first token."""
    return float(curve(tokens=tokens)) / float(curve(tokens=0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a step is done with."""

    learning_rate: float
    bias_speed: float
    prediction_weight: float


def published_betas() -> tuple[float, float]:
    """Return AdamW's two memories [deepseekai2024v3]_ (section 4.2).

    Examples
    --------
    >>> published_betas()
    (0.9, 0.95)
    """
    return fact("v3.adam_beta1").number, fact("v3.adam_beta2").number


def published_settings(
    *, steps: int = 400, balancing: Balancing = "bias", seed: int = 0
) -> TrainingSettings:
    """Return settings with all of the published recipe that a small run can keep.

    AdamW's weight decay, the clipping and the schedule's shape are DeepSeek-V3's
    [deepseekai2024v3]_ (section 4.2). The height of the learning rate, the batch, the
    bias speed and the average's memory are the small model's own.

    Examples
    --------
    >>> published_settings().weight_decay, published_settings().clip_norm
    (0.1, 1.0)
    """
    return TrainingSettings(
        steps=steps,
        balancing=balancing,
        seed=seed,
        schedule="published",
        weight_decay=fact("v3.weight_decay").number,
        clip_norm=fact("v3.gradient_clip_norm").number,
        average_decay=SMALL_AVERAGE_DECAY,
    )
