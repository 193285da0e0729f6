"""The picture of schedules draws every rank, and says what it shows."""

import re

import pytest

from dsv3.figures import Picture, schedules

BARS = [[(0.0, 1.0, "F"), (1.0, 3.0, "F&B"), (4.0, 2.0, "B")], [(1.0, 1.0, "I")]]


def drawn(**changes: object) -> Picture:
    given: dict[str, object] = {
        "unit": "time",
        "caption": "Two ranks.",
        "alternative": "Two rows of bars over time, the first one much longer.",
        "source": "Made up.",
    }
    return schedules({"one": BARS, "two": BARS}, **given | changes)  # type: ignore[arg-type]


def test_every_schedule_is_named_with_its_length() -> None:
    svg = drawn().svg
    assert "one: 6" in svg
    assert "two: 6" in svg


def test_one_shape_holds_all_bars_of_a_colour() -> None:
    svg = drawn().svg
    compute = re.findall(r'--ex-compute[^"]*" d="([^"]+)"', svg)
    assert len(compute) == 1
    # Two schedules, each with a forward and the forward half of a pair.
    assert compute[0].count("M") == 4


def test_longer_work_moves_the_axis() -> None:
    longer = [[*BARS[0], (6.0, 3.0, "W")]]
    made = schedules(
        {"late": longer},
        unit="time",
        caption="One rank.",
        alternative="One row of bars over time, which ends at nine.",
        source="Made up.",
    )
    assert "late: 9" in made.svg


def test_a_figure_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="caption is ''"):
        drawn(caption="")
