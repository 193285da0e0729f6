"""What heads look at: weights that are the model's own, and shares with a control."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from dsv3.learning.attention_maps import (
    after_same,
    at_distance,
    attended_share,
    attention_weights,
    head_weights,
    last_of,
    weights_by_distance,
)
from dsv3.model import Transformer
from dsv3.model.attention import MultiHeadLatentAttention


def test_weights_gather_what_attention_gathers(
    variant: str, build: Callable[..., Transformer], tokens: torch.Tensor
) -> None:
    model = build(variant)
    attention = model.layers[0].self_attn
    assert isinstance(attention, MultiHeadLatentAttention)
    given: list[tuple[Any, ...]] = []
    attention.register_forward_hook(
        lambda _, inputs, output: given.append((*inputs, output))
    )
    with torch.inference_mode():
        model(tokens)
        hidden_BSD, context, expected_BSD = given[0]
        weights_BHST = head_weights(attention, hidden_BSD, context)
        kept_BTK = attention.latents(hidden_BSD, context.rotation)
        rebuilt = attention.kv_b_proj(kept_BTK[..., : attention.kept_sizes[0]])
        rebuilt = rebuilt.unflatten(-1, (attention.heads, -1))
        value_BTHV = rebuilt[..., attention.query_sizes[0] :]
        gathered = torch.einsum("bhst,bthv->bshv", weights_BHST, value_BTHV)
        found_BSD = attention.o_proj(gathered.flatten(-2))
    torch.testing.assert_close(found_BSD, expected_BSD)


def test_every_head_of_every_layer_shares_out_one(
    small: Transformer, tokens: torch.Tensor
) -> None:
    weights_LBHST = attention_weights(small, tokens)
    assert weights_LBHST.shape == (2, 2, 8, 19, 19)
    torch.testing.assert_close(weights_LBHST.sum(-1), torch.ones(2, 2, 8, 19))
    assert weights_LBHST.triu(1).abs().max() == 0
    assert not small.layers[0].self_attn._forward_pre_hooks


def test_the_last_of_a_kind_is_the_nearest_before() -> None:
    places = last_of(torch.tensor([[1, 9, 1, 8, 2, 2]]), torch.tensor([9, 8]))
    assert [row.nonzero().flatten().tolist() for row in places[0]] == [
        *([], [], [1], [1], [3], [3])
    ]


def test_what_followed_the_same_token_is_found_wherever_it_was() -> None:
    places = after_same(torch.tensor([[4, 5, 4, 6, 4]]))
    assert places[0, 4].nonzero().flatten().tolist() == [1, 3]
    assert places[0, 2].nonzero().flatten().tolist() == [1]
    assert not places[0, 3].any()


def test_only_tokens_that_have_such_a_place_are_asked() -> None:
    weights = torch.tensor([[1.0, 0, 0], [0.25, 0.75, 0], [0.5, 0.25, 0.25]])
    places = at_distance(torch.tensor([[7, 7, 7]]), 1)
    share = attended_share(weights[None, None, None], places)
    assert share.tolist() == [[pytest.approx((0.25 + 0.25) / 2)]]


def test_a_head_that_knows_distance_alone_is_its_own_control() -> None:
    generator = torch.Generator().manual_seed(0)
    same_for_all = torch.rand(1, 1, 2, 6, 6, generator=generator).tril()
    weights = same_for_all.expand(3, 5, 2, 6, 6)
    torch.testing.assert_close(weights_by_distance(weights), weights)


def test_the_control_forgets_the_text() -> None:
    tokens = torch.tensor([[9, 1, 1, 1], [1, 1, 9, 1]])
    wanted = last_of(tokens, torch.tensor([9]))
    looks = wanted.float()
    looks[:, :, 0] += 1 - looks.sum(-1)
    weights = looks[None, :, None]
    assert float(attended_share(weights, wanted)) == 1
    assert float(attended_share(weights_by_distance(weights), wanted)) < 1
