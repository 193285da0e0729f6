"""GRPO against sums done by hand, exact distances, and the plain policy gradient."""

import itertools
import math
import statistics
from collections.abc import Callable, Iterator

import pytest
import torch
from hypothesis import given, strategies as st
from torch import Tensor

from dsv3.learning import PolicySettings, group_advantages, kl_estimate, small_policy
from dsv3.learning.group_policy import PolicyLoss, log_probabilities, policy_loss
from dsv3.model import Transformer

REWARDS = st.lists(st.floats(-3, 3, allow_subnormal=False), min_size=2, max_size=9)


@given(REWARDS)
def test_advantages_are_those_of_the_textbook(rewards: list[float]) -> None:
    made = group_advantages(torch.tensor([rewards], dtype=torch.float64))[0].tolist()
    spread = statistics.pstdev(rewards)
    if len(set(rewards)) == 1:
        assert made == [0.0] * len(rewards)
    elif spread > 1e-6:
        mean = statistics.fmean(rewards)
        expected = [(reward - mean) / spread for reward in rewards]
        assert made == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(REWARDS, st.floats(0.1, 10), st.floats(-5, 5))
def test_a_judge_s_scale_and_zero_do_not_matter(
    rewards: list[float], scale: float, zero: float
) -> None:
    if statistics.pstdev(rewards) < 1e-3:
        return
    plain, moved = (
        group_advantages(torch.tensor([some], dtype=torch.float64))
        for some in (rewards, [scale * reward + zero for reward in rewards])
    )
    torch.testing.assert_close(plain, moved, rtol=1e-6, atol=1e-6)


def by_hand(
    rows: list[list[list[float]]],
    advantages: list[float],
    how: PolicySettings,
) -> float:
    """Return the loss in plain Python, one answer after another."""
    losses = []
    for now, then, base, advantage in zip(*rows, advantages, strict=True):
        parts = (
            list(zip(now, then, base, strict=True))
            if how.per_token
            else [(math.fsum(now), math.fsum(then), math.fsum(base))]
        )
        terms = []
        for p, o, r in parts:
            ratio = math.exp(p) / math.exp(o)
            low, high = 1 - how.clip_range, 1 + how.clip_range
            kept = low if ratio < low else min(ratio, high)
            inverse = math.exp(r) / math.exp(p)
            distance = inverse - math.log(inverse) - 1
            gain = min(ratio * advantage, kept * advantage)
            terms.append(gain - how.kl_coefficient * distance)
        losses.append(-math.fsum(terms) / len(terms))
    return math.fsum(losses) / len(losses)


def batch(lengths: list[int], seed: int) -> Iterator[list[list[float]]]:
    """Yield log-probabilities of answers of these lengths: policy, old, reference."""
    generator = torch.Generator().manual_seed(seed)
    first = [(-3 * torch.rand(n, generator=generator)).tolist() for n in lengths]
    yield first
    for _ in range(2):
        yield [
            (torch.tensor(one) + 0.5 * torch.randn(len(one), generator=generator))
            .clamp(max=0)
            .tolist()
            for one in first
        ]


def padded(rows: list[list[float]]) -> Tensor:
    width = max(map(len, rows))
    # What stands after an answer must not matter, whatever it is.
    filled = [[*row, *[7.0] * (width - len(row))] for row in rows]
    return torch.tensor(filled, dtype=torch.float64)


@pytest.mark.parametrize("per_token", [False, True])
@pytest.mark.parametrize("clip_range", [0.0, 0.2, math.inf])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_loss_is_the_sum_done_by_hand(
    per_token: bool, clip_range: float, seed: int
) -> None:
    lengths, advantages = [1, 4, 2, 3, 4], [1.5, -0.5, 0.3, -2.0, 0.7]
    how = PolicySettings(clip_range=clip_range, kl_coefficient=0.3, per_token=per_token)
    rows = list(batch(lengths, seed))
    made = torch_loss(rows, lengths, advantages, how)
    assert float(made.loss) == pytest.approx(by_hand(rows, advantages, how), rel=1e-12)
    assert (made.clipped_share > 0) == (clip_range < math.inf)


def torch_loss(
    rows: list[list[list[float]]],
    lengths: list[int],
    advantages: list[float],
    how: PolicySettings,
) -> PolicyLoss:
    policy, old, reference = map(padded, rows)
    width = policy.shape[1]
    return policy_loss(
        log_policy_BA=policy,
        log_old_BA=old,
        log_reference_BA=reference,
        counted_BA=torch.arange(width) < torch.tensor(lengths)[:, None],
        advantages_B=torch.tensor(advantages, dtype=torch.float64),
        how=how,
    )


def policies() -> tuple[Transformer, Transformer]:
    """Return two policies that differ, in double precision."""
    made = []
    for seed in (0, 1):
        model = Transformer(small_policy(16), torch.Generator().manual_seed(seed))
        with torch.no_grad():
            model.lm_head.weight.mul_(6)
        made.append(model.double())
    return made[0], made[1]


ANSWER = 2
"""Tokens of an answer that ends nowhere early, so that all answers can be listed."""


def every_answer() -> Tensor:
    """Return one question with every answer of two tokens."""
    question = [3, 10, 4, 11]
    answers = itertools.product(range(13), repeat=ANSWER)
    return torch.tensor([[*question, *answer] for answer in answers])


