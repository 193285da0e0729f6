"""One layer on several processes and on one: how far they differ, what moved.

A trial has random tokens and weights from its seed, the layer whole on every rank, and
the same layer with its experts shared out and each rank's own tokens.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor

from dsv3.model.experts import ExpertLayer
from dsv3.parallel.dispatch import combine, dispatch, exchange_plan
from dsv3.parallel.layer import ParallelExperts
from dsv3.parallel.trial import Matrix, Outcome, Trial
from dsv3.parallel.world import PATIENCE_S, Handed, World, join_group

Clocks: TypeAlias = list[tuple[float, float]]
"""Seconds of each round: by the clock, and of the processor."""

Part: TypeAlias = tuple[dict[str, float], Handed, list[list[int]], Clocks]
"""What one rank found: errors, bytes, its tokens' experts, seconds by round."""


def rank_outcomes(
    trials: Sequence[Trial], *, patience_s: float = PATIENCE_S
) -> list[Outcome]:
    """Join the group as this rank, and run trials of the same ranks and experts.

    The outcomes are the same on every rank; ConnectionError if one is gone or silent.
    """
    with join_group(
        ranks_per_node=trials[0].ranks_per_node,
        n_routed_experts=trials[0].n_routed_experts,
        patience_s=patience_s,
    ) as world:
        return [rank_outcome(trial, world) for trial in trials]


def rank_outcome(trial: Trial, world: World) -> Outcome:
    """Run a trial together with all other ranks; the outcome is the same on each."""
    layer = _layer(trial)
    tokens_MD, pull_MD = _tokens(trial)
    alone = _passed(layer, tokens_MD, pull_MD, world.device)
    start = sum(trial.tokens[: world.rank])
    own = slice(start, start + trial.tokens[world.rank])
    layer.experts = _shared_out(layer, trial, world)  # type: ignore[assignment]
    world.handed.clear()
    together = _passed(layer, tokens_MD[own], pull_MD[own], world.device)
    handed = dict(world.handed)
    errors = _errors(together, alone, own, world)
    tokens_MD = tokens_MD[own].to(world.device)
    experts_MA = layer.gate(tokens_MD).experts_MA
    seconds = _round_seconds(trial, world, tokens_MD, experts_MA)
    own_part = errors, handed, experts_MA.tolist(), seconds
    return _gathered(trial, world, own_part)


def _shared_out(layer: ExpertLayer, trial: Trial, world: World) -> ParallelExperts:
    """Return this rank's share of a layer's routed experts."""
    share = ParallelExperts(
        world,
        hidden_size=trial.hidden_size,
        moe_intermediate_size=trial.moe_intermediate_size,
        dispatched=trial.dispatched,
        combined=trial.combined,
        deduplication=trial.deduplication,
    )
    share.to(world.device, getattr(torch, trial.precision))
    share.take_share(layer.experts)
    return share


def _errors(
    together: Mapping[str, Tensor],
    alone: Mapping[str, Tensor],
    own: slice,
    world: World,
) -> dict[str, float]:
    """Return how far this rank's part is from the single process, by name.

    Gradients of what every rank has a copy of are first added up over ranks, as
    data parallelism adds them.
    """
    count = world.grid.experts_per_rank
    experts = slice(world.rank * count, (world.rank + 1) * count)
    parts = {"output": own, "input": own, "routed experts": experts}
    errors = {}
    for name, exact in alone.items():
        found = together[name]
        if name not in parts:
            with world.together("summing gradients"):
                dist.all_reduce(found)
        errors[name] = _error(found, exact[parts.get(name, slice(None))], exact)
    return errors


def _layer(trial: Trial) -> ExpertLayer:
    """Return the whole layer with random weights."""
    layer = ExpertLayer(trial.hidden_size, trial.experts)
    layer.to(getattr(torch, trial.precision))
    generator = torch.Generator().manual_seed(trial.seed)
    with torch.no_grad():
        for weight in layer.parameters():
            spread = weight.shape[-1] ** -0.5
            weight.copy_(torch.randn(weight.shape, generator=generator) * spread)
    return layer


