"""Measure what a second prediction does to learning, and how often it is right.

Trains the tiny model with and without its prediction module, from the same first
weights and on the same text for each seed. Along the way it judges both losses on
held-out files, and how often the module's draft is what the model would choose, by
kind of text, beside a draft that any table of byte pairs could make. At the end it
decodes with drafts and without, and times both.

    python experiments/multi_token_prediction.py [--seeds N] [--steps N] [--name NAME]

Times are CPU time on one thread, so that a busy machine distorts them little.
"""

import argparse
import io
import sys
import time
import tokenize
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median

import torch
from torch import Tensor

from dsv3.learning.corpus import (
    HELD_OUT_EVERY,
    MARK,
    library_corpus,
    library_files,
    windows,
)
from dsv3.learning.training_loop import Training
from dsv3.learning.training_settings import TrainingSettings
from dsv3.measurements import write_record
from dsv3.model import Transformer, generate, prediction_loss, speculate, tiny

KINDS = ("prose", "code", "indentation")
"""Comments and docstrings; the rest of a program; spaces before a line."""

PROSE, CODE, INDENTATION = range(3)
LIMIT_BYTES = 4_000_000
CONTEXT = 128
BATCH = 8
PROMPT = 64
NEW_TOKENS = 96
PROMPTS = 8
JUDGED_WINDOWS = 96
FINAL_WINDOWS = 512
PIECE = 8
"""Bytes of the pieces that are looked for again in a continuation."""

PASSAGE = '''def first_lines(path, limit):
    """Return the first lines of a file, without their ends.

    If the file has fewer lines, return all of them.
    """
    with open(path) as file:
        lines = [line.rstrip() for line in file]
    return lines[:limit]
'''
"""A text that no model was trained on, for a picture of drafts."""

Measure = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Text for judging: its tokens, and what kind each of them is."""

    tokens: Tensor
    """Tokens of the held-out files, end to end."""

    kinds: Tensor
    """Index into the kinds, one for each token."""

    usual: Tensor
    """For each token the one that follows it most often in the training text."""


def kinds_of(source: bytes) -> list[int]:
    """Return the kind of every byte of a Python file."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    kinds = [CODE] * len(source)
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        text = token.string.lstrip("rRbBuU")
        long = token.type == tokenize.STRING and text.startswith(('"""', "'''"))
        if token.type == tokenize.COMMENT or long:
            (row, column), (last_row, last_column) = token.start, token.end
            first = starts[row - 1] + _bytes_before(lines[row - 1], column)
            end = starts[last_row - 1] + _bytes_before(lines[last_row - 1], last_column)
            kinds[first:end] = [PROSE] * (end - first)
    for start, line in zip(starts, lines, strict=False):
        indent = len(line) - len(line.lstrip(b" \t"))
        kinds[start : start + indent] = [INDENTATION] * indent
    return kinds


def _bytes_before(line: bytes, column: int) -> int:
    return len(line.decode("utf-8", errors="replace")[:column].encode())


