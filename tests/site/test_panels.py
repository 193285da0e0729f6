"""The panels of the built pages compute what the Python functions compute."""

import ast
import dataclasses
import json
import math
import random
import shlex
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser
from py_mini_racer import MiniRacer

import dsv3.accounting
import dsv3.economics
import dsv3.load_balance
import dsv3.model
import dsv3.schedule
import dsv3.training
import dsv3.uncertainty
from dsv3.cli import main
from explorables import Explorable, Recording
from explorables.arrays.panel import LiveRun

ROWS = 1000
TOLERANCE = 1e-12
MOUNT = "explorables.mount(document.currentScript,"

State = dict[str, Any]

# Notebooks run to find their panels: once, so one worker does all that needs them.
pytestmark = pytest.mark.xdist_group("panels")


def _shown_panels(notebook: Path) -> Iterator[Explorable]:
    """Run the cells of a notebook, and yield the panels that they show."""
    book = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), str(notebook), "exec"), names)
        if isinstance(last, ast.Expr):
            code = compile(ast.Expression(last.value), str(notebook), "eval")
            value = eval(code, names)
            if isinstance(value, Explorable):
                yield value


@pytest.fixture(scope="module")
def panels(repository: Path) -> dict[str, Explorable]:
    """Return every panel of the book, by its id."""
    return {
        panel.id: panel
        for notebook in sorted((repository / "book").rglob("*.ipynb"))
        if ".ipynb_checkpoints" not in notebook.parts
        for panel in _shown_panels(notebook)
    }


@pytest.fixture(scope="module")
def placed(chapters: dict[str, BeautifulSoup]) -> dict[str, tuple[str, Tag]]:
    """Return the page and the element of every panel on the site, by its id."""
    return {
        str(panel["data-panel"]): (name, panel)
        for name, page in chapters.items()
        for panel in page.select(".ex-panel")
    }


def at_once(panels: Mapping[str, Explorable]) -> dict[str, Explorable]:
    """Return the panels that answer at once, without those that train."""
    return {key: one for key, one in panels.items() if not isinstance(one, LiveRun)}


def _expected(panel: Explorable, state: State) -> dict[str, float] | None:
    """Return what Python finds, or None where it refuses the values."""
    try:
        return panel.call(state)
    except (ValueError, ArithmeticError):
        return None


def _agrees(
    expected: Mapping[str, float] | None, found: Mapping[str, float | None]
) -> bool:
    if expected is None:
        return not all(x is not None and math.isfinite(x) for x in found.values())
    return all(
        (value is not None and math.isclose(value, wanted, rel_tol=TOLERANCE))
        or (not math.isfinite(wanted) and not math.isfinite(value or math.nan))
        for wanted, value in zip(expected.values(), found.values(), strict=True)
    )


def _states(panel: Explorable) -> list[State]:
    source = random.Random(f"parity of {panel.id}")
    return [panel.state(), *(panel.random_state(source) for _ in range(ROWS - 1))]


def _disagreements(panel: Explorable, results: list[dict[str, Any]]) -> list[str]:
    return [
        f"{panel.id} at {state}: Python {expected}, page {found}"
        for state, found in zip(_states(panel), results, strict=True)
        if not _agrees(expected := _expected(panel, state), found)
    ][:3]


def test_the_site_shows_the_panels_of_the_notebooks(
    panels: dict[str, Explorable], placed: dict[str, tuple[str, Tag]]
) -> None:
    assert set(placed) == set(panels)
    assert panels, "the book has no panel"


def _traced(panel: Tag) -> str:
    """Return the function that the page hands to its panel."""
    script = panel.find_next_sibling("script")
    assert isinstance(script, Tag)
    text = script.get_text()
    assert text.startswith(MOUNT)
    return text.removeprefix(MOUNT).removesuffix(")")


def _numbers(panel: Explorable, state: State) -> list[Any]:
    """Return a state as the traced function takes it: a choice by its position."""
    return [
        control.argument.index(state[control.name])
        if isinstance(control.argument, tuple)
        else state[control.name]
        for control in panel.controls
    ]


def test_panels_agree_with_python_in_an_engine_without_a_page(
    panels: dict[str, Explorable], placed: dict[str, tuple[str, Tag]]
) -> None:
    faults = []
    for key, panel in at_once(panels).items():
        _, element = placed[key]
        states = _states(panel)
        rows = json.dumps([_numbers(panel, state) for state in states])
        program = f"""(() => {{
          const f = {_traced(element)};
          return JSON.stringify({rows}.map(row => {{
            const [outputs, broken] = f.apply(null, row);
            return broken ? outputs.map(() => null) : outputs;
          }}));
        }})()"""
        names = list(panel.defaults())
        found = json.loads(str(MiniRacer().eval(program)))
        results = [dict(zip(names, row, strict=True)) for row in found]
        faults += _disagreements(panel, results)
    assert faults == []


