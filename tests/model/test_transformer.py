"""The whole model: first weights, and input that no model can take."""

from dataclasses import replace

import pytest
import torch

from dsv3.architecture import LatentAttention
from dsv3.model import Transformer, tiny
from dsv3.model.cache import cached_size

NAN = float("nan")


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([[0, 257]], "token is 257: must be from 0 to 256"),
        ([[-1, 5]], "token is -1: must be from 0 to 256"),
        ([[]], "the sequence's length is 0: must be at least 1"),
        ([[0] * 513], "length is 513: must be at most max_position_embeddings, 512"),
    ],
)
def test_tokens_that_no_model_can_take_are_refused(
    small: Transformer, tokens: list[list[int]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        small(torch.tensor(tokens, dtype=torch.long))


def test_weights_that_are_not_numbers_are_refused(small: Transformer) -> None:
    with torch.no_grad():
        small.layers[0].self_attn.o_proj.weight[0, 0] = NAN
    with pytest.raises(ValueError, match="router score of token 0 is nan"):
        small(torch.tensor([[1, 2]]))


def test_the_first_weights_are_normal_with_the_published_spread() -> None:
    published = replace(tiny(), initializer_range=0.006)
    model = Transformer(published, torch.Generator().manual_seed(0))
    for weight in model.parameters():
        if weight.dim() == 1:
            assert torch.equal(weight, torch.ones_like(weight))
        else:
            spread = float(weight.detach().std())
            assert spread == pytest.approx(0.006, rel=0.05)
            assert float(weight.detach().abs().max()) > 3 * 0.006


def test_one_generator_gives_one_model() -> None:
    first, second = (
        Transformer(tiny(), torch.Generator().manual_seed(3)) for _ in range(2)
    )
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_no_two_sizes_of_the_tiny_model_agree() -> None:
    model = tiny()
    attention, experts = model.attention, model.experts
    assert experts is not None
    assert isinstance(attention, LatentAttention)
    sizes = (
        model.vocab_size,
        model.hidden_size,
        model.intermediate_size,
        model.num_hidden_layers,
        attention.num_attention_heads,
        attention.q_lora_rank,
        attention.kv_lora_rank,
        attention.qk_nope_head_dim,
        attention.qk_rope_head_dim,
        attention.qk_head_dim,
        cached_size(attention),
        attention.v_head_dim,
        experts.moe_intermediate_size,
        experts.n_routed_experts,
        experts.num_experts_per_tok,
        experts.n_group,
        experts.topk_group,
    )
    assert len(set(sizes)) == len(sizes)
