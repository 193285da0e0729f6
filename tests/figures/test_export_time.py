"""Rules over time are drawn as bars, marks and lanes, in two channels each."""

import re
from datetime import date

import pytest

from dsv3.figures import (
    ChipRow,
    DatedDirection,
    Picture,
    StateSpell,
    directions,
    sale_periods,
)
from dsv3.figures.export_time import LANES, LOOKS
from dsv3.figures.style import FAINT, INK

WORDS = {
    "caption": "It closed.",
    "alternative": "A bar that changes its colour halfway from left to right.",
    "source": "nobody",
}


def row(*states: str, records: tuple[tuple[date, bool], ...] = ()) -> ChipRow:
    days = [date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    return ChipRow(
        name="X1",
        spells=tuple(
            StateSpell(first_day=first, end_day=end, state=state)
            for first, end, state in zip(days, days[1:], states, strict=False)
        ),
        records=records,
    )


def test_states_and_chips_stand_in_words() -> None:
    drawn = sale_periods([row("free", "closed")], **WORDS).svg
    for word in ("X1", "free", "closed", "record agrees", "2024"):
        assert f">{word}<" in drawn
    assert ">by licence<" not in drawn
    assert INK not in drawn
    assert FAINT not in drawn


def test_two_states_of_one_colour_differ_by_a_hatch() -> None:
    assert LOOKS["closed"][0] == LOOKS["by licence"][0]
    plain = sale_periods([row("closed")], **WORDS).svg
    hatched = sale_periods([row("by licence")], **WORDS).svg
    assert "<pattern" not in plain
    assert "<pattern" in hatched


def test_a_record_that_disagrees_looks_different() -> None:
    def marks(agrees: bool) -> int:
        records = ((date(2023, 6, 1), agrees),)
        drawn = sale_periods([row("free", records=records)], **WORDS).svg
        return len(re.findall(r"<use ", drawn))

    assert marks(agrees=True) == marks(agrees=False)
    agrees, not_ = (
        sale_periods([row("free", records=((date(2023, 6, 1), one),))], **WORDS).svg
        for one in (True, False)
    )
    assert agrees != not_


def moved(*events: tuple[date, str]) -> Picture:
    return directions(
        [DatedDirection(day=day, direction=one) for day, one in events], **WORDS
    )


def test_every_lane_is_named_with_its_count() -> None:
    drawn = moved(
        (date(2023, 1, 1), "tighter"),
        (date(2024, 1, 1), "tighter"),
        (date(2025, 1, 1), "looser"),
    ).svg
    for lane in LANES:
        count = {"tighter": 2, "looser": 1}.get(lane, 0)
        assert f">{lane} ({count})<" in drawn


@pytest.mark.parametrize("wanting", ["caption", "alternative", "source"])
def test_a_picture_of_time_without_words_is_refused(wanting: str) -> None:
    words = WORDS | {wanting: ""}
    with pytest.raises(ValueError, match=f"{wanting} is ''"):
        sale_periods([row("free")], **words)
    with pytest.raises(ValueError, match=f"{wanting} is ''"):
        directions([DatedDirection(day=date(2023, 1, 1), direction="looser")], **words)
