"""Intervals of differences lie where they were told, and say what was decided."""

import re
from typing import Any

import pytest

from dsv3.figures import DifferenceInterval, difference_intervals

WORDS: Any = {
    "caption": "One way is near the other.",
    "alternative": "A row with three marks and a bar, which lies within a grey band.",
    "source": "Measured.",
}


def test_a_rows_bar_is_as_wide_as_its_interval_and_the_band_as_twice_the_bound() -> (
    None
):
    row = DifferenceInterval(
        name="FP8", values=[-1.0, 0.0, 1.0], low=-2.0, high=2.0, word="undecided"
    )
    drawn = difference_intervals(
        [row], bound=0.5, measure="difference, percent", **WORDS
    ).svg
    for words in ("FP8", "undecided", "difference, percent"):
        assert f">{words}</text>" in drawn
    (bar,) = re.findall(r'd="M ([\d.]+) [\d.]+ L ([\d.]+) [^"]*"[^>]*width: 3;', drawn)
    (band,) = re.findall(r'd="M ([\d.]+) [\d.]+ L ([\d.]+) [^"]*"[^>]*0\.35', drawn)
    wide, narrow = (float(right) - float(left) for left, right in (bar, band))
    assert wide / narrow == pytest.approx(4, rel=0.01)
