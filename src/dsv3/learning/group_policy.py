"""Group relative policy optimisation: what it compares, clips and holds back.

Equations 26 to 28 of the report [deepseekai2024v3]_ (section 5.2.2), and the form with
one term a token of the paper that they are from [shao2024deepseekmath]_ (section 4.1).

Twin: training/group_policy.py.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dsv3.model.transformer import Transformer
from explorables.arithmetic import require


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """What the loss hangs on; V3 publishes none of these."""

    clip_range: float = 0.2
    """How far a ratio may go from 1 and still be followed; infinity for no clipping."""

    kl_coefficient: float = 0.04
    """Weight of the distance to the reference; DeepSeekMath's."""

    per_token: bool = False
    """Whether ratios are of tokens, as in DeepSeekMath, or of answers, as in V3."""

    def __post_init__(self) -> None:
        for name in ("clip_range", "kl_coefficient"):
            value: float = getattr(self, name)
            require(name, value, value >= 0, "must not be negative")
        weight = self.kl_coefficient
        require("kl_coefficient", weight, weight < math.inf, "must be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoss:
    """The loss of a batch, and what it is made of."""

    loss: Tensor
    """What is to go down: minus the objective of equation 26."""

    kl_nats: float
    """Mean estimate of the distance to the reference."""

    clipped_share: float
    """Share of the ratios whose gain is cut off."""


def group_advantages(rewards_QG: Float[Tensor, "Q G"]) -> Float[Tensor, "Q G"]:
    """Return each reward's distance from its group's mean, in standard deviations.

    Equation 28, with a row of G answers for each question. Where all answers of a group
    earn the same, nothing can be told apart, and every advantage is 0. The standard
    deviation is that of the group as a whole (divided by G), since the report does not
    say which it takes.

    Examples
    --------
    One right answer of four: mean 1/4, standard deviation sqrt(3)/4.

    >>> made = group_advantages(torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    >>> [round(float(one), 3) for one in made[0]]
    [1.732, -0.577, -0.577, -0.577]
    """
    size = rewards_QG.shape[1]
    require("the group's size", size, size >= 2, "must be at least 2 to compare")
    odd = rewards_QG[~rewards_QG.isfinite()].tolist()
    require("reward", odd[0] if odd else 0.0, not odd, "must be finite")
    centred_QG = rewards_QG - rewards_QG.mean(1, keepdim=True)
    spread_Q1 = centred_QG.square().mean(1, keepdim=True).sqrt()
    # Equal rewards may leave a rest of rounding, which a division would blow up.
    equal_Q1 = rewards_QG.amax(1, keepdim=True) == rewards_QG.amin(1, keepdim=True)
    return torch.where(equal_Q1, 0.0, centred_QG / spread_Q1.where(~equal_Q1, 1.0))


def kl_estimate(
    log_policy: Float[Tensor, "..."], log_reference: Float[Tensor, "..."]
) -> Float[Tensor, "..."]:
    """Return the estimate of the distance to a reference, never negative.

    Equation 27: r - log r - 1 with r the reference's probability over the policy's. Its
    mean over the policy's own answers is KL(policy || reference), because the mean of r
    is 1.

    Examples
    --------
    >>> round(float(kl_estimate(torch.tensor(0.0), torch.tensor(0.5).log())), 4)
    0.1931
    """
    log_ratio = log_reference - log_policy
    return log_ratio.exp() - log_ratio - 1


def log_probabilities(
    model: Transformer, tokens_BT: Int[Tensor, "B T"], answer_tokens: int
) -> Float[Tensor, "B A"]:
    """Return the logarithm of each answer token's probability.

    Questions of one length come with their answers, the last A tokens, filled up to one
    length.
    """
    size = tokens_BT.shape[1]
    rule = f"must be from 1 to {size - 1}, since a question comes first"
    require("answer_tokens", answer_tokens, 1 <= answer_tokens < size, rule)
    logits_BSW = model(tokens_BT[:, :-1]).logits_BSW[:, -answer_tokens:]
    answers_BA1 = tokens_BT[:, -answer_tokens:, None]
    made_BA1: Tensor = logits_BSW.log_softmax(-1).gather(-1, answers_BA1)
    return made_BA1[..., 0]


def policy_loss(
    *,
    log_policy_BA: Float[Tensor, "B A"],
    log_old_BA: Float[Tensor, "B A"],
    log_reference_BA: Float[Tensor, "B A"],
    counted_BA: Bool[Tensor, "B A"],
    advantages_B: Float[Tensor, " B"],
    how: PolicySettings,
) -> PolicyLoss:
    """Return the loss of a batch of answers.

    Equation 26, the mean over the batch of -min(rho A, clip(rho) A) + beta D, with rho
    the policy's probability of an answer over that when it was drawn. One term an
    answer, or with `per_token` the mean over an answer's tokens. Only the policy's
    log-probabilities have a gradient; the old ones are of the policy that drew the
    answers.

    Examples
    --------
    An answer that has become twice as likely counts as if it were a fifth likelier:

    >>> one = torch.zeros(1, 1)
    >>> made = policy_loss(
    ...     log_policy_BA=one + math.log(2),
    ...     log_old_BA=one,
    ...     log_reference_BA=one + math.log(2),
    ...     counted_BA=one == 0,
    ...     advantages_B=torch.ones(1),
    ...     how=PolicySettings(clip_range=0.2),
    ... )
    >>> round(float(made.loss), 4), made.clipped_share
    (-1.2, 1.0)
    """
    everything = (log_policy_BA, log_old_BA, log_reference_BA)
    logs = [log.masked_fill(~counted_BA, 0.0) for log in everything]
    weights_BA = counted_BA.to(log_policy_BA.dtype)
    weights_BA = weights_BA / weights_BA.sum(1, keepdim=True).clamp(min=1)
    if not how.per_token:
        logs = [log.sum(1, keepdim=True) for log in logs]
        weights_BA = torch.ones_like(weights_BA[:, :1])
    policy_BA, old_BA, reference_BA = logs
    ratio_BA = (policy_BA - old_BA).exp()
    advantage_B1 = advantages_B[:, None]
    clipped_BA = ratio_BA.clamp(1 - how.clip_range, 1 + how.clip_range)
    gain_BA = torch.minimum(ratio_BA * advantage_B1, clipped_BA * advantage_B1)
    kl_BA = kl_estimate(policy_BA, reference_BA)
    loss_B = ((how.kl_coefficient * kl_BA - gain_BA) * weights_BA).sum(1)
    cut_BA = (gain_BA < ratio_BA * advantage_B1).float()
    return PolicyLoss(
        loss=loss_B.mean(),
        kl_nats=float((kl_BA.detach() * weights_BA).sum(1).mean()),
        clipped_share=float((cut_BA * weights_BA).sum(1).mean()),
    )
