"""The gate that is drawn is the model's gate."""

import pytest
import torch
from tests.diagrams.examples import TOKEN

from dsv3 import diagrams, model
from dsv3.architecture import Experts


@pytest.fixture(scope="module")
def rule() -> Experts:
    """Return the rule of the example: V3's, with fewer experts."""
    return Experts(
        n_routed_experts=12,
        num_experts_per_tok=3,
        moe_intermediate_size=32,
        n_group=4,
        topk_group=2,
        scoring_func="sigmoid",
        topk_method="noaux_tc",
        routed_scaling_factor=2.5,
    )


def test_the_example_is_what_the_model_does(rule: Experts) -> None:
    scores = torch.tensor([list(TOKEN.scores)])
    biased = scores + torch.tensor([list(TOKEN.biases)])
    chosen = model.choose_experts(biased, rule)
    gates = model.gate_values(scores, chosen, rule)
    assert set(chosen[0].tolist()) == set(TOKEN.weights)
    for expert, weight in zip(chosen[0].tolist(), gates[0].tolist(), strict=True):
        assert weight == pytest.approx(TOKEN.weights[expert], abs=0.005)
    assert model.group_scores(biased, rule)[0].tolist() == pytest.approx(
        list(TOKEN.group_values), abs=0.005
    )
    assert set(TOKEN.kept) == {expert // 3 for expert in chosen[0].tolist()}
    plain = model.choose_experts(scores, rule)[0].tolist()
    assert set(plain) == set(TOKEN.chosen_without_bias)


def test_it_says_who_is_out_and_why() -> None:
    assert (TOKEN.highest, TOKEN.lifted, TOKEN.pushed_out) == (4, (7,), (8,))
    said = diagrams.gate(TOKEN)
    assert "Expert 5 has the highest score" in said.caption
    assert "lets expert 8 in" in said.caption
