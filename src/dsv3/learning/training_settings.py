"""How the small model is trained: what may be set, and how it changes by the step.

Owns the settings of a run and the published schedule in the run's own length:
learning rate, bias speed and weight of the second prediction, as shares of the
run. Knows nothing of weights or of how a step is done.

Twin: training/schedules.py, which has the same curves over 14.8 trillion tokens.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias, get_args

from dsv3.facts import fact
from explorables.arithmetic import require, require_word

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
    """Steps in all."""

    batch: int = 16
    """Sequences of a step."""

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
    """How load is balanced."""

    bias_speed: float = 0.003
    """The bias's step; V3's 0.001 is too slow for a few hundred steps."""

    balance_alpha: float = 1e-4
    """Factor of the sequence-wise loss that goes with the bias, V3's."""

    auxiliary_alpha: float = 0.01
    """Factor of the classic loss."""

    seed: int = 0
    """Seed of the first weights and of the order of the text."""

    def __post_init__(self) -> None:
        """Check what training could not begin with."""
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
        require_word("balancing", self.balancing, *get_args(Balancing))
        require_word("schedule", self.schedule, *get_args(Schedule))

    def at(self, step: int) -> "Pace":
        """Return what holds at a step.

        Parameters
        ----------
        step
            Number of the step, from 1 to ``steps``.

        Returns
        -------
        Pace
            Learning rate, bias speed and prediction weight.

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
        shape, share = published_shape(), step / self.steps
        late = share > shape.constant_until_share
        settled = share > shape.cosine_until_share
        return Pace(
            learning_rate=self.learning_rate * min(rise, shape.rate_factor(share)),
            bias_speed=0.0 if settled else self.bias_speed,
            prediction_weight=self.prediction_weight
            * (shape.late_prediction_factor if late else 1.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a step is done with."""

    learning_rate: float
    """AdamW's."""

    bias_speed: float
    """The bias's step."""

    prediction_weight: float
    """Weight of the prediction modules' loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The published schedule without its sizes: shares of the run and of the peak."""

    constant_until_share: float
    """Tokens until which the rate stays at its height, over all."""

    cosine_until_share: float
    """Tokens at the end of the cosine, over all."""

    first_tail_until_share: float
    """Tokens at the end of the first constant after it, over all."""

    first_tail_factor: float
    """The rate there over its height."""

    second_tail_factor: float
    """The rate to the end over its height."""

    late_prediction_factor: float
    """Weight of the second prediction after the constant part, over that before."""

    def rate_factor(self, share: float) -> float:
        """Return the rate over its height, where a share of the run is done.

        The warm-up is left out: it is counted in steps.

        Parameters
        ----------
        share
            Tokens seen over all tokens, from 0 to 1.

        Examples
        --------
        >>> shape = published_shape()
        >>> shape.rate_factor(0.5), round(shape.rate_factor(0.97), 9)
        (1.0, 0.1)
        """
        if share > self.first_tail_until_share:
            return self.second_tail_factor
        length = self.cosine_until_share - self.constant_until_share
        done = (share - self.constant_until_share) / length
        wave = (1 + math.cos(math.pi * min(1.0, max(0.0, done)))) / 2
        return self.first_tail_factor + (1 - self.first_tail_factor) * wave


@cache
def published_shape() -> Shape:
    """Return the shape of DeepSeek-V3's schedule [deepseekai2024v3]_ (section 4.2).

    Examples
    --------
    >>> round(published_shape().constant_until_share, 3)
    0.676
    """
    rate = "v3.learning_rate."
    tokens = fact("v3.tokens").number
    peak = fact(rate + "peak").number
    constant = fact(rate + "constant_until_tokens").number
    cosine = constant + fact(rate + "cosine_tokens").number
    tail = cosine + fact(rate + "first_tail_tokens").number
    weights = [fact("v3.mtp_loss_weight" + end).number for end in ("", "_tail")]
    return Shape(
        constant_until_share=constant / tokens,
        cosine_until_share=cosine / tokens,
        first_tail_until_share=tail / tokens,
        first_tail_factor=fact(rate + "after_cosine").number / peak,
        second_tail_factor=fact(rate + "second_tail").number / peak,
        late_prediction_factor=weights[1] / weights[0],
    )


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
    [deepseekai2024v3]_ (section 4.2). The height of the learning rate, the batch,
    the bias speed and the average's memory are the small model's own.

    Parameters
    ----------
    steps, balancing, seed
        As in :class:`TrainingSettings`.

    Returns
    -------
    TrainingSettings
        The settings.

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
