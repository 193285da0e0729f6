"""Jobs for several ranks, run in a fresh process that may fork; prints JSON.

``python jobs_on_ranks.py`` runs all, one after another; ``python jobs_on_ranks.py
NAME`` is one rank of torchrun.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import torch

from dsv3.model.experts import RoutedExperts
from dsv3.model.routing import Gate, Routing
from dsv3.parallel import ParallelExperts, Trial, World, join_group, run_ranks

LAYOUT: Any = {"ranks_per_node": 1, "n_routed_experts": 2}
# Where all ranks come, the others' patience must outlast a busy machine.
PATIENT: Any = LAYOUT | {"patience_s": 60.0}
IMPATIENT: Any = LAYOUT | {"patience_s": 1.5}


def told(world: World) -> list[int]:
    """Tell every rank this rank's number, and return what was heard."""
    rows = torch.full((world.grid.ranks, 1), world.rank)
    ones = [1] * world.grid.ranks
    return world.exchange(rows, ones, ones, way="straight", step="greeting")[
        :, 0
    ].tolist()


def done() -> list[int]:
    with join_group(**PATIENT) as world:
        return told(world)


def killed() -> list[int]:
    with join_group(**PATIENT) as world:
        told(world)
        if world.rank == 1:
            sys.stderr.write(f"killed at {time.time()}\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return told(world)


def silent() -> list[int]:
    with join_group(**LAYOUT, patience_s=4.0) as world:
        if world.rank == 1:
            time.sleep(60)
        return told(world)


def raises() -> list[int]:
    with join_group(**PATIENT) as world:
        if world.rank == 1:
            message = "token is 7: must be from 0 to 6"
            raise ValueError(message)
        return told(world)


def leaves() -> list[int]:
    if os.environ["RANK"] == "1":
        os._exit(3)
    with join_group(**IMPATIENT) as world:
        return told(world)


def endless() -> None:
    time.sleep(60)


def too_few() -> list[int]:
    os.environ["WORLD_SIZE"] = "3"
    with join_group(**IMPATIENT | {"n_routed_experts": 6}) as world:
        return told(world)


def rounding() -> dict[str, list[float]]:
    """Return differences from one process that rounds where messages would."""
    with join_group(ranks_per_node=2, n_routed_experts=16, patience_s=60) as world:
        trial = Trial(n_routed_experts=16, num_experts_per_tok=6)
        whole, tokens_MD, routing = drawn(trial, world.rank)
        visits = routing.experts_MA, routing.gates_MA
        ways: list[Any] = [
            ("fp8", "exact", "node", whole(through_fp8(tokens_MD), *visits)),
            ("exact", "bf16", "node", relayed(whole, tokens_MD, routing)),
            ("exact", "bf16", "expert", visit_by_visit(whole, tokens_MD, routing)),
        ]
        found: dict[str, list[float]] = {}
        for dispatched, combined, once, expected in ways:
            share = ParallelExperts(
                world,
                hidden_size=trial.hidden_size,
                moe_intermediate_size=trial.moe_intermediate_size,
                dispatched=dispatched,
                combined=combined,
                deduplication=once,
            ).double()
            share.take_share(whole)
            with torch.no_grad():
                alone = share(tokens_MD, *visits)
            plain = whole(tokens_MD, *visits).detach()
            got = share(tokens_MD, *visits).detach()
            # Without gradients, as in serving, the experts take another path.
            assert torch.allclose(alone, got, rtol=1e-12, atol=1e-14)
            found[f"{dispatched}, {combined}, {once}"] = [
                float((got - expected.detach()).abs().max() / plain.abs().max()),
                float((got - plain).abs().max() / plain.abs().max()),
            ]
        return found


def drawn(trial: Trial, rank: int) -> tuple[RoutedExperts, torch.Tensor, Routing]:
    """Return a layer that is the same on every rank, and this rank's tokens."""
    source = torch.Generator().manual_seed(0)
    whole = RoutedExperts(
        n_routed_experts=trial.n_routed_experts,
        hidden_size=trial.hidden_size,
        moe_intermediate_size=trial.moe_intermediate_size,
    ).double()
    gate = Gate(trial.hidden_size, trial.experts).double()
    with torch.no_grad():
        for weight in (*whole.parameters(), *gate.parameters()):
            size = weight.shape[-1] ** -0.5
            weight.copy_(
                size * torch.randn(weight.shape, generator=source).to(weight.dtype)
            )
    own = torch.Generator().manual_seed(1 + rank)
    tokens_MD = torch.randn(
        9 + rank, trial.hidden_size, generator=own, dtype=torch.float64
    )
    return whole, tokens_MD, gate(tokens_MD)


def through_fp8(tokens_MD: torch.Tensor) -> torch.Tensor:
    """Round tokens to E4M3 in tiles of 128, with another library's type."""
    rows = tokens_MD.numpy().astype(np.float32).reshape(-1, 128)
    scales = np.abs(rows).max(axis=1, keepdims=True) / np.float32(448)
    codes = (rows / scales).astype(ml_dtypes.float8_e4m3fn)
    exact = codes.astype(np.float32) * scales
    return torch.from_numpy(exact.astype(np.float64)).view_as(tokens_MD)


def one_visit(routing: Routing, at: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return expert and gate value of every token's visit number ``at`` alone."""
    return routing.experts_MA[:, at : at + 1], routing.gates_MA[:, at : at + 1]


def visit_by_visit(
    whole: RoutedExperts, tokens_MD: torch.Tensor, routing: Routing
) -> torch.Tensor:
    """Return the sum of results of which each came home in BF16."""
    chosen = range(routing.experts_MA.shape[1])
    visits = [whole(tokens_MD, *one_visit(routing, at)) for at in chosen]
    return torch.stack([visit.bfloat16().double() for visit in visits]).sum(dim=0)


def relayed(
    whole: RoutedExperts, tokens_MD: torch.Tensor, routing: Routing
) -> torch.Tensor:
    """Return what is rounded once a rank on the way to the node, and once a node."""
    by_rank = tokens_MD.new_zeros(4, *tokens_MD.shape)
    for at in range(routing.experts_MA.shape[1]):
        visits = whole(tokens_MD, *one_visit(routing, at))
        ranks = routing.experts_MA[:, at] // 4
        by_rank[ranks, torch.arange(len(ranks))] += visits.detach()
    rounded = by_rank.bfloat16().double()
    nodes = torch.stack((rounded[:2].sum(dim=0), rounded[2:].sum(dim=0)))
    return nodes.bfloat16().double().sum(dim=0)


FAILING: list[Callable[[], object]] = [killed, silent, raises, leaves, too_few]


def main() -> None:
    if len(sys.argv) > 1:
        globals()[sys.argv[1]]()
        return
    found: dict[str, object] = {
        "done": run_ranks(done, ranks=2),
        "rounding": run_ranks(rounding, ranks=4),
    }
    for job in (*FAILING, endless):
        start = time.monotonic()
        limit = {"limit_s": 1.0} if job is endless else {}
        try:
            run_ranks(job, ranks=2, **limit)
            said = "nothing"
        except ChildProcessError as error:
            said = str(error)
        found[job.__name__] = [time.monotonic() - start, said]
    found["left over"] = len(multiprocessing.active_children())
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
