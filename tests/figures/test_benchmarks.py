"""Every score is drawn, the leads are written, and the best lead is on top."""

import re
from typing import Any

import pytest

from dsv3.figures import ScoreRow, scores_by_benchmark

WORDS: Any = {
    "own": "V3",
    "measure": "score, %",
    "caption": "V3 leads one and trails one.",
    "alternative": "Two rows of dots; in the upper one the filled dot is the farthest.",
    "source": "Table.",
}
ROWS = [
    ScoreRow(name="trails", own=50.0, open_rivals=[40.0], closed_rivals=[62.3, 61.0]),
    ScoreRow(name="leads", own=80.0, open_rivals=[70.5], closed_rivals=[]),
]


def heights(svg: str, words: list[str]) -> list[float]:
    """Return how far down each of these texts stands."""
    found = []
    for word in words:
        before = svg[: svg.index(f">{word}</text>")]
        place = re.findall(r"translate\([\d.]+ ([\d.]+)\)|y=\"([\d.]+)\"", before)[-1]
        found.append(float(place[0] or place[1]))
    return found


def test_leads_are_written_with_their_sign() -> None:
    drawn = scores_by_benchmark(ROWS, **WORDS).svg
    assert ">+9.5</text>" in drawn
    assert ">\N{MINUS SIGN}12.3</text>" in drawn


def test_the_greatest_lead_is_on_top() -> None:
    drawn = scores_by_benchmark(ROWS, **WORDS).svg
    upper, lower = heights(drawn, ["leads", "trails"])
    assert upper < lower


def test_each_kind_of_rival_has_its_mark() -> None:
    drawn = scores_by_benchmark(ROWS, **WORDS).svg
    for words in ("V3", "published weights", "closed", "score, %"):
        assert f">{words}</text>" in drawn
    assert "var(--ex-compute" in drawn
    assert drawn == scores_by_benchmark(ROWS, **WORDS).svg


def test_a_figure_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        scores_by_benchmark([], **WORDS)
