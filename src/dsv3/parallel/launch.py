"""Several ranks on this machine, started and watched.

Torchrun's short cousin: it forks ranks from one process that has imported torch, and
ends them all soon after one has died.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from dsv3.parallel.world import MEETING
from explorables.arithmetic import require

GRACE_S = 2.0
"""How long ranks may go on, and say why they end, after the first has failed."""

LIMIT_S = 300.0
"""Longest run of all ranks together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a rank ended."""

    said: object
    """What it returned, or why it did not."""

    done: bool
    """Whether it returned."""

    gone: bool = False
    """Whether it ended without a word."""

    lost_others: bool = False
    """Whether it failed because of another rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A rank that runs."""

    process: ForkProcess

    reader: Connection
    """Where its one message arrives."""


def run_ranks(
    job: Callable[[], object], *, ranks: int, limit_s: float = LIMIT_S
) -> object:
    """Run a function as every rank of a group, and return what rank 0 returns.

    Ranks are forked, so they import nothing; to be called where torch has started no
    threads and no GPU yet. Each finds its number in the environment, as under torchrun.
    They meet in a file: a port might be somebody else's by the time the first of them
    listens.

    Raises
    ------
    ChildProcessError
        If a rank dies, raises or takes too long; the message names it.
    """
    require("ranks", ranks, ranks >= 1, "must be at least 1")
    started: list[Started] = []
    with TemporaryDirectory() as folder:
        meeting = f"file://{Path(folder, 'ranks')}"
        try:
            # One by one, so that those that have started are ended if one cannot.
            started.extend(_start(job, rank, ranks, meeting) for rank in range(ranks))
            endings = _watched(started, limit_s)
        finally:
            for one in started:
                one.process.kill()
                one.process.join()
    if len(endings) == ranks and all(ending.done for ending in endings.values()):
        return endings[0].said
    raise ChildProcessError(_blame(endings, ranks, limit_s))


def _start(job: Callable[[], object], rank: int, ranks: int, meeting: str) -> Started:
    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_rank, args=(job, rank, ranks, meeting, writer))
    process.start()
    writer.close()
    return Started(process=process, reader=reader)


def _rank(
    job: Callable[[], object], rank: int, ranks: int, meeting: str, writer: Connection
) -> None:
    """Be a rank: do the job and say how it ended, in one message."""
    own = {"RANK": rank, "WORLD_SIZE": ranks}
    own |= {f"LOCAL_{name}": number for name, number in own.items()}
    os.environ.update({name: str(number) for name, number in own.items()})
    os.environ[MEETING] = meeting
    torch.set_num_threads(1)
    try:
        ending = Ending(said=job(), done=True)
    except ConnectionError as error:
        ending = Ending(said=str(error), done=False, lost_others=True)
    except Exception as error:  # noqa: BLE001, RUF100 - whatever it is, it is told
        said = f"rank {rank} of {ranks}: {type(error).__name__}: {error}"
        ending = Ending(said=said, done=False)
    writer.send(ending)


def _watched(started: Sequence[Started], limit_s: float) -> Mapping[int, Ending]:
    """Return how ranks ended, in that order; stop soon after the first failure."""
    endings: dict[int, Ending] = {}
    until = time.monotonic() + limit_s
    while len(endings) < len(started):
        waiting = [one for rank, one in enumerate(started) if rank not in endings]
        signs = [sign for one in waiting for sign in (one.reader, one.process.sentinel)]
        if not connection.wait(signs, max(until - time.monotonic(), 0)):
            break
        for rank, one in enumerate(started):
            ending = None if rank in endings else _ending(one, rank, len(started))
            if ending is not None:
                endings[rank] = ending
                if not ending.done:
                    until = min(until, time.monotonic() + GRACE_S)
    return endings


def _ending(one: Started, rank: int, ranks: int) -> Ending | None:
    """Return how a rank ended, None if it runs."""
    alive = one.process.is_alive()
    try:
        # In this order: what it said before it ended is in the pipe by now.
        if one.reader.poll():
            ending: Ending = one.reader.recv()
            return ending
    except EOFError:
        one.process.join()
        alive = False
    if alive:
        return None
    code = one.process.exitcode or 0
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
    return Ending(said=f"rank {rank} of {ranks} {how}", done=False, gone=True)


def _blame(endings: Mapping[int, Ending], ranks: int, limit_s: float) -> str:
    """Return one line on what went wrong, the cause before its consequences."""
    failed = [ending for ending in endings.values() if not ending.done]
    if not failed:
        silent = ", ".join(str(rank) for rank in range(ranks) if rank not in endings)
        return f"rank {silent} of {ranks} did not end: must end within {limit_s:g} s"
    causes = sorted(failed, key=lambda ending: (not ending.gone, ending.lost_others))
    words = [str(ending.said) for ending in causes[:2]]
    return "; ".join(words if causes[0].gone else words[:1])
