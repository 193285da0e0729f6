"""Loss against compute for a family of sizes and sparsities: the record behind a page.

Trains models of four widths, each dense, with 8 and with 32 routed experts of which
a token uses three, so that all of a width do the same work for a token. The wider
the model, the more steps it is given. Every run has the published recipe's shape,
and the same text in the same order for a seed; all are judged on files that none
of them has read.

    python experiments/scaling.py [--seeds N] [--shorten N] [--long]

With --long only one width is trained, dense and with 32 experts, but for five times
as many steps: whether more experts pay shows late.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from dsv3 import accounting
from dsv3.architecture import Architecture
from dsv3.learning.corpus import Corpus, library_corpus, windows
from dsv3.learning.training_loop import Training
from dsv3.learning.training_settings import published_settings
from dsv3.measurements import write_record
from dsv3.model import Transformer, prediction_loss, tiny

STEPS: Mapping[int, int] = {24: 100, 36: 170, 48: 240, 72: 400}
"""Steps by the model's width."""

LONG_WIDTH, LONG_STEPS = 48, 1200
"""The one size that is trained for longer, with --long."""

EXPERTS: Mapping[str, int] = {"dense": 0, "8 experts": 8, "32 experts": 32}
"""Routed experts by the name of the kind; none are routed in a dense model."""

ACTIVE = 3
"""Routed experts of a token; a shared one comes on top."""

BATCH, CONTEXT = 8, 128
JUDGED_WINDOWS = 96
JUDGEMENTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One model of the family, trained once."""

    width: int
    kind: str
    seed: int
    steps: int


def architecture(width: int, experts: int) -> Architecture:
    """Return a model of the family; a dense one has the active experts' width."""
    small, inner = tiny(), 2 * width // 3
    assert small.experts is not None
    attention = replace(
        small.latent_attention,
        num_attention_heads=width // 12,
        q_lora_rank=None,
        kv_lora_rank=width // 2,
        qk_nope_head_dim=12,
        qk_rope_head_dim=8,
        v_head_dim=12,
    )
    routed = replace(
        small.experts,
        n_routed_experts=experts or ACTIVE,
        num_experts_per_tok=ACTIVE,
        moe_intermediate_size=inner,
        n_group=1,
        topk_group=1,
        first_k_dense_replace=1 if experts else small.num_hidden_layers,
    )
    return replace(
        small,
        hidden_size=width,
        attention=attention,
        intermediate_size=(ACTIVE + 1) * inner,
        experts=routed,
        num_nextn_predict_layers=0,
        initializer_range=0.5 / width**0.5,
        rope_scaling=None,
        max_position_embeddings=CONTEXT,
    )


@torch.inference_mode()
def judgement(model: Transformer, tokens_BT: Tensor) -> float:
    """Return the held-out loss of the next byte, in nats."""
    pieces = tokens_BT.split(32)
    losses = [float(prediction_loss(model(p).logits_BSW, p, 1)) for p in pieces]
    return round(sum(losses) / len(losses), 4)


def training_run(run: Run, corpus: Corpus) -> dict[str, Any]:
    """Train one model; return its work, its curve and its end."""
    start = time.process_time()
    plan = published_settings(steps=run.steps, seed=run.seed)
    how = replace(plan, batch=BATCH, context=CONTEXT, average_decay=0.0)
    sizes = architecture(run.width, EXPERTS[run.kind])
    model = Transformer(sizes, torch.Generator().manual_seed(run.seed))
    flop = accounting.flop_per_token(sizes, context_tokens=CONTEXT)
    training = Training(model, corpus.training, how)
    generator = torch.Generator().manual_seed(1)
    held_BT = windows(
        corpus.held_out, batch=JUDGED_WINDOWS, size=CONTEXT, generator=generator
    )
    points, violations = [], []
    while training.step < run.steps:
        violations.append(training.advance().max_violation)
        if training.step * JUDGEMENTS % run.steps < JUDGEMENTS:
            points.append((training.step, judgement(model, held_BT)))
    late = violations[-run.steps // 4 :]
    return {
        "kind": run.kind,
        "width": run.width,
        "seed": run.seed,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "training_flop_per_token": float(flop.training_flop_per_token),
        "tokens": run.steps * BATCH * CONTEXT,
        "steps": [step for step, _ in points],
        "losses": [loss for _, loss in points],
        "late_max_violation": round(sum(late) / len(late), 3),
        "cpu_seconds": round(time.process_time() - start, 1),
    }


def plan(*, long: bool, seeds: int, shorten: int) -> list[Run]:
    """Return the runs to do, seed after seed."""
    family = [(width, kind) for width in STEPS for kind in EXPERTS]
    if long:
        family = [(LONG_WIDTH, "dense"), (LONG_WIDTH, "32 experts")]
    return [
        Run(
            width=width,
            kind=kind,
            seed=seed,
            steps=max((LONG_STEPS if long else STEPS[width]) // shorten, JUDGEMENTS),
        )
        for seed in range(seeds)
        for width, kind in family
    ]


def main() -> None:
    """Train the family with every seed and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--shorten", type=int, default=1, help="divide the steps")
    parser.add_argument("--long", action="store_true", help="one size, for longer")
    parser.add_argument("--name", help="of the record")
    given = parser.parse_args()
    torch.set_num_threads(1)
    start, corpus = time.perf_counter(), library_corpus()
    runs = plan(long=given.long, seeds=given.seeds, shorten=given.shorten)
    found = []
    for run in runs:
        found.append(training_run(run, corpus))
        print(
            f"{run.kind:<10} width {run.width} seed {run.seed}  "
            f"loss {found[-1]['losses'][-1]:.3f}  {found[-1]['cpu_seconds']:.0f} s",
            flush=True,
        )
    write_record(
        given.name or ("scaling_long" if given.long else "scaling"),
        command="python experiments/scaling.py" + (" --long" if given.long else ""),
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "seeds": given.seeds,
            "batch": BATCH,
            "context": CONTEXT,
            "steps": {str(run.width): run.steps for run in runs},
            "active_experts": ACTIVE,
            "learning_rate": published_settings().learning_rate,
        },
        measures={"runs": found},
    )


if __name__ == "__main__":
    main()
