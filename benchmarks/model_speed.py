"""The torch model's speed beside transformers', in one run, on one thread.

Writes a dated record with the machine. Times are CPU time of this process, so a
busy machine distorts them little; variants take turns, and each figure is the
median of its turns. Ratios are what to trust.

    python benchmarks/model_speed.py [--record FILE] [--rounds N]
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import DeepseekV3ForCausalLM
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from dsv3.accounting import flop_per_token
from dsv3.model import ModelSettings, Transformer, read_settings, save_checkpoint

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
DECODES = {"A": ((1, 256), (8, 1024)), "B": ((1, 256), (8, 1024))}
CONTEXTS = (256, 512, 1024, 2048, 4096)

Variant = Callable[[], object]


def cpu_seconds(run: Variant) -> float:
    """Return the CPU time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def medians(variants: Mapping[str, Variant], rounds: int) -> dict[str, float]:
    """Return each variant's median seconds; they take turns after one warm-up."""
    for run in variants.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            times[name].append(cpu_seconds(run))
    return {name: statistics.median(values) for name, values in times.items()}


def gemm_flop_per_s(size: int = 1024) -> float:
    """Return the rate of a large product of two square matrices."""
    left, right = torch.randn(2, size, size)
    seconds = medians({"gemm": lambda: left @ right}, 9)["gemm"]
    return 2 * size**3 / seconds


def pair(settings: ModelSettings) -> tuple[Transformer, DeepseekV3ForCausalLM]:
    """Return the model and the peer, with the same weights."""
    ours = Transformer(settings, torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(ours, folder)
        theirs = DeepseekV3ForCausalLM.from_pretrained(folder)
    return ours, theirs.eval()


def forward_passes(
    ours: Transformer, theirs: object, tokens: Tensor
) -> dict[str, Variant]:
    """Return both models' forward pass without gradients."""

    def run(model: Callable[..., object]) -> None:
        with torch.inference_mode():
            model(tokens)

    return {
        "ours": lambda: run(ours),
        "transformers": lambda: run(lambda x: theirs(x, use_cache=False)),
    }


def training_steps(
    ours: Transformer, theirs: object, tokens: Tensor
) -> dict[str, Variant]:
    """Return both models' training step: forward, backward and fused AdamW."""
    answers = tokens.roll(-1, dims=1).flatten()

    def steps(model: torch.nn.Module, logits_of: Callable[[], Tensor]) -> Variant:
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
        "transformers, eager experts": eager,
    }


def decoding(
    ours: Transformer, theirs: object, batch: int, context: int, steps: int = 8
) -> dict[str, Variant]:
    """Return both models' decoding of a few tokens after a context."""
    generator = torch.Generator().manual_seed(1)
    prompt = torch.randint(0, 1024, (batch, context), generator=generator)
    token = prompt[:, :1]
    cache = ours.new_cache(batch=batch, capacity=context + steps)
    with torch.inference_mode():
        ours(prompt, cache)
        past = theirs(prompt, use_cache=True).past_key_values
    start = cache.lengths_B

    def run_ours() -> None:
        cache.set_lengths(start)
        with torch.inference_mode():
            for _ in range(steps):
                ours(token, cache)

    def run_theirs() -> None:
        if past.get_seq_length() > context:
            past.crop(context - past.get_seq_length())
        with torch.inference_mode():
            for _ in range(steps):
                theirs(token, past_key_values=past, use_cache=True)

    return {"ours": run_ours, "transformers": run_theirs}


def ratios(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds, and how many times faster than each peer we are."""
    found = {f"{name}_ms": 1000 * value for name, value in seconds.items()}
    for name, value in seconds.items():
        if name != "ours":
            found[f"times faster than {name}"] = value / seconds["ours"]
    return {name: round(value, 3) for name, value in found.items()}


def measured(rounds: int) -> dict[str, dict[str, float]]:
    """Return every measure of both configs."""
    record: dict[str, dict[str, float]] = {}
    for name, fields in CONFIGS.items():
        settings = read_settings(fields)
        ours, theirs = pair(settings)
        batch, size = SHAPES[name]
        tokens = torch.randint(0, 1024, (batch, size))
        peak = gemm_flop_per_s()
        flop = flop_per_token(settings.architecture, size).forward_flop_per_token
        seconds = medians(forward_passes(ours, theirs, tokens), rounds)
        work = batch * size * flop
        record[f"{name} forward"] = ratios(seconds) | {
            "gemm_gflop_per_s": round(peak / 1e9, 1),
            "share of gemm": round(work / seconds["ours"] / peak, 3),
        }
        for sequences, context in DECODES[name]:
            runs = decoding(ours, theirs, sequences, context)
            found = {run: value / 8 for run, value in medians(runs, rounds).items()}
            record[f"{name} decode, batch {sequences}, context {context}"] = ratios(
                found
            )
        for context in CONTEXTS if name == "A" else ():
            runs = decoding(ours, theirs, 1, context)
            found = {run: value / 8 for run, value in medians(runs, rounds).items()}
            record[f"A decode growth, batch 1, context {context}"] = ratios(found)
        seconds = medians(training_steps(ours, theirs, tokens), max(rounds // 2, 2))
        record[f"{name} training step"] = ratios(seconds)
    return record


def main() -> None:
    """Measure, print and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    set_verbosity_error()
    disable_progress_bar()
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": platform.processor() or platform.machine(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "measures": measured(arguments.rounds),
    }
    text = json.dumps(record, indent=2)
    if arguments.record is not None:
        arguments.record.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
