from typing import Any

import pytest

from dsv3.figures import ChipPoint, RuleLine, Scale, chips_and_lines

WORDS: dict[str, Any] = {
    "across": Scale(label="x", ends=(1.0, 10.0), ticks=(1.0, 10.0)),
    "up": Scale(label="y", ends=(1.0, 10.0), ticks=(1.0, 10.0)),
    "name": "trial",
    "caption": "One chip over the line.",
    "alternative": "One square stands to the right of a line that falls in steps.",
    "source": "nobody",
}


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
