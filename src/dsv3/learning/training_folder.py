"""The tiny model trained into a folder, on text that is already there.

A run found in a folder is gone on with, and a folder that holds something else is
refused. How a step is done, and what a save holds, is
:mod:`dsv3.learning.training_loop`'s.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from filelock import SoftFileLock, Timeout

from dsv3.architecture.reading import CONFIG_NAME
from dsv3.learning.corpus import library_corpus
from dsv3.learning.training_loop import AVERAGE_FOLDER, Progress, Training
from dsv3.learning.training_settings import TrainingSettings
from dsv3.learning.training_state import STATE_NAME
from dsv3.model.checkpoint_files import INDEX_NAME, WEIGHTS_NAME, make_folder
from dsv3.model.configuration import tiny
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

LOCK_NAME = "training.lock"
"""The mark of a process that trains into the folder; a dead one's counts no more."""


def training_run(
    folder: Path,
    settings: TrainingSettings,
    *,
    report: Callable[[Progress], None] = lambda _progress: None,
    save_every: int = 100,
) -> Training:
    """Train the tiny model into a folder, or go on where an earlier run stopped.

    The folder keeps weights and state, and in a folder inside averaged weights; the end
    is always saved. Settings are the same as before when resuming. `report` is called
    after every step. The run returned has the averaged weights too.

    Raises
    ------
    ValueError
        If the folder cannot be written or holds something else, another process
        trains into it, or a run in it cannot be resumed; and when training goes
        wrong. What was saved before is whole in every case.
    """
    require("save_every", save_every, save_every >= 1, "must be at least 1")
    _require_place(folder)
    with _sole_process(folder):
        return _run(folder, settings, report, save_every)


def _run(
    folder: Path,
    settings: TrainingSettings,
    report: Callable[[Progress], None],
    save_every: int,
) -> Training:
    model = Transformer(tiny(), torch.Generator().manual_seed(settings.seed))
    training = Training(model, library_corpus().training, settings)
    if (folder / STATE_NAME).exists():
        training.resume(folder)
    if training.step == settings.steps:
        # A run that was killed in its last save may lack the files for use.
        training.save(folder)
    while training.step < settings.steps:
        report(training.advance())
        if training.step % save_every == 0 or training.step == settings.steps:
            training.save(folder)
    return training


@contextmanager
def _sole_process(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder, and say which one is in it."""
    lock = SoftFileLock(folder / LOCK_NAME)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        rule = (
            f"process {lock.pid} trains into it; wait until that has ended, "
            "or train into another folder"
        )
        message = f"folder is {str(folder)!r}: {rule}"
        raise ValueError(message) from None
    try:
        yield
    finally:
        lock.release()


def _require_place(folder: Path) -> None:
    """Refuse a folder that could not be saved to, before anything is learned."""
    writable = os.access(make_folder(folder), os.W_OK)
    require("folder", str(folder), writable, "must be one that can be written")
    names = (WEIGHTS_NAME, INDEX_NAME, CONFIG_NAME)
    places = [
        place / name for place in (folder, folder / AVERAGE_FOLDER) for name in names
    ]
    foreign = any(place.exists() for place in places)
    rule = f"holds a model without {STATE_NAME}; train into another folder"
    free = not foreign or (folder / STATE_NAME).exists()
    require("folder", str(folder), free, rule)
