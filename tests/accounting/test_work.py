"""FLOP of a token, beside published figures and torch's own counter."""

import dataclasses
from collections.abc import Callable

import pytest

from dsv3.accounting import (
    DecodeForm,
    decode_flop_per_token,
    flop_per_token,
    parameter_count,
)
from dsv3.architecture import Architecture, preset, preset_names

Maker = Callable[..., Architecture]

TRAINING_GFLOP = {
    "deepseek-v3": (250.45, 281.15),
    "deepseek-v2": (155.30, 185.50),
    "llama-3.1-405b": (2473, 2524),
    "qwen2.5-72b": (444.9, 461.0),
}
"""GFLOP per token at 4,096 tokens, causal and not; the first two rows are the
ISCA paper's 250 and 155 (Table 2)."""


@pytest.mark.parametrize("name", TRAINING_GFLOP)
def test_training_flop_of_known_models(name: str) -> None:
    causal, full = TRAINING_GFLOP[name]
    architecture = preset(name)
    digits = 0.5 if causal > 1000 else 0.05 if causal > 300 else 0.005
    halved = flop_per_token(architecture).training_flop_per_token
    assert halved / 1e9 == pytest.approx(causal, abs=digits)
    whole = flop_per_token(architecture, causal=False).training_flop_per_token
    assert whole / 1e9 == pytest.approx(full, abs=digits)


def test_training_is_three_forward_passes(tiny: Maker) -> None:
    flop = flop_per_token(tiny("deepseek_v3"))
    assert flop.training_flop_per_token == 3 * flop.forward_flop_per_token


def test_a_dense_model_by_hand(tiny: Maker) -> None:
    # 7 layers; hidden 48; 6 heads of 8, 2 key-value heads; inner 56; vocabulary 97.
    flop = flop_per_token(tiny("llama"), 10, causal=False)
    assert flop.attention_projections_flop_per_token == 7 * 2 * 48 * (48 + 32 + 48)
    assert flop.attention_scores_flop_per_token == 7 * 2 * 10 * 6 * 16
    assert flop.dense_feed_forward_flop_per_token == 7 * 2 * 3 * 48 * 56
    assert flop.head_flop_per_token == 2 * 97 * 48
    assert flop.routed_experts_flop_per_token == 0
    assert flop.forward_flop_per_token == sum(flop.parts().values())


def test_only_chosen_experts_work(tiny: Maker) -> None:
    # 3 expert layers; 3 of 12 experts of 16, and 2 shared; hidden 40.
    flop = flop_per_token(tiny("deepseek_v3"))
    one = 2 * 3 * 40 * 16
    assert flop.routed_experts_flop_per_token == 3 * 3 * one
    assert flop.shared_experts_flop_per_token == 3 * 2 * one
    assert flop.router_flop_per_token == 3 * 2 * 40 * 12


@pytest.mark.parametrize("name", preset_names())
def test_weights_do_two_flop_for_each_active_parameter(name: str) -> None:
    architecture = preset(name)
    flop, count = flop_per_token(architecture), parameter_count(architecture)
    scores = flop.attention_scores_flop_per_token + flop.indexer_scores_flop_per_token
    # Copies of the residual stream are mixed by matrices that a token makes itself.
    own = 2 * count.hyper_connections_parameters
    mixing = max(flop.hyper_connections_flop_per_token - own, 0)
    weights = flop.forward_flop_per_token - scores - mixing
    # Norms, biases and sinks are active and do no multiply-add: under 0.1 percent.
    assert weights == pytest.approx(2 * count.active(), rel=1e-3)
    assert weights < 2 * count.active()


def test_a_window_saves_scores_only_beyond_it(tiny: Maker) -> None:
    # 4 of 7 layers see 16 positions, the others all.
    architecture = tiny("gpt_oss")
    flop = flop_per_token(architecture, 64, causal=False)
    per_position = 2 * 6 * 20
    assert flop.attention_scores_flop_per_token == (3 * 64 + 4 * 16) * per_position
    short = flop_per_token(architecture, 16, causal=False)
    assert short.attention_scores_flop_per_token == 7 * 16 * per_position


def test_a_module_adds_a_block_a_projection_and_a_head(tiny: Maker) -> None:
    architecture = tiny("deepseek_v3")
    longer = dataclasses.replace(architecture, num_hidden_layers=6)
    plain = flop_per_token(architecture).forward_flop_per_token
    block = flop_per_token(longer).forward_flop_per_token - plain
    module = flop_per_token(architecture, with_multi_token_prediction=True)
    added = module.multi_token_prediction_flop_per_token
    assert added == block + 2 * (2 * 40 * 40) + 2 * 89 * 40
    assert module.forward_flop_per_token == plain + added


def test_decoding_attends_to_the_whole_context(tiny: Maker) -> None:
    architecture = tiny("llama")
    decoded = decode_flop_per_token(architecture, 100)
    assert decoded == flop_per_token(architecture, 100, causal=False)


def test_absorbing_changes_the_scores_and_nothing_else(tiny: Maker) -> None:
    # 5 layers, 4 heads; latent 18 and rotary key 6 against heads of 16 and 14.
    architecture = tiny("deepseek_v3")
    naive = decode_flop_per_token(architecture, 100).parts()
    absorbed = decode_flop_per_token(architecture, 100, DecodeForm.ABSORBED).parts()
    scores = "attention_scores_flop_per_token"
    assert naive.pop(scores) == 5 * 2 * 100 * 4 * (16 + 14)
    assert absorbed.pop(scores) == 5 * 2 * 100 * 4 * (18 + 6 + 18)
    assert naive == absorbed


def test_only_latent_attention_can_be_absorbed(tiny: Maker) -> None:
    with pytest.raises(ValueError, match=r"^form is 'absorbed': only latent"):
        decode_flop_per_token(tiny("llama"), 100, DecodeForm.ABSORBED)


def test_parts_that_do_not_add_up_are_refused(tiny: Maker) -> None:
    flop = flop_per_token(tiny("llama"))
    with pytest.raises(ValueError, match="forward_flop_per_token is 1: its parts"):
        dataclasses.replace(flop, forward_flop_per_token=1)
