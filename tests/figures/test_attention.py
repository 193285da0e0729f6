"""Pictures of attention draw every way and every head, each with two channels."""

import re
from typing import Any

import pytest

from dsv3.figures import HeadMap, attention_map, time_by_length
from dsv3.figures.attention import LEAST_PERCENT
from dsv3.figures.style import FAINT, INK

WORDS: Any = {
    "caption": "One wins over the other.",
    "alternative": "Lines that start together and part, the upper one steeper.",
    "source": "Measured here.",
}
TIMES = {"cached K/V": [1.0, 8.0], "absorbed": [2.0, 4.0], "rebuilt": [9.0, 90.0]}


def head(percent: list[list[float]], mark: str = "circle") -> HeadMap:
    return HeadMap(name="looks back", mark=mark, noun="memory", percent=percent)  # type: ignore[arg-type]


def test_every_way_has_a_name_a_colour_a_dash_and_the_crossing_is_said() -> None:
    drawn = time_by_length(
        (16, 4096), TIMES, axis="tokens looked back at", crossing=300.4, **WORDS
    )
    for name, noun in zip(TIMES, ("memory", "compute", "network"), strict=True):
        assert f">{name}<" in drawn.svg
        assert f"var(--ex-{noun}," in drawn.svg
    assert ">same time at 300<" in drawn.svg
    assert ">tokens looked back at (log scale)<" in drawn.svg
    assert ">4,096<" in drawn.svg
    assert len(set(re.findall(r"stroke-dasharray: ([\d., ]+)", drawn.svg))) >= 2
    assert INK not in drawn.svg
    assert FAINT not in drawn.svg


def test_ways_that_do_not_cross_are_drawn_without_a_mark() -> None:
    drawn = time_by_length((16, 4096), TIMES, axis="tokens", **WORDS)
    assert "same time" not in drawn.svg


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(ValueError, match="way is 'guessed': must be one of cached K/V"):
        time_by_length((1, 2), {"guessed": [1.0, 2.0]}, axis="tokens", **WORDS)


def test_a_mark_stands_for_each_weight_that_can_be_seen() -> None:
    percent = [[100.0], [LEAST_PERCENT - 1, 60.0], [50.0, 0.0, LEAST_PERCENT]]
    drawn = attention_map("a b", [head(percent)], **WORDS)
    path = re.search(r'<path fill="[^"]*" d="([^"]*)"', drawn.svg)
    assert path
    # Four weights and the one in the legend.
    assert path[1].count("M") == 5
    assert drawn.svg.count("·") == 2
    assert ">looks back<" in drawn.svg


@pytest.mark.parametrize(
    ("mark", "stroke"),
    [("circle", "a"), ("square", "h"), ("diamond", "l")],
)
def test_heads_differ_in_shape(mark: str, stroke: str) -> None:
    drawn = attention_map("a", [head([[100.0]], mark)], **WORDS)
    assert re.search(rf'd="M[-\d. ]+{stroke}', drawn.svg)


def test_a_map_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="'looks back' has 1 rows: must be 2"):
        attention_map("ab", [head([[100.0]])], **WORDS)
