"""A short window made long in two phases: the record behind a chapter.

Trains a small reader on windows of 64 tokens of real text with needles in it. Then
goes on as published, to 8 and again 4 times the window, with YaRN and without, the
same tokens a step in every phase. Asks of every state how well it finds a needle
by length and depth, and what it loses on plain held-out text by position.

    python experiments/long_context.py [--steps N] [--phase-steps N] [--seeds N]
"""

import argparse
import time
from typing import Any

import torch
from torch import Tensor

from dsv3.learning.corpus import library_corpus, windows
from dsv3.learning.long_context import (
    LENGTHS,
    WINDOW,
    base_rates,
    learn,
    loss_by_position,
    reader_architecture,
    windows_by_phase,
)
from dsv3.learning.needles import plain_text, probes, recall
from dsv3.measurements import write_record
from dsv3.model import Transformer

STEP_TOKENS = 2048
"""Tokens of a step, the same in every phase, as in the published recipe."""

BASE_KEYS, PHASE_KEYS = 5, 16
"""Keys in a window: as many as a short one has room for, and all of them."""

EDGES = (0, *LENGTHS)
"""Positions between which the loss of plain text is averaged."""

JUDGED_TEXTS, CURVE_EVERY = 24, 10


def judgement(model: Transformer, text: Tensor, *, asked: int) -> dict[str, Any]:
    """Return what a state of the model finds, and what plain text costs it."""
    generator = torch.Generator().manual_seed(1)
    found = [
        recall(model, probes(text, batch=asked, size=length, generator=generator))
        for length in LENGTHS
    ]
    texts = windows(text, batch=JUDGED_TEXTS, size=LENGTHS[-1], generator=generator)
    return {
        "right": [[round(share, 4) for share in one.right] for one in found],
        "stale": [[round(share, 4) for share in one.stale] for one in found],
        "loss": [round(loss, 4) for loss in loss_by_position(model, texts, EDGES)],
    }


def thinned(losses: list[float]) -> list[float]:
    """Return the means of every few steps."""
    starts = range(0, len(losses), CURVE_EVERY)
    parts = [losses[at : at + CURVE_EVERY] for at in starts]
    return [round(sum(part) / len(part), 4) for part in parts]


def extended(
    model: Transformer, training: Tensor, *, size: int, steps: int, seed: int
) -> list[float]:
    """Train on at a longer window, at the rate at which the base run ended."""
    rate = base_rates(100)[-1]
    batch = STEP_TOKENS // size
    return list(
        learn(
            model,
            training,
            size=size,
            batch=batch,
            keys=PHASE_KEYS,
            rates=[rate] * steps,
            seed=seed,
        )
    )


def run(seed: int, *, steps: int, phase_steps: int, asked: int) -> dict[str, Any]:
    """Train one reader and both of its extensions; return every state's figures."""
    torch.set_num_threads(1)
    start = time.perf_counter()
    corpus = library_corpus()
    training, held_out = plain_text(corpus.training), plain_text(corpus.held_out)
    base, first, second = windows_by_phase()
    generator = torch.Generator().manual_seed(seed)
    reader = Transformer(reader_architecture(yarn=False), generator)
    losses = learn(
        reader,
        training,
        size=base,
        batch=STEP_TOKENS // base,
        keys=BASE_KEYS,
        rates=base_rates(steps),
        seed=seed,
    )
    curves = {"base": thinned(list(losses))}
    weights, states = reader.state_dict(), {}
    for name, yarn in (("plain", False), ("yarn", True)):
        model = Transformer(reader_architecture(yarn=yarn))
        model.load_state_dict(weights)
        states[f"{name}, not trained on"] = judgement(model, held_out, asked=asked)
        for phase, size in enumerate((first, second), start=1):
            way = {"size": size, "steps": phase_steps, "seed": 100 * phase + seed}
            label = f"{name}, phase {phase}"
            curves[label] = thinned(extended(model, training, **way))
            states[label] = judgement(model, held_out, asked=asked)
            tell(seed, label, states[label], time.perf_counter() - start)
    seconds = round(time.perf_counter() - start, 1)
    return {"seed": seed, "seconds": seconds, "curves": curves, "states": states}


def tell(seed: int, label: str, state: dict[str, Any], seconds: float) -> None:
    """Print how one state does."""
    means = [sum(row) / len(row) for row in state["right"]]
    listed = "  ".join(f"{mean:.2f}" for mean in means)
    print(f"seed {seed}  {label:<22} {listed}  after {seconds:.0f} s", flush=True)


def main() -> None:
    """Train every seed and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--phase-steps", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--asked", type=int, default=48, help="questions a cell")
    given = parser.parse_args()
    start = time.perf_counter()
    how = {name: vars(given)[name] for name in ("steps", "phase_steps", "asked")}
    runs = [run(seed, **how) for seed in range(given.seeds)]
    base, first, second = windows_by_phase()
    write_record(
        "long_context",
        command="python experiments/long_context.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            **vars(given),
            "windows": [base, first, second],
            "window": WINDOW,
            "step_tokens": STEP_TOKENS,
            "lengths": list(LENGTHS),
            "edges": list(EDGES),
            "keys": [BASE_KEYS, PHASE_KEYS],
            "learning_rates": [base_rates(100)[50], base_rates(100)[-1]],
            "curve_every": CURVE_EVERY,
        },
        measures={"runs": runs},
    )


if __name__ == "__main__":
    main()
