"""Bars of training memory are stacked as high as the parts, under the GPU's line."""

import re
from typing import Any

from dsv3.figures import memory_of_ranks
from dsv3.figures.training_memory import TRAINING_PARTS

WORDS: Any = {
    "caption": "Activations fill a GPU.",
    "alternative": "Two stacked bars under a line, the second one twice as high.",
    "source": "Computed.",
}


def drawn() -> str:
    ranks = [dict.fromkeys(TRAINING_PARTS, size) for size in (5e9, 10e9)]
    return memory_of_ranks(ranks, memory_bytes=80e9, **WORDS).svg


def test_a_bar_is_as_high_as_its_part() -> None:
    heights = [
        abs(float(low) - float(high))
        for low, high in re.findall(
            r"M [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ L [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ z",
            drawn(),
        )
    ]
    bars = sorted(height for height in heights if height > 10)
    # Reserved memory is an outline, which is drawn as another path.
    assert len(bars) == 2 * (len(TRAINING_PARTS) - 1)
    assert round(bars[-1] / bars[0], 1) == 2.0


def test_every_part_and_the_line_have_their_words() -> None:
    for words in (*TRAINING_PARTS, "80 GB", "pipeline rank"):
        assert f">{words}</text>" in drawn(), words
