"""A run in the page: Python's numbers to the bit, under a reader's hand."""

import dataclasses
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.explorables.bits import calls, python_bits
from tests.explorables.conftest import page_of
from tests.explorables.test_arrays import network

from explorables import Choice, Slider, arrays as ar
from explorables.arrays.panel import LiveRun, Side

STEPS = 300


def growth(*, way: Any, rate: Any, parts: Any, hot: Any, steps: Any) -> ar.Run:
    """Let four numbers grow, by a noise, at once or more and more."""
    ar.require("rate", rate, rate > 0, "must be above 0: without it nothing grows")

    def step(state: Any, t: Any) -> Any:
        noise = ar.exp(rate * ar.normal(3, t, (4,), stream=0)) + ar.where(
            t >= hot, rate, 0
        )
        x = ar.where(way == "wild", state["x"] * 1e30, state["x"]) * noise + parts
        told = {"height": ar.total(x), "load": x / ar.mean(x)}
        return {"x": x}, told

    return ar.scan(step, {"x": ar.iota(4) + 1.0}, steps, bound=STEPS)


def final(**state: Any) -> dict[str, float]:
    """Return both heights at the end."""
    found = {}
    for prefix in ("", "other_"):
        settings = {name: state[name] for name in ("rate", "hot")}
        way = state[f"{prefix}way"]
        run = growth(
            way=way, parts=float(state["parts"]), steps=float(STEPS), **settings
        )
        found[f"{prefix}height"] = float(run.told["height"][-1])
    return found


def live_run() -> LiveRun:
    return LiveRun(
        id="growth",
        title="Growth",
        function=final,
        run=growth,
        controls=[
            Choice("way", options=["calm", "wild"], default="calm"),
            Choice("other_way", options=["calm", "wild"], default="calm"),
            Slider("rate", low=0, high=1, default=0.1),
            Choice("parts", options=["1", "2", "4"], default="2"),
            Slider("hot", low=0, high=STEPS, default=20, step=1),
        ],
        outputs={"height": "Height", "other_height": "Height, other"},
        sides=(Side(name="left"), Side(name="right", prefix="other_")),
        measures={"height": "Height"},
        steps=STEPS,
        bars="load",
        bar_label="Load",
        groups="parts",
        named=("way",),
        now=("hot", "Turn hot now"),
    )


@pytest.fixture(params=["chromium"])
def browser(request: pytest.FixtureRequest) -> Browser:
    """Return each browser by the name of its fixture."""
    found: Browser = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    path = tmp_path / "page.html"
    path.write_text(page_of(live_run()), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 1280, "height": 1400})
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert faults == []


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def ended(page: Page) -> None:
    expect(button(page, "Run again")).to_be_visible(timeout=60_000)


def step_shown(page: Page) -> int:
    return int(page.locator(".ex-run-bar span").inner_text().split()[1])


def results(page: Page, **state: Any) -> dict[str, float]:
    found: dict[str, float] = page.evaluate(
        "state => explorables.panels.growth.evaluate(state)", state
    )
    return found


@pytest.mark.browser
def test_the_run_ends_with_the_numbers_of_python(page: Page) -> None:
    ended(page)
    assert step_shown(page) == STEPS
    assert results(page) == live_run().defaults()
    assert page.evaluate("explorables.panels.growth.complaint()") == ""
    shown = page.locator(".ex-run-numbers b").all_inner_texts()
    outputs = live_run().shown_outputs()
    assert shown == [one.shown(live_run().defaults()[one.name]) for one in outputs]


@pytest.mark.browser
def test_any_settings_give_the_numbers_of_python(page: Page) -> None:
    source, panel = random.Random(0), live_run()
    for _ in range(10):
        state = panel.random_state(source) | {"way": "calm", "other_way": "calm"}
        assert results(page, **state) == panel.call(state)


