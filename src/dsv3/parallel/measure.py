"""Trials from a page or a test: in processes of their own, outcomes as numbers.

This is the way out of a process that has long been busy, such as a notebook's, into a
fresh one that may fork ranks, and the way back.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from itertools import groupby

from dsv3.parallel.comparison import rank_outcomes
from dsv3.parallel.launch import LIMIT_S, run_ranks
from dsv3.parallel.trial import Outcome, Trial

BUSY_PATIENCE_S = 30.0
"""Longest wait for a rank where more ranks than cores may share a busy machine."""

MODULE = "dsv3.parallel"
"""What python and torchrun are told to run."""


def trial_outcomes(
    trials: Sequence[Trial],
    *,
    limit_s: float = LIMIT_S,
    patience_s: float = BUSY_PATIENCE_S,
) -> list[Outcome]:
    """Run trials on as many processes as they ask for, and return what came of each.

    A fresh Python imports torch once and forks all ranks; trials in a row that share
    ranks and experts share their processes.

    Raises
    ------
    ChildProcessError
        If a rank dies or takes too long; the message names it.
    """
    asked = json.dumps([asdict(trial) for trial in trials])
    fresh = subprocess.Popen(
        [sys.executable, "-m", MODULE, "--trials", f"--patience={patience_s}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with fresh:
        try:
            written, said = fresh.communicate(asked, timeout=limit_s)
        except subprocess.TimeoutExpired:
            message = f"the ranks did not end: must end within {limit_s:g} s"
            raise ChildProcessError(message) from None
        finally:
            # The ranks too: they hold the pipes that are waited for, and the ports.
            with suppress(ProcessLookupError):
                os.killpg(fresh.pid, signal.SIGKILL)
    if fresh.returncode:
        lines = said.strip().splitlines() or [f"exit {fresh.returncode}"]
        raise ChildProcessError(lines[-1].removeprefix("error: "))
    return outcomes_read(written)


def forked_outcomes(trials: Iterable[Trial], *, patience_s: float) -> list[Outcome]:
    """Run trials on ranks that are forked here, in a process that is fresh."""
    outcomes: list[Outcome] = []
    for (ranks, _, _), group in groupby(trials, key=_processes):
        job = partial(rank_outcomes, list(group), patience_s=patience_s)
        found = run_ranks(job, ranks=ranks)
        assert isinstance(found, list)
        outcomes.extend(found)
    return outcomes


def _processes(trial: Trial) -> tuple[int, int, int]:
    """Return what trials must share to share their processes."""
    return trial.ranks, trial.ranks_per_node, trial.n_routed_experts


def trials_read(text: str) -> list[Trial]:
    """Return trials from JSON, a list of their fields."""
    return [Trial(**fields) for fields in json.loads(text)]


def outcomes_written(outcomes: Sequence[Outcome]) -> str:
    """Return outcomes as JSON."""
    return json.dumps([asdict(outcome) for outcome in outcomes])


def outcomes_read(text: str) -> list[Outcome]:
    """Return outcomes from what :func:`outcomes_written` made."""
    return [
        Outcome(**fields | {"trial": Trial(**fields["trial"])})
        for fields in json.loads(text)
    ]
