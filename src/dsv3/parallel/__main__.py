"""Run a trial as the ranks of torchrun, or fork the ranks here.

With torchrun, which starts the processes, on one machine or on several::

    torchrun --nproc-per-node 4 -m dsv3.parallel --ranks-per-node 2

Without it, ``python -m dsv3.parallel --ranks 4`` forks four. Rank 0
prints what came of it; a mistake or a lost rank is one line and exit status 1.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from statistics import median

import torch

from dsv3.parallel.comparison import rank_outcomes
from dsv3.parallel.measure import forked_outcomes, outcomes_written, trials_read
from dsv3.parallel.trial import Outcome, Trial
from dsv3.parallel.world import PATIENCE_S, environment_number

STEPS = ("dispatch", "combine", "dispatch, backward", "combine, backward")


def main() -> None:
    """Read the command line, run and print; exit with one line when that fails."""
    options = _options()
    torch.set_num_threads(1)
    try:
        _run(options)
    except (ValueError, ConnectionError, ChildProcessError) as error:
        sys.exit(f"error: {error}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dsv3.parallel")
    add = parser.add_argument
    add("--patience", type=float, default=PATIENCE_S, help="seconds to wait for a rank")
    add("--json", action="store_true", help="write the outcome as JSON")
    add("--trials", action="store_true", help="trials from standard input, in JSON")
    for field in fields(Trial):
        kind = int if field.default is None else type(field.default)
        add(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    return parser.parse_args()


def _run(options: argparse.Namespace) -> None:
    if options.trials:
        _print(
            forked_outcomes(trials_read(sys.stdin.read()), patience_s=options.patience),
            options,
        )
        return
    under_torchrun = "WORLD_SIZE" in os.environ
    if under_torchrun:
        options.ranks = environment_number("WORLD_SIZE")
    trial = Trial(
        **{field.name: getattr(options, field.name) for field in fields(Trial)}
    )
    if not under_torchrun:
        _print(forked_outcomes([trial], patience_s=options.patience), options)
        return
    outcomes = rank_outcomes([trial], patience_s=options.patience)
    if environment_number("RANK") == 0:
        _print(outcomes, options)


def _print(outcomes: Sequence[Outcome], options: argparse.Namespace) -> None:
    if options.json or options.trials:
        _write(outcomes_written(outcomes))
        return
    for outcome in outcomes:
        _write(f"{outcome.trial.ranks} ranks in {outcome.trial.nodes} nodes")
        for name, error in outcome.errors.items():
            _write(f"  {name:16} differs from one process by {error:.1e}")
        for step in STEPS:
            network, nvlink = outcome.network_bytes(step), outcome.nvlink_bytes(step)
            _write(f"  {step:18} {network:12,} B between, {nvlink:12,} B within nodes")
        if outcome.round_seconds:
            _write(f"  dispatch and combine take {median(outcome.round_seconds):.4f} s")


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
