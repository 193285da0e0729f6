"""Training the tiny model at the prompt: one command, on text that is already there.

    python -m dsv3.learning.train FOLDER [--steps N] [--balancing bias|auxiliary|none]

Run the command again and it goes on from the last save. How a step is done is
:mod:`dsv3.learning.training_loop`'s.
"""

import argparse
import sys
from pathlib import Path

from dsv3.learning.corpus import library_corpus
from dsv3.learning.training_folder import training_run
from dsv3.learning.training_loop import held_out_loss
from dsv3.learning.training_progress import ProgressLine
from dsv3.learning.training_settings import TrainingSettings, published_settings


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Train the tiny DeepSeek-V3.")
    parser.add_argument("folder", type=Path, help="where weights and state are kept")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--balancing", choices=("bias", "auxiliary", "none"))
    parser.add_argument("--save-every", type=int, default=50, metavar="STEPS")
    parser.set_defaults(balancing="bias")
    given = parser.parse_args()
    try:
        settings = published_settings(
            steps=given.steps, balancing=given.balancing, seed=given.seed
        )
        _train_aloud(given.folder, settings, given.save_every)
    except ValueError as error:
        parser.exit(1, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "stopped; the same command goes on from the last save\n")


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
