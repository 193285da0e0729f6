"""A dated scatter keeps its marks, and the page draws them as they are on the day."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.explorables.conftest import page_of

from explorables import (
    Choice,
    DatedMark,
    DatedScatter,
    Edge,
    MarkState,
    Ruler,
    Slider,
    View,
)
from explorables.arithmetic import Choice as ChoiceValue, Number, lookup, where


def height(*, day: Number, thing: ChoiceValue, side: ChoiceValue) -> dict[str, Number]:
    """Return a number that every control moves."""
    lifted = where(day >= 150, 2.0, 1.0)
    return {
        "height": lifted
        * lookup(thing, {"box": 1.0, "ball": 3.0})
        * lookup(side, {"us": 1.0, "them": 5.0})
    }


def scatter(**changed: Any) -> DatedScatter:
    spells = {"us": ((100.0, 0), (200.0, 1)), "them": ((100.0, 1),)}
    given: dict[str, Any] = {
        "id": "trial",
        "title": "Trial",
        "function": height,
        "controls": [
            Slider("day", low=100, high=300, step=1, default=120),
            Choice("thing", options=["box", "ball"], default="box"),
            Choice("side", options=["us", "them"], default="us"),
        ],
        "day": "day",
        "chosen": "thing",
        "decided_by": "side",
        "states": [
            MarkState(name="free", shape="circle", noun="network"),
            MarkState(name="held", shape="square", noun="compute"),
        ],
        "marks": [
            DatedMark(
                name="Box", across=10, up=(2.0, None), spells=spells, chosen_by="box"
            ),
            DatedMark(
                name="Ball", across=40, up=(4.0, 4.0), spells=spells, chosen_by="ball"
            ),
        ],
        "views": [
            View(
                from_day=100,
                title="early",
                up=0,
                edges=(
                    Edge(name="line", corners=((5, 1), (5, 9)), name_at=(5.0, 8.0)),
                ),
            ),
            View(from_day=250, title="late", up=1, edges=()),
        ],
        "across": Ruler(label="size", low=1, high=100, ticks=(1, 10, 100)),
        "up": [
            Ruler(label="one", low=1, high=10, ticks=(1, 10)),
            Ruler(label="two", low=1, high=10, ticks=(1, 10)),
        ],
    }
    return DatedScatter(**(given | changed))


def test_the_page_receives_marks_views_and_states() -> None:
    html = scatter().html()
    found = re.search(
        r'<script type="application/json">(.*?)</script>', html, re.DOTALL
    )
    assert found
    kept = json.loads(found[1])["scatter"]
    assert [mark["name"] for mark in kept["marks"]] == ["Box", "Ball"]
    assert kept["marks"][0]["up"] == [2.0, None]
    assert kept["views"][1]["from_day"] == 250
    assert kept["states"][1] == ["held", "square", "compute"]
    assert "explorables.scatter" in html


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"day": "thing"}, "day is 'thing': must be a slider of trial"),
        ({"decided_by": "day"}, "trial must have choices day, thing"),
        ({"chosen": "nothing"}, "trial must have choices side, nothing"),
        (
            {"marks": [DatedMark(name="M", across=1, up=(1.0,), spells={"us": ()})]},
            "M must have spells",
        ),
    ],
)
def test_a_scatter_that_does_not_fit_its_controls_is_refused(
    changed: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        scatter(**changed)


def test_a_shape_that_nobody_can_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="shape is 'star': must be one of circle"):
        MarkState(name="a", shape="star", noun="")


@pytest.mark.browser
def test_marks_follow_the_day_and_the_choice(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of(scatter()), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    drawn = page.locator(".ex-scatter")

    def said(**state: Any) -> str:
        page.evaluate("state => explorables.panels.trial.set(state)", state)
        return drawn.get_attribute("aria-label") or ""

    assert "free: Box, Ball" in said(day=199)
    assert "held: Box, Ball" in said(day=200)
    assert "held: Box, Ball" in said(day=120, side="them")
    assert page.locator(".ex-edge").count() == 1
    assert "late" in said(day=250, side="us")
    assert page.locator(".ex-edge").count() == 0
    assert "Box (held)" in page.locator(".ex-curve .ex-hint").inner_text()
    assert page.locator(".ex-mark-name").all_text_contents() == ["Ball"]
    page.evaluate("explorables.panels.trial.set({day: 120, thing: 'ball'})")
    assert page.locator(".ex-chosen-name").text_content() == "Ball"
    page.close()
