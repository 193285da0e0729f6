from typing import Any

import pytest

from dsv3.figures import ChipPoint, RuleLine, Scale, chips_and_lines
from dsv3.figures.export import staircase

WORDS: dict[str, Any] = {
    "across": Scale(label="x", ends=(1.0, 10.0), ticks=(1.0, 10.0)),
    "up": Scale(label="y", ends=(1.0, 10.0), ticks=(1.0, 10.0)),
    "name": "trial",
    "caption": "One chip over the line.",
    "alternative": "One square stands to the right of a line that falls in steps.",
    "source": "nobody",
}


def test_a_clause_that_lies_inside_another_adds_no_step() -> None:
    line = RuleLine(name="a", corners=((2.0, 3.0), (4.0, 5.0), (6.0, 2.0)))
    assert staircase(line, bottom=1.0, right=9.0, top=8.0) == [
        (2.0, 8.0),
        (2.0, 3.0),
        (6.0, 3.0),
        (6.0, 2.0),
        (9.0, 2.0),
    ]


@pytest.mark.parametrize("status", ["controlled", "notified", "not controlled"])
def test_chips_are_named_and_their_state_is_in_the_legend(status: Any) -> None:
    made = chips_and_lines(
        [ChipPoint(name="X1", at=(5.0, 5.0), status=status)],
        [RuleLine(name="the rule", corners=((2.0, 0.0),))],
        **WORDS,
    )
    words = {"controlled": "licence needed", "notified": "licence or notice"}
    assert "X1" in made.svg
    assert "the rule" in made.svg
    assert words.get(status, "no clause met") in made.svg
