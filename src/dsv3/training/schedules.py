"""What DeepSeek-V3's pre-training was set to, at any point along its tokens.

The published curves [deepseekai2024v3]_ (section 4.2): learning rate, batch, bias speed
and weight of the second prediction, and the step that a number of tokens belongs to.
"""

import math
from collections.abc import Mapping
from functools import cache

from dsv3.facts import fact
from explorables.arithmetic import (
    Choice,
    Number,
    cos,
    log,
    lookup,
    maximum,
    minimum,
    require,
    sqrt,
    where,
)

BATCH_RAMPS: Mapping[str, str] = {
    "by tokens": "evenly by tokens",
    "by steps": "evenly by steps",
}
"""How the batch may have grown: the report gives its ends and not its form."""


@cache
def _published(name: str) -> float:
    return fact(f"v3.{name}").number


def steps(*, tokens: Number, batch_ramp: Choice = "by tokens") -> Number:
    """Optimiser steps after which a number of tokens has been seen.

    While the batch grows from b to B over R tokens of sequences of s tokens, the steps
    are the integral of dT / (s batch(T)): R / (s (B - b)) times ln(batch / b) if it
    grows evenly by tokens, and 2 R (batch - b) / (s (B^2 - b^2)) if it grows evenly by
    steps. Afterwards each step takes s B tokens. Steps are not rounded, though in truth
    they are whole.

    Examples
    --------
    One step of the full batch takes 62,914,560 tokens:

    >>> steps(tokens=10e12 + 62_914_560) - steps(tokens=10e12)
    1.0
    """
    sequence, ramp = _published("sequence_tokens"), _published("batch_ramp_tokens")
    low, high = _published("batch_start_sequences"), _published("batch_sequences")
    batch = batch_sequences(tokens=tokens, batch_ramp=batch_ramp)
    by_tokens = ramp / (sequence * (high - low)) * log(batch / low)
    by_steps = 2 * ramp * (batch - low) / (sequence * (high**2 - low**2))
    ramped = lookup(
        batch_ramp, {"by tokens": by_tokens, "by steps": by_steps}, name="batch_ramp"
    )
    return ramped + maximum(tokens - ramp, 0.0) / (sequence * high)


def batch_sequences(*, tokens: Number, batch_ramp: Choice = "by tokens") -> Number:
    """Sequences of a step: 3,072 at first, 15,360 from 469 billion tokens on.

    Examples
    --------
    >>> batch_sequences(tokens=0.0), batch_sequences(tokens=469e9)
    (3072.0, 15360.0)
    """
    _require_tokens(tokens)
    low, high = _published("batch_start_sequences"), _published("batch_sequences")
    done = minimum(tokens / _published("batch_ramp_tokens"), 1.0)
    by_tokens = low + (high - low) * done
    by_steps = sqrt(low**2 + (high**2 - low**2) * done)
    return lookup(
        batch_ramp, {"by tokens": by_tokens, "by steps": by_steps}, name="batch_ramp"
    )


def learning_rate(*, tokens: Number, batch_ramp: Choice = "by tokens") -> Number:
    """AdamW's learning rate where a number of tokens has been seen.

    It rises over 2,000 steps, stays to 10 trillion tokens, falls by half a cosine
    over 4.3 trillion and keeps two constants, for 333 and for 167 billion.

    Examples
    --------
    >>> learning_rate(tokens=5e12), learning_rate(tokens=14.8e12)
    (0.00022, 7.3e-06)

    Half-way down the cosine it is the mean of its ends:

    >>> round(learning_rate(tokens=12.15e12), 9)
    0.000121
    """
    step = steps(tokens=tokens, batch_ramp=batch_ramp)
    rise = minimum(step / _published("learning_rate.warmup_steps"), 1.0)
    # It falls only where nothing rises any more.
    return learning_rate_after_warmup(tokens=tokens) * rise


def learning_rate_after_warmup(*, tokens: Number) -> Number:
    """AdamW's learning rate, were it at its height from the first step on.

    Examples
    --------
    >>> learning_rate_after_warmup(tokens=0.0), learning_rate(tokens=0.0)
    (0.00022, 0.0)
    """
    _require_tokens(tokens)
    name = "learning_rate."
    peak, low = _published(name + "peak"), _published(name + "after_cosine")
    constant = _published(name + "constant_until_tokens")
    length = _published(name + "cosine_tokens")
    tail = constant + length + _published(name + "first_tail_tokens")
    done = minimum(maximum((tokens - constant) / length, 0.0), 1.0)
    wave = (1 + cos(math.pi * done)) / 2
    falling = low + (peak - low) * wave
    curve = where(tokens <= constant, peak, falling)
    return where(tokens <= tail, curve, _published(name + "second_tail"))


def bias_update_speed(*, tokens: Number) -> Number:
    """Step of the experts' biases, gamma: 0.001, and 0 for the last 500 billion.

    Examples
    --------
    >>> bias_update_speed(tokens=14.3e12), bias_update_speed(tokens=14.4e12)
    (0.001, 0.0)
    """
    _require_tokens(tokens)
    early, late = (_published("bias_update_speed" + end) for end in ("", "_tail"))
    return where(tokens <= _published("bias_update_until_tokens"), early, late)


def prediction_weight(*, tokens: Number) -> Number:
    """Weight of the second prediction's loss, lambda: 0.3 to 10 trillion, then 0.1.

    Examples
    --------
    >>> prediction_weight(tokens=10e12), prediction_weight(tokens=10.1e12)
    (0.3, 0.1)
    """
    _require_tokens(tokens)
    early, late = (_published("mtp_loss_weight" + end) for end in ("", "_tail"))
    return where(tokens <= _published("mtp_loss_weight_until_tokens"), early, late)


def scheduled_tokens() -> float:
    """Tokens over which the learning rate's phases reach, added up.

    Examples
    --------
    >>> scheduled_tokens()
    14800000000000.0
    """
    phases = ("constant_until", "cosine", "first_tail", "second_tail")
    lengths = [_published(f"learning_rate.{phase}_tokens") for phase in phases]
    return float(sum(lengths))


def _require_tokens(tokens: Number) -> None:
    most = _published("tokens")
    rule = f"must be from 0 to the run's {most:.4g}"
    require("tokens", tokens, tokens >= 0, rule)
    require("tokens", tokens, tokens <= most, rule)
