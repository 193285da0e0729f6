"""One answer of a group under GRPO: its advantage, its clip, which way it is pushed.

Equations 26 to 28 of the report [deepseekai2024v3]_ (section 5.2.2) for a single answer
whose judge says right or wrong, so that a reader can turn every factor.

Twin: learning/group_policy.py.
"""

from dataclasses import dataclass

from explorables.arithmetic import (
    Choice,
    Number,
    absolute,
    both,
    floor,
    log,
    lookup,
    maximum,
    minimum,
    power,
    require,
    sqrt,
    where,
)

ANSWERS = ("right", "wrong")
"""What an answer may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUpdate:
    """What GRPO makes of one answer."""

    push: Number
    """Derivative of the objective by the answer's log-probability: above 0 the
    answer becomes likelier."""

    advantage: Number
    """Its reward's distance from the group's mean, in standard deviations."""

    gain: Number
    """The part of the objective that comes from the reward, after clipping."""

    kept_count: Number
    """1 where the reward term has a gradient, 0 where clipping has ended it."""

    kl_nats: Number
    """Estimate of the distance to the reference, not negative."""

    loss: Number
    """What is to go down: minus gain, plus the weighted distance."""

    telling_share: Number
    """Chance that a group's rewards differ, if each is right with the same chance."""


def group_advantage(
    *, group_count: Number, right_count: Number, answer: Choice
) -> Number:
    """Advantage of a right or a wrong answer in a group, equation 28.

    With k right of G and p = k/G, rewards of 1 and 0 have the mean p and the
    standard deviation sqrt(p (1-p)), so a right answer has sqrt((1-p)/p) and a
    wrong one -sqrt(p/(1-p)). Where all are alike it is 0.

    Examples
    --------
    >>> four = {"group_count": 4, "right_count": 1}
    >>> round(group_advantage(**four, answer="right"), 3)
    1.732
    >>> round(group_advantage(**four, answer="wrong"), 3)
    -0.577
    """
    whole = "must be a whole number"
    for name, count in (("group_count", group_count), ("right_count", right_count)):
        require(name, count, floor(count) == count, whole)
    require("group_count", group_count, group_count >= 2, "must be at least 2")
    rule = "must be from 0 to group_count"
    within = both(right_count >= 0, right_count <= group_count)
    require("right_count", right_count, within, rule)
    share = right_count / group_count
    spread = sqrt(share * (1 - share))
    reward = lookup(answer, {"right": 1.0, "wrong": 0.0}, name="answer")
    # Where nothing differs the quotient below has no meaning, and is not taken.
    advantage = (reward - share) / where(spread > 0, spread, 1.0)
    return where(spread > 0, advantage, 0.0)


def telling_share(*, group_count: Number, right_share: Number) -> Number:
    """Chance that the rewards of a group differ: 1 - p^G - (1-p)^G.

    Examples
    --------
    >>> telling_share(group_count=2, right_share=0.5)
    0.5
    """
    require("right_share", right_share, right_share >= 0, "must be from 0 to 1")
    require("right_share", right_share, right_share <= 1, "must be from 0 to 1")
    wrong_share = 1 - right_share
    return 1 - power(right_share, group_count) - power(wrong_share, group_count)


def judged_answer(
    *,
    group_count: Number,
    right_count: Number,
    answer: Choice,
    policy_ratio: Number,
    clip_range: Number,
    reference_ratio: Number,
    kl_coefficient: Number,
) -> AnswerUpdate:
    """Say what GRPO makes of one answer.

    With A the advantage, rho the ratio and r the reference's ratio, the objective is
    min(rho A, clip(rho, 1-eps, 1+eps) A) - beta (r - log r - 1). Its derivative by the
    answer's log-probability is rho A, or 0 where clipping cuts, minus beta (1 - r). The
    names of rho, eps, r and beta are `policy_ratio`, `clip_range`, `reference_ratio`
    and `kl_coefficient`; rho is the probability now over that when the answer was
    drawn.

    Examples
    --------
    Where policy, old policy and reference are one, the push is the advantage:

    >>> made = judged_answer(
    ...     group_count=16,
    ...     right_count=4,
    ...     answer="right",
    ...     policy_ratio=1,
    ...     clip_range=0.2,
    ...     reference_ratio=1,
    ...     kl_coefficient=0.04,
    ... )
    >>> round(made.push, 4) == round(made.advantage, 4) == 1.7321
    True
    """
    for name, ratio in (
        ("policy_ratio", policy_ratio),
        ("reference_ratio", reference_ratio),
    ):
        require(name, ratio, ratio > 0, "must be above 0")
    for name, value in (("clip_range", clip_range), ("kl_coefficient", kl_coefficient)):
        require(name, value, value >= 0, "must not be negative")
    advantage = group_advantage(
        group_count=group_count, right_count=right_count, answer=answer
    )
    clipped = minimum(maximum(policy_ratio, 1 - clip_range), 1 + clip_range)
    plain, cut = policy_ratio * advantage, clipped * advantage
    gain = minimum(plain, cut)
    kept = where(gain < plain, 0.0, 1.0)
    kl_nats = reference_ratio - log(reference_ratio) - 1
    return AnswerUpdate(
        push=kept * plain - kl_coefficient * (1 - reference_ratio),
        advantage=advantage,
        gain=gain,
        kept_count=kept,
        # Rounding may leave a trace below 0 where the ratio is 1.
        kl_nats=absolute(kl_nats),
        loss=kl_coefficient * absolute(kl_nats) - gain,
        telling_share=telling_share(
            group_count=group_count, right_share=right_count / group_count
        ),
    )
