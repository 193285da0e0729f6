"""The torch model does exactly the multiply-adds that accounting counts.

On the meta device nothing is computed, and torch's own counter sees every matrix
product. Which experts are chosen is not known there, and does not matter: each
token visits the same number of them. Here all tokens visit the first few.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from dsv3.accounting import DecodeForm, decode_flop_per_token, flop_per_token
from dsv3.architecture import Architecture, preset, read_config
from dsv3.model import AttentionForm, Transformer, experts as experts_room, tiny
from dsv3.model.configuration import config_fields


@pytest.fixture
def all_visit_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def counts(experts_MA: torch.Tensor, num_experts: int) -> list[int]:
        tokens, chosen = experts_MA.shape
        return [tokens] * chosen + [0] * (num_experts - chosen)

    monkeypatch.setattr(experts_room, "tokens_per_expert", counts)


def counted_by_torch(model: Transformer, tokens: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        model(tokens)
    total: int = counter.get_total_flops()
    return total


NO_COMPRESSION = config_fields(tiny()) | {"q_lora_rank": None}
MODELS = {
    "tiny": tiny(),
    "no query compression": read_config(NO_COMPRESSION),
    "deepseek-v3": preset("deepseek-v3"),
    "deepseek-v2": preset("deepseek-v2"),
}


@pytest.mark.usefixtures("all_visit_the_first")
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [1, 64])
def test_a_forward_pass_agrees_to_the_unit(
    name: str, size: int, on_paper: Callable[[Architecture], Transformer]
) -> None:
    architecture = MODELS[name]
    tokens = torch.zeros(2, size, dtype=torch.long, device="meta")
    counted = flop_per_token(architecture, size, causal=False)
    expected = 2 * size * counted.forward_flop_per_token
    assert counted_by_torch(on_paper(architecture), tokens) == expected


@pytest.mark.usefixtures("all_visit_the_first")
def test_deepseek_v3_does_73_254_191_104_for_a_first_token(
    on_paper: Callable[[Architecture], Transformer],
) -> None:
    """2 x 36,624,596,992 weights that multiply, and one position attended to."""
    model = on_paper(preset("deepseek-v3"))
    token = torch.zeros(1, 1, dtype=torch.long, device="meta")
    assert counted_by_torch(model, token) == 73_254_191_104


@pytest.mark.usefixtures("all_visit_the_first")
def test_training_with_prediction_modules_agrees(
    on_paper: Callable[[Architecture], Transformer],
) -> None:
    """Modules see one position fewer, so they are counted at that length."""
    architecture = tiny()
    model = on_paper(architecture)
    tokens = torch.zeros(2, 33, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as counter:
        model.predict_all(tokens)
    main = flop_per_token(architecture, 33, causal=False).forward_flop_per_token
    both = flop_per_token(
        architecture, 32, causal=False, with_multi_token_prediction=True
    )
    module = both.multi_token_prediction_flop_per_token
    assert counter.get_total_flops() == 2 * (33 * main + 32 * module)


def test_the_dispatch_that_runs_does_no_more_than_counted() -> None:
    """On real tokens: the sparse expert layers, without attention."""
    architecture = tiny()
    model = Transformer(architecture, torch.Generator().manual_seed(0))
    layer = model.layers[1].mlp
    hidden = torch.randn(1, 50, 96)
    with FlopCounterMode(display=False) as counter:
        layer(hidden)
    one = replace(architecture, num_hidden_layers=2)
    counted = flop_per_token(one)
    per_token = (
        counted.routed_experts_flop_per_token
        + counted.shared_experts_flop_per_token
        + counted.router_flop_per_token
    )
    assert counter.get_total_flops() == 50 * per_token


def test_an_absorbed_pass_agrees_with_decoding() -> None:
    """After 40 positions, one token: projections, and scores over 41 latents."""
    architecture = tiny()
    model = Transformer(architecture, torch.Generator().manual_seed(0))
    cache = model.new_cache(batch=1, capacity=41)
    with torch.inference_mode():
        model(torch.zeros(1, 40, dtype=torch.long), cache)
        with FlopCounterMode(display=False) as counter:
            model(torch.zeros(1, 1, dtype=torch.long), cache, AttentionForm.ABSORBED)
    counted = decode_flop_per_token(architecture, 41, DecodeForm.ABSORBED)
    assert counter.get_total_flops() == counted.forward_flop_per_token
