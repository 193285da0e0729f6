"""The panel's arithmetic and torch's gradient agree on one answer."""

import math

import pytest
import torch

from dsv3.learning import PolicySettings, group_advantages
from dsv3.learning.group_policy import policy_loss
from dsv3.training import judged_answer


@pytest.mark.parametrize("answer", ["right", "wrong"])
@pytest.mark.parametrize("policy_ratio", [0.5, 0.9, 1.1, 1.7])
@pytest.mark.parametrize("reference_ratio", [0.3, 1.0, 2.5])
@pytest.mark.parametrize(("size", "right"), [(4, 1), (16, 15), (8, 8)])
def test_the_counted_update_is_the_computed_one(
    answer: str, policy_ratio: float, reference_ratio: float, size: int, right: int
) -> None:
    counted = judged_answer(
        group_count=size,
        right_count=right,
        answer=answer,
        policy_ratio=policy_ratio,
        clip_range=0.2,
        reference_ratio=reference_ratio,
        kl_coefficient=0.3,
    )
    rewards = torch.tensor([[1.0] * right + [0.0] * (size - right)]).double()
    at = 0 if answer == "right" else size - 1
    advantage = group_advantages(rewards)[0, at]
    if right == size:
        advantage = advantage * 0
    log_old = torch.tensor([[-2.0]]).double()
    log_policy = (log_old + math.log(policy_ratio)).requires_grad_()
    made = policy_loss(
        log_policy_BA=log_policy,
        log_old_BA=log_old,
        log_reference_BA=log_policy.detach() + math.log(reference_ratio),
        counted_BA=torch.ones(1, 1, dtype=torch.bool),
        advantages_B=advantage[None],
        how=PolicySettings(clip_range=0.2, kl_coefficient=0.3),
    )
    made.loss.backward()
    assert log_policy.grad is not None
    assert counted.advantage == pytest.approx(float(advantage))
    assert counted.loss == pytest.approx(float(made.loss.detach()))
    assert counted.push == pytest.approx(-float(log_policy.grad), abs=1e-12)
    assert counted.kl_nats == pytest.approx(made.kl_nats, abs=1e-12)
    assert counted.kept_count == 1 - made.clipped_share
