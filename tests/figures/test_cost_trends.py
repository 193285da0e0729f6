"""Pictures of many runs: each mark is drawn, ours stands out, the trend rises."""

import re
from datetime import date

from dsv3.figures import CostPoint, TrendLine, compute_against_cost, cost_over_time
from dsv3.figures.style import FAINT, INK

WORDS = {
    "caption": "Costs rose.",
    "alternative": "Points that rise from left to right on a logarithmic axis.",
    "source": "Estimates.",
}
LINE = TrendLine(first=(date(2016, 1, 1), 1e4), last=(date(2026, 1, 1), 1e8))


def point(year: int, usd: float, confidence: str, **more: object) -> CostPoint:
    """Return a run of mid-year, its compute in proportion to its cost."""
    return CostPoint(
        day=date(year, 7, 1),
        usd=usd,
        flop=usd * 1e18,
        confidence=confidence,
        **more,  # type: ignore[arg-type]
    )


POINTS = [
    point(2017, 2e4, "confident"),
    point(2020, 3e6, "likely", label="GPT-3"),
    point(2023, 7e7, "speculative", label="GPT-4"),
    point(2024, 5e6, "confident", label="Ours", is_ours=True),
]


def test_both_pictures_name_runs_and_explain_the_marks_they_use() -> None:
    for drawn in (
        cost_over_time(POINTS, line=LINE, **WORDS).svg,
        compute_against_cost(POINTS, **WORDS).svg,
    ):
        for word in ("GPT-3", "GPT-4", "Ours", "$1M", "compute likely"):
            assert word in drawn
        assert "var(--ex-money" in drawn
        assert INK not in drawn
        assert FAINT not in drawn


def test_a_mark_that_no_run_has_is_not_explained() -> None:
    sure = [one for one in POINTS if one.confidence == "confident"]
    drawn = compute_against_cost(sure, **WORDS).svg
    assert "compute confident" in drawn
    assert "compute likely" not in drawn


def test_the_trend_rises_with_its_dollars() -> None:
    def heights(line: TrendLine) -> tuple[float, float]:
        drawn = cost_over_time(POINTS, line=line, **WORDS).svg
        dashed = re.search(
            r'<path d="M [\d.]+ ([\d.]+) L [\d.]+ ([\d.]+) "[^>]*dasharray', drawn
        )
        assert dashed
        return float(dashed[1]), float(dashed[2])

    first, last = heights(LINE)
    assert first > last, "SVG counts from the top"
    falling = TrendLine(first=(LINE.first[0], 1e8), last=(LINE.last[0], 1e4))
    first, last = heights(falling)
    assert first < last
