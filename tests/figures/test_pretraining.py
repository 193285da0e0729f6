"""Pictures of pre-training show what they are handed, in the colours of the page."""

import re
from typing import Any

import pytest

from dsv3.figures import (
    LossFamily,
    RunStrip,
    TextPiece,
    loss_by_compute,
    run_strips,
    text_pieces,
)
from dsv3.figures.style import noun_colours

WORDS: Any = {
    "caption": "It falls.",
    "alternative": "A few lines and points that fall from the left to the right.",
    "source": "Measured.",
}


def strip(name: str, values: list[float], noun: str = "") -> RunStrip:
    return RunStrip(
        name=name, values=values, ticks=[1, 2], labels=["one", "two"], noun=noun
    )


def heights(svg: str, stroke: str) -> list[float]:
    """Return how high the points of the line of a colour lie."""
    found = re.search(rf'<path d="([^"]+)"[^>]*stroke: {re.escape(stroke)}', svg)
    assert found
    return [float(y) for y in re.findall(r"[ML] [\d.]+ ([\d.]+)", found[1])]


def test_strips_share_an_axis_and_have_their_words() -> None:
    strips = [strip("rate", [1, 2, 1], "compute"), strip("batch", [2, 2, 2])]
    svg = run_strips([0, 1, 2], strips, across="tokens", changes=[1.5], **WORDS).svg
    for words in ("rate", "batch", "tokens", "one", "two"):
        assert f">{words}</text>" in svg
    assert svg.count(">tokens</text>") == 1
    compute = noun_colours()["compute"]
    first, second, third = heights(svg, f"var(--ex-compute, {compute})")
    assert second < first == third  # up is less in a drawing


def test_strips_follow_the_theme_even_as_the_first_drawing() -> None:
    svg = run_strips([0, 1], [strip("rate", [1, 2])], across="steps", **WORDS).svg
    assert "#000000" not in svg
    assert "black" not in svg


def test_every_run_is_a_mark_and_kinds_are_told_apart() -> None:
    families = [
        LossFamily(name="dense", points=[(1e9, 2.6), (1e10, 2.0)], mark="o"),
        LossFamily(name="sparse", points=[(1e9, 2.5)], mark="^", filled=False),
    ]
    svg = loss_by_compute(
        families, [(1e9, 2.6), (1e10, 2.1)], line_name="fit", measure="nats", **WORDS
    ).svg
    for words in ("dense", "sparse", "fit", "nats (log scale)"):
        assert f">{words}</text>" in svg
    # Three runs and one mark of each kind in the legend.
    assert len(re.findall(r"<use [^>]*>", svg)) >= 5


def test_a_text_is_shown_whole_and_cut_where_its_pieces_end() -> None:
    pieces = [
        TextPiece(text="if x", noun="compute"),
        TextPiece(text=" < 1:\n  y", noun="memory"),
    ]
    svg = text_pieces(pieces, **WORDS).svg
    shown = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    assert shown == ["if·x", "·&lt;·1:↵", "··y"]
    rows = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', svg)
    assert [y for _, y in rows] == ["2", "2", "28"]
    assert float(rows[2][0]) < float(rows[1][0])


@pytest.mark.parametrize("length", [71, 72, 73, 150])
def test_a_long_line_wraps_and_keeps_its_end(length: int) -> None:
    svg = text_pieces([TextPiece(text="a" * length + "\nb")], **WORDS).svg
    shown = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    assert "".join(shown) == "a" * length + "↵b"
    assert "↵" not in shown
    assert len(shown) == 1 + -(-length // 72)
