"""Grids and errors are drawn as they are, with their words."""

import re

import pytest

from dsv3.figures import ErrorCurve, Picture, error_by_length, number_grids

WORDS = {
    "caption": "A finding.",
    "alternative": "Two rows of strokes that lie closer together towards the left.",
    "source": "Made up.",
}


def errors(**changed: str) -> Picture:
    curve = ErrorCurve(name="never", errors=[0.01, 0.1], line="solid", noun="money")
    other = ErrorCurve(name="always", errors=[0.01, 0.01], line="dashed")
    return error_by_length(
        [128, 256],
        [curve, other],
        published=(256, 0.02),
        measure="largest error",
        **WORDS | changed,
    )


def test_a_grid_has_a_stroke_for_every_number() -> None:
    made = number_grids({"few": [0.5, 1.0, 2.0]}, **WORDS)
    row = re.search(r'<path d="([^"]+)"[^>]*var\(--ex-compute', made.svg)
    assert row
    assert row[1].count("M") == 3
    assert ">few<" in made.svg


def test_every_line_and_the_published_figure_is_named() -> None:
    drawn = errors()
    assert all(f">{name}<" in drawn.svg for name in ("never", "always", "published"))
    assert "stroke-dasharray" in drawn.svg
    assert "var(--ex-money" in drawn.svg


def test_errors_are_printed_as_percent() -> None:
    assert ">10 %<" in errors().svg


def test_a_picture_without_a_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="caption is ''"):
        errors(caption="")
