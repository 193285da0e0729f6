"""The records keep their rules for plain and for recorded numbers."""

import dataclasses

import pytest

from dsv3.architecture import Architecture, Experts, GroupedQueryAttention
from explorables.arithmetic import Number, evaluate, trace


def small(**changes: Number) -> Architecture:
    sizes: dict[str, Number] = {"vocab_size": 7, "hidden_size": 4} | changes
    attention = GroupedQueryAttention(
        num_attention_heads=2, num_key_value_heads=1, head_dim=2
    )
    return Architecture(
        model_type="llama",
        num_hidden_layers=3,
        attention=attention,
        intermediate_size=5,
        **sizes,  # type: ignore[arg-type] # only sizes are changed here
    )


@pytest.mark.parametrize("value", [0, -1, 2**31, float("nan"), float("inf"), 3.5])
def test_a_size_outside_its_range_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=r"^hidden_size is .*: must be a whole number"):
        small(hidden_size=value)


def test_records_are_unchangeable_and_comparable() -> None:
    assert small() == small()
    assert hash(small()) == hash(small())
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().hidden_size = 3  # type: ignore[misc]


def test_dense_layers_need_an_inner_size() -> None:
    with pytest.raises(ValueError, match="first_k_dense_replace is 3: must be 0"):
        dataclasses.replace(small(), intermediate_size=None)


def test_windowed_layers_need_a_window() -> None:
    with pytest.raises(ValueError, match="num_sliding_layers is 1: must be 0 when"):
        GroupedQueryAttention(
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=2,
            num_sliding_layers=1,
        )


def test_more_windowed_layers_than_layers_are_refused() -> None:
    attention = GroupedQueryAttention(
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=2,
        sliding_window=8,
        num_sliding_layers=4,
    )
    with pytest.raises(ValueError, match="num_sliding_layers is 4: must be at most"):
        dataclasses.replace(small(), attention=attention)


def test_a_token_may_use_every_expert_of_the_groups_it_reaches() -> None:
    experts = Experts(
        n_routed_experts=12,
        num_experts_per_tok=6,
        moe_intermediate_size=1,
        n_group=4,
        topk_group=2,
    )
    with pytest.raises(ValueError, match="num_experts_per_tok is 7: must be at most"):
        dataclasses.replace(experts, num_experts_per_tok=7)


def test_recorded_sizes_carry_the_same_rules_to_the_page() -> None:
    tape = trace(
        lambda hidden_size: small(hidden_size=hidden_size).hidden_size,
        {"hidden_size": "number"},
    )
    assert evaluate(tape, {"hidden_size": 4.0}).complaint is None
    for broken in (0.0, 3.5, 2.0**31):
        complaint = evaluate(tape, {"hidden_size": broken}).complaint
        assert str(complaint).startswith("hidden_size is ")
