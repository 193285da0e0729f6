"""Balance: loads, the bias that follows them, and the two losses."""

from dataclasses import replace

import pytest
import torch

from dsv3.architecture import Experts
from dsv3.model import (
    Routing,
    auxiliary_loss,
    choose_experts,
    expert_load,
    max_violation,
    sequence_balance_loss,
    updated_bias,
)

GENERATOR = torch.Generator().manual_seed(0)
SCORES = torch.rand(60, 6, generator=GENERATOR)
RULE = Experts(
    n_routed_experts=6,
    num_experts_per_tok=2,
    moe_intermediate_size=7,
    scoring_func="sigmoid",
    topk_method="noaux_tc",
)


def routing(scores: torch.Tensor, bias: torch.Tensor | float = 0.0) -> Routing:
    chosen = choose_experts(scores + bias, RULE)
    gates = scores.gather(1, chosen)
    return Routing(scores_ME=scores, experts_MA=chosen, gates_MA=gates)


def test_every_choice_is_counted_once() -> None:
    load = expert_load(routing(SCORES).experts_MA, 6)
    assert int(load.sum()) == 60 * 2


def test_the_bias_rule_balances_a_skewed_router() -> None:
    skewed = SCORES * 0.2 + torch.linspace(0, 0.5, 6)
    bias = torch.zeros(6)
    before = max_violation(expert_load(routing(skewed).experts_MA, 6))
    for _ in range(300):
        load = expert_load(routing(skewed, bias).experts_MA, 6)
        bias = updated_bias(bias, load, 0.005)
    after = max_violation(expert_load(routing(skewed, bias).experts_MA, 6))
    assert before == pytest.approx(2.0)
    assert after < 0.3


def test_the_sequence_loss_is_the_reports_sum_over_experts() -> None:
    """Equations 17 to 20 written as loops over sequences, experts and tokens."""
    loss = 0.0
    for rows in SCORES.split(20):
        for expert in range(6):
            hits = sum(expert in row.topk(2).indices.tolist() for row in rows)
            frequency = 6 / (2 * 20) * hits
            share = sum(float(row[expert] / row.sum()) for row in rows) / 20
            loss += frequency * share / 3
    computed = sequence_balance_loss(routing(SCORES), batch=3, alpha=1e-4)
    assert float(computed) == pytest.approx(1e-4 * loss, rel=1e-5)


def test_the_sequence_loss_ignores_the_bias_and_the_auxiliary_loss_does_not() -> None:
    bias = torch.tensor([5.0, 0, 0, 0, 0, 0])
    plain, steered = routing(SCORES), routing(SCORES, bias)
    assert torch.equal(
        sequence_balance_loss(plain, batch=3, alpha=1.0),
        sequence_balance_loss(steered, batch=3, alpha=1.0),
    )
    assert not torch.equal(
        auxiliary_loss(plain, alpha=1.0), auxiliary_loss(steered, alpha=1.0)
    )


def test_both_losses_are_alpha_when_all_experts_are_alike() -> None:
    # Each token prefers another pair, in turn, and by the same amount.
    scores = torch.full((6, 6), 0.2)
    for token in range(6):
        scores[token, [token, (token + 1) % 6]] = 0.7
    even = routing(scores)
    assert float(sequence_balance_loss(even, batch=1, alpha=0.5)) == pytest.approx(0.5)
    assert float(auxiliary_loss(even, alpha=0.5)) == pytest.approx(0.5)


def test_the_losses_push_scores_of_busy_experts_down() -> None:
    scores = (SCORES * 0.2 + torch.linspace(0, 0.5, 6)).requires_grad_()
    decided = replace(routing(scores.detach()), scores_ME=scores)
    auxiliary_loss(decided, alpha=1.0).backward()
    assert scores.grad is not None
    slope = scores.grad.mean(dim=0)
    assert slope[5] > 0 > slope[0]