def held_out_text() -> HeldOut:
    """Return the held-out files with the kind of each byte; marks count as code."""
    files = list(library_files(LIMIT_BYTES))[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    tokens, kinds = [], []
    for file in files:
        content = file.read_bytes()
        tokens += [MARK, *content]
        kinds += [CODE, *kinds_of(content)]
    corpus = library_corpus(LIMIT_BYTES)
    text = torch.tensor(tokens)
    assert torch.equal(text, corpus.held_out)
    return HeldOut(
        tokens=text, kinds=torch.tensor(kinds), usual=usual_followers(corpus.training)
    )


def usual_followers(text: Tensor) -> Tensor:
    """Return for each token the one that follows it most often."""
    pairs = text[:-1] * (MARK + 1) + text[1:]
    counts = pairs.bincount(minlength=(MARK + 1) ** 2)
    return counts.view(MARK + 1, MARK + 1).argmax(1)


@torch.inference_mode()
def judgement(model: Transformer, held_out: HeldOut, count: int) -> Measure:
    """Return losses in nats on windows of real text, and agreement by kind.

    A draft agrees if it is the choice that the model itself makes one position on,
    with the true tokens before it.
    """
    generator = torch.Generator().manual_seed(0)
    places = torch.arange(len(held_out.tokens))
    rows = windows(places, batch=count, size=CONTEXT, generator=generator)
    found: dict[str, list[Tensor]] = {}
    for some in rows.split(32):
        tokens = held_out.tokens[some]
        made = [one.logits_BSW for one in model.predict_all(tokens)]
        choices = made[0].argmax(-1)
        # Per prediction made: equation 24 divides by one more at each depth.
        scale = (CONTEXT - 1) / (CONTEXT - 2)
        row = {
            "next_loss": prediction_loss(made[0], tokens, 1),
            "right_share": choices[:, :-1] == tokens[:, 1:],
            "pair_agreement_share": held_out.usual[tokens] == choices,
        }
        if len(made) > 1:
            row["second_loss"] = scale * prediction_loss(made[1], tokens, 2)
            row |= _agreement(made[1].argmax(-1), choices, held_out.kinds[some])
        for name, value in row.items():
            found.setdefault(name, []).append(value.float().flatten())
    return {name: float(torch.cat(some).mean()) for name, some in found.items()}


def _agreement(drafts: Tensor, choices: Tensor, kinds: Tensor) -> dict[str, Tensor]:
    """Return which drafts the model would have chosen, in all and by kind."""
    # The draft at a position is of the token two on; the last one is not judged.
    agreed, drafted_kinds = drafts[:, :-1] == choices[:, 1:-1], kinds[:, 2:]
    by_kind = {
        f"{name}_agreement_share": agreed[drafted_kinds == kind]
        for kind, name in enumerate(KINDS)
    }
    return {"agreement_share": agreed, **by_kind}


def prompts_of(held_out: HeldOut, kind: int, count: int) -> list[list[int]]:
    """Return pieces of held-out text that end inside one kind of text."""
    inside = (held_out.kinds[PROMPT - 1 :] == kind).nonzero()[:, 0]
    generator = torch.Generator().manual_seed(kind)
    chosen = inside[torch.randperm(len(inside), generator=generator)[:count]]
    return [held_out.tokens[p : p + PROMPT].tolist() for p in chosen.tolist()]


def repeated_share(tokens: Sequence[int]) -> float:
    """Return the share of pieces of a text that stood in it before."""
    pieces = [tuple(tokens[p : p + PIECE]) for p in range(len(tokens) - PIECE + 1)]
    return 1 - len(set(pieces)) / len(pieces)


def decoded(model: Transformer, held_out: HeldOut) -> Measure:
    """Return what drafts bring on continuations of held-out text, by kind."""
    found: Measure = {}
    for kind, name in ((PROSE, "prose"), (CODE, "code")):
        rows = [
            _both_ways(model, prompt) for prompt in prompts_of(held_out, kind, PROMPTS)
        ]
        total = {key: sum(row[key] for row in rows) for key in rows[0]}
        found[name] = {
            "acceptance_share": total["accepted"] / total["drafted"],
            "repeated_share": total["repeated"] / len(rows),
            "same_texts": int(total["same"]),
            "texts": len(rows),
            "plain_tokens_per_s": NEW_TOKENS * len(rows) / total["plain_s"],
            "tokens_per_s": NEW_TOKENS * len(rows) / total["speculative_s"],
            "tokens_per_pass": NEW_TOKENS * len(rows) / total["passes"],
        }
    return found


def _both_ways(model: Transformer, prompt: Sequence[int]) -> dict[str, float]:
    start = time.process_time()
    plain = generate(model, [prompt], new_tokens=NEW_TOKENS)[0]
    between = time.process_time()
    drafted = speculate(model, prompt, new_tokens=NEW_TOKENS)
    end = time.process_time()
    return {
        "plain_s": between - start,
        "speculative_s": end - between,
        "same": float(list(drafted.tokens) == plain),
        "accepted": drafted.accepted_tokens,
        "drafted": drafted.drafted_tokens,
        "passes": drafted.passes,
        "repeated": repeated_share(plain),
    }


@torch.inference_mode()
def pass_seconds(model: Transformer, held_out: HeldOut, rounds: int = 60) -> Measure:
    """Return the CPU time of a pass over one token, over two, and of a draft."""
    prompt = held_out.tokens[None, : PROMPT + NEW_TOKENS // 2]
    cache = model.new_cache(
        batch=1, capacity=prompt.shape[1] + 2, with_multi_token_prediction=True
    )
    states = model(prompt, cache).hidden_BSD
    model.predict_further(states, prompt, cache=cache, start=0)
    kept, end = cache.lengths_B, prompt.shape[1]
    runs: dict[str, Callable[[], object]] = {
        "one_token_s": lambda: model(prompt[:, :1], cache),
        "two_tokens_s": lambda: model(prompt[:, :2], cache),
        "draft_s": lambda: model.predict_further(
            states[:, -1:], prompt[:, -1:], cache=cache, start=end - 1
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)
            cache.set_lengths(kept)
    return {name: median(some) for name, some in times.items()}


@torch.inference_mode()
def passage_agreed(model: Transformer) -> list[int]:
    """Return for the passage, from its third byte on, whether the draft agrees."""
    main, further = model.predict_all(torch.tensor([list(PASSAGE.encode())]))
    drafts = further.logits_BSW[0].argmax(-1)[:-1]
    choices = main.logits_BSW[0].argmax(-1)[1:-1]
    agreed: list[int] = (drafts == choices).int().tolist()
    return agreed


def training_run(seed: int, modules: int, steps: int, every: int) -> Measure:
    """Train one model and return its curves and what it can do."""
    held_out = held_out_text()
    architecture = replace(tiny(), num_nextn_predict_layers=modules)
    # Modules are drawn last, so both models start from the same main weights.
    model = Transformer(architecture, torch.Generator().manual_seed(seed))
    how = TrainingSettings(steps=steps, batch=BATCH, context=CONTEXT, seed=seed)
    training = Training(model, library_corpus(LIMIT_BYTES).training, how)
    curve, spent, losses = [], 0.0, []
    while training.step < steps:
        start = time.process_time()
        losses.append(training.advance().loss)
        spent += time.process_time() - start
        if training.step % every == 0:
            found = judgement(model, held_out, JUDGED_WINDOWS)
            curve.append(
                {"step": training.step, "training_loss": fmean(losses), **found}
            )
            losses = []
            sys.stderr.write(f"seed {seed}, {modules} modules: {curve[-1]}\n")
    measures: Measure = {
        "seed": seed,
        "curve": {name: [row[name] for row in curve] for name in curve[0]},
        "held_out": judgement(model, held_out, FINAL_WINDOWS),
        "seconds_per_step": spent / steps,
    }
    if modules:
        measures["decoded"] = decoded(model, held_out)
        measures["passes"] = pass_seconds(model, held_out)
    if modules and seed == 0:
        measures["passage_agreed"] = passage_agreed(model)
    return measures


def rounded(value: object) -> object:
    """Return a measure with its floats at four significant digits."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def main(words: Sequence[str] | None = None) -> None:
    """Run every seed both ways and write the record."""
    parser = argparse.ArgumentParser(description="Train with a second prediction.")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--name", default="multi_token_prediction")
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args(words)
    torch.set_num_threads(1)
    start = time.perf_counter()
    arms: dict[str, list[object]] = {"with_module": [], "without_module": []}
    for seed in range(given.seeds):
        for modules, arm in ((1, "with_module"), (0, "without_module")):
            arms[arm].append(
                rounded(training_run(seed, modules, given.steps, given.every))
            )
    write_record(
        given.name,
        command="python experiments/multi_token_prediction.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "seeds": given.seeds,
            "steps": given.steps,
            "batch": BATCH,
            "context": CONTEXT,
            "prediction_weight": TrainingSettings().prediction_weight,
            "prompt_tokens": PROMPT,
            "new_tokens": NEW_TOKENS,
            "prompts_per_kind": PROMPTS,
            "held_out_windows": FINAL_WINDOWS,
            "passage": PASSAGE,
        },
        measures=arms,
        **({} if given.folder is None else {"folder": given.folder}),
    )


if __name__ == "__main__":
    main()
