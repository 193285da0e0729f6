"""The fan of progress draws its lines, its tint and its named factors."""

import re

import pytest

from dsv3.figures import HardwareFactor, Picture, ProgressLine, progress_fan
from dsv3.figures.style import FAINT, INK


def fan(*tops: float, ratio: float = 3.0) -> Picture:
    lines = [
        ProgressLine(name=f"pace {top:g}", points=((1.0, 0.0), (10.0, top)))
        for top in tops
    ]
    return progress_fan(
        lines,
        [HardwareFactor(name="chip X", ratio=ratio)],
        caption="It widens.",
        alternative="Lines that rise from one point and spread to the right.",
        source="nobody",
    )


def test_lines_and_factors_are_named() -> None:
    drawn = fan(1.0, 4.0).svg
    for word in ("pace 1", "pace 4", "chip X", "10×"):
        assert word in drawn
    assert INK not in drawn
    assert FAINT not in drawn


def test_paces_differ_by_their_dashes_too() -> None:
    drawn = fan(1.0, 2.0, 4.0).svg
    dashes = set(re.findall(r"stroke-dasharray: ([\d., ]+)", drawn))
    assert len(dashes) >= 3, "two dashed paces and the upright line"


def test_a_larger_factor_stands_further_right() -> None:
    def place(ratio: float) -> float:
        found = re.search(r">chip X<", fan(1.0, 4.0, ratio=ratio).svg)
        assert found
        before = fan(1.0, 4.0, ratio=ratio).svg[: found.start()]
        return float(re.findall(r"translate\(([\d.]+)|x=\"([\d.]+)\"", before)[-1][0])

    assert place(2.0) < place(6.0)


@pytest.mark.parametrize("word", ["halves", "x"])
def test_a_fan_without_words_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="alternative"):
        progress_fan(
            [ProgressLine(name=word, points=((1.0, 0.0), (10.0, 1.0)))],
            [],
            caption="c",
            alternative=word,
            source="s",
        )
