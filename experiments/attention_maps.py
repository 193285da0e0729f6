"""What heads look at in real text: the record behind a picture of attention.

Trains the tiny model, without its prediction module, on Python's own sources and
help texts, from three seeds, and measures on text that it has not learned from
how much of every head's attention falls on certain places. Beside each share
stands the control: what a head would put there that knew nothing but distance.
The heads drawn are found by rule, in the first seed.

    python experiments/attention_maps.py [--steps N] [--seeds N]
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from dsv3.architecture import Architecture
from dsv3.learning.attention_maps import (
    after_same,
    at_distance,
    attended_share,
    attention_weights,
    last_of,
    weights_by_distance,
)
from dsv3.learning.corpus import library_corpus, windows
from dsv3.learning.training_loop import Training, held_out_loss
from dsv3.learning.training_settings import TrainingSettings
from dsv3.measurements import write_record
from dsv3.model import Transformer, tiny

PASSAGE = 'with open(name, "rb") as file: rows = list(file)'
"""What is drawn; written for this, and in none of the texts learned from."""

DRAWN = ("the byte before", "the start of the word", "the last opening bracket")
"""For each of these, the head with the largest share beyond its control."""

NOT_IN_WORDS = bytes(b for b in range(256) if not (chr(b).isalnum() or chr(b) == "_"))
"""The last of these before a letter is where its word starts."""

WINDOWS, SIZE = 64, 128
"""How much held-out text is looked at."""


def architecture() -> Architecture:
    """Return the tiny model's architecture without the prediction module."""
    return replace(tiny(), num_nextn_predict_layers=0)


def as_bytes(text: str | bytes) -> Tensor:
    """Return a text as tokens."""
    return torch.tensor(list(text.encode() if isinstance(text, str) else text))


def places(tokens_BS: Tensor) -> dict[str, Tensor]:
    """Return for each name the places that every token might look at."""
    return {
        "the byte before": at_distance(tokens_BS, 1),
        "the start of the word": last_of(tokens_BS, as_bytes(NOT_IN_WORDS)),
        "the last space": last_of(tokens_BS, as_bytes(" \n")),
        "the last opening bracket": last_of(tokens_BS, as_bytes("([{")),
        "the last quotation mark": last_of(tokens_BS, as_bytes("\"'")),
        "what followed the same byte": after_same(tokens_BS),
    }


def rounded(shares_LH: Tensor) -> list[list[float]]:
    """Return shares by layer and head, to the digits that matter."""
    return [[round(share, 4) for share in layer] for layer in shares_LH.tolist()]


def shares(model: Transformer, tokens_BS: Tensor) -> dict[str, Any]:
    """Return every head's share on every kind of place, and its control."""
    weights_LBHST = attention_weights(model, tokens_BS)
    control_LBHST = weights_by_distance(weights_LBHST)
    return {
        name: {
            "share": rounded(attended_share(weights_LBHST, places_BST)),
            "by_distance": rounded(attended_share(control_LBHST, places_BST)),
        }
        for name, places_BST in places(tokens_BS).items()
    }


def chosen_head(found: Mapping[str, Any], name: str) -> tuple[int, int]:
    """Return layer and head, from 0, with the largest share beyond its control.

    The byte before is a distance, so there the share itself decides.
    """
    excess_LH = torch.tensor(found[name]["share"])
    if name != "the byte before":
        excess_LH = excess_LH - torch.tensor(found[name]["by_distance"])
    return divmod(int(excess_LH.argmax()), excess_LH.shape[1])


def drawn(model: Transformer, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the chosen heads' attention over the passage, in percent."""
    weights_LHST = attention_weights(model, as_bytes(PASSAGE)[None])[:, 0]
    maps = []
    for name in DRAWN:
        layer, head = chosen_head(found, name)
        percent = (weights_LHST[layer, head] * 100).round().int().tolist()
        rows = [row[: place + 1] for place, row in enumerate(percent)]
        maps.append({"looks_at": name, "layer": layer, "head": head, "percent": rows})
    return maps


def training_run(seed: int, steps: int) -> dict[str, Any]:
    """Train one model and return what its heads look at."""
    corpus = library_corpus()
    generator = torch.Generator().manual_seed(4)
    held_BS = windows(corpus.held_out, batch=WINDOWS, size=SIZE, generator=generator)
    model = Transformer(architecture(), torch.Generator().manual_seed(seed))
    untrained = shares(model, held_BS)
    training = Training(
        model, corpus.training, TrainingSettings(steps=steps, seed=seed)
    )
    while training.step < steps:
        training.advance()
    found = shares(model, held_BS)
    return {
        "seed": seed,
        "held_out_loss": round(held_out_loss(model, corpus.held_out, context=SIZE), 4),
        "places": found,
        "places_untrained": untrained,
        "maps": drawn(model, found) if seed == 0 else [],
    }


def main() -> None:
    """Train every seed and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    start, begun = time.perf_counter(), time.process_time()
    runs = []
    for seed in range(given.seeds):
        runs.append(training_run(seed, given.steps))
        seconds = time.perf_counter() - start
        print(
            f"seed {seed}  loss {runs[-1]['held_out_loss']:.3f}  {seconds:.0f} s",
            flush=True,
        )
    how = TrainingSettings()
    write_record(
        "attention_maps",
        command="python experiments/attention_maps.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "steps": given.steps,
            "seeds": given.seeds,
            "batch": how.batch,
            "context": how.context,
            "passage": PASSAGE,
        },
        measures={"runs": runs, "cpu_seconds": round(time.process_time() - begun)},
    )


if __name__ == "__main__":
    main()
