"""Triangles of mixes and prices beside scores: pieces, marks, words."""

import re
from typing import Any

import pytest

from dsv3.figures import (
    MixMark,
    MixPanel,
    Picture,
    ScoredPrice,
    mix_triangles,
    price_and_scores,
)
from dsv3.figures.mixes import CORNERS, place
from dsv3.figures.style import FAINT, INK

WORDS = {
    "caption": "Half of it is inside.",
    "alternative": "A triangle whose lower half is filled, with one dot in the middle.",
    "source": "nobody",
}
WHOLE = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def triangles(count: int = 1, **pieces: Any) -> Picture:
    given: dict[str, Any] = {"below": (), "within": (), "above": ()} | pieces
    return mix_triangles(
        [MixPanel(title=f"Rival {at}", **given) for at in range(count)],
        [MixMark(name="thirds", shares=(1 / 3, 1 / 3, 1 / 3))],
        names=("under", "inside", "over"),
        **WORDS,
    )


def test_corners_are_places_and_the_middle_is_in_the_middle() -> None:
    assert tuple(place(corner) for corner in WHOLE) == CORNERS
    x, y = place((1 / 3, 1 / 3, 1 / 3))
    assert x == pytest.approx(0.5)
    assert y == pytest.approx(CORNERS[2][1] / 3)


def test_rivals_corners_pieces_and_marks_stand_in_words() -> None:
    drawn = triangles(4, within=WHOLE).svg
    for word in ("Rival 0", "Rival 3", "cached", "under", "inside", "over", "thirds"):
        assert f">{word}<" in drawn
    assert INK not in drawn
    assert FAINT not in drawn


def test_pieces_differ_by_fill_and_by_hatch() -> None:
    filled = triangles(within=WHOLE).svg.count("var(--ex-money")
    dotted = triangles(below=WHOLE).svg
    ruled = triangles(above=WHOLE).svg
    assert filled > dotted.count("var(--ex-money")
    patterns = [
        re.findall(r"<pattern.*?</pattern>", one, re.DOTALL) for one in (dotted, ruled)
    ]
    assert patterns[0] != patterns[1]


def test_prices_and_scores_name_models_and_tests() -> None:
    models = [
        ScoredPrice(name="Cheap", usd_per_million_tokens=0.5, scores=(40.0, 60.0)),
        ScoredPrice(name="Dear", usd_per_million_tokens=5.0, scores=(50.0, 70.0)),
    ]
    drawn = price_and_scores(models[:2], ["First", "Second"], **WORDS).svg
    for word in ("Cheap", "Dear", "First", "Second", "score, percent", "$8"):
        assert f">{word}<" in drawn


@pytest.mark.parametrize("wanting", ["caption", "alternative", "source"])
def test_a_triangle_without_words_is_refused(wanting: str) -> None:
    empty = MixPanel(title="none", below=(), within=(), above=())
    with pytest.raises(ValueError, match=f"{wanting} is ''"):
        mix_triangles([empty], [], names=("a", "b", "c"), **(WORDS | {wanting: ""}))