def _tokens(trial: Trial) -> tuple[Tensor, Tensor]:
    """Return every rank's tokens, and what the loss multiplies their outputs by."""
    generator = torch.Generator().manual_seed(trial.seed + 1)
    shape = (2, sum(trial.tokens), trial.hidden_size)
    both = torch.randn(shape, generator=generator).to(getattr(torch, trial.precision))
    return both[0], both[1]


def _passed(
    layer: ExpertLayer, tokens_MD: Tensor, pull_MD: Tensor, device: torch.device
) -> dict[str, Tensor]:
    """Run a layer forward and backward; return its output and its gradients."""
    layer.to(device)
    layer.zero_grad()
    tokens_MD = tokens_MD.detach().clone().to(device).requires_grad_()
    output_MD = layer(tokens_MD[None])[0][0]
    (output_MD * pull_MD.to(device)).sum().backward()
    assert layer.shared_experts is not None
    return {
        "output": output_MD.detach(),
        "input": _gradient(tokens_MD),
        "router": _gradient(layer.gate.weight),
        "routed experts": torch.cat(
            [_gradient(weight).flatten(1) for weight in layer.experts.parameters()], 1
        ),
        "shared experts": torch.cat(
            [
                _gradient(weight).flatten()
                for weight in layer.shared_experts.parameters()
            ]
        ),
    }


def _gradient(weight: Tensor) -> Tensor:
    """Return a weight's gradient; that of an expert nobody visits is 0."""
    return torch.zeros_like(weight) if weight.grad is None else weight.grad.clone()


def _error(found: Tensor, exact: Tensor, every: Tensor) -> float:
    """Return the largest difference over the largest number there is."""
    if found.numel() == 0:
        return 0.0
    return float((found - exact).abs().max() / every.abs().max())


def _round_seconds(
    trial: Trial, world: World, tokens_MD: Tensor, experts_MA: Tensor
) -> Clocks:
    """Return the time of planning, dispatch and combine, round after round."""
    seconds = []
    for _ in range(trial.rounds):
        with world.together("waiting for all"):
            dist.barrier()
        start, worked = time.perf_counter(), time.process_time()
        plan = exchange_plan(experts_MA, world, deduplication=trial.deduplication)
        rows = dispatch(tokens_MD, plan, world, trial.dispatched, "timed")
        combine(rows, plan, world, trial.combined, "timed")
        with world.together("waiting for all"):
            dist.barrier()
        seconds.append((time.perf_counter() - start, time.process_time() - worked))
    return seconds


def _gathered(trial: Trial, world: World, own: Part) -> Outcome:
    """Return what all ranks found: the largest errors, and every rank's bytes."""
    every = [own] * trial.ranks
    with world.together("gathering"):
        dist.all_gather_object(every, own)
    rounds = list(zip(*(found[3] for found in every), strict=True))
    return Outcome(
        trial=trial,
        errors={name: max(found[0][name] for found in every) for name in own[0]},
        handed_bytes=_by_step([found[1] for found in every]),
        chosen_experts=[row for found in every for row in found[2]],
        round_seconds=[max(clock for clock, _ in ranks) for ranks in rounds],
        round_cpu_seconds=[sum(cpu for _, cpu in ranks) for ranks in rounds],
    )


def _by_step(handed: Sequence[Handed]) -> dict[str, Matrix]:
    """Return a matrix for each step, its hops added up."""
    ranks = range(len(handed))
    matrices: dict[str, Matrix] = {}
    for step, way in handed[0]:
        total = matrices.setdefault(step, [[0] * len(handed) for _ in ranks])
        for sender, found in enumerate(handed):
            for receiver, count in enumerate(found[step, way]):
                total[sender][receiver] += count
    return matrices
