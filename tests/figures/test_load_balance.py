"""Bars of GPU loads are as high as the loads, and name the fullest."""

import re
from typing import Any

from dsv3.figures import gpu_loads

WORDS: Any = {
    "caption": "Placing evens the load.",
    "alternative": "Two rows of four bars: uneven above, and almost even below.",
    "source": "Computed.",
}


def drawn() -> str:
    rows = {"in order": [0.5, 0.5, 1.5, 1.5], "placed": [1.0, 1.0, 0.75, 1.25]}
    return gpu_loads(rows, gpus_per_node=2, **WORDS).svg


def test_bars_are_as_high_as_the_loads() -> None:
    heights = [
        abs(float(low) - float(high))
        for low, high in re.findall(
            r"M [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ L [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ z",
            drawn(),
        )
    ]
    bars = [height for height in heights if height]
    assert round(max(bars) / min(bars), 2) == 3
    assert len(bars) == 8


def test_every_row_has_its_words_and_its_fullest_gpu() -> None:
    for words in ("in order", "placed", "1.50", "1.25"):
        assert f">{words}</text>" in drawn()
    assert "Two rows of four bars" in drawn()