def test_the_estimate_s_mean_is_the_exact_distance() -> None:
    policy, reference = policies()
    with torch.no_grad():
        log_p, log_r = (
            log_probabilities(model, every_answer(), ANSWER).sum(1)
            for model in (policy, reference)
        )
    assert float(log_p.exp().sum()) == pytest.approx(1, rel=1e-12)
    exact = float((log_p.exp() * (log_p - log_r)).sum())
    estimates = kl_estimate(log_p, log_r)
    assert exact > 0.1
    assert bool((estimates >= 0).all())
    assert float((log_p.exp() * estimates).sum()) == pytest.approx(exact, rel=1e-10)


def test_the_estimate_s_gradient_is_that_of_the_distance_the_other_way() -> None:
    # E_p[grad(r - log r - 1)] = -sum_o r(o) p(o) grad log p(o) = grad KL(ref || p).
    policy, reference = policies()
    log_p, log_r = (
        log_probabilities(model, every_answer(), ANSWER).sum(1)
        for model in (policy, reference)
    )
    log_r = log_r.detach()
    weights = [policy.lm_head.weight, policy.layers[1].self_attn.o_proj.weight]

    def gradients(value: Tensor) -> list[Tensor]:
        return list(torch.autograd.grad(value, weights, retain_graph=True))

    # Answers are drawn, and their number is not differentiated: weights stand still.
    of_estimate = gradients((log_p.detach().exp() * kl_estimate(log_p, log_r)).sum())
    other_way = gradients((log_r.exp() * (log_r - log_p)).sum())
    this_way = gradients((log_p.exp() * (log_p - log_r)).sum())
    for estimate, other, this in zip(of_estimate, other_way, this_way, strict=True):
        torch.testing.assert_close(estimate, other, rtol=1e-8, atol=1e-12)
        assert not torch.allclose(estimate, this, rtol=1e-2)


@pytest.mark.parametrize("clip_range", [0.1, math.inf])
def test_at_ratio_one_the_gradient_is_the_policy_gradient(clip_range: float) -> None:
    policy, _ = policies()
    tokens = every_answer()[::20]
    advantages = group_advantages(torch.randn(1, len(tokens)).double())[0]
    logs = log_probabilities(policy, tokens, ANSWER)
    made = policy_loss(
        log_policy_BA=logs,
        log_old_BA=logs.detach(),
        log_reference_BA=logs.detach(),
        counted_BA=torch.ones_like(logs, dtype=torch.bool),
        advantages_B=advantages,
        how=PolicySettings(clip_range=clip_range, kl_coefficient=0.5),
    )
    weights = [policy.lm_head.weight, policy.embed_tokens.weight]
    grpo = torch.autograd.grad(made.loss, weights, retain_graph=True)
    plain = torch.autograd.grad(-(advantages * logs.sum(1)).mean(), weights)
    assert made.kl_nats == made.clipped_share == 0
    for one, other in zip(grpo, plain, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    ("advantage", "moved", "pushed"),
    [(1.0, 0.5, False), (1.0, -0.5, True), (-1.0, 0.5, True), (-1.0, -0.5, False)],
)
def test_clipping_stops_only_what_went_the_right_way(
    advantage: float, moved: float, pushed: bool
) -> None:
    logs = torch.full((1, 1), moved, requires_grad=True)
    made = policy_loss(
        log_policy_BA=logs,
        log_old_BA=torch.zeros(1, 1),
        log_reference_BA=logs.detach(),
        counted_BA=torch.ones(1, 1, dtype=torch.bool),
        advantages_B=torch.tensor([advantage]),
        how=PolicySettings(clip_range=0.2, kl_coefficient=0.0),
    )
    made.loss.backward()
    assert logs.grad is not None
    assert bool(logs.grad[0, 0]) is pushed
    assert made.clipped_share == float(not pushed)


def test_probabilities_of_answers_are_the_model_s_own() -> None:
    policy, _ = policies()
    tokens = every_answer()[:5]
    with torch.no_grad():
        made = log_probabilities(policy, tokens, ANSWER)
        for row, text in zip(made, tokens, strict=True):
            for at in range(ANSWER):
                end = len(text) - ANSWER + at
                last = policy(text[None, :end]).logits_BSW[0, -1].log_softmax(-1)
                assert float(row[at]) == pytest.approx(float(last[text[end]]))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            lambda: group_advantages(torch.ones(3, 1)),
            "the group's size is 1: must be at least 2 to compare",
        ),
        (
            lambda: group_advantages(torch.tensor([[1.0, math.nan]])),
            "reward is nan: must be finite",
        ),
        (
            lambda: PolicySettings(clip_range=-0.1),
            "clip_range is -0.1: must not be negative",
        ),
        (
            lambda: PolicySettings(kl_coefficient=math.inf),
            "kl_coefficient is inf: must be finite",
        ),
        (
            lambda: log_probabilities(policies()[0], torch.zeros(1, 3).long(), 3),
            "answer_tokens is 3: must be from 1 to 2, since a question comes first",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(
    wrong: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match="must") as refusal:
        wrong()
    assert str(refusal.value) == words
