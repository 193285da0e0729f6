"""Experts: the sparse dispatch against a loop that masks nothing away."""

from collections.abc import Callable

import pytest
import torch
from torch.nn.functional import linear, silu

from dsv3.model import Routing, expert_load, experts as experts_room, tiny
from dsv3.model.experts import ExpertLayer, RoutedExperts

Way = Callable[[RoutedExperts, torch.Tensor, Routing], torch.Tensor]


def filled(layer: torch.nn.Module) -> None:
    generator = torch.Generator().manual_seed(0)
    for weight in layer.parameters():
        torch.nn.init.normal_(weight, std=0.2, generator=generator)


@pytest.fixture
def layer() -> ExpertLayer:
    experts = tiny().experts
    assert experts is not None
    made = ExpertLayer(96, experts)
    made.double()
    filled(made)
    return made


def sparse(
    experts: RoutedExperts, hidden: torch.Tensor, routing: Routing
) -> torch.Tensor:
    output: torch.Tensor = experts(hidden, routing.experts_MA, routing.gates_MA)
    return output


def dense(
    experts: RoutedExperts, hidden: torch.Tensor, routing: Routing
) -> torch.Tensor:
    """Send every token to every expert, and weigh what it did not choose by 0."""
    weights = torch.zeros(len(hidden), len(experts.down_proj), dtype=hidden.dtype)
    weights = weights.scatter(1, routing.experts_MA, routing.gates_MA)
    total = torch.zeros_like(hidden)
    for number in range(len(experts.down_proj)):
        inner = linear(hidden, experts.gate_up_proj[number])
        gate, up = inner[:, :44], inner[:, 44:]
        output = linear(silu(gate) * up, experts.down_proj[number])
        total = total + weights[:, number, None] * output
    return total


@pytest.mark.parametrize("tokens", [1, 5, 64])
def test_sparse_dispatch_equals_a_dense_masked_loop(
    layer: ExpertLayer, tokens: int
) -> None:
    generator = torch.Generator().manual_seed(1)
    start = torch.randn(tokens, 96, generator=generator, dtype=torch.float64)
    ways: tuple[Way, ...] = (sparse, dense)
    found = []
    for way in ways:
        layer.zero_grad()
        hidden = start.clone().requires_grad_()
        output = way(layer.experts, hidden, layer.gate(hidden))
        (output**2).sum().backward()
        assert hidden.grad is not None
        gradients = [weight.grad for weight in layer.experts.parameters()]
        found.append([output.detach(), hidden.grad, *gradients, layer.gate.weight.grad])
    for dispatched, full in zip(*found, strict=True):
        assert dispatched is not None
        assert full is not None
        assert torch.allclose(dispatched, full, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("tokens", [1, 2, 64])
@pytest.mark.parametrize("part_visits", [1, 50, 2048])
def test_no_gradient_and_any_parts_give_the_same(
    layer: ExpertLayer, tokens: int, part_visits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experts_room, "PART_VISITS", part_visits)
    generator = torch.Generator().manual_seed(3)
    hidden = torch.randn(tokens, 96, generator=generator, dtype=torch.float64)
    routing = layer.gate(hidden)
    learning = sparse(layer.experts, hidden, routing)
    with torch.inference_mode():
        found = sparse(layer.experts, hidden, routing)
    expected = dense(layer.experts, hidden, routing)
    assert torch.allclose(learning, expected, rtol=1e-10, atol=1e-12)
    assert torch.allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_an_expert_without_tokens_gets_a_gradient_of_zero(layer: ExpertLayer) -> None:
    hidden = torch.ones(4, 96, dtype=torch.float64)
    output, routing = layer(hidden[None])
    output.sum().backward()
    idle = expert_load(routing.experts_MA, 30) == 0
    gradient = layer.experts.down_proj.grad
    assert gradient is not None
    assert int(idle.sum()) == 27
    assert gradient[idle].abs().max() == 0
    assert gradient[~idle].abs().amin(dim=(1, 2)).min() >= 0
    assert gradient[~idle].abs().max() > 0


def test_shared_experts_work_on_every_token(layer: ExpertLayer) -> None:
    hidden = torch.randn(1, 7, 96, dtype=torch.float64)
    whole, routing = layer(hidden)
    assert layer.shared_experts is not None
    routed = sparse(layer.experts, hidden[0], routing)
    assert torch.allclose(whole[0] - routed, layer.shared_experts(hidden[0]))


def test_a_token_does_not_depend_on_its_batch(layer: ExpertLayer) -> None:
    generator = torch.Generator().manual_seed(2)
    hidden = torch.randn(1, 9, 96, generator=generator, dtype=torch.float64)
    alone = torch.cat([layer(hidden[:, t : t + 1])[0] for t in range(9)], dim=1)
    assert torch.allclose(layer(hidden)[0], alone, atol=1e-12)
