"""Laws that begin at an amount of training compute, and a model's training beside them.

A law says how much, and not always how to count. So the count is a choice here: the
rule of six FLOP a weight and token, or the matrix products one by one, with the
attention that is used or with all that is done.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeAlias

from dsv3 import accounting, architecture, training
from dsv3.accounting import ActiveConvention
from dsv3.architecture import Architecture
from dsv3.facts import Amount, Catalogue, Sourced, fact, read_records
from explorables.arithmetic import Choice, Number, lookup, require

SIX_PER_WEIGHT = "six for each active weight"
CAUSAL = "matrix products, causal attention"
FULL = "matrix products, full attention"
COUNTINGS = (SIX_PER_WEIGHT, CAUSAL, FULL)
"""Ways to count the training FLOP of a token, from least to most."""

COUNTED_CONTEXT_TOKENS = 4096
"""Sequence length at which attention is counted, that of V3's pre-training."""

ModelChoice: TypeAlias = Choice | Architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputeThreshold(Sourced):
    """One law's amount of training compute."""

    id: str
    title: str
    threshold_flop: Amount
    """Passed when the compute is greater."""
    applies_from: str
    """First day on which its duties apply, ISO 8601."""
    revoked_on: str = ""
    """Day on which it was revoked; empty while it was not."""
    covers: str
    adds: str
    """What else decides, or is counted."""

    def state_on(self, day: date) -> str:
        """Return ``to come``, ``in force`` or ``revoked``, as of a day.

        Examples
        --------
        >>> compute_threshold("us_order").state_on(date(2025, 2, 1))
        'revoked'
        """
        if day < date.fromisoformat(self.applies_from):
            return "to come"
        revoked = self.revoked_on and day >= date.fromisoformat(self.revoked_on)
        return "revoked" if revoked else "in force"


def _thresholds() -> dict[str, ComputeThreshold]:
    records = read_records("compute_thresholds.yaml", ComputeThreshold)
    return {one.id: one for one in records}


COMPUTE_THRESHOLDS: Catalogue[ComputeThreshold] = Catalogue(
    noun="compute threshold", read=_thresholds
)


def compute_threshold(id: str) -> ComputeThreshold:
    """Return one threshold by its name."""
    return COMPUTE_THRESHOLDS.record(id)


def compute_thresholds() -> tuple[ComputeThreshold, ...]:
    """Return every threshold, in the order of the file."""
    return tuple(COMPUTE_THRESHOLDS.by_name.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCompute:
    """A model's training beside three amounts that laws name."""

    training_flop: Number
    """All stages."""

    general_purpose_ratio: Number
    """Over the EU's indication of a general-purpose model, 1e23."""

    systemic_risk_ratio: Number
    """Over the EU's presumption of systemic risk, 1e25."""

    frontier_ratio: Number
    """Over 1e26, the amount of the American order and of two states' acts."""

    systemic_risk_tokens: Number
    """Tokens at which this model would pass 1e25, counted the same way."""


def training_compute(
    *, model: ModelChoice, tokens: Number, counting: Choice, later_stage_share: Number
) -> TrainingCompute:
    """Count a model's training and set it beside the thresholds.

    `later_stage_share` is the compute of later stages over that of pre-training. What a
    law leaves open, such as trial runs and synthetic data, is not in it.

    Examples
    --------
    Six FLOP for each of 36.6 billion weights and 14.8 trillion tokens:

    >>> found = training_compute(
    ...     model="deepseek-v3", tokens=14.8e12, later_stage_share=0.0,
    ...     counting=SIX_PER_WEIGHT,
    ... )  # fmt: skip
    >>> f"{found.training_flop:.3g}", round(found.systemic_risk_ratio, 2)
    ('3.25e+24', 0.33)
    """
    require("tokens", tokens, tokens > 0, "must be above 0")
    share = later_stage_share
    require("later_stage_share", share, share >= 0, "must be at least 0")
    per_token = _flop_per_token(model, counting) * (1 + share)
    flop = tokens * per_token
    lines = {one.id: one.threshold_flop for one in compute_thresholds()}
    return TrainingCompute(
        training_flop=flop,
        general_purpose_ratio=flop / lines["eu_general_purpose"],
        systemic_risk_ratio=flop / lines["eu_systemic_risk"],
        frontier_ratio=flop / lines["california_sb53"],
        systemic_risk_tokens=lines["eu_systemic_risk"] / per_token,
    )


def published_later_stage_share() -> float:
    """Return V3's hours after pre-training over those of pre-training.

    Examples
    --------
    >>> round(published_later_stage_share(), 4)
    0.0465
    """
    before = fact("v3.gpu_hours.pre_training").number
    return fact("v3.gpu_hours.total").number / before - 1


def _flop_per_token(model: ModelChoice, counting: Choice) -> Number:
    if isinstance(model, Architecture):
        counts = _counted(model)
    else:
        counts = {way: lookup(model, _of_presets()[way]) for way in COUNTINGS}
    return lookup(counting, counts, name="counting")


def _counted(model: Architecture) -> dict[str, Number]:
    weights = accounting.parameter_count(model).active(
        ActiveConvention.WITHOUT_INPUT_EMBEDDING
    )
    by_product = {
        name: float(
            accounting.flop_per_token(
                model, context_tokens=COUNTED_CONTEXT_TOKENS, causal=causal
            ).training_flop_per_token
        )
        for name, causal in ((CAUSAL, True), (FULL, False))
    }
    by_rule = training.six_n_flop_per_token(active_parameters=float(weights))
    return {SIX_PER_WEIGHT: by_rule, **by_product}


@cache
def _of_presets() -> dict[str, dict[str, Number]]:
    counted = {
        name: _counted(architecture.preset(name))
        for name in architecture.preset_names()
    }
    return {way: {name: one[way] for name, one in counted.items()} for way in COUNTINGS}
