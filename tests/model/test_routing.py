"""The gate: what must hold for every score, and each published rule by hand."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, strategies as st

from dsv3.architecture import Experts
from dsv3.model import Gate, Routing, choose_experts, gate_values
from dsv3.model.routing import group_scores

V3 = Experts(
    n_routed_experts=12,
    num_experts_per_tok=3,
    moe_intermediate_size=7,
    n_group=4,
    topk_group=2,
    scoring_func="sigmoid",
    topk_method="noaux_tc",
    routed_scaling_factor=2.5,
)
V2 = replace(V3, scoring_func="softmax", topk_method="group_limited_greedy")
LITE = replace(V2, topk_method="greedy", n_group=1, topk_group=1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Experts, torch.Tensor, torch.Tensor]:
    groups, size = draw(st.integers(1, 6)), draw(st.integers(2, 5))
    kept = draw(st.integers(1, groups))
    rule = replace(
        V3,
        n_routed_experts=groups * size,
        n_group=groups,
        topk_group=kept,
        num_experts_per_tok=draw(st.integers(1, kept * size)),
        topk_method=draw(st.sampled_from(["noaux_tc", "group_limited_greedy"])),
    )
    # Few distinct values, so that ties are common.
    score = st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.75, 0.9])
    bias = st.sampled_from([-30.0, -2.0, -0.25, 0.0, 0.25, 2.0])
    experts = groups * size
    rows = draw(st.integers(1, 4))
    scores = draw(st.lists(score, min_size=rows * experts, max_size=rows * experts))
    biases = draw(st.lists(bias, min_size=experts, max_size=experts))
    return rule, torch.tensor(scores).view(rows, experts), torch.tensor(biases)


Case = tuple[Experts, torch.Tensor, torch.Tensor]


@given(cases())
def test_exactly_the_asked_number_of_different_experts(case: Case) -> None:
    rule, scores, bias = case
    chosen = choose_experts(scores + bias, rule)
    assert chosen.shape == (len(scores), rule.num_experts_per_tok)
    assert all(len(set(row)) == len(row) for row in chosen.tolist())


@given(cases())
def test_no_expert_outside_the_kept_groups(case: Case) -> None:
    rule, scores, bias = case
    size = rule.n_routed_experts // rule.n_group
    groups = choose_experts(scores + bias, rule) // size
    assert all(len(set(row)) <= rule.topk_group for row in groups.tolist())


@given(cases())
def test_the_choice_is_that_of_a_plain_search(case: Case) -> None:
    rule, scores, bias = case
    biased = scores + bias
    chosen = choose_experts(biased, rule).tolist()
    assert chosen == [searched(row, rule) for row in biased.tolist()]


def searched(scores: list[float], rule: Experts) -> list[int]:
    """Choose experts without tensors, ties to the lower index."""
    size = int(rule.n_routed_experts / rule.n_group)
    ranked = 2 if rule.topk_method == "noaux_tc" else 1

    def worth(group: int) -> float:
        best = sorted(scores[group * size :][:size], reverse=True)[:ranked]
        return float(torch.tensor(best).sum())

    groups = sorted(range(rule.n_group), key=lambda group: -worth(group))
    kept = set(groups[: int(rule.topk_group)])
    allowed = [expert for expert in range(len(scores)) if expert // size in kept]
    allowed.sort(key=lambda expert: -scores[expert])
    return allowed[: int(rule.num_experts_per_tok)]


@given(cases())
def test_weights_add_up_to_the_scaling_factor(case: Case) -> None:
    rule, scores, bias = case
    chosen = choose_experts(scores + bias, rule)
    gates = gate_values(scores, chosen, rule)
    assert gates.sum(dim=1).tolist() == pytest.approx([2.5] * len(scores), rel=1e-5)
    assert (gates > 0).all()


@given(cases())
def test_a_bias_for_all_changes_nothing(case: Case) -> None:
    rule, scores, _ = case
    # In eighths, so that adding a bias of 1 is exact.
    eighths = (scores * 8).round() / 8
    shifted = choose_experts(eighths + 1, rule)
    assert torch.equal(choose_experts(eighths, rule), shifted)


def test_a_strongly_negative_bias_does_not_let_masked_experts_in() -> None:
    """A mask of 0 would rank above scores of -30."""
    rule = replace(V3, num_experts_per_tok=6)
    biased = torch.full((1, 12), -30.0)
    biased[0, :6] += 0.5
    assert sorted(choose_experts(biased, rule)[0].tolist()) == [0, 1, 2, 3, 4, 5]


def test_groups_are_ranked_by_their_two_best_in_v3_and_their_best_in_v2() -> None:
    scores = torch.tensor([[0.9, 0.1, 0.0, 0.6, 0.5, 0.4, 0, 0, 0, 0, 0, 0]])
    assert group_scores(scores, V3)[0].tolist() == pytest.approx([1.0, 1.1, 0, 0])
    assert group_scores(scores, V2)[0].tolist() == pytest.approx([0.9, 0.6, 0, 0])


def test_ties_go_to_the_lower_index() -> None:
    assert choose_experts(torch.zeros(1, 12), V3).tolist() == [[0, 1, 2]]


def gate(rule: Experts) -> Gate:
    made = Gate(5, rule)
    generator = torch.Generator().manual_seed(1)
    torch.nn.init.normal_(made.weight, generator=generator)
    return made


HIDDEN = torch.randn(50, 5, generator=torch.Generator().manual_seed(2))


def test_the_bias_steers_the_choice_and_not_the_weights() -> None:
    made = gate(V3)
    assert made.e_score_correction_bias is not None
    made.e_score_correction_bias[7] = 10.0
    routing: Routing = made(HIDDEN)
    assert (routing.experts_MA == 7).any(dim=1).all()
    scores = HIDDEN @ made.weight.T
    picked = scores.sigmoid().gather(1, routing.experts_MA)
    expected = 2.5 * picked / picked.sum(dim=1, keepdim=True)
    assert torch.allclose(routing.gates_MA, expected, atol=1e-6)


def test_v2_weighs_by_softmax_and_does_not_normalise() -> None:
    made = gate(replace(V2, norm_topk_prob=False))
    assert made.e_score_correction_bias is None
    routing = made(HIDDEN)
    expected = (HIDDEN @ made.weight.T).softmax(dim=1).gather(1, routing.experts_MA)
    assert torch.allclose(routing.gates_MA, 2.5 * expected, atol=1e-6)


def test_v2_lite_takes_the_best_of_all() -> None:
    routing = gate(LITE)(HIDDEN)
    best = routing.scores_ME.topk(3, dim=1).indices
    assert torch.equal(routing.experts_MA, best)


def test_routing_stays_in_single_precision_in_a_half_precision_model() -> None:
    made = gate(V3)
    assert made.e_score_correction_bias is not None
    made.e_score_correction_bias[0] = 1 + 2**-20
    made.to(torch.bfloat16)
    assert made.weight.dtype == torch.bfloat16
    assert made.e_score_correction_bias.dtype == torch.float32
    assert float(made.e_score_correction_bias[0]) == 1 + 2**-20
    assert made(HIDDEN.to(torch.bfloat16)).gates_MA.dtype == torch.float32


def test_a_score_that_is_not_a_number_is_refused() -> None:
    hidden = HIDDEN.clone()
    hidden[3, 1] = float("nan")
    with pytest.raises(ValueError, match="router score of token 3 is nan"):
        gate(V3)(hidden)


def test_a_group_too_small_to_rank_is_refused() -> None:
    with pytest.raises(ValueError, match="n_group is 12: must leave at least 2"):
        gate(replace(V3, n_group=12, topk_group=6))
