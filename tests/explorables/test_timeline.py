"""A recorded simulation keeps its numbers, its blocks and its refusals."""

import base64
import json
import random
import zlib
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser
from py_mini_racer import MiniRacer
from tests.explorables.conftest import page_of

from explorables import BlockKind, Choice, Slider, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Some work."""

    start: float
    duration: float
    kind: str
    micro_batches: tuple[int, ...]
    second: tuple[bool, ...]
    live: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a simulation gave."""

    idle_share: float
    passed: float
    rows: tuple[tuple[Bar, ...], ...]


def shift(*, workers: str, pace: str, moment: float) -> Shift:
    """Return a day of a few workers, one after the other."""
    if (workers, pace) == ("3", "slow"):
        message = f"workers is {workers}: must be at most 2 at this pace"
        raise ValueError(message)
    length = {"slow": 2.5, "fast": 0.5}[pace]
    rows = tuple(
        (
            Bar(
                start=at * length,
                duration=length,
                kind="A",
                micro_batches=(at,),
                second=(at == 1,),
                live=(1, 0),
            ),
            Bar(
                start=200 + at,
                duration=length,
                kind="A&B",
                micro_batches=(at, 7),
                second=(False, True),
                live=(2, 1),
            ),
        )
        for at in range(int(workers))
    )
    return Shift(idle_share=1 / int(workers), passed=300 * moment, rows=rows)


def timeline(**changes: Any) -> Timeline:
    given: dict[str, Any] = {
        "id": "shift",
        "title": "A shift",
        "function": shift,
        "controls": [
            Choice("workers", options=["2", "3"], default="2"),
            Slider("moment", low=0, high=1, step=0.02, default=0.5, scale="linear"),
            Choice("pace", options=["slow", "fast"], default="slow"),
        ],
        "moment": "moment",
        "rows": "rows",
        "row": "worker",
        "kinds": [
            BlockKind(letter="A", label="cut", parts=[(0, 0.5, "compute")]),
            BlockKind(
                letter="A&B",
                label="cut and sew",
                parts=[(0, 0.5, "compute"), (0.5, 1, "memory")],
            ),
        ],
        "tick": 0.5,
        "held": "pieces held",
        "time": "hours",
        "outputs": {"idle_share": "Idle", "passed": "Hours passed"},
    }
    return Timeline(**given | changes)


def test_the_page_looks_up_what_python_computes_or_refuses() -> None:
    panel, source = timeline(), random.Random(0)
    states = [panel.state(), *(panel.random_state(source) for _ in range(300))]
    rows = [
        [
            ["2", "3"].index(str(s["workers"])),
            s["moment"],
            ["slow", "fast"].index(str(s["pace"])),
        ]
        for s in states
    ]
    program = f"""JSON.stringify({json.dumps(rows)}.map(row => {{
      const [outputs, broken] = ({panel.javascript()})(...row);
      return [outputs, broken || null];
    }}))"""
    found = json.loads(str(MiniRacer().eval(program)))
    refused = 0
    for state, (outputs, broken) in zip(states, found, strict=True):
        if broken is None:
            assert outputs == pytest.approx(list(panel.call(state).values()))
            continue
        refused += 1
        assert outputs == [None, None]
        with pytest.raises(ValueError, match=panel.guards()[broken[0]][1]):
            panel.call(state)
    assert 20 < refused < 200


def test_blocks_unpack_to_what_was_simulated() -> None:
    drawn = timeline().specification()["timeline"]
    data = zlib.decompress(base64.b64decode(drawn["blocks"]))
    # Combinations: 2 slow, 2 fast, 3 slow (refused), 3 fast; two blocks a row.
    heads = [2, 2, 0, 2, 0, 2, 2, 0, 2, 0, 0, 3, 2, 0, 2, 0, 2, 0]
    assert list(data[: len(heads)]) == heads
    planes = data[len(heads) :]
    assert len(planes) == 9 * 14
    kinds, gaps_low, gaps_high = planes[:14], planes[42:56], planes[56:70]
    assert list(kinds[:4]) == [0, 1 + 32, 16, 1 + 32]
    # The second block starts 200 - 2.5 hours after the first: 395 ticks.
    assert gaps_low[1] + 256 * gaps_high[1] == 395


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"moment": "pace"}, "moment is 'pace': must be the one slider among choices"),
        ({"outputs": ()}, "must say its slider's step and its outputs"),
    ],
)
def test_a_timeline_that_cannot_be_kept_is_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        timeline(**wrong)


def test_a_tick_that_does_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tick is 0.4: must divide"):
        timeline(tick=0.4).specification()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hand_keys_and_choices_move_the_drawing(
    chromium: Browser, tmp_path: Any, theme: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of(timeline(), theme=theme), encoding="utf-8")
    page = chromium.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    drawn = page.locator(".ex-timeline")
    page.wait_for_function("document.querySelector('.ex-timeline .ex-head[d]')")
    said = drawn.get_attribute("aria-label") or ""
    assert "Timeline of 2 workers over 203.5 hours. Idle 50" in said
    assert "worker 0 waits, holds 0" in said
    page.evaluate("explorables.panels.shift.set({moment: 0})")
    said = drawn.get_attribute("aria-label") or ""
    assert "worker 0 does A0, holds 1" in said
    page.locator("input[type=range]").focus()
    page.keyboard.press("End")
    assert page.evaluate("explorables.panels.shift.get().moment") == 1
    page.evaluate("explorables.panels.shift.set({workers: '3'})")
    assert "must be at most 2" in page.evaluate("explorables.panels.shift.complaint()")
    assert "refused" in (drawn.get_attribute("aria-label") or "")
    page.evaluate("explorables.panels.shift.set({pace: 'fast', moment: 0})")
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + 40)
    assert 0.2 < page.evaluate("explorables.panels.shift.get().moment") < 0.8
    assert "Timeline of 3 workers" in (drawn.get_attribute("aria-label") or "")
    page.close()
    assert faults == []
