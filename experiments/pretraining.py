"""The small model under the published recipe: the record behind a page.

Trains the tiny model as ``python -m dsv3.learning.train`` does, with several seeds, and
judges at ten points of each run the weights as they are and the average of them, on
files that no run has read.

    python experiments/pretraining.py [--seeds N] [--steps N]
"""

import argparse
import time
from typing import Any

import torch
from torch import Tensor

from dsv3.learning import Training, library_corpus, published_settings
from dsv3.learning.corpus import Corpus, windows
from dsv3.learning.training_loop import Progress
from dsv3.measurements import write_record
from dsv3.model import Transformer, prediction_loss, tiny

STEPS = 400
EVERY = 10
"""Steps that one point of a curve stands for."""

JUDGED_WINDOWS = 96
JUDGEMENTS = 10


@torch.inference_mode()
def judgement(model: Transformer, tokens_BT: Tensor) -> float:
    """Return the held-out loss of the next byte, in nats."""
    pieces = tokens_BT.split(32)
    losses = [float(prediction_loss(model(p).logits_BSW, p, 1)) for p in pieces]
    return round(sum(losses) / len(losses), 4)


def summary(steps: list[Progress]) -> dict[str, float]:
    """Return what a few steps did, on the average."""
    count = len(steps)
    return {
        "loss": round(sum(step.loss for step in steps) / count, 4),
        "max_violation": round(sum(step.max_violation for step in steps) / count, 3),
        "gradient_norm": round(sum(step.gradient_norm for step in steps) / count, 3),
        "clipped_share": sum(step.gradient_norm > 1 for step in steps) / count,
    }


def training_run(seed: int, steps: int, corpus: Corpus) -> dict[str, Any]:
    """Train once; return the curves and the judgements."""
    start = time.process_time()
    how = published_settings(steps=steps, seed=seed)
    model = Transformer(tiny(), torch.Generator().manual_seed(seed))
    training = Training(model, corpus.training, how)
    generator = torch.Generator().manual_seed(1)
    held_BT = windows(
        corpus.held_out, batch=JUDGED_WINDOWS, size=how.context, generator=generator
    )
    told: list[Progress] = []
    judgements = []
    judging = 0.0
    while training.step < steps:
        told.append(training.advance())
        if training.step * JUDGEMENTS % steps < JUDGEMENTS:
            begun = time.process_time()
            last, mean = (judgement(m, held_BT) for m in (model, training.averaged()))
            judgements.append({"step": training.step, "last": last, "averaged": mean})
            judging += time.process_time() - begun
    points = [summary(told[at : at + EVERY]) for at in range(0, steps, EVERY)]
    cpu_seconds = time.process_time() - start - judging
    return {
        "seed": seed,
        "steps": list(range(EVERY, steps + 1, EVERY)),
        **{name: [point[name] for point in points] for name in points[0]},
        "judged_steps": [one["step"] for one in judgements],
        "held_out_last": [one["last"] for one in judgements],
        "held_out_averaged": [one["averaged"] for one in judgements],
        "cpu_seconds": round(cpu_seconds, 1),
        "tokens_per_cpu_second": round(steps * how.batch * how.context / cpu_seconds),
    }


def main() -> None:
    """Train with every seed and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--name", default="pretraining", help="of the record")
    given = parser.parse_args()
    torch.set_num_threads(1)
    start, corpus = time.perf_counter(), library_corpus()
    found = []
    for seed in range(given.seeds):
        found.append(training_run(seed, given.steps, corpus))
        print(
            f"seed {seed}  held-out loss {found[-1]['held_out_last'][-1]:.3f}, "
            f"averaged {found[-1]['held_out_averaged'][-1]:.3f}  "
            f"{found[-1]['cpu_seconds']:.0f} s",
            flush=True,
        )
    how = published_settings(steps=given.steps)
    write_record(
        given.name,
        command="python experiments/pretraining.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "seeds": given.seeds,
            "steps": given.steps,
            "batch": how.batch,
            "context": how.context,
            "learning_rate": how.learning_rate,
            "average_decay": how.average_decay,
            "clip_norm": how.clip_norm,
            "weight_decay": how.weight_decay,
        },
        measures={"runs": found},
    )


if __name__ == "__main__":
    main()
