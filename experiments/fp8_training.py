"""Does a model train as well in eight bits: the record behind a chapter.

Trains one small model, a dense layer and two of experts with widths that are
multiples of 128, on Python's own sources: with operands in float32, in BF16, in FP8
as the report describes it, with the block-wise gradients with which a model diverged
in the report, and with one scale for each tensor. Every way starts from the same
weights and sees the same text in the same order, several seeds each. Then asks of each
what its gradient would be on weights that all share, next to that of float32.

    python experiments/fp8_training.py [--steps N] [--seeds N] [--processes N]

With --dense no layer has experts, and the record has a name of its own. A router's
choice is all or nothing, so that the smallest difference soon sends tokens elsewhere;
without it, runs that differ by a rounding stay closer together.

    python experiments/fp8_training.py --dense --seeds 10
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from dsv3.architecture import Architecture, LatentAttention
from dsv3.learning.corpus import Corpus, library_corpus, windows
from dsv3.learning.training_loop import Training, held_out_loss
from dsv3.learning.training_settings import published_settings
from dsv3.low_precision.quantization import relative_error
from dsv3.low_precision.quantized_linear import (
    BFLOAT16,
    BLOCK_GRADIENTS,
    FLOAT32,
    PUBLISHED_FP8,
    TENSOR_SCALES,
    ModelRecipe,
    quantize_products,
)
from dsv3.measurements import write_record
from dsv3.model import Transformer, tiny
from dsv3.model.multi_token_prediction import prediction_loss

ARMS: Mapping[str, ModelRecipe] = {
    "BF16": BFLOAT16,
    "float32": FLOAT32,
    "FP8 as published": PUBLISHED_FP8,
    "FP8, gradients in blocks": BLOCK_GRADIENTS,
    "FP8, one scale for a tensor": TENSOR_SCALES,
}
"""Ways to multiply, by what they are called; the first is the yardstick."""

HOW = replace(
    published_settings(), batch=8, context=128, learning_rate=1e-3, average_decay=0.0
)
"""How all are trained, but for steps and seed: the published shape, and a low rate,
since a high one lets runs that differ by a rounding drift further apart."""


LAYERS = 3

POINT_STEPS = 16
"""Steps whose mean loss is one point of a curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One training."""

    arm: str
    seed: int
    steps: int
    dense: bool = False


def architecture(*, dense: bool = False) -> Architecture:
    """Return the model: widths are multiples of 128, but for one as in V3."""
    whole = tiny()
    experts = whole.experts
    assert experts is not None
    return replace(
        whole,
        hidden_size=256,
        num_hidden_layers=LAYERS,
        num_nextn_predict_layers=0,
        intermediate_size=512,
        attention=LatentAttention(
            num_attention_heads=8,
            q_lora_rank=128,
            kv_lora_rank=128,
            qk_nope_head_dim=32,
            qk_rope_head_dim=16,
            v_head_dim=32,
        ),
        experts=replace(
            experts,
            n_routed_experts=8,
            num_experts_per_tok=2,
            moe_intermediate_size=128,
            n_group=4,
            topk_group=2,
            first_k_dense_replace=LAYERS if dense else experts.first_k_dense_replace,
        ),
        initializer_range=0.03,
    )


def model_of(seed: int, recipe: ModelRecipe, *, dense: bool = False) -> Transformer:
    """Return the untrained model of a seed with its products changed over."""
    source = torch.Generator().manual_seed(seed)
    return quantize_products(Transformer(architecture(dense=dense), source), recipe)


def parameter_count(*, dense: bool) -> int:
    """Return the number of weights."""
    return sum(w.numel() for w in model_of(0, FLOAT32, dense=dense).parameters())


def losses(training: Training, steps: int) -> list[float]:
    """Train on, and return the loss of every step."""
    return [training.advance().loss for _ in range(steps)]


def points(losses: Sequence[float]) -> list[float]:
    """Return the mean loss of every few steps, to the digits that matter.

    >>> points([2.0] * POINT_STEPS + [1.0, 1.5])
    [2.0, 1.25]
    """
    starts = range(0, len(losses), POINT_STEPS)
    return [round(fmean(losses[at : at + POINT_STEPS]), 5) for at in starts]


def lean(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page draws: the points of a curve in place of its steps."""
    rows = [row | {"loss": points(row["loss"])} for row in found["rows"]]
    return dict(found) | {"rows": rows}


