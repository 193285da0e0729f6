"""The torch model's speed beside transformers', in one run, on one thread.

Writes the dated record ``model_speed``. Times are CPU time of this process on one
thread; variants take turns, and each figure is the median of its turns. Others on
the machine slow all of them, so that ratios are what to trust.

    python benchmarks/model_speed.py [--rounds N]
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear
from transformers import DeepseekV3ForCausalLM
from transformers.utils.logging import disable_progress_bar, set_verbosity_error
from turns import Way, medians

from dsv3.accounting import flop_per_token
from dsv3.architecture import Architecture, read_config
from dsv3.measurements import write_record
from dsv3.model import Transformer, save_checkpoint
from dsv3.model.experts import RoutedExperts
from dsv3.model.routing import Gate

SHARED = {
    "model_type": "deepseek_v3",
    "vocab_size": 1024,
    "qk_nope_head_dim": 32,
    "qk_rope_head_dim": 16,
    "v_head_dim": 32,
    "num_nextn_predict_layers": 0,
    "first_k_dense_replace": 1,
    "max_position_embeddings": 8192,
    "initializer_range": 0.05,
}
CONFIGS: Mapping[str, Mapping[str, object]] = {
    "A": SHARED
    | {
        "hidden_size": 256,
        "num_hidden_layers": 8,
        "num_attention_heads": 8,
        "q_lora_rank": 128,
        "kv_lora_rank": 64,
        "intermediate_size": 1024,
        "n_routed_experts": 64,
        "num_experts_per_tok": 6,
        "n_shared_experts": 2,
        "moe_intermediate_size": 128,
        "n_group": 8,
        "topk_group": 4,
    },
    "B": SHARED
    | {
        "hidden_size": 128,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "q_lora_rank": None,
        "kv_lora_rank": 64,
        "intermediate_size": 256,
        "n_routed_experts": 16,
        "num_experts_per_tok": 4,
        "n_shared_experts": 1,
        "moe_intermediate_size": 64,
        "n_group": 1,
        "topk_group": 1,
    },
}
SHAPES = {"A": (8, 256), "B": (8, 128)}
"""Sequences, and tokens in each, of a forward pass and of a training step."""

DECODES = ((1, 256), (8, 1024))
"""Sequences and context of a decoding step."""

CONTEXTS = (256, 512, 1024, 2048, 4096)
STEPS = 8
"""Tokens decoded in a turn."""

FORWARD, DECODE, TRAIN = "forward pass", "decoded token", "training step"
EAGER = f"{TRAIN}, its experts in a loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How many times faster than transformers a measure should be."""

    floor: float | None = None
    """Below this the model is too slow; None for no demand."""

    aim: float | None = None
    """What is hoped for."""


GOALS: Mapping[tuple[str, str, int, int], Goal] = {
    (FORWARD, "A", 8, 256): Goal(floor=1.2, aim=1.45),
    (FORWARD, "B", 8, 128): Goal(floor=1.2, aim=1.6),
    (DECODE, "A", 1, 256): Goal(floor=1.7, aim=5.0),
    (DECODE, "A", 8, 1024): Goal(floor=3.0, aim=6.0),
    (TRAIN, "A", 8, 256): Goal(floor=1.1, aim=1.35),
    (EAGER, "A", 8, 256): Goal(aim=2.5),
}
"""By measure, config, sequences and tokens or context."""

GEMM_SHARE_AIM = 0.7
"""Share of a large product's rate that config A's forward pass should reach."""


