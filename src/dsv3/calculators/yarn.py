"""A longer context without training anew: which rotary pairs YaRN slows."""

from typing import Annotated

from dsv3 import accounting
from dsv3.calculators.defaults import derived, published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Number

SLOWEST_PAIR = derived(
    published("v3.qk_rope_head_dim") / 2 - 1,
    "the slowest of the pairs that the released rotary key has",
)


@calculator(
    command="dsv3 architecture yarn",
    title="Rotations of each RoPE pair",
    summary="Which rotary pairs YaRN slows, and whether a context shows new angles.",
    finding="As released, no pair meets a new angle at 128K; with a factor of 1, "
    "nine do.",
    outputs={
        "new_angle_count": "Pairs at new angles",
        "kept_count": "Pairs unchanged",
        "blended_count": "Pairs on the ramp",
        "slowed_count": "Pairs fully interpolated",
        "temperature_ratio": "Attention score factor",
        "stretched_share": "Interpolated share of this pair",
        "turns": "Rotations over the context",
        "trained_turns": "Rotations over the trained length",
        "stretched_period_tokens": "Wavelength with YaRN",
        "period_tokens": "Wavelength without YaRN",
    },
    curve=Curve(x="pair", y="turns", y_scale="log"),
    presets={"As released": {}, "Without YaRN": {"factor": 1.0}},
    in_view=("context_tokens", "factor", "pair"),
)
def yarn(
    *,
    context_tokens: Annotated[
        Number,
        Argument(
            "Context length",
            "Tokens of the text that is read.",
            1024,
            524288,
            scale="log",
        ),
    ] = 131072.0,
    factor: Annotated[
        Number,
        Argument(
            "YaRN factor",
            "Multiple of the trained length to be reached; 1 changes nothing.",
            1,
            64,
            step=1,
            scale="linear",
        ),
    ] = published("v3.yarn.factor"),
    beta_fast: Annotated[
        Number,
        Argument(
            "YaRN β fast",
            "Rotations over the trained length from which on a pair is unchanged.",
            10,
            256,
            step=1,
            scale="log",
        ),
    ] = published("v3.yarn.beta_fast"),
    beta_slow: Annotated[
        Number,
        Argument(
            "YaRN β slow",
            "Rotations over the trained length up to which a pair is interpolated.",
            0.1,
            8,
            step=0.1,
            scale="log",
        ),
    ] = published("v3.yarn.beta_slow"),
    pair: Annotated[
        Number,
        Argument(
            "Rotary pair",
            "The pair to look at, from 0 for the fastest.",
            0,
            31,
            step=1,
            scale="linear",
        ),
    ] = SLOWEST_PAIR,
    qk_rope_head_dim: Annotated[
        float,
        Argument("Rotary key size", "Numbers of a key that rotate, two for each pair."),
    ] = published("v3.qk_rope_head_dim"),
    rope_theta: Annotated[
        Number, Argument("RoPE base, θ", "Base of the pairs' periods.")
    ] = published("v3.rope_theta"),
    trained_tokens: Annotated[
        Number,
        Argument("Trained length", "Tokens of a sequence before the extension."),
    ] = published("v3.yarn.original_tokens"),
) -> accounting.RotaryStretch:
    """Say which pairs YaRN slows; see `accounting.rotary_stretch`.

    Examples
    --------
    Without stretching, a context of 128K would show 9 of the 32 pairs new angles:

    >>> yarn().new_angle_count, yarn(factor=1).new_angle_count
    (0, 9)
    """
    return accounting.rotary_stretch(
        context_tokens=context_tokens,
        factor=factor,
        beta_fast=beta_fast,
        beta_slow=beta_slow,
        pair=pair,
        qk_rope_head_dim=qk_rope_head_dim,
        rope_theta=rope_theta,
        trained_tokens=trained_tokens,
    )
