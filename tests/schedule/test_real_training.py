"""A real model trained in a schedule's order has the plain step's gradients."""

from dataclasses import replace

import pytest
import torch

from dsv3.model import Transformer, prediction_loss, tiny
from dsv3.parallel import PipelineStep, pipeline_step, plain_step
from dsv3.schedule import SCHEDULES, run

SIZES = {"1f1b": (4, 8), "zb1p": (4, 8), "dualpipe": (4, 8), "dualpipev": (4, 8)}


@pytest.fixture(scope="module")
def model() -> Transformer:
    """Return the tiny model, its experts included, with four layers."""
    architecture = tiny()
    assert architecture.num_hidden_layers == 4
    torch.set_num_threads(1)
    return Transformer(architecture, torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def tokens() -> list[torch.Tensor]:
    """Return eight micro-batches."""
    generator = torch.Generator().manual_seed(1)
    return [torch.randint(0, 256, (2, 12), generator=generator) for _ in range(8)]


@pytest.fixture(scope="module")
def plain(model: Transformer, tokens: list[torch.Tensor]) -> PipelineStep:
    """Return the step without a pipeline."""
    return plain_step(model, tokens)


def test_the_plain_step_is_torchs_own_backward(
    model: Transformer, tokens: list[torch.Tensor], plain: PipelineStep
) -> None:
    model.zero_grad()
    for tokens_BS in tokens:
        loss = prediction_loss(model(tokens_BS).logits_BSW, tokens_BS, 1)
        (loss / len(tokens)).backward()
    for name, weight in model.named_parameters():
        grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
        assert torch.equal(grad, plain.gradients[name]), name
    model.zero_grad()


@pytest.mark.parametrize("name", SIZES)
def test_a_schedule_gives_the_plain_gradients_bit_for_bit(
    name: str, model: Transformer, tokens: list[torch.Tensor], plain: PipelineStep
) -> None:
    timeline = run(SCHEDULES[name].plan(*SIZES[name]))
    made = pipeline_step(model, tokens, timeline.in_order(), stages=4)
    assert made.loss == plain.loss
    differing = [
        key
        for key, gradient in plain.gradients.items()
        if not torch.equal(gradient, made.gradients[key])
    ]
    assert differing == []
    assert any(float(g.abs().max()) > 0 for g in made.gradients.values())


def test_the_stages_keep_as_many_micro_batches_as_the_simulation_says(
    model: Transformer, tokens: list[torch.Tensor]
) -> None:
    for name in ("1f1b", "zb1p"):
        timeline = run(SCHEDULES[name].plan(4, 8))
        made = pipeline_step(model, tokens, timeline.in_order(), stages=4)
        assert made.most_kept == timeline.peak_chunks


def test_an_order_that_cannot_be_is_refused(
    model: Transformer, tokens: list[torch.Tensor]
) -> None:
    order = run(SCHEDULES["1f1b"].plan(4, 8)).in_order()
    cases = {
        "comes too early": order[::-1],
        "must be done once only": (order[0], order[0]),
        "was never done": order[:-1],
        "no such micro-batch": (replace(order[0], micro_batch=8),),
    }
    for said, wrong in cases.items():
        with pytest.raises(ValueError, match=said):
            pipeline_step(model, tokens, wrong, stages=4)
    with pytest.raises(ValueError, match="stages is 5: must be from 1 to"):
        pipeline_step(model, tokens, order, stages=5)