@pytest.mark.browser
def test_a_hand_pauses_steps_looks_back_and_restarts(page: Page) -> None:
    button(page, "Restart").click()
    button(page, "Pause").click()
    before = step_shown(page)
    button(page, "Step").click()
    assert step_shown(page) == before + 1
    past = page.get_by_role("slider", name="Step that is shown")
    past.fill("1")
    assert step_shown(page) == 1
    first = growth(way="calm", rate=0.1, parts=2.0, hot=20.0, steps=1.0)
    assert results(page)["height"] == float(first.told["height"][0])
    button(page, "Go on").click()
    ended(page)
    button(page, "Run again").click()
    assert step_shown(page) < STEPS


@pytest.mark.browser
def test_a_button_sets_the_moment_and_the_past_stays(page: Page) -> None:
    ended(page)
    page.get_by_role("slider", name="Step that is shown").fill("12")
    height = results(page)["height"]
    button(page, "Turn hot now").click()
    assert page.evaluate("explorables.panels.growth.get().hot") == 12
    ended(page)
    page.get_by_role("slider", name="Step that is shown").fill("12")
    assert results(page)["height"] == height
    assert page.evaluate("explorables.panels.growth.complaint()") == ""


@pytest.mark.browser
def test_settings_that_cannot_be_are_named_and_nothing_runs(page: Page) -> None:
    page.evaluate("explorables.panels.growth.set({rate: 0})")
    rule = "Rate is 0: must be above 0: without it nothing grows"
    assert page.evaluate("explorables.panels.growth.complaint()") == rule
    assert "NaN" not in page.locator(".ex-panel").inner_text()
    page.evaluate("explorables.panels.growth.set({rate: 0.2})")
    ended(page)
    assert page.evaluate("explorables.panels.growth.complaint()") == ""


@pytest.mark.browser
def test_a_number_that_outgrows_a_float_stops_the_run_with_a_note(page: Page) -> None:
    page.evaluate("explorables.panels.growth.set({way: 'wild'})")
    said = page.locator(".ex-problem")
    expect(said).to_contain_text("At step 11 a number is too large to go on")
    assert step_shown(page) == 10
    assert "NaN" not in page.locator(".ex-panel").inner_text()
    page.evaluate("explorables.panels.growth.set({way: 'calm'})")
    ended(page)
    expect(said).to_be_hidden()


@pytest.mark.browser
def test_a_browser_that_computes_otherwise_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    text = page_of(live_run())
    assert "const exp=" in text
    path.write_text(text.replace("const exp=", "const exp=(x)=>Math.E**x,ours="))
    page = browser.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".ex-problem")).to_contain_text(
        "computes other numbers", timeout=60_000
    )
    page.close()


@pytest.mark.browser
def test_whole_runs_have_the_bits_of_python(browser: Browser) -> None:
    source = np.random.default_rng(1)
    names = ("seed", "rate", "count")
    rows = [
        [float(source.integers(2**32)), float(source.uniform(0, 2)), 50.0]
        for _ in range(6)
    ]
    page = browser.new_page()
    program = ar.trace(network, dict.fromkeys(names, "number"))
    found = json.loads(page.evaluate(calls(program, rows)))
    page.close()
    for row, one in zip(rows, found, strict=True):
        assert one == python_bits(network, dict(zip(names, row, strict=True)))


def test_a_side_is_set_by_its_own_controls_and_else_by_the_shared() -> None:
    left, right = live_run().specification()["run"]["sides"]
    assert left == [0, 2, "3", 4, [STEPS]]
    assert right == [1, 2, "3", 4, [STEPS]]


def test_rules_stand_in_the_specification() -> None:
    rule = ["rate", "must be above 0: without it nothing grows"]
    assert live_run().specification()["guards"] == [rule]


def test_without_scripts_the_table_has_the_last_step() -> None:
    panel = dataclasses.replace(live_run(), finding="")
    shown = panel.shown_outputs()[0].shown(panel.defaults()["height"])
    assert f"<td>{shown}</td>" in panel.html()
