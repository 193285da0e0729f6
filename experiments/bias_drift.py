"""Where the routing bias goes in a long run: the record behind a chapter.

Trains the router among toy experts of `dsv3.learning` for longer than its panel does,
its subject unchanged, with several seeds at two speeds of the bias. The bias is added
up from each step's loads by the model's own rule; its mean over experts and its range
from least to most are kept, and by what share of the experts more lie below the mean
load than above it.

    python experiments/bias_drift.py [--steps N] [--seeds N] [--processes N]
"""

import argparse
import time
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import fmean
from typing import Any

import torch

from dsv3.learning.router_sandbox import EXPERTS, TOKENS, router_history
from dsv3.measurements import write_record
from dsv3.model.balancing import updated_bias

SPEEDS = (0.003, 0.01)
"""By how much the bias moves a step; a tenth of the last is V3's."""

EVERY = 50
"""Steps from one point of a curve to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training."""

    speed: float
    seed: int
    steps: int


def below_less_above(load_E: torch.Tensor) -> float:
    """Return the share of experts below the mean load, less that above it.

    >>> below_less_above(torch.tensor([1, 1, 1, 5]))
    0.5
    """
    return float((load_E.double().mean() - load_E).sign().mean())


def drift(run: Run) -> dict[str, Any]:
    """Train once, and return how the bias moved."""
    torch.set_num_threads(1)
    history = router_history(
        method="bias",
        strength=run.speed,
        steps=run.steps,
        shock_step=run.steps,
        seed=run.seed,
    )
    bias_E = torch.zeros(EXPERTS, dtype=torch.float64)
    means, ranges, nets = [0.0], [0.0], []
    for at, step in enumerate(history, 1):
        load_E = torch.tensor(step.load_E)
        nets.append(below_less_above(load_E))
        bias_E = updated_bias(bias_E, load_E, run.speed)
        if at % EVERY == 0:
            means.append(round(float(bias_E.mean()), 4))
            ranges.append(round(float(bias_E.max() - bias_E.min()), 4))
    print(run.speed, run.seed, means[-1], ranges[-1], flush=True)
    return {
        "speed": run.speed,
        "seed": run.seed,
        "below_less_above": round(fmean(nets), 5),
        "mean": means,
        "range": ranges,
    }


def main() -> None:
    """Train every seed at every speed, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    begin = time.perf_counter()
    runs = [
        Run(speed=speed, seed=seed, steps=asked.steps)
        for speed in SPEEDS
        for seed in range(asked.seeds)
    ]
    with get_context("spawn").Pool(asked.processes) as pool:
        found = pool.map(drift, runs, chunksize=1)
    write_record(
        "bias_drift",
        command="python experiments/bias_drift.py",
        threads=1,
        seconds=time.perf_counter() - begin,
        settings={
            "steps": asked.steps,
            "seeds": asked.seeds,
            "every": EVERY,
            "speeds": list(SPEEDS),
            "experts": EXPERTS,
            "tokens": TOKENS,
        },
        measures={"runs": found},
    )


if __name__ == "__main__":
    main()
