"""Attention: its two forms, its cache, and what it may see."""

from collections.abc import Callable

import pytest
import torch

from dsv3.model import AttentionForm, Transformer, tiny
from dsv3.model.cache import LatentCache

TOKENS = torch.arange(2 * 19).reshape(2, 19) * 5


def test_absorbed_equals_naive_in_double_precision(
    variant: str, build: Callable[..., Transformer]
) -> None:
    model = build(variant).double()
    naive = model(TOKENS, form=AttentionForm.NAIVE).logits_BSW
    absorbed = model(TOKENS, form=AttentionForm.ABSORBED).logits_BSW
    assert (naive - absorbed).detach().abs().max() < 1e-12


@pytest.mark.parametrize("form", [None, AttentionForm.NAIVE, AttentionForm.ABSORBED])
def test_one_token_at_a_time_equals_the_whole_sequence(
    small: Transformer, form: AttentionForm | None
) -> None:
    model = small.double()
    whole = model(TOKENS).logits_BSW
    cache = model.new_cache(batch=2, capacity=19)
    with torch.inference_mode():
        steps = [model(TOKENS[:, t : t + 1], cache, form).logits_BSW for t in range(19)]
    assert (torch.cat(steps, dim=1) - whole).detach().abs().max() < 1e-12


def test_the_cache_holds_latent_and_rotary_key_and_nothing_else() -> None:
    architecture = tiny()
    cache = LatentCache(architecture, batch=3, capacity=11)
    held = {
        name: value.numel()
        for name, value in vars(cache).items()
        if isinstance(value, torch.Tensor) and value.is_floating_point()
    }
    assert held == {"entries_LBTK": 4 * 3 * 11 * (48 + 12)}


def test_no_token_sees_a_later_one(small: Transformer) -> None:
    changed = TOKENS.clone()
    changed[:, 10:] += 1
    before, after = small(TOKENS).logits_BSW, small(changed).logits_BSW
    # Up to rounding: experts get other slices of tokens.
    assert torch.allclose(before[:, :10], after[:, :10], atol=1e-5)
    assert not torch.allclose(before[:, 10], after[:, 10])


def test_taking_tokens_back_leaves_no_trace(small: Transformer) -> None:
    cache = small.new_cache(batch=1, capacity=10)
    with torch.inference_mode():
        small(TOKENS[:1, :5], cache)
        small(TOKENS[1:, 5:8], cache)
        cache.set_lengths(cache.lengths_B - 3)
        again = small(TOKENS[:1, 5:8], cache).logits_BSW
        whole = small(TOKENS[:1, :8]).logits_BSW[:, 5:]
    assert torch.allclose(again, whole, atol=1e-5)


def test_a_prompt_longer_than_the_cache_is_refused(small: Transformer) -> None:
    cache = small.new_cache(batch=2, capacity=18)
    rule = "length is 19: must fit in the cache's 18 positions"
    with pytest.raises(ValueError, match=rule):
        small(TOKENS, cache)
    assert cache.longest == 0


def test_a_cache_from_another_config_is_refused(
    small: Transformer, build: Callable[..., Transformer]
) -> None:
    cache = build("no query compression").new_cache(batch=2, capacity=19)
    with pytest.raises(ValueError, match="the cache was made for"):
        small(TOKENS, cache)


def test_a_cache_for_fewer_layers_is_refused(small: Transformer) -> None:
    cache = small.new_cache(batch=2, capacity=19)
    hidden = small(TOKENS).hidden_BSD.detach()
    with pytest.raises(ValueError, match="layer is 2: the cache was made for 2"):
        small.predict_further(hidden, TOKENS, cache=cache)


def test_a_cache_for_another_batch_is_refused(small: Transformer) -> None:
    cache = small.new_cache(batch=3, capacity=19)
    with pytest.raises(ValueError, match="batch is 2: the cache has 3 sequences"):
        small(TOKENS, cache)


@pytest.mark.parametrize("capacity", [0, 513])
def test_a_cache_of_an_impossible_length_is_refused(
    small: Transformer, capacity: int
) -> None:
    with pytest.raises(ValueError, match=f"capacity is {capacity}: must be from 1"):
        small.new_cache(batch=1, capacity=capacity)


def test_lengths_beyond_the_cache_are_refused(small: Transformer) -> None:
    cache = small.new_cache(batch=1, capacity=4)
    with pytest.raises(ValueError, match=r"lengths is \[5\]"):
        cache.set_lengths(torch.tensor([5]))
