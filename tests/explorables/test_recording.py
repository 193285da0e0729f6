import base64
import json
import random
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from explorables import Choice, Curve, Map, Recording, Slider, Toggle
from explorables.live import NOTHING, live_box, live_bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a step of the run gave."""

    height: float
    load: tuple[int, ...]


def climb(*, way: str, steep: bool, step: float) -> Moment:
    """Return how high one is at a step; loops, which no trace can follow."""
    height = 0.0
    for _ in range(int(step)):
        height += {"path": 1 / 3, "wall": 2.5}[way] * (3 if steep else 1)
    return Moment(height=height, load=(1, 2, 3, int(step)))


def again(*, pace: float) -> Any:
    """Return the climb at another pace."""

    def paced(*, way: str, steep: bool, step: float) -> Moment:
        return climb(way=way, steep=steep, step=step * pace)

    return paced


@pytest.fixture(autouse=True)
def _own_ipython_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give IPython a folder: it warns where the home cannot be written."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


def recording(**changes: Any) -> Recording:
    given: dict[str, Any] = {
        "id": "climb",
        "title": "A climb",
        "function": climb,
        "rerun": again,
        "controls": [
            Choice("way", options=["path", "wall"], default="wall"),
            Toggle("steep", default=False),
            Slider("step", low=2, high=20, step=2, default=20, scale="linear"),
        ],
        "step": "step",
        "live": [Slider("pace", low=1, high=5, default=2, step=1, scale="linear")],
        "outputs": {"height": "Height"},
        "curve": Curve(x="step", y="height"),
        "map": Map(
            field="load", label="Load", row="hand", group="side", rows_per_group=2
        ),
    }
    return Recording(**given | changes)


def test_the_page_looks_up_what_python_computes() -> None:
    panel, source = recording(), random.Random(0)
    states = [panel.state(), *(panel.random_state(source) for _ in range(200))]
    rows = [
        [["path", "wall"].index(str(s["way"])), s["steep"], s["step"]] for s in states
    ]
    program = f"JSON.stringify({json.dumps(rows)}.map(r=>({panel.javascript()})(...r)))"
    found = json.loads(str(MiniRacer().eval(program)))
    for state, (outputs, broken) in zip(states, found, strict=True):
        assert broken is None
        assert outputs == list(panel.call(state).values())


def test_numbers_are_kept_to_four_digits() -> None:
    state = recording().state() | {"way": "path", "step": 2.0}
    assert recording().call(state) == {"height": 0.6667}


def test_shades_unpack_to_the_load_of_every_option_and_step() -> None:
    panel = recording()
    drawn = panel.specification()["map"]
    shades = zlib.decompress(base64.b64decode(drawn["shades"]))
    assert len(shades) == 2 * 2 * 10 * 4
    # The load is 1, 2, 3 and 20, its mean 6.5, and four times that is full; each of
    # the four has its ten steps together.
    assert list(shades[-31::10]) == [
        round(drawn["levels"] * x / 26) for x in (1, 2, 3, 20)
    ]


def test_a_rerun_is_a_panel_of_that_run_alone() -> None:
    made = recording().again({"way": "path", "steep": True}, pace=2.0)
    assert made.id == "climb-again"
    assert made.state()["way"] == "path"
    assert made.call(made.state()) == {"height": 40.0}


def test_a_live_control_out_of_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="pace is 9"):
        recording().again({"way": "path", "steep": True}, pace=9.0)


def test_a_recording_without_a_way_to_rerun_says_so() -> None:
    with pytest.raises(ValueError, match="without a way to rerun"):
        recording(rerun=None).again({"way": "path", "steep": True})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"step": "way"}, "step is 'way': must be the one slider"),
        ({"outputs": ()}, "must say its slider's step and its outputs"),
    ],
)
def test_a_recording_that_cannot_be_kept_is_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        recording(**wrong)


def test_a_page_gets_html_and_a_live_front_end_the_widgets() -> None:
    bundle = live_bundle(recording())
    assert bundle["text/html"] == NOTHING
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_pressing_the_button_reruns_the_function() -> None:
    box = live_box(recording())
    *controls, button, place = box.children
    assert [c.description for c in controls] == ["Way", "Steep", "Pace"]
    controls[0].value = "path"
    button.click()
    (shown,) = place.outputs
    assert "13.33" in shown["data"]["text/html"]  # 40 steps of a third each
    controls[2].value = 4
    button.click()
    (shown,) = place.outputs
    assert "26.67" in shown["data"]["text/html"]
    assert not button.disabled


def test_what_cannot_be_rerun_is_said_in_its_place() -> None:
    def refuse(*, pace: float) -> Any:
        message = f"pace is {pace}: <not today>"
        raise ValueError(message)

    box = live_box(recording(rerun=refuse))
    box.children[-2].click()
    (shown,) = box.children[-1].outputs
    assert shown["data"]["text/html"] == "pace is 2: &lt;not today&gt;"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("out of memory"), "RuntimeError: out of memory"),
        (KeyboardInterrupt(), "Stopped before the end."),
    ],
)
def test_the_button_comes_back_after_anything(error: BaseException, said: str) -> None:
    def fail(**_given: float) -> Any:
        raise error

    box = live_box(recording(rerun=fail))
    button, place = box.children[-2:]
    button.click()
    (shown,) = place.outputs
    assert shown["data"]["text/html"] == said
    assert (button.disabled, button.description) == (False, "Run anew")


def test_a_count_is_asked_as_a_whole_number() -> None:
    box = live_box(recording())
    assert [type(child).__name__ for child in box.children] == [
        "Dropdown",
        "Checkbox",
        "BoundedIntText",
        "Button",
        "Output",
    ]
    with pytest.raises(ValueError, match=r"pace is 1\.5: must be a whole number"):
        recording().again({"way": "wall", "steep": False}, pace=1.5)


@pytest.mark.parametrize(("live", "shown"), [(True, 2), (False, 1)])
def test_the_box_stands_under_the_panel_where_something_can_be_rerun(
    live: bool, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.publish_display_data", published.append)
    panel = recording() if live else replace(recording(), live=())
    panel._ipython_display_()
    assert len(published) == shown
    assert 'data-panel="climb"' in published[0]["text/html"]
    assert all(bundle["text/html"] == NOTHING for bundle in published[1:])
