"""Multi-token prediction: what it sees, what it shares, what it costs."""

import math
from dataclasses import replace

import pytest
import torch

from dsv3.model import Transformer, prediction_loss, tiny, training_loss

TOKENS = torch.arange(2 * 12).reshape(2, 12) * 7


@pytest.fixture
def two_modules() -> Transformer:
    architecture = replace(tiny(), num_nextn_predict_layers=2)
    return Transformer(architecture, torch.Generator().manual_seed(0))


def test_each_module_has_one_position_fewer(two_modules: Transformer) -> None:
    predictions = two_modules.predict_all(TOKENS)
    assert [p.logits_BSW.shape[1] for p in predictions] == [12, 11, 10]


def test_a_module_sees_exactly_one_token_further(two_modules: Transformer) -> None:
    """Changing token 7 moves what module k says from position 7 - k on."""
    changed = TOKENS.clone()
    changed[:, 7] += 1
    before, after = (two_modules.predict_all(tokens) for tokens in (TOKENS, changed))
    for depth, (one, other) in enumerate(zip(before, after, strict=True)):
        moved = (one.logits_BSW - other.logits_BSW).detach().abs().amax(dim=(0, 2))
        assert moved[: 7 - depth].max() < 1e-5
        assert moved[7 - depth] > 1e-3


def test_modules_share_embedding_and_head(two_modules: Transformer) -> None:
    names = [name for name, _ in two_modules.named_parameters()]
    assert sum("embed" in name for name in names) == 1
    assert sum("head" in name for name in names) == 1


def test_the_losses_of_an_ignorant_model_are_logarithms() -> None:
    logits = [torch.zeros(2, 12, 257), torch.zeros(2, 11, 257)]
    # The module makes 10 predictions, and equation 24 divides by 11.
    expected = math.log(257) * (1 + 0.3 * 10 / 11)
    assert float(training_loss(logits, TOKENS, 0.3)) == pytest.approx(expected)


def test_a_perfect_prediction_costs_nothing() -> None:
    logits = torch.nn.functional.one_hot(TOKENS.roll(-2, dims=1), 257) * 100.0
    assert float(prediction_loss(logits, TOKENS, 2)) == pytest.approx(0)
    assert float(prediction_loss(logits, TOKENS, 1)) > 10


def test_weights_of_several_modules_are_averaged() -> None:
    logits = [torch.zeros(2, 12, 257)] * 3
    expected = math.log(257) * (1 + 0.1 / 2 * (10 / 11 + 9 / 11))
    assert float(training_loss(logits, TOKENS, 0.1)) == pytest.approx(expected)


def test_training_lowers_both_losses(two_modules: Transformer) -> None:
    optimizer = torch.optim.AdamW(two_modules.parameters(), lr=3e-3)
    history = []
    for _ in range(12):
        logits = [p.logits_BSW for p in two_modules.predict_all(TOKENS)]
        loss = training_loss(logits, TOKENS, 0.3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(
            [
                float(prediction_loss(x.detach(), TOKENS, 1 + k))
                for k, x in enumerate(logits)
            ]
        )
    assert all(
        last < 0.7 * first for first, last in zip(history[0], history[-1], strict=True)
    )


def test_a_module_that_is_not_there_is_refused(small: Transformer) -> None:
    hidden = small(TOKENS).hidden_BSD
    with pytest.raises(ValueError, match="depth is 1: must be below"):
        small.predict_further(hidden, TOKENS, depth=1)


def test_a_sequence_too_short_for_the_modules_is_refused(
    two_modules: Transformer,
) -> None:
    with pytest.raises(ValueError, match="length is 2: must be above"):
        two_modules.predict_all(TOKENS[:, :2])
