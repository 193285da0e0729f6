"""Dispatch and combine between real processes: how long they take, what they move.

Ranks are processes of this machine that talk through gloo; which of them share a node
is only said. Tokens have DeepSeek-V3's width, and each goes to as many of as many
experts as there. What is timed is the plan, dispatch and combine of one layer's
tokens, without the experts. Ranks wait for one another, so the clock is read on the
slowest rank, and the fastest of several rounds is kept. Other work on the machine
disturbs the processor time of all ranks together less; of it the median is kept.

    python benchmarks/expert_parallel.py [--rounds N] [--tokens N]
"""

import argparse
import time
from statistics import median
from typing import Any

from dsv3.architecture import preset
from dsv3.measurements import write_record
from dsv3.parallel import Outcome, Trial, trial_outcomes

WAYS: list[dict[str, Any]] = [
    {"deduplication": "expert"},
    {"deduplication": "rank"},
    {"deduplication": "node"},
    {"deduplication": "node", "node_limit": 1},
    {"deduplication": "node", "node_limit": 1, "dispatched": "fp8", "combined": "bf16"},
]
NODES: dict[int, int] = {2: 2, 4: 2}
"""Nodes by ranks."""

STEPS = ("dispatch", "combine")
OVERHEAD = ("counts", "labels", "gates")


def trials(tokens: int, rounds: int) -> list[Trial]:
    """Return what is timed: every way on every number of ranks."""
    v3 = preset("deepseek-v3")
    assert v3.experts is not None
    sizes: dict[str, Any] = {
        "hidden_size": int(v3.hidden_size),
        "n_routed_experts": int(v3.experts.n_routed_experts),
        "num_experts_per_tok": int(v3.experts.num_experts_per_tok),
        # Experts as thin as can be: they only check the exchange, untimed.
        "moe_intermediate_size": 1,
        "precision": "float32",
        "tokens_per_rank": tokens,
        "rounds": rounds,
    }
    return [
        Trial(ranks=ranks, ranks_per_node=ranks // nodes, **sizes, **way)
        for ranks, nodes in NODES.items()
        for way in WAYS
    ]


def row(outcome: Outcome) -> dict[str, Any]:
    """Return a line of the record."""
    trial = outcome.trial
    network, nvlink = outcome.network_bytes(*STEPS), outcome.nvlink_bytes(*STEPS)
    least, cpu = min(outcome.round_seconds), median(outcome.round_cpu_seconds)
    overhead = outcome.network_bytes(*OVERHEAD) + outcome.nvlink_bytes(*OVERHEAD)
    return {
        "ranks": trial.ranks,
        "nodes": trial.nodes,
        "deduplication": trial.deduplication,
        "node_limit": trial.node_limit,
        "dispatched": trial.dispatched,
        "combined": trial.combined,
        "tokens": sum(trial.tokens),
        "cpu_milliseconds": float(f"{1000 * cpu:.3g}"),
        "least_milliseconds": float(f"{1000 * least:.3g}"),
        "bytes_between_nodes": network,
        "bytes_within_nodes": nvlink,
        "bytes_beside_tokens": overhead,
        "bytes_per_s": float(f"{(network + nvlink) / least:.3g}"),
    }


def main() -> None:
    """Measure, print and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--tokens", type=int, default=128)
    given = parser.parse_args()
    start = time.perf_counter()
    asked = trials(given.tokens, given.rounds)
    rows = [row(outcome) for outcome in trial_outcomes(asked, limit_s=900)]
    for line in rows:
        print(line)
    write_record(
        "expert_parallel",
        command="python benchmarks/expert_parallel.py",
        threads=2,
        seconds=time.perf_counter() - start,
        settings={"tokens_per_rank": given.tokens, "rounds": given.rounds},
        measures={"rows": rows},
        packages=("torch",),
    )


if __name__ == "__main__":
    main()