def gemm_flop_per_s(rows: int = 1024, inner: int = 1024, columns: int = 1024) -> float:
    """Return the rate of one matrix product as a linear layer does it."""
    left, right = torch.randn(rows, inner), torch.randn(columns, inner)
    calls = max(1, 2**28 // (rows * inner * columns))

    def run() -> None:
        for _ in range(calls):
            linear(left, right)

    return calls * 2 * rows * inner * columns / medians({"": run}, 5)[""]


def linear_shapes(
    model: Transformer, tokens: int
) -> Iterator[tuple[int, int, int, int]]:
    """Yield rows, inner size, columns and number of all linear layers' products.

    Every routed expert is given the mean number of tokens.
    """
    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            yield tokens, module.in_features, module.out_features, 1
        elif isinstance(module, Gate):
            experts, hidden = module.weight.shape
            yield tokens, hidden, experts, 1
        elif isinstance(module, RoutedExperts):
            assert model.architecture.experts is not None
            chosen = int(model.architecture.experts.num_experts_per_tok)
            for weight in module.parameters():
                experts, columns, inner = weight.shape
                yield tokens * chosen // experts, inner, columns, experts


def products(model: Transformer, tokens: int) -> dict[str, float]:
    """Return work and time of the linear layers' products, each done alone."""
    rates: dict[tuple[int, int, int], float] = {}
    flop, seconds = 0.0, 0.0
    for *shape, number in linear_shapes(model, tokens):
        rows, inner, columns = shape
        if tuple(shape) not in rates:
            rates[rows, inner, columns] = gemm_flop_per_s(rows, inner, columns)
        work = 2 * rows * inner * columns * number
        flop, seconds = flop + work, seconds + work / rates[rows, inner, columns]
    return {"flop": flop, "seconds": seconds}


def pair(architecture: Architecture) -> tuple[Transformer, DeepseekV3ForCausalLM]:
    """Return the model and the peer, with the same weights."""
    ours = Transformer(architecture, torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(ours, folder)
        theirs = DeepseekV3ForCausalLM.from_pretrained(folder)
    return ours, theirs.eval()


def forward_passes(ours: Transformer, theirs: Any, tokens: Tensor) -> dict[str, Way]:
    """Return both models' forward pass without gradients."""

    def run(model: Callable[..., object]) -> None:
        with torch.inference_mode():
            model(tokens)

    return {
        "ours": lambda: run(ours),
        "transformers": lambda: run(lambda x: theirs(x, use_cache=False)),
    }


def training_steps(ours: Transformer, theirs: Any, tokens: Tensor) -> dict[str, Way]:
    """Return both models' training step: forward, backward and fused AdamW."""
    answers = tokens.roll(-1, dims=1).flatten()

    def steps(model: torch.nn.Module, logits_of: Callable[[], Tensor]) -> Way:
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)

        def step() -> None:
            optimizer.zero_grad()
            cross_entropy(logits_of().flatten(0, 1), answers).backward()
            optimizer.step()

        return step

    def eager() -> None:
        theirs.set_experts_implementation("eager")
        default()
        theirs.set_experts_implementation("grouped_mm")

    default = steps(theirs, lambda: theirs(tokens, use_cache=False).logits)
    return {
        "ours": steps(ours, lambda: ours(tokens).logits_BSW),
        "transformers": default,
        "eager": eager,
    }


def decoding(
    ours: Transformer, theirs: Any, batch: int, context: int
) -> dict[str, Way]:
    """Return both models' decoding of a few tokens after a context."""
    generator = torch.Generator().manual_seed(1)
    prompt = torch.randint(0, 1024, (batch, context), generator=generator)
    token = prompt[:, :1]
    cache = ours.new_cache(batch=batch, capacity=context + STEPS)
    with torch.inference_mode():
        ours(prompt, cache)
        past = theirs(prompt, use_cache=True).past_key_values
    start = cache.lengths_B

    def run_ours() -> None:
        cache.set_lengths(start)
        with torch.inference_mode():
            for _ in range(STEPS):
                ours(token, cache)

    def run_theirs() -> None:
        if past.get_seq_length() > context:
            past.crop(context - past.get_seq_length())
        with torch.inference_mode():
            for _ in range(STEPS):
                theirs(token, past_key_values=past, use_cache=True)

    return {"ours": run_ours, "transformers": run_theirs}


Row = dict[str, Any]


def row(
    measure: str,
    config: str,
    sizes: tuple[int, int],
    ours_s: float,
    theirs_s: float,
) -> Row:
    """Return one line of the record's table."""
    goal = GOALS.get((measure, config, *sizes), Goal())
    return {
        "measure": measure,
        "config": config,
        "sequences": sizes[0],
        "tokens": sizes[1],
        "ours_ms": round(1000 * ours_s, 2),
        "transformers_ms": round(1000 * theirs_s, 2),
        "ratio": round(theirs_s / ours_s, 2),
        "floor": goal.floor,
        "aim": goal.aim,
    }


def limits(ours: Transformer, name: str, forward_s: float) -> Row:
    """Return how near a forward pass is to products alone.

    Small products cannot reach the rate of a large one. What they take when each
    is done alone, its operands in the processor's cache, is the least that a pass
    built of them can take; the rest is attention, norms, routing and copies.
    """
    batch, size = SHAPES[name]
    counted = flop_per_token(ours.architecture, size).forward_flop_per_token
    rate = batch * size * counted / forward_s
    large = gemm_flop_per_s()
    alone = products(ours, batch * size)
    return {
        "config": name,
        "large_product_gflop_per_s": round(large / 1e9, 1),
        "own_products_gflop_per_s": round(alone["flop"] / alone["seconds"] / 1e9, 1),
        "forward_pass_gflop_per_s": round(rate / 1e9, 1),
        "share_of_large_product": round(rate / large, 3),
        "aim": GEMM_SHARE_AIM if name == "A" else None,
        "own_products_share_of_time": round(alone["seconds"] / forward_s, 3),
    }


def decoded(
    ours: Transformer, theirs: Any, name: str, sizes: tuple[int, int], rounds: int
) -> Row:
    """Return the line of a decoded token."""
    seconds = medians(decoding(ours, theirs, *sizes), rounds)
    ours_s, theirs_s = seconds["ours"] / STEPS, seconds["transformers"] / STEPS
    return row(DECODE, name, sizes, ours_s, theirs_s)


def grown(rows: list[Row]) -> list[Row]:
    """Return by how much each model's token takes longer than after the first."""
    first = rows[0]
    return [
        {
            "context": line["tokens"],
            "ours_more_ms": round(line["ours_ms"] - first["ours_ms"], 2),
            "transformers_more_ms": round(
                line["transformers_ms"] - first["transformers_ms"], 2
            ),
        }
        for line in rows[1:]
    ]


def speed_measures(rounds: int) -> dict[str, list[Row]]:
    """Return every measure of both configs."""
    table: list[Row] = []
    near: list[Row] = []
    by_context: list[Row] = []
    for name, fields in CONFIGS.items():
        ours, theirs = pair(read_config(fields))
        tokens = torch.randint(0, 1024, SHAPES[name])
        found = medians(forward_passes(ours, theirs, tokens), rounds)
        table.append(row(FORWARD, name, SHAPES[name], *found.values()))
        near.append(limits(ours, name, found["ours"]))
        table += [decoded(ours, theirs, name, sizes, rounds) for sizes in DECODES]
        contexts = CONTEXTS if name == "A" else ()
        by_context += [decoded(ours, theirs, name, (1, t), rounds) for t in contexts]
        # Last, since they change the weights.
        found = medians(training_steps(ours, theirs, tokens), rounds)
        for measure, peer in ((TRAIN, "transformers"), (EAGER, "eager")):
            table.append(row(measure, name, SHAPES[name], found["ours"], found[peer]))
    growth = grown(by_context)
    return {"table": table, "limits": near, "by_context": by_context, "growth": growth}


def main() -> None:
    """Measure, write the record and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    set_verbosity_error()
    disable_progress_bar()
    start = time.perf_counter()
    measures = speed_measures(rounds)
    file = write_record(
        "model_speed",
        command="python benchmarks/model_speed.py",
        threads=torch.get_num_threads(),
        seconds=time.perf_counter() - start,
        settings={"rounds": rounds, "dtype": "float32", "configs": CONFIGS},
        measures=measures,
        packages=("torch", "transformers"),
    )
    for rows in measures.values():
        for line in rows:
            print("  ".join(f"{key} {value}" for key, value in line.items()))
    print(f"written to {file.name}")


if __name__ == "__main__":
    main()
