"""A model's training compute over the thresholds in laws."""

from typing import Annotated

from dsv3 import policy
from dsv3.calculators.arguments import Model, PretrainingTokens
from dsv3.calculators.defaults import derived, published
from explorables import Argument, Curve, Otherwise, calculator
from explorables.arithmetic import Choice, Number


@calculator(
    command="dsv3 training thresholds",
    title="Training compute over legal thresholds",
    summary="A model's training FLOP over the thresholds in laws.",
    finding="By every count V3 lies above the EU's indication of a general-purpose "
    "model and below all other thresholds.",
    outputs={
        "training_flop": "Training FLOP",
        "general_purpose_ratio": "Over 10²³ FLOP, EU general-purpose",
        "systemic_risk_ratio": "Over 10²⁵ FLOP, EU systemic risk",
        "frontier_ratio": "Over 10²⁶ FLOP, US states",
        "systemic_risk_tokens": "Tokens to reach 10²⁵ FLOP",
    },
    curve=Curve(x="tokens", y="systemic_risk_ratio"),
    presets={
        "DeepSeek-V3": {},
        "Llama 3.1 405B": {
            "model": "llama-3.1-405b",
            "tokens": published("llama_3_1_405b.tokens"),
            "later_stage_share": 0.0,
        },
        "Kimi K2": {
            "model": "kimi-k2",
            "tokens": published("kimi_k2.tokens"),
            "later_stage_share": 0.0,
        },
    },
    scenario_of="model",
    otherwise={
        "tokens": Otherwise(why="only deepseek-v3's own number is known here"),
        "later_stage_share": Otherwise(
            value=0.0, why="nothing is known of this model's later stages"
        ),
    },
)
def training_compute(
    *,
    model: Model = "deepseek-v3",
    tokens: PretrainingTokens = published("v3.tokens"),
    counting: Annotated[
        Choice,
        Argument(
            "Counting",
            "How FLOP per token are counted; no law defines it in full.",
            options=policy.COUNTINGS,
        ),
    ] = policy.CAUSAL,
    later_stage_share: Annotated[
        Number,
        Argument(
            "Later stages",
            "Compute of later stages over that of pre-training.",
            0,
            2,
        ),
    ] = derived(
        policy.published_later_stage_share(),
        "hours of context extension and post-training over those of pre-training, "
        "DeepSeek-V3 report, Table 1 (published)",
    ),
) -> policy.TrainingCompute:
    """Set a model's training beside the thresholds; see `policy.training_compute`.

    Examples
    --------
    >>> round(training_compute().systemic_risk_ratio, 2)
    0.39
    """
    return policy.training_compute(
        model=model,
        tokens=tokens,
        counting=counting,
        later_stage_share=later_stage_share,
    )
