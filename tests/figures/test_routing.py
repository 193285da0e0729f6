"""Rows of seeds and rows of experts show what they were handed."""

import re
from typing import Any

from dsv3.figures import Seeds, experts_by_text, figures_by_seed

WORDS: Any = {
    "caption": "Seeds differ.",
    "alternative": "Two rows with three marks each, which lie among one another.",
    "source": "Measured.",
}


def test_every_seed_is_a_mark_and_every_way_has_its_words() -> None:
    rows = [
        Seeds(name="bias", values=[1.0, 1.1, 1.2], mark="o", noun="compute"),
        Seeds(name="none", values=[1.0, 1.3], mark="x"),
    ]
    drawn = figures_by_seed(rows, measure="loss, nats", **WORDS).svg
    for words in ("bias", "none", "loss, nats"):
        assert f">{words}</text>" in drawn
    assert "var(--ex-compute" in drawn
    assert "Two rows with three marks" in drawn


def test_bars_are_as_high_as_the_shares() -> None:
    drawn = experts_by_text({"code": [3, 1], "prose": [1, 3]}, **WORDS).svg
    heights = [
        abs(float(low) - float(high))
        for low, high in re.findall(
            r"M [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ L [\d.]+ ([\d.]+) L [\d.]+ [\d.]+ z",
            drawn,
        )
    ]
    tall, short = max(heights), min(height for height in heights if height)
    assert round(tall / short, 2) == 3
    assert ">prose</text>" in drawn
