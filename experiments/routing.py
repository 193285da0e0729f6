"""Three ways to keep experts busy, on real text: the record behind a chapter.

Trains the tiny model, without its prediction module, on Python's own sources and
help texts: without balancing, with the classic loss and with the bias, several
strengths and seeds each, the same text in the same order. Then asks of each on
text that it has not learned from: how good, how even, and whether experts know
one kind of text from another.

    python experiments/routing.py [--steps N] [--seeds N] [--processes N]
"""

import argparse
import sysconfig
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dsv3.architecture import Architecture
from dsv3.learning.corpus import library_corpus, windows
from dsv3.learning.specialization import (
    domain_information,
    shuffled_information,
    starved_experts,
)
from dsv3.learning.training_loop import Training, held_out_loss
from dsv3.learning.training_settings import TrainingSettings
from dsv3.measurements import write_record
from dsv3.model import Transformer, tiny
from dsv3.model.balancing import expert_load, max_violation
from dsv3.model.routing import Gate, choose_experts

ARMS: Mapping[str, Mapping[str, Any]] = {
    "none": {"balancing": "none"},
    "loss 0.001": {"balancing": "auxiliary", "auxiliary_alpha": 0.001},
    "loss 0.01": {"balancing": "auxiliary", "auxiliary_alpha": 0.01},
    "bias 0.001": {"balancing": "bias", "bias_speed": 0.001},
    "bias 0.003": {"balancing": "bias", "bias_speed": 0.003},
    "bias 0.01": {"balancing": "bias", "bias_speed": 0.01},
}
EVERY = 10
"""Steps between two looks at the load on held-out text."""

WINDOWS, SIZE = 24, 128
"""How much text of each kind is looked at."""

SHUFFLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training run of one way with one seed."""

    arm: str
    seed: int
    steps: int


def architecture() -> Architecture:
    """Return the tiny model's architecture without the prediction module."""
    return replace(tiny(), num_nextn_predict_layers=0)


def domains() -> dict[str, Tensor]:
    """Return pieces of three kinds of text: help texts, code, and tables."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    texts = {
        "help texts": [folder / "pydoc_data" / "topics.py"],
        "character tables": sorted((folder / "encodings").glob("cp*.py")),
    }
    generator = torch.Generator().manual_seed(0)

    def pieces(tokens: Tensor) -> Tensor:
        return windows(tokens, batch=WINDOWS, size=SIZE, generator=generator)

    found = {"code": pieces(library_corpus().held_out)}
    for name, files in texts.items():
        content = b"".join(file.read_bytes() for file in files)
        tokens = torch.frombuffer(bytearray(content), dtype=torch.uint8).long()
        found[name] = pieces(tokens)
    return found


@torch.inference_mode()
def choices(model: Transformer, tokens_BS: Tensor) -> list[Tensor]:
    """Return the chosen experts of every token, one tensor for each layer."""
    return [routing.experts_MA for routing in model(tokens_BS).routings]


def loads(model: Transformer, tokens_BS: Tensor) -> list[list[int]]:
    """Return every expert's tokens, layer by layer."""
    experts = model.architecture.experts
    assert experts is not None
    count = int(experts.n_routed_experts)
    return [expert_load(e, count).tolist() for e in choices(model, tokens_BS)]


@torch.inference_mode()
def groups_touched(model: Transformer, tokens_BS: Tensor) -> dict[str, float]:
    """Return the mean number of groups that a token visits, as is and unlimited."""
    rule = model.architecture.experts
    assert rule is not None
    free = replace(rule, topk_group=rule.n_group)
    groups = int(rule.n_group)
    experts_per_group = int(rule.n_routed_experts) // groups
    gates = [part for part in model.modules() if isinstance(part, Gate)]
    found: dict[str, float] = {}
    for name, how in (("limited", rule), ("unlimited", free)):
        means = []
        for gate, routing in zip(gates, model(tokens_BS).routings, strict=True):
            assert gate.e_score_correction_bias is not None
            biased_ME = routing.scores_ME + gate.e_score_correction_bias
            groups_MA = choose_experts(biased_ME, how) // experts_per_group
            touched_MG = one_hot(groups_MA, groups).amax(1)
            means.append(float(touched_MG.sum(1).double().mean()))
        found[name] = round(sum(means) / len(means), 4)
    return found


