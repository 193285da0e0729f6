"""Curves keep their runs apart from their spread; passages show every verdict."""

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3.figures import TrainingCurve, drafted_passage, training_curves
from dsv3.figures.multi_token_prediction import COLUMNS, ROW
from dsv3.figures.training import spread_apart

WORDS: Any = {
    "caption": "Drafts get better.",
    "alternative": "Two lines that fall over five hundred steps, one below the other.",
    "source": "Measured.",
}


def curves() -> list[TrainingCurve]:
    """Return a measure of two runs, and one of a single run."""
    return [
        TrainingCurve(name="main", runs=[[3.0, 2.0], [3.2, 2.2]], line="solid"),
        TrainingCurve(name="draft", runs=[[2.9, 1.9]], line="dashed", noun="compute"),
    ]


def test_every_curve_has_its_name_and_the_axes_their_words() -> None:
    drawn = training_curves([5, 10], curves(), measure="loss (nats)", **WORDS).svg
    for words in ("main", "draft", "loss (nats)", "training steps"):
        assert f">{words}</text>" in drawn


def test_a_second_channel_tells_the_curves_apart() -> None:
    drawn = training_curves([5, 10], curves(), measure="loss (nats)", **WORDS).svg
    assert "stroke-dasharray" in drawn
    assert "var(--ex-compute" in drawn


def test_shares_are_percent() -> None:
    shares = [TrainingCurve(name="agreed", runs=[[0.2, 0.9]], line="solid")]
    drawn = training_curves([5, 10], shares, measure="drafts", shares=True, **WORDS)
    assert ">100 %</text>" in drawn.svg


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_labels_keep_their_distance_and_order(places: list[float]) -> None:
    moved = spread_apart(places, distance=0.5)
    ordered = sorted(moved)
    gaps = [after - before for before, after in pairwise(ordered)]
    assert all(gap >= 0.5 - 1e-9 for gap in gaps)
    assert all(after >= before for before, after in zip(places, moved, strict=True))
    ranks = sorted(range(len(places)), key=places.__getitem__)
    assert ranks == sorted(range(len(moved)), key=moved.__getitem__)


def test_every_character_has_its_verdict() -> None:
    drawn = drafted_passage("ab <c\n", [None, True, True, False, True, False], **WORDS)
    assert drawn.svg.count('fill-opacity="0.25"') == 3
    assert drawn.svg.count('height="3"') == 2
    assert "&lt;" in drawn.svg
    assert drawn.svg.count("</text>") == 6


@pytest.mark.parametrize(
    ("text", "rows"), [("a" * COLUMNS, 1), ("a" * (COLUMNS + 1), 2), ("a\nb", 2)]
)
def test_a_passage_is_as_high_as_its_lines(text: str, rows: int) -> None:
    drawn = drafted_passage(text, [True] * len(text), **WORDS).svg
    found = re.search(r'viewBox="0 0 \d+ (\d+)"', drawn)
    assert found
    assert int(found[1]) == rows * ROW


def test_a_character_without_a_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="accepted has 1 verdicts: must be 2"):
        drafted_passage("ab", [True], **WORDS)


def test_figures_follow_the_theme_and_repeat_themselves() -> None:
    def both() -> list[str]:
        return [
            training_curves([5, 10], curves(), measure="loss", **WORDS).svg,
            drafted_passage("ab", [True, False], **WORDS).svg,
        ]

    assert both() == both()
    assert all("var(--ex-" in drawn for drawn in both())
    assert all("#010203" not in drawn for drawn in both())
