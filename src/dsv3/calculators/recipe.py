"""Any point of DeepSeek-V3's pre-training: its settings, and what it had cost."""

from typing import Annotated

from dsv3 import economics, training
from dsv3.calculators.arguments import UsdPerGpuHour
from dsv3.calculators.defaults import derived, published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number

END = training.scheduled_tokens()
FALL = published("v3.learning_rate.constant_until_tokens")
"""Where the learning rate begins to fall."""

HALF_WAY = derived(
    FALL + published("v3.learning_rate.cosine_tokens") / 2,
    "half-way down the cosine of the report's section 4.2",
)


@calculator(
    command="dsv3 training recipe",
    title="Any point of pre-training",
    summary="Pre-training's settings, steps, hours and dollars up to a token.",
    finding="When the learning rate begins to fall, two thirds of the money is spent.",
    outputs={
        "total_usd": "Spent so far",
        "spent_gpu_hours": "GPU-hours so far",
        "cluster_days": "Days so far",
        "step": "Steps so far",
        "batch_sequences": "Batch size, sequences",
        "learning_rate": "Learning rate",
        "bias_update_speed": "Bias update speed, γ",
        "prediction_weight": "MTP loss weight, λ",
    },
    curve=Curve(x="tokens", y="learning_rate"),
    presets={
        "The batch is full": {"tokens": published("v3.batch_ramp_tokens")},
        "The rate falls": {"tokens": FALL},
        "Half-way down": {"tokens": HALF_WAY},
        "The end": {"tokens": END},
    },
)
def recipe(
    *,
    tokens: Annotated[
        Number, Argument("Tokens seen", "Tokens of pre-training so far.", 0, END)
    ] = FALL,
    gpu_hours_per_trillion_tokens: Annotated[
        Number,
        Argument(
            "GPU-hours per trillion",
            "GPU-hours for a trillion tokens, one pace for the whole run.",
            9e4,
            9e5,
            unit="gpu_hours",
        ),
    ] = published("v3.gpu_hours_per_trillion_tokens"),
    usd_per_gpu_hour: UsdPerGpuHour = published("v3.usd_per_gpu_hour"),
    batch_ramp: Annotated[
        Choice,
        Argument(
            "Batch ramp",
            "How the batch grew; the report gives only both ends.",
            options=training.BATCH_RAMPS,
        ),
    ] = "by tokens",
) -> economics.PretrainingMoment:
    """Say what pre-training was set to, and had cost; see `economics.recipe`.

    Examples
    --------
    >>> recipe(tokens=14.8e12).total_usd
    5328000.0
    """
    return economics.recipe(
        tokens=tokens,
        gpu_hours_per_trillion_tokens=gpu_hours_per_trillion_tokens,
        usd_per_gpu_hour=usd_per_gpu_hour,
        batch_ramp=batch_ramp,
    )