def training_run(run: Run) -> dict[str, Any]:
    """Train one model and return its curves and what it has become."""
    torch.set_num_threads(1)
    start = time.perf_counter()
    how = TrainingSettings(steps=run.steps, seed=run.seed, **ARMS[run.arm])
    model = Transformer(architecture(), torch.Generator().manual_seed(run.seed))
    corpus = library_corpus()
    training = Training(model, corpus.training, how)
    generator = torch.Generator().manual_seed(1)
    held_BS = windows(corpus.held_out, batch=WINDOWS, size=SIZE, generator=generator)
    curves: dict[str, list[Any]] = {"step": [], "loss": []}
    curves |= {"step_max_violation": [], "max_violation": [], "load": []}
    while training.step < run.steps:
        progress = training.advance()
        if progress.step % EVERY == 0 or progress.step == 1:
            curves["step"].append(progress.step)
            curves["loss"].append(round(progress.loss, 4))
            curves["step_max_violation"].append(round(progress.max_violation, 4))
            load = loads(model, held_BS)
            violations = [max_violation(torch.tensor(layer)) for layer in load]
            curves["max_violation"].append(round(sum(violations) / len(load), 4))
            curves["load"].append(load[1])
    judged = judge(model, corpus.held_out, held_BS)
    seconds = round(time.perf_counter() - start, 1)
    return {"arm": run.arm, "seed": run.seed, "seconds": seconds} | judged | curves


def judge(model: Transformer, held_out: Tensor, held_BS: Tensor) -> dict[str, Any]:
    """Return quality, balance and specialisation of a trained model."""
    load = loads(model, held_BS)
    return {
        "held_out_loss": round(held_out_loss(model, held_out, context=SIZE), 4),
        "max_violation_by_layer": [
            round(max_violation(torch.tensor(layer)), 4) for layer in load
        ],
        "starved_by_layer": [starved_experts(torch.tensor(layer)) for layer in load],
        "groups_per_token": groups_touched(model, held_BS),
        "domains": list(specialization(model)),
    }


def specialization(model: Transformer) -> Iterator[dict[str, Any]]:
    """Yield for each layer what its experts tell of the kind of text."""
    texts = domains()
    experts = model.architecture.experts
    assert experts is not None
    count = int(experts.n_routed_experts)
    by_domain = [choices(model, tokens_BS) for tokens_BS in texts.values()]
    generator = torch.Generator().manual_seed(2)
    for layer in range(len(by_domain[0])):
        counts_DWE = torch.stack(
            [
                torch.stack(
                    [expert_load(e, count) for e in chosen[layer].chunk(WINDOWS)]
                )
                for chosen in by_domain
            ]
        )
        control = shuffled_information(counts_DWE, SHUFFLES, generator)
        yield {
            "information": round(domain_information(counts_DWE), 4),
            "shuffled_mean": round(float(control.mean()), 4),
            "shuffled_most": round(float(control.max()), 4),
            "load": {
                name: counts_WE.sum(0).tolist()
                for name, counts_WE in zip(texts, counts_DWE, strict=True)
            },
        }


def lean(run: dict[str, Any]) -> dict[str, Any]:
    """Keep the load's history of the first seed only: it is most of the bytes."""
    return run if run["seed"] == 0 else {k: v for k, v in run.items() if k != "load"}


def main() -> None:
    """Train every arm with every seed and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    start = time.perf_counter()
    runs = [
        Run(arm=arm, seed=seed, steps=given.steps)
        for seed in range(given.seeds)
        for arm in ARMS
    ]
    found = []
    with get_context("spawn").Pool(given.processes) as pool:
        for one in pool.imap(training_run, runs):
            found.append(lean(one))
            print(
                f"{one['arm']:<12} seed {one['seed']}  loss {one['held_out_loss']:.3f}"
                f"  MaxVio {one['max_violation'][-1]:.2f}  {one['seconds']:.0f} s",
                flush=True,
            )
    how = TrainingSettings()
    write_record(
        "routing",
        command="python experiments/routing.py",
        threads=given.processes,
        seconds=time.perf_counter() - start,
        settings={
            "steps": given.steps,
            "seeds": given.seeds,
            "every": EVERY,
            "batch": how.batch,
            "context": how.context,
            "arms": {name: dict(arm) for name, arm in ARMS.items()},
        },
        measures={"runs": found},
    )


if __name__ == "__main__":
    main()
