"""One answer of a group under GRPO: which way it is pushed, and how far."""

from typing import Annotated

from dsv3 import training
from dsv3.calculators.defaults import published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number


@calculator(
    command="dsv3 training grpo",
    title="What GRPO makes of one answer",
    summary="Advantage, clipping, KL estimate and push of one judged answer.",
    finding="A right answer among few has an advantage above one, until its "
    "probability has grown by the clip range.",
    outputs={
        "push": "Gradient on its log-probability",
        "advantage": "Advantage",
        "gain": "Surrogate part",
        "kept_count": "Reward term active (1) or clipped (0)",
        "kl_nats": "KL estimate, nats",
        "loss": "Loss",
        "telling_share": "Groups with non-zero advantage",
    },
    curve=Curve(x="policy_ratio", y="gain", y_scale="linear"),
    presets={
        "One update a step": {"policy_ratio": 1.0},
        "Moved far enough": {"policy_ratio": 1.5},
        "All right": {"right_count": 16},
        "Far below the reference": {
            "answer": "wrong",
            "policy_ratio": 0.6,
            "reference_ratio": 18.0,
        },
    },
    in_view=("right_count", "answer", "policy_ratio", "clip_range"),
)
def grpo(
    *,
    group_count: Annotated[
        Number, Argument("Group size", "Answers sampled for one prompt.", 2, 64, step=1)
    ] = 16.0,
    right_count: Annotated[
        Number,
        Argument(
            "Right answers", "Answers of the group that are right.", 0, 64, step=1
        ),
    ] = 4.0,
    answer: Annotated[
        Choice,
        Argument("Judged answer", "The judge's word on it.", options=training.ANSWERS),
    ] = "right",
    policy_ratio: Annotated[
        Number,
        Argument(
            "Policy ratio, ρ",
            "Probability of the answer now, over that when it was drawn.",
            0.25,
            4,
            scale="log",
        ),
    ] = 1.1,
    clip_range: Annotated[
        Number,
        Argument(
            "Clip range, ε",
            "How far the ratio may leave 1 before the reward term is clipped.",
            0,
            1,
            step=0.05,
            unit="value",
        ),
    ] = 0.2,
    reference_ratio: Annotated[
        Number,
        Argument(
            "Reference ratio, r",
            "Probability under the reference, over that under the policy.",
            0.05,
            20,
            scale="log",
        ),
    ] = 0.8,
    kl_coefficient: Annotated[
        Number,
        Argument(
            "KL coefficient, β",
            "Weight of the distance to the reference; DeepSeekMath's, as V3 has none.",
            0,
            1,
            step=0.01,
            unit="value",
        ),
    ] = published("deepseekmath.grpo.kl_coefficient"),
) -> training.AnswerUpdate:
    """Say what GRPO makes of one answer; see `training.judged_answer`.

    Examples
    --------
    Four of sixteen are right, so a right answer lies the root of three above the mean:

    >>> round(grpo().advantage, 4)
    1.7321
    """
    return training.judged_answer(
        group_count=group_count,
        right_count=right_count,
        answer=answer,
        policy_ratio=policy_ratio,
        clip_range=clip_range,
        reference_ratio=reference_ratio,
        kl_coefficient=kl_coefficient,
    )
