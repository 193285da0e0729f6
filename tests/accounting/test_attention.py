"""Attention of a size that a reader can count."""

from collections.abc import Callable

import pytest

from dsv3.accounting.attention import attention_count, attention_counts
from dsv3.accounting.attention_kind import (
    AttentionMatrices,
    AttentionVectors,
    DecodeForm,
    attended_tokens,
)
from dsv3.accounting.matrices import parameters_of
from dsv3.architecture import Architecture

Maker = Callable[..., Architecture]


def attention_matrices(model: Architecture) -> AttentionMatrices:
    return attention_count(model.attention).matrices(model.hidden_size)


def attention_vectors(model: Architecture) -> AttentionVectors:
    return attention_count(model.attention).vectors(model.hidden_size)


def test_latent_attention_has_five_matrices(tiny: Maker) -> None:
    # hidden 40; 4 heads; latents 22 and 18; head parts 10 + 6, values 14.
    matrices = attention_matrices(tiny("deepseek_v3"))
    assert parameters_of(matrices.query) == 40 * 22 + 22 * 4 * (10 + 6)
    assert parameters_of(matrices.key_value) == 40 * (18 + 6) + 18 * 4 * (10 + 14)
    assert parameters_of(matrices.output) == 4 * 14 * 40


def test_queries_without_a_latent_are_projected_at_once(tiny: Maker) -> None:
    architecture = tiny("deepseek_v2", q_lora_rank=None)
    assert parameters_of(attention_matrices(architecture).query) == 40 * 4 * (10 + 6)
    assert attention_vectors(architecture).norm_parameters == 18


def test_grouped_attention_shares_keys_and_values(tiny: Maker) -> None:
    # hidden 48; 6 heads of 8; 2 key-value heads.
    matrices = attention_matrices(tiny("llama"))
    assert parameters_of(matrices.query) == parameters_of(matrices.output) == 48 * 48
    assert parameters_of(matrices.key_value) == 2 * 48 * (2 * 8)


@pytest.mark.parametrize(
    ("family", "norms", "biases", "sinks"),
    [
        ("llama", 0, 0, 0),
        ("qwen2", 0, (6 + 2 + 2) * 8, 0),
        ("qwen3", 2 * 10, 0, 0),
        ("gpt_oss", 0, (6 + 2 + 2) * 10 + 48, 6),
        ("glm4_moe", 2 * 10, (6 + 2 + 2) * 10, 0),
        ("deepseek_v3", 22 + 18, 0, 0),
    ],
)
def test_small_parameters_of_each_family(
    family: str, norms: int, biases: int, sinks: int, tiny: Maker
) -> None:
    vectors = attention_vectors(tiny(family))
    assert vectors.norm_parameters == norms
    assert vectors.bias_parameters == biases
    assert vectors.sink_parameters == sinks


def test_half_the_square_is_attended_to_under_the_mask() -> None:
    assert attended_tokens(100, None, causal=True) == 50
    assert attended_tokens(100, None, causal=False) == 100


@pytest.mark.parametrize(("tokens", "window"), [(4096, 128), (1000, 999), (7, 7)])
def test_a_window_is_its_exact_mean_but_for_half_a_position(
    tokens: int, window: int
) -> None:
    exact = sum(min(position, window) for position in range(1, tokens + 1)) / tokens
    counted = attended_tokens(tokens, window, causal=True)
    assert exact - counted == pytest.approx(window / tokens / 2)


def test_a_window_as_long_as_the_context_changes_nothing() -> None:
    assert attended_tokens(64, 64, causal=True) == attended_tokens(
        64, None, causal=True
    )
    assert attended_tokens(64, 100, causal=False) == 64


@pytest.mark.parametrize("tokens", [0, -1, float("nan"), float("inf")])
def test_a_context_is_positive_and_finite(tokens: float) -> None:
    with pytest.raises(ValueError, match=r"^context_tokens is .*: must be above 0"):
        attended_tokens(tokens, None, causal=True)


def test_scores_cost_two_flop_for_each_part_of_key_and_value(tiny: Maker) -> None:
    assert attention_count(tiny("deepseek_v3").attention).score_flop(3) == (
        2 * 3 * 4 * (10 + 6 + 14)
    )
    assert attention_count(tiny("llama").attention).score_flop(3) == 2 * 3 * 6 * (8 + 8)


def test_latent_attention_caches_one_small_vector(tiny: Maker) -> None:
    assert attention_count(tiny("deepseek_v3").attention).cached_elements == 18 + 6
    assert attention_count(tiny("llama").attention).cached_elements == 2 * 2 * 8


def test_the_absorbed_form_is_of_latents_alone(tiny: Maker) -> None:
    latent = attention_count(tiny("deepseek_v3").attention)
    assert latent.score_flop(3, DecodeForm.ABSORBED) == 2 * 3 * 4 * (18 + 6 + 18)
    grouped = attention_count(tiny("llama").attention)
    with pytest.raises(ValueError, match="form is 'absorbed': only latent attention"):
        grouped.score_flop(3, DecodeForm.ABSORBED)


def test_layers_with_a_window_are_counted_apart(tiny: Maker) -> None:
    # 7 layers, 4 of them with a window of 16.
    groups = [group for group, _ in attention_counts(tiny("gpt_oss"))]
    assert [(group.layers, group.window) for group in groups] == [(3, None), (4, 16)]


def test_what_is_no_kind_of_attention_is_refused() -> None:
    with pytest.raises(ValueError, match="attention is 'linear': must be of a kind"):
        attention_count("linear")  # type: ignore[arg-type]
