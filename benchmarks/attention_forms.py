"""Three ways to attend to a context, timed: keys kept, absorbed, or rebuilt.

In one layer, from finished queries and latents to what heads gather: the part in
which the ways differ. First for one new token over growing contexts, then for a
growing number of new tokens over one context. Keeping keys includes making those
of the new token, which is also timed alone. Times are CPU time of this process on
one thread; the ways take turns, and each figure is the median of its turns. Ratios
are what to trust.

    python benchmarks/attention_forms.py [--rounds N]
"""

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import Tensor
from turns import medians

from dsv3.architecture import Architecture, LatentAttention, preset
from dsv3.measurements import write_record
from dsv3.model.attention import MultiHeadLatentAttention

CONTEXTS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
NEW_TOKENS, OVER = (1, 4, 16, 64, 256, 1024), 1024
"""How many tokens look back at once, and at how many, themselves included."""

LEAST_SECONDS = 0.02
"""A turn repeats its way until it takes at least so long."""

Way = Callable[[], Tensor]


def models() -> dict[str, Architecture]:
    """Return the models whose attention to time: the released one, and a small one."""
    released = preset("deepseek-v3")
    sizes = LatentAttention(
        num_attention_heads=8,
        q_lora_rank=128,
        kv_lora_rank=64,
        qk_nope_head_dim=32,
        qk_rope_head_dim=16,
        v_head_dim=32,
    )
    small = replace(released, hidden_size=256, attention=sizes, rope_scaling=None)
    return {"deepseek-v3": released, "small": small}


def drawn(
    attention: MultiHeadLatentAttention, context: int, new: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return random queries of the new tokens, and what is kept of all."""
    generator = torch.Generator().manual_seed(context)
    heads, kept = attention.heads, sum(attention.kept_sizes)
    query_BSHN, query_BSHR = (
        torch.randn(1, new, heads, size, generator=generator)
        for size in attention.query_sizes
    )
    kept_BTK = torch.randn(1, context, kept, generator=generator)
    return query_BSHN, query_BSHR, kept_BTK


def step_ways(attention: MultiHeadLatentAttention, context: int) -> dict[str, Way]:
    """Return the three ways of one new token, over the same random context."""
    query_BSHN, query_BSHR, kept_BTK = drawn(attention, context, 1)
    # One row a head, and its keys and values side by side in memory: their best.
    query_H1X = torch.cat((query_BSHN, query_BSHR), dim=-1)[0, 0][:, None]
    key_HTX, value_HTV = keys_and_values(attention, kept_BTK)

    def keys_kept() -> Tensor:
        key_H1X, value_H1V = keys_and_values(attention, kept_BTK[:, -1:])
        key_HTX[:, -1:], value_HTV[:, -1:] = key_H1X, value_H1V
        scores_H1T = query_H1X.bmm(key_HTX.mT) * attention.softmax_scale
        return scores_H1T.softmax(dim=-1).bmm(value_HTV)[None].transpose(1, 2)

    def keys_made() -> Tensor:
        return keys_and_values(attention, kept_BTK[:, -1:])[1]

    return {"keys kept": keys_kept, "new keys alone": keys_made} | latent_ways(
        attention, query_BSHN, query_BSHR, kept_BTK
    )


def latent_ways(
    attention: MultiHeadLatentAttention,
    query_BSHN: Tensor,
    query_BSHR: Tensor,
    kept_BTK: Tensor,
) -> dict[str, Way]:
    """Return the two ways that start from what is kept, for the last tokens."""
    new, context = query_BSHN.shape[1], kept_BTK.shape[1]
    visible_BST = None
    if 1 < new < context:
        visible_BST = torch.ones(1, context, context, dtype=torch.bool).tril()[:, -new:]
    asked = (query_BSHN, query_BSHR, kept_BTK, visible_BST)
    return {
        "absorbed": lambda: attention.attend_absorbed(*asked),
        "rebuilt": lambda: attention.attend_naive(*asked),
    }


def keys_and_values(
    attention: MultiHeadLatentAttention, kept_BTK: Tensor
) -> tuple[Tensor, Tensor]:
    """Return every head's keys and values, as a cache of them would hold them."""
    latent_BTC, key_BTR = kept_BTK.split(attention.kept_sizes, dim=-1)
    rebuilt = attention.kv_b_proj(latent_BTC)[0]
    rebuilt_HTX = rebuilt.unflatten(-1, (attention.heads, -1)).transpose(0, 1)
    key_HTN, value_HTV = rebuilt_HTX.split(
        (attention.query_sizes[0], attention.value_size), dim=-1
    )
    key_HTR = key_BTR.expand(len(key_HTN), -1, -1)
    return torch.cat((key_HTN, key_HTR), dim=-1), value_HTV.contiguous()


def compared(
    found: Mapping[str, Way], rounds: int, times: dict[str, list[float]]
) -> float:
    """Time some ways into a table; return how far their results differ."""
    outputs = [way() for name, way in found.items() if name != "new keys alone"]
    size = float(outputs[0].abs().max())
    for name, seconds in medians(found, rounds, least_seconds=LEAST_SECONDS).items():
        times.setdefault(name, []).append(float(f"{1000 * seconds:.4g}"))
    print({name: row[-1] for name, row in times.items()}, flush=True)
    return max(float((o - outputs[0]).abs().max()) / size for o in outputs[1:])


@torch.inference_mode()
def timed(attention: MultiHeadLatentAttention, rounds: int) -> dict[str, object]:
    """Return the milliseconds of every way, for one new token and for several."""
    step: dict[str, list[float]] = {}
    several: dict[str, list[float]] = {}
    differences = [
        compared(step_ways(attention, context), rounds, step) for context in CONTEXTS
    ]
    for new in NEW_TOKENS:
        found = latent_ways(attention, *drawn(attention, OVER, new))
        differences.append(compared(found, max(rounds // 3, 1), several))
    return {
        "milliseconds_by_context": step,
        "milliseconds_by_new_tokens": several,
        "largest_difference": float(f"{max(differences):.2g}"),
    }


def main() -> None:
    """Time both layers and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    start = time.perf_counter()
    measures: dict[str, object] = {}
    for name, model in models().items():
        print(name, flush=True)
        attention = MultiHeadLatentAttention(model, layer=0)
        measures[name] = timed(attention, given.rounds)
    write_record(
        "attention_forms",
        command="python benchmarks/attention_forms.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "contexts": list(CONTEXTS),
            "new_tokens": list(NEW_TOKENS),
            "over": OVER,
            "rounds": given.rounds,
            "dtype": "float32",
            "batch": 1,
        },
        measures=measures,
    )


if __name__ == "__main__":
    main()
