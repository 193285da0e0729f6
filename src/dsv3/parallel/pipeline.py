"""A step of training in pieces: stages of layers, micro-batches, a given order.

Cuts a model into stages and does the chunk operations of a schedule one after the other
in one process, the backward in two parts where the schedule asks for it. The order is
handed in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from dsv3.model.multi_token_prediction import prediction_loss
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

Gradients = dict[str, Tensor]
"""A gradient for each parameter of the model, by its name."""


@runtime_checkable  # so that a test run can check what it is handed
class ChunkOperation(Protocol):
    """One kind of work on one micro-batch at one stage."""

    @property
    def kind(self) -> str:
        """F forward, B whole backward, I inputs' part, W weights' part."""

    @property
    def micro_batch(self) -> int:
        """Which micro-batch, from 0."""

    @property
    def stage(self) -> int:
        """Which stage, from 0."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What a stage keeps of a micro-batch between its forward and its backward."""

    given: Tensor
    """What came in: a leaf, so that the graph ends at the stage's edge."""

    made: Tensor
    """What went out; at the last stage the loss."""

    gradient: Tensor | None = None
    """Gradient of what went out, once the next stage has sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStep:
    """What a step gives."""

    loss: float
    """Mean cross-entropy of the next token, in nats."""

    gradients: Gradients
    """Gradients of the mean loss."""

    most_kept: tuple[int, ...]
    """For each stage, the most micro-batches it kept at a time."""


def plain_step(model: Transformer, tokens_MBS: Sequence[Tensor]) -> PipelineStep:
    """Return the loss and the gradients of a step without a pipeline.

    There is one tensor of sequences for each micro-batch; the model's own gradients are
    left alone.
    """
    names, weights = zip(*model.named_parameters(), strict=True)
    total = dict.fromkeys(names, torch.zeros(()))
    losses = []
    for tokens_BS in tokens_MBS:
        loss = prediction_loss(model(tokens_BS).logits_BSW, tokens_BS, 1)
        found = torch.autograd.grad(loss / len(tokens_MBS), weights, allow_unused=True)
        _add(total, names, weights, found)
        losses.append(float(loss.detach()))
    mean = sum(losses) / len(losses)
    return PipelineStep(loss=mean, gradients=total, most_kept=(1,))


def pipeline_step(
    model: Transformer,
    tokens_MBS: Sequence[Tensor],
    order: Iterable[ChunkOperation],
    *,
    stages: int,
) -> PipelineStep:
    """Return the loss and the gradients of a step done in a schedule's order.

    The weights' gradients of a stage are kept for each micro-batch and added in the
    micro-batches' order at the end, whatever the schedule's order: floats then add up
    to the same bits as without a pipeline. The model's own gradients are left alone.

    Raises
    ------
    ValueError
        If there are more stages than layers, or an operation comes before what it
        needs, twice, or never.
    """
    runner = _Runner(model, tokens_MBS, stages)
    for operation in order:
        runner.do(operation)
    return runner.finished()


class _Runner:
    """The state of a step in pieces."""

    def __init__(
        self, model: Transformer, tokens_MBS: Sequence[Tensor], stages: int
    ) -> None:
        layers = len(model.layers)
        rule = f"must be from 1 to the model's layers, {layers}"
        require("stages", stages, 1 <= stages <= layers, rule)
        self.model, self.tokens_MBS, self.stages = model, tokens_MBS, stages
        edges = [round(layers * at / stages) for at in range(stages + 1)]
        self.spans = list(pairwise(edges))
        self.parts = [list(self._parameters(stage)) for stage in range(stages)]
        self.kept: dict[tuple[int, int], _Kept] = {}
        self.arrived: dict[tuple[int, int], Tensor] = {}
        self.done: set[tuple[str, int, int]] = set()
        self.found: dict[tuple[int, int], Sequence[Tensor | None]] = {}
        self.losses: dict[int, float] = {}
        self.most = [0] * stages

    def _parameters(self, stage: int) -> Iterable[tuple[str, nn.Parameter]]:
        """Yield a stage's parameters with their names in the model."""
        first, last = self.spans[stage]
        rooms = [f"layers.{layer}." for layer in range(first, last)]
        rooms += ["embed_tokens."] if stage == 0 else []
        rooms += ["norm.", "lm_head."] if stage == self.stages - 1 else []
        for name, weight in self.model.named_parameters():
            if name.startswith(tuple(rooms)):
                yield name, weight

    def do(self, operation: ChunkOperation) -> None:
        """Do one operation."""
        kind, place = operation.kind, (operation.micro_batch, operation.stage)
        shown = f"{kind} of micro-batch {place[0]} at stage {place[1]}"
        known = 0 <= place[0] < len(self.tokens_MBS) and 0 <= place[1] < self.stages
        require("operation", shown, known, "no such micro-batch or stage")
        parts = "IW" if kind == "B" else kind
        for part in parts:
            new = (part, *place) not in self.done
            require("operation", shown, new, "must be done once only")
        require("operation", shown, self._ready(parts, place), "comes too early")
        if kind == "F":
            self._forward(*place)
        elif kind == "B":
            self._whole_backward(*place)
        elif kind == "I":
            self._input_backward(*place)
        else:
            self._weight_backward(*place)
        self.done |= {(part, *place) for part in parts}
        alive = sum(stage == place[1] for _, stage in self.kept)
        self.most[place[1]] = max(self.most[place[1]], alive)

    def _ready(self, parts: str, place: tuple[int, int]) -> bool:
        """Return whether what an operation needs has been done."""
        if parts == "F":
            return place[1] == 0 or place in self.arrived
        if parts == "W":
            return ("I", *place) in self.done
        sent = place[1] == self.stages - 1 or place in self.arrived
        return place in self.kept and sent

    def _forward(self, micro_batch: int, stage: int) -> None:
        model, tokens_BS = self.model, self.tokens_MBS[micro_batch]
        context = model._context(tokens_BS, None, None)
        if stage == 0:
            given = hidden = model.embed_tokens(tokens_BS)
        else:
            given = hidden = self.arrived.pop((micro_batch, stage)).requires_grad_()
        for layer in model.layers[slice(*self.spans[stage])]:
            hidden, _ = layer(hidden, context)
        if stage == self.stages - 1:
            logits = model.lm_head(model.norm(hidden))
            loss = prediction_loss(logits, tokens_BS, 1)
            self.losses[micro_batch] = float(loss.detach())
            hidden = loss / len(self.tokens_MBS)
        else:
            self.arrived[micro_batch, stage + 1] = hidden.detach()
        self.kept[micro_batch, stage] = _Kept(given=given, made=hidden)

    def _take_gradient(self, micro_batch: int, stage: int) -> _Kept:
        kept = self.kept[micro_batch, stage]
        if stage < self.stages - 1:
            kept.gradient = self.arrived.pop((micro_batch, stage))
        return kept

    def _send(self, micro_batch: int, stage: int, gradient: Tensor | None) -> None:
        if stage > 0:
            assert gradient is not None
            self.arrived[micro_batch, stage - 1] = gradient

    def _whole_backward(self, micro_batch: int, stage: int) -> None:
        kept = self._take_gradient(micro_batch, stage)
        weights = [weight for _, weight in self.parts[stage]]
        inputs = [kept.given] if stage > 0 else []
        found = torch.autograd.grad(
            kept.made, [*inputs, *weights], kept.gradient, allow_unused=True
        )
        if inputs:
            self._send(micro_batch, stage, found[0])
        self._leave(micro_batch, stage, found[len(inputs) :])

    def _input_backward(self, micro_batch: int, stage: int) -> None:
        kept = self._take_gradient(micro_batch, stage)
        if stage > 0:
            found = torch.autograd.grad(
                kept.made, kept.given, kept.gradient, retain_graph=True
            )
            self._send(micro_batch, stage, found[0])

    def _weight_backward(self, micro_batch: int, stage: int) -> None:
        kept = self.kept[micro_batch, stage]
        weights = [weight for _, weight in self.parts[stage]]
        found = torch.autograd.grad(
            kept.made, weights, kept.gradient, allow_unused=True
        )
        self._leave(micro_batch, stage, found)

    def _leave(
        self, micro_batch: int, stage: int, found: Sequence[Tensor | None]
    ) -> None:
        self.found[micro_batch, stage] = found
        del self.kept[micro_batch, stage]

    def finished(self) -> PipelineStep:
        """Add the gradients up and return them; refuse a step that is not whole."""
        names, weights = zip(*self.model.named_parameters(), strict=True)
        total = dict.fromkeys(names, torch.zeros(()))
        for micro_batch in range(len(self.tokens_MBS)):
            found: dict[str, Tensor | None] = {}
            for stage in range(self.stages):
                key = (micro_batch, stage)
                shown = f"micro-batch {micro_batch} at stage {stage}"
                require("backward", shown, key in self.found, "was never done")
                own = [name for name, _ in self.parts[stage]]
                found |= dict(zip(own, self.found[key], strict=True))
            _add(total, names, weights, [found.get(name) for name in names])
        return PipelineStep(
            loss=sum(self.losses[m] for m in sorted(self.losses)) / len(self.losses),
            gradients=total,
            most_kept=tuple(self.most),
        )


def _add(
    total: Gradients,
    names: Sequence[str],
    weights: Sequence[Tensor],
    found: Sequence[Tensor | None],
) -> None:
    """Add one micro-batch's gradients; what a micro-batch did not use adds 0."""
    for name, weight, gradient in zip(names, weights, found, strict=True):
        added = torch.zeros_like(weight) if gradient is None else gradient
        total[name] = total[name] + added
