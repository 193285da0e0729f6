"""Feed-forwards of a size that a reader can count."""

from collections.abc import Callable

from dsv3.accounting.experts import (
    NO_EXPERTS,
    dense_feed_forward_parameters,
    expert_layer_parameters,
)
from dsv3.architecture import Architecture

Maker = Callable[..., Architecture]


def test_a_dense_layer_is_three_matrices(tiny: Maker) -> None:
    assert dense_feed_forward_parameters(tiny("llama")) == 3 * 48 * 56


def test_biases_are_counted_where_the_model_has_them(tiny: Maker) -> None:
    biased = dense_feed_forward_parameters(tiny("llama", mlp_bias=True))
    assert biased == 3 * 48 * 56 + 56 + 56 + 48


def test_a_mixtral_has_no_dense_layer_and_a_llama_no_experts(tiny: Maker) -> None:
    assert dense_feed_forward_parameters(tiny("mixtral")) == 0
    assert expert_layer_parameters(tiny("llama")) == NO_EXPERTS


def test_an_expert_layer_by_part(tiny: Maker) -> None:
    # hidden 40; 12 experts of 16, 3 work on a token; 2 shared.
    layer = expert_layer_parameters(tiny("deepseek_v3"))
    one = 3 * 40 * 16
    assert layer.routed_experts_parameters == 12 * one
    assert layer.shared_experts_parameters == 2 * one
    assert layer.router_parameters == 12 * 40
    assert layer.routing_bias_parameters == 12
    assert layer.idle_experts_parameters == 9 * one
    assert layer.total_parameters == 14 * one + 12 * 40 + 12


def test_a_softmax_router_has_no_routing_bias(tiny: Maker) -> None:
    assert expert_layer_parameters(tiny("deepseek_v2")).routing_bias_parameters == 0


def test_gpt_oss_experts_and_router_have_biases(tiny: Maker) -> None:
    layer = expert_layer_parameters(tiny("gpt_oss"))
    one = 3 * 48 * 56 + 2 * 56 + 48
    assert layer.routed_experts_parameters == 9 * one
    assert layer.idle_experts_parameters == 5 * one
    assert layer.router_parameters == 9 * 48 + 9


def test_shared_experts_take_the_dense_layers_biases(tiny: Maker) -> None:
    layer = expert_layer_parameters(tiny("deepseek_v2", mlp_bias=True))
    assert layer.shared_experts_parameters == 3 * 40 * 32 + 2 * 32 + 40
    none = expert_layer_parameters(
        tiny("deepseek_v2", mlp_bias=True, n_shared_experts=0)
    )
    assert none.shared_experts_parameters == 0