@pytest.mark.browser
def test_panels_agree_with_python_in_a_browser(
    browser: Browser,
    address: str,
    panels: dict[str, Explorable],
    placed: dict[str, tuple[str, Tag]],
) -> None:
    faults = []
    page = browser.new_page()
    for key, panel in at_once(panels).items():
        page.goto(f"{address}/{placed[key][0]}", wait_until="load")
        results = page.evaluate(
            "([key, states]) => states.map(s => explorables.panels[key].evaluate(s))",
            [key, _states(panel)],
        )
        names = list(panel.defaults())
        ordered = [{name: row[name] for name in names} for row in results]
        faults += _disagreements(panel, ordered)
        said = page.evaluate("key => explorables.panels[key].complaint()", key)
        assert said == "", f"{key} complains in its default state: {said}"
    page.close()
    assert faults == []


@pytest.mark.browser
def test_a_run_in_a_browser_has_the_bits_of_python(
    browser: Browser,
    site: Path,
    panels: dict[str, Explorable],
    placed: dict[str, tuple[str, Tag]],
) -> None:
    page = browser.new_page()
    runs = [panel for panel in panels.values() if isinstance(panel, LiveRun)]
    assert runs, "the book has no panel that trains"
    for panel in runs:
        page.goto((site / placed[panel.id][0]).as_uri())
        state = _a_state_that_holds(panel)
        found = page.evaluate(
            "([key, state]) => explorables.panels[key].evaluate(state)",
            [panel.id, state],
        )
        assert found == panel.call(state)
    page.close()


@pytest.mark.browser
def test_the_time_of_a_slider_move_is_printed(
    browser: Browser,
    address: str,
    panels: dict[str, Explorable],
    placed: dict[str, tuple[str, Tag]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    measure = """([key, states]) => states.map(state => {
      const start = performance.now();
      explorables.panels[key].set(state);
      return performance.now() - start;
    })"""
    rows = []
    page = browser.new_page()
    for key, panel in panels.items():
        page.goto(f"{address}/{placed[key][0]}", wait_until="load")
        times = page.evaluate(measure, [key, _states(panel)[:60]])
        rows.append(f"  {key:<30}{statistics.median(times):>8.2f}{max(times):>8.2f}")
        assert len(times) == 60
    page.close()
    with capsys.disabled():
        heading = f"  {'ms of script for a move':<30}{'median':>8}{'worst':>8}"
        print("", heading, *rows, sep="\n")


def test_link_call_and_command_give_the_digits_of_the_page(
    browser: Browser,
    site: Path,
    panels: dict[str, Explorable],
    placed: dict[str, tuple[str, Tag]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = browser.new_page()
    for key, panel in at_once(panels).items():
        name, _ = placed[key]
        state = _a_state_that_holds(panel)
        page.goto((site / name).as_uri())
        page.evaluate(
            "([id, state]) => explorables.panels[id].set(state)", [key, state]
        )
        page.wait_for_function("location.search.length > 1")
        page.goto(page.url)
        found = page.evaluate("id => explorables.panels[id].evaluate({})", key)
        assert page.evaluate("id => explorables.panels[id].get()", key) == state
        specification = panel.specification()
        given = [specification, _numbers_or_names(panel, state)]
        command = page.evaluate(
            "([spec, state]) => explorables.commandOf(spec, state)", given
        )
        call = page.evaluate(
            "([spec, state]) => explorables.callOf(spec, state)", given
        )
        # A recording keeps four digits, and what it runs needs torch: no command.
        recorded = isinstance(panel, Recording)
        tolerance = 1e-3 if recorded else TOLERANCE
        called = dataclasses.asdict(eval(call, {"dsv3": dsv3}))
        for output, value in found.items():
            assert math.isclose(value, called[output], rel_tol=tolerance), call
        if recorded:
            continue
        assert main([*shlex.split(command)[1:], "--json"]) == 0
        printed = json.loads(capsys.readouterr().out)["results"]
        for output, value in found.items():
            assert math.isclose(value, printed[output], rel_tol=TOLERANCE), command
    page.close()


@pytest.mark.browser
def test_a_hand_on_the_map_moves_the_run(
    browser: Browser,
    site: Path,
    panels: dict[str, Explorable],
    placed: dict[str, tuple[str, Tag]],
) -> None:
    page = browser.new_page()
    recordings = [panel for panel in panels.values() if isinstance(panel, Recording)]
    assert recordings, "the book has no recorded panel"
    for panel in recordings:
        page.goto((site / placed[panel.id][0]).as_uri())
        drawn = page.locator(f'[data-panel="{panel.id}"] .ex-map')
        drawn.scroll_into_view_if_needed()
        page.wait_for_function(
            "map => map.querySelector('image').hasAttribute('href')",
            arg=drawn.element_handle(),
        )
        box = drawn.locator("image").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        state = page.evaluate("id => explorables.panels[id].get()", panel.id)
        middle = (panel.slider.low + panel.slider.high) / 2
        assert abs(state[panel.step] - middle) <= 2 * panel.pace
        said = drawn.get_attribute("aria-label") or ""
        assert f"step {state[panel.step]:g}" in said
        headline = panel.shown_outputs()[0]
        assert headline.shown(panel.call(state)[headline.name]) in said
    page.close()


def _a_state_that_holds(panel: Explorable) -> State:
    """Return a state away from the defaults that the function accepts."""
    source = random.Random(f"link of {panel.id}")
    drawn = (panel.random_state(source) for _ in range(ROWS))
    return next(state for state in drawn if _expected(panel, state) is not None)


def _numbers_or_names(panel: Explorable, state: State) -> list[Any]:
    return [state[control.name] for control in panel.controls]
