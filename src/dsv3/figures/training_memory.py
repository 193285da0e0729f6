"""Pictures of the memory of training: what fills a GPU of each pipeline rank."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

GIGABYTE = 1e9

TRAINING_PARTS = {
    "weights": ("memory", ""),
    "gradients": ("memory", "////"),
    "optimizer": ("memory", "xxxx"),
    "activations": ("compute", ""),
    "logits, buffers": ("network", ""),
    "reserved": ("", ""),
}
"""Noun and hatching of each part; reserved memory is outlined."""


def memory_of_ranks(
    ranks: Sequence[Mapping[str, float]],
    *,
    memory_bytes: float,
    **words: Unpack[Words],
) -> Picture:
    """Draw what fills a GPU of each rank, under the line of what it has.

    Each rank gives the bytes of every one of `TRAINING_PARTS`.
    """
    figure, drawn = axes(height_inches=3.5)
    below = [0.0] * len(ranks)
    for part, (noun, hatch) in TRAINING_PARTS.items():
        heights = [rank[part] / GIGABYTE for rank in ranks]
        drawn.bar(
            range(len(ranks)),
            heights,
            0.74,
            below,
            color=noun_colours().get(noun, "none"),
            hatch=hatch,
            edgecolor=FAINT,
            label=part,
        )
        below = [low + high for low, high in zip(below, heights, strict=True)]
    edge = memory_bytes / GIGABYTE
    drawn.axhline(edge, color=INK, linewidth=1.6)
    beside(drawn, f"{edge:.0f} GB", (len(ranks) - 0.5, edge), (0, 4), ha="right")
    drawn.set_xticks(range(len(ranks)))
    drawn.tick_params(axis="x", length=0)
    drawn.set_xlim(-0.6, len(ranks) - 0.4)
    drawn.set_ylim(0, 1.12 * max(edge, *below))
    drawn.set_xlabel("pipeline rank")
    drawn.set_ylabel("GB on one GPU")
    figure.legend(loc="outside lower center", frameon=False, ncols=3, fontsize=9.5)
    return chart(figure, name="memory-of-ranks", **words)
