"""A toy mixture of experts learns: as torch's gate routes, and to the page's bits."""

import json
import statistics
from typing import Any

import numpy as np
import pytest
import torch
from py_mini_racer import MiniRacer
from tests.explorables.bits import calls, python_bits

from dsv3.architecture import Experts
from dsv3.load_balance import router_comparison_panel, router_run
from dsv3.load_balance.router_training import (
    EXPERTS,
    HIDDEN,
    RoutingRule,
    gradients,
    layer_output,
    nodes_visited,
    routed,
    weighted_sum,
)
from dsv3.model.balancing import auxiliary_loss, updated_bias
from dsv3.model.routing import Gate
from explorables import arrays

TOLERANCE = 1e-12
RULES = [
    (2, 1, 4),
    (2, 2, 8),
    (4, 1, 3),
    (4, 3, 6),
    (8, 1, 4),
    (8, 2, 4),
    (8, 4, 8),
    (8, 8, 2),
]


def torch_gate(groups: int, limit: int, chosen: int) -> Gate:
    rule = Experts(
        n_routed_experts=EXPERTS,
        num_experts_per_tok=chosen,
        moe_intermediate_size=HIDDEN,
        n_group=groups,
        topk_group=limit,
        scoring_func="sigmoid",
        topk_method="noaux_tc",
        norm_topk_prob=True,
    )
    return Gate(HIDDEN, rule).double()


def some(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("groups", "limit", "chosen"), RULES)
def test_tokens_are_routed_as_the_model_routes_them(
    groups: int, limit: int, chosen: int
) -> None:
    gate = torch_gate(groups, limit, chosen)
    weight, bias, tokens = (
        some(0, EXPERTS, HIDDEN),
        0.3 * some(1, EXPERTS),
        some(2, 500, HIDDEN),
    )
    with torch.no_grad():
        gate.weight.copy_(torch.tensor(weight))
        gate.e_score_correction_bias = torch.tensor(bias)
        theirs = gate(torch.tensor(tokens))
    rule = RoutingRule(
        experts=32.0, top_k=float(chosen), groups=float(groups), node_limit=float(limit)
    )
    ours = routed(tokens, weight, bias, rule)
    assert np.abs(ours.scores_ME - theirs.scores_ME.numpy()).max() < TOLERANCE
    weights = torch.zeros(500, EXPERTS, dtype=torch.float64)
    weights.scatter_(1, theirs.experts_MA, theirs.gates_MA)
    assert (ours.chosen_ME == (weights > 0).numpy()).all()
    assert np.abs(ours.gates_ME - weights.numpy()).max() < TOLERANCE
    nodes = theirs.experts_MA.numpy() // (EXPERTS // groups)
    visited = [len(set(row)) for row in nodes.tolist()]
    assert nodes_visited(ours.chosen_ME, float(groups)).tolist() == visited


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_slopes_are_those_that_torch_derives(alpha: float) -> None:
    gate = torch_gate(8, 2, 4)
    weight, experts = some(3, EXPERTS, HIDDEN), some(4, EXPERTS, HIDDEN, HIDDEN)
    tokens, answers = some(5, 300, HIDDEN), some(6, 300, HIDDEN)
    experts_EDX = torch.tensor(experts, requires_grad=True)
    with torch.no_grad():
        gate.weight.copy_(torch.tensor(weight))
    theirs = gate(torch.tensor(tokens))
    weights = torch.zeros_like(theirs.scores_ME).scatter(
        1, theirs.experts_MA, theirs.gates_MA
    )
    output = torch.einsum("me,md,edx->mx", weights, torch.tensor(tokens), experts_EDX)
    loss = ((output - torch.tensor(answers)) ** 2).mean()
    (loss + auxiliary_loss(theirs, alpha=alpha)).backward()
    rule = RoutingRule(experts=32.0, top_k=4.0, groups=8.0, node_limit=2.0)
    found = routed(tokens, weight, np.zeros(EXPERTS), rule)
    outputs = layer_output(tokens, experts, found)
    error = weighted_sum(outputs, found) - answers
    ours = gradients(tokens, outputs, error, found, rule, alpha=alpha)
    assert gate.weight.grad is not None
    assert experts_EDX.grad is not None
    np.testing.assert_allclose(ours.gate_ED, gate.weight.grad, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        ours.experts_EDX, experts_EDX.grad, rtol=1e-9, atol=1e-12
    )


def test_the_bias_moves_as_the_model_moves_it() -> None:
    run = router_run(steps=3.0, strength=0.05)
    bias = torch.zeros(EXPERTS, dtype=torch.float64)
    for load in run.told["load"]:
        bias = updated_bias(bias, torch.tensor(load).long(), 0.05)
    np.testing.assert_allclose(run.state["bias"], bias, atol=1e-15)


