"""What drafted tokens bring to a service."""

from typing import Annotated

from dsv3 import serving
from dsv3.calculators.serving_arguments import ACCEPTANCE
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Number


@calculator(
    command="dsv3 serving speculation",
    title="Speed-up from draft tokens",
    summary="Speed-up from draft tokens in a service of DeepSeek-V3.",
    finding="With all experts read anyway, the published acceptance nearly gives the "
    "published speed; attention pays for every token it checks.",
    outputs={
        "speedup_ratio": "Speed-up over autoregressive decoding",
        "tokens_per_s": "Speed of one sequence",
        "step_tokens": "Tokens per step",
        "checked_step_ratio": "Verification step, relative",
        "draft_share": "Draft cost, relative",
    },
    curve=Curve(x="acceptance_share", y="tokens_per_s"),
    presets={
        "Batch size 1": {"sequences": 1},
        "Memory-bound batch": {"sequences": 256},
        "Compute-bound batch": {"sequences": 8192},
    },
)
def speculation(
    *,
    acceptance_share: Annotated[
        Number,
        Argument(
            "Acceptance rate",
            "Chance that a drafted token is right if those before it were.",
            0,
            1,
            step=0.005,
        ),
    ] = ACCEPTANCE,
    drafted_tokens: Annotated[
        Number,
        Argument(
            "Drafted tokens",
            "Tokens that the prediction module (MTP) drafts in each step.",
            0,
            serving.MOST_DRAFTED_TOKENS,
            step=1,
            unit="count",
        ),
    ] = 1.0,
    sequences: Annotated[
        Number,
        Argument(
            "Batch size",
            "Sequences decoded at once on one copy of the weights.",
            1,
            16384,
            step=1,
        ),
    ] = 256.0,
    context_tokens: Annotated[
        Number,
        Argument("Context length", "Earlier tokens of each sequence.", 128, 131072),
    ] = 4096.0,
    plain_tokens_per_s: Annotated[
        Number,
        Argument(
            "Speed without drafts",
            "Speed of one sequence without drafts.",
            1,
            200,
            step=1,
        ),
    ] = 20.0,
) -> serving.Speculation:
    """Say how much faster DeepSeek-V3 decodes with drafts; see `serving.speculation`.

    Examples
    --------
    >>> round(speculation().speedup_ratio, 2)
    1.73
    """
    return serving.speculation(
        acceptance_share=acceptance_share,
        drafted_tokens=drafted_tokens,
        sequences=sequences,
        context_tokens=context_tokens,
        plain_tokens_per_s=plain_tokens_per_s,
    )