def arguments() -> argparse.ArgumentParser:
    """Return what may be asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--dense", action="store_true", help="a model without experts")
    parser.add_argument("--processes", type=int, default=1, help="trainings at once")
    return parser


def command_of(asked: argparse.Namespace) -> str:
    """Return the command with all that changes what comes out."""
    words = ["python experiments/fp8_training.py"]
    words += ["--dense"] if asked.dense else []
    for name in ("steps", "seeds"):
        if (value := getattr(asked, name)) != arguments().get_default(name):
            words.append(f"--{name} {value}")
    return " ".join(words)


def gradient(model: Transformer, tokens_BS: Tensor) -> dict[str, Tensor]:
    """Return the gradient of the main loss: of the embedding, and of all weights."""
    model.zero_grad()
    loss = prediction_loss(model(tokens_BS).logits_BSW, tokens_BS, 1)
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    grads = [w.grad.flatten() for w in model.parameters() if w.grad is not None]
    embedding = model.embed_tokens.weight.grad
    assert embedding is not None
    return {"embedding": embedding.clone(), "all weights": torch.cat(grads)}


def gradient_errors(trained: Transformer, *, dense: bool) -> dict[str, Any]:
    """Return the relative error of every way's gradient, on the same weights."""
    state, source = trained.state_dict(), torch.Generator().manual_seed(1)
    tokens_BS = windows(texts().held_out, batch=8, size=HOW.context, generator=source)
    found: dict[str, dict[str, Tensor]] = {}
    for arm, recipe in ARMS.items():
        model = model_of(0, recipe, dense=dense)
        model.load_state_dict(state)
        found[arm] = gradient(model, tokens_BS)
    exact = found["float32"]
    return {
        arm: {k: float(f"{relative_error(exact[k], v):.4g}") for k, v in made.items()}
        for arm, made in found.items()
    }


@cache
def texts() -> Corpus:
    """Return what is read, the same for all."""
    return library_corpus()


def training_run(job: Job) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Train once; return the curve, and of the yardstick all errors of gradients."""
    torch.set_num_threads(1)
    model = model_of(job.seed, ARMS[job.arm], dense=job.dense)
    how = replace(HOW, steps=job.steps, seed=job.seed)
    curve = losses(Training(model, texts().training, how), job.steps)
    held = held_out_loss(model, texts().held_out, context=HOW.context)
    print(job.arm, job.seed, f"{curve[-1]:.4f} {held:.4f}", flush=True)
    row = {"arm": job.arm, "seed": job.seed, "held_out": round(held, 5)}
    errors = (
        gradient_errors(model, dense=job.dense) if job.arm == next(iter(ARMS)) else None
    )
    return row | {"loss": curve}, errors


def run(
    *,
    arms: Sequence[str],
    seeds: int,
    steps: int,
    dense: bool = False,
    processes: int = 1,
) -> dict[str, Any]:
    """Train every way with every seed; return curves and errors of gradients."""
    jobs = [
        Job(arm=arm, seed=seed, steps=steps, dense=dense)
        for seed in range(seeds)
        for arm in arms
    ]
    if processes == 1:
        found = [training_run(job) for job in jobs]
    else:
        spawned = get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=spawned) as pool:
            found = list(pool.map(training_run, jobs))
    return {
        "rows": [row for row, _ in found],
        "gradient_errors": [errors for _, errors in found if errors is not None],
    }


def main() -> None:
    """Train, and write the record."""
    asked = arguments().parse_args()
    dense = asked.dense
    begin = time.perf_counter()
    found = run(
        arms=list(ARMS),
        seeds=asked.seeds,
        steps=asked.steps,
        dense=dense,
        processes=asked.processes,
    )
    write_record(
        "fp8_training_dense" if dense else "fp8_training",
        command=command_of(asked),
        threads=1,
        seconds=time.perf_counter() - begin,
        settings={"steps": asked.steps, "steps_per_point": POINT_STEPS}
        | {"seeds": asked.seeds, "batch": HOW.batch}
        | {"context": HOW.context, "learning_rate": HOW.learning_rate}
        | {"parameters": parameter_count(dense=dense)},
        measures=lean(found),
    )


if __name__ == "__main__":
    main()
