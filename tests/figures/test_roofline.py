"""Roofs, links and lanes are drawn as they are, with their words."""

import pytest

from dsv3.figures import (
    LinkLine,
    Mark,
    Picture,
    Roof,
    roofline,
    time_by_nodes,
    traced_lanes,
)

WORDS = {
    "caption": "A finding.",
    "alternative": "A roof that rises and then is flat, with two marks under it.",
    "source": "Made up.",
}


def drawn(**changed: str) -> Picture:
    marks = [
        Mark(name="bound", flop_per_byte=100, flop_per_s=1e14, noun="memory"),
        Mark(name="seen", flop_per_byte=1000, flop_per_s=8e14, measured=True),
    ]
    roof = Roof(name="BF16", peak_flop_per_s=1e15, line="solid")
    return roofline(marks, [roof], bytes_per_s=1e12, **WORDS | changed)


def test_marks_and_roofs_are_named() -> None:
    for name in ("bound", "seen", "BF16", "measured", "at its bound"):
        assert f">{name}<" in drawn().svg


def test_a_bound_is_hollow_and_a_measurement_filled() -> None:
    svg = drawn().svg
    assert "stroke: var(--ex-memory" in svg
    assert "fill: var(--ex-memory" not in svg
    assert "fill: var(--ex-compute" in svg


def test_every_link_is_named_and_dashed_its_own_way() -> None:
    lines = [
        LinkLine(name="network", milliseconds=[1, 2], line="solid", noun="network"),
        LinkLine(name="NVLink", milliseconds=[2, 2], line="dashed"),
    ]
    svg = time_by_nodes([1, 2], lines, built=1, **WORDS).svg
    assert ">network<" in svg
    assert ">NVLink<" in svg
    assert "stroke-dasharray" in svg


def test_a_lane_has_a_bar_for_every_span() -> None:
    lanes = {"compute": [(0.0, 1.0), (2.0, 3.0)], "waiting": [(1.0, 2.0)]}
    svg = traced_lanes(lanes, {"compute": "compute"}, **WORDS).svg
    assert svg.count("fill: var(--ex-compute") == 2
    assert ">waiting<" in svg


def test_a_picture_without_a_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="caption is ''"):
        drawn(caption="")