KINDS: dict[str, Any] = {
    "balancing": ("none", "loss", "bias"),
    **dict.fromkeys(
        (
            "strength",
            "experts",
            "top_k",
            "groups",
            "node_limit",
            "learning_rate",
            "hot_share",
            "hot_step",
            "seed",
            "steps",
        ),
        "number",
    ),
}


def random_settings(source: np.random.Generator) -> dict[str, Any]:
    experts, groups = source.choice(
        [(32, 8), (32, 4), (32, 2), (16, 8), (16, 4), (8, 2)]
    )
    limit = int(source.integers(1, groups + 1))
    return {
        "balancing": str(source.choice(["none", "loss", "bias"])),
        "strength": float(10 ** source.uniform(-3, 0)),
        "experts": float(experts),
        "top_k": float(source.integers(1, min(8, limit * experts // groups) + 1)),
        "groups": float(groups),
        "node_limit": float(limit),
        "learning_rate": float(source.uniform(0.001, 0.1)),
        "hot_share": float(source.uniform(0, 1)),
        "hot_step": float(source.integers(0, 20)),
        "seed": float(source.integers(2**32)),
        "steps": 20.0,
    }


def test_whole_runs_have_the_bits_of_the_page() -> None:
    source = np.random.default_rng(0)
    settings = [random_settings(source) for _ in range(8)]
    rows = [
        [KINDS["balancing"].index(one["balancing"]), *list(one.values())[1:]]
        for one in settings
    ]
    program = arrays.trace(router_run, KINDS)
    found = json.loads(str(MiniRacer().eval(calls(program, rows))))
    for one, played in zip(settings, found, strict=True):
        assert played == python_bits(router_run, one), one


def test_the_bias_evens_the_load_and_nothing_does_not() -> None:
    def late(way: str) -> float:
        told = router_run(balancing=way, steps=80.0, hot_step=80.0).told
        return statistics.fmean(told["max_violation"][-20:])

    assert late("bias") < late("none") / 2


def test_a_hot_topic_unsettles_a_balanced_router_that_learned_its_task() -> None:
    told = router_run(steps=61.0, hot_step=60.0, hot_share=0.6).told
    assert told["max_violation"][60] > 2 * statistics.fmean(
        told["max_violation"][50:60]
    )
    assert told["error_share"][59] < 0.2 * told["error_share"][0]


def test_fewer_experts_leave_places_empty() -> None:
    told = router_run(experts=16.0, groups=4.0, top_k=2.0, steps=4.0).told
    assert (told["load"].reshape(4, 8, 4)[:, :, 2:] == 0).all()
    assert (told["load_ratio"].reshape(4, 8, 4)[:, :, 2:] == -1).all()
    assert (told["load"].sum(axis=1) == 512).all()


WRONG = [
    (
        {"top_k": 5.0, "node_limit": 1.0},
        "top_k is 5: must be at most the number of experts that",
    ),
    ({"node_limit": 9.0}, "node_limit is 9: must be at most the number of groups"),
    ({"experts": 8.0}, "groups is 8: must leave at least 2 experts to a group"),
    ({"experts": 20.0}, "experts is 20: must be one of 8, 16, 32"),
    ({"top_k": 2.5}, "top_k is 2.5: must be a whole number from 1"),
    ({"learning_rate": 0.0}, "learning_rate is 0: must be above 0: without it nothing"),
    ({"strength": -1.0}, "strength is -1: must be from 0 to 1"),
    ({"steps": 401.0}, "steps is 401: must be from 1 to 400"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_settings_that_cannot_be_are_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        router_run(**wrong)


def test_the_page_refuses_the_same_settings_by_the_same_rule() -> None:
    program = arrays.trace(router_run, KINDS)
    start = random_settings(np.random.default_rng(1))
    start |= {"experts": 32.0, "groups": 8.0, "node_limit": 2.0, "top_k": 4.0}
    start |= {"balancing": 2, "strength": 0.02}
    rows = [list((start | wrong).values()) for wrong, _ in WRONG]
    found = json.loads(str(MiniRacer().eval(calls(program, rows))))
    for (_, said), row in zip(WRONG, found, strict=True):
        name, _, _, rule = program.guards[row["broken"][0]]
        assert f"{name} is {row['broken'][1]:g}: {rule}".startswith(said)


def test_the_panel_hands_every_side_its_own_settings() -> None:
    panel = router_comparison_panel()
    names = [control.name for control in panel.controls]
    left, right = panel.specification()["run"]["sides"]
    assert [names[left[0]], names[right[0]]] == ["balancing", "against_balancing"]
    assert left[2] == right[2] == str(names.index("experts"))
    assert left[-1] == right[-1] == [panel.steps]
