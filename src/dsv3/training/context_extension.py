"""What it took to lengthen the context: two phases, their tokens and their hours.

The phases are the published ones [deepseekai2024v3]_ (section 4.3), compared with
pre-training token for token.
"""

from dataclasses import dataclass

from dsv3 import accounting, architecture
from dsv3.facts import fact
from explorables.arithmetic import require

STAGES = ("pre-training", "first", "second")
"""Pre-training, at its full batch, and the two phases after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the training, by the sequences it reads."""

    sequence_tokens: float
    batch_sequences: float
    step_tokens: float

    tokens: float
    """Of the whole stage."""

    training_flop_per_token: float
    """Forward and backward FLOP per token at that length, causal."""

    attention_flop_per_token: float
    """Those of them that compare tokens and mix values, which stay in BF16."""

    training_flop: float

    def weighted_flop(self, attention_weight: float) -> float:
        """Return the stage's FLOP with those of attention counted several times."""
        more = (attention_weight - 1) * self.attention_flop_per_token
        return self.tokens * (self.training_flop_per_token + more)


def stage(name: str) -> Stage:
    """Return one stage of DeepSeek-V3's training.

    Examples
    --------
    A step of every stage takes equally many tokens:

    >>> [stage(name).step_tokens for name in STAGES]
    [62914560, 62914560, 62914560]
    >>> stage("second").tokens
    62914560000
    """
    require("name", name, name in STAGES, f"must be one of {', '.join(STAGES)}")
    base = name == STAGES[0]
    prefix = "v3." if base else f"v3.context_extension.{name}_"
    sequence = fact(f"{prefix}sequence_tokens").number
    batch = fact(f"{prefix}batch_sequences").number
    steps = fact("v3.context_extension.steps_per_phase").number
    tokens = fact("v3.tokens").number if base else steps * batch * sequence
    work = accounting.flop_per_token(
        architecture.preset("deepseek-v3"), context_tokens=sequence
    )
    flop = float(work.training_flop_per_token)
    passes = flop / float(work.forward_flop_per_token)
    return Stage(
        sequence_tokens=sequence,
        batch_sequences=batch,
        step_tokens=batch * sequence,
        tokens=tokens,
        training_flop_per_token=flop,
        attention_flop_per_token=passes * float(work.attention_scores_flop_per_token),
        training_flop=flop * tokens,
    )


def extension_tokens() -> float:
    """Return the tokens of both phases together.

    Examples
    --------
    >>> extension_tokens()
    125829120000
    """
    return sum(stage(name).tokens for name in STAGES[1:])


def extension_hours_at_pretraining_pace(*, attention_weight: float = 1.0) -> float:
    """Return the GPU-hours of both phases at the rate of pre-training.

    Their FLOP per token are counted at their lengths, attention included, and
    done at the rate that pre-training's published hours imply.

    Parameters
    ----------
    attention_weight
        How much longer a FLOP of attention takes than one of the other products.

    Examples
    --------
    Attention's products are in BF16, the others in FP8, at twice the peak:

    >>> round(extension_hours_at_pretraining_pace(), -3)
    75000.0
    >>> round(extension_hours_at_pretraining_pace(attention_weight=2.0), -3)
    117000.0
    """
    require("attention_weight", attention_weight, attention_weight > 0, "must be > 0")
    before, *phases = [stage(name).weighted_flop(attention_weight) for name in STAGES]
    return sum(phases) / before * fact("v3.gpu_hours.pre_training").number


def hours_per_token_ratio() -> float:
    """Return GPU-hours per token of the extension over those of pre-training.

    Both from published hours (Table 1) and tokens.

    Examples
    --------
    >>> round(hours_per_token_ratio(), 2)
    5.25
    """
    extension = fact("v3.gpu_hours.context_extension").number / extension_tokens()
    before = fact("v3.gpu_hours.pre_training").number / fact("v3.tokens").number
    return extension / before


def flop_per_token_ratio() -> float:
    """Return FLOP per token of the extension over those of pre-training.

    Examples
    --------
    >>> round(flop_per_token_ratio(), 2)
    3.33
    """
    flop = sum(stage(name).training_flop for name in STAGES[1:])
    return flop / extension_tokens() / stage(STAGES[0]).training_flop_per_token
