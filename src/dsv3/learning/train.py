"""Training the tiny model at the prompt: one command, on text that is already there.

    python -m dsv3.learning.train FOLDER [--steps N] [--balancing bias|auxiliary|none]

Run the command again and it goes on from the last save. How a step is done is
:mod:`dsv3.learning.training_loop`'s.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from dsv3.learning.corpus import library_corpus
from dsv3.learning.training_folder import training_run
from dsv3.learning.training_loop import held_out_loss
from dsv3.learning.training_progress import ProgressLine
from dsv3.learning.training_settings import (
    Balancing,
    TrainingSettings,
    published_settings,
)

INTERRUPTED, TERMINATED, REFUSED = 130, 143, 2
"""What the command returns: as a shell does for the two signals, and for a fault."""

MOST_SEED = 2**63 - 1


def _whole(least: int, most: int = MOST_SEED) -> Callable[[str], int]:
    """Return a reader of whole numbers within bounds."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            said = text if len(text) <= 40 else f"{text[:40]}..."
            message = f"{said!r} is no whole number from {least} to {most}"
            raise argparse.ArgumentTypeError(message)
        return value

    return read


def _folder(text: str) -> Path:
    """Read the name of a folder; an empty one would be where the command was given."""
    if not text:
        message = "'' names no folder"
        raise argparse.ArgumentTypeError(message)
    return Path(text)


def _parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m dsv3.learning.train",
        description="Train the tiny DeepSeek-V3. Given again, it goes on.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("folder", type=_folder, help="where weights and state are kept")
    add("--steps", type=_whole(1), default=400, help="steps of the whole run")
    add("--seed", type=_whole(0), default=0, help="draws weights and text")
    add(
        "--balancing",
        choices=get_args(Balancing),
        default="bias",
        help="what keeps the load of the experts even",
    )
    add(
        "--save-every",
        type=_whole(1),
        default=50,
        metavar="STEPS",
        help="steps between two saves; the end is always saved",
    )
    return parser


class Terminated(BaseException):
    """The process was asked to end, as by a batch system."""


def _terminate(_signal: int, _frame: object) -> None:
    raise Terminated


def main() -> None:
    """Train from the command line."""
    parser = _parser()
    given = parser.parse_args()
    resume = "stopped; the same command goes on from the last save\n"
    signal.signal(signal.SIGTERM, _terminate)
    try:
        settings = published_settings(
            steps=given.steps, balancing=given.balancing, seed=given.seed
        )
        _train_aloud(given.folder, settings, given.save_every)
    except ValueError as error:
        parser.exit(REFUSED, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(INTERRUPTED, resume)
    except Terminated:
        parser.exit(TERMINATED, resume)


def _train_aloud(folder: Path, settings: TrainingSettings, save_every: int) -> None:
    """Train and tell of it on the standard error stream."""
    line = ProgressLine(sys.stderr, settings)
    try:
        training = training_run(
            folder, settings, report=line.show, save_every=save_every
        )
    finally:
        line.close()
    held_out = library_corpus().held_out
    for name, model in (("last", training.model), ("averaged", training.averaged())):
        loss = held_out_loss(model, held_out, context=settings.context)
        sys.stderr.write(f"held-out loss, {name} weights: {loss:.3f} nats a byte\n")


if __name__ == "__main__":
    main()
