"""Every diagram, in both layouts and every state: nothing overlaps, crosses, is cut."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize
from tests.diagrams.conftest import page_of
from tests.diagrams.examples import DRAWN

from explorables.diagram import (
    NARROW,
    WIDE,
    Diagram,
    Layout,
    Mark,
    States,
    box,
    diagram,
    enclosure,
    linked,
    only,
    socket,
    text,
    wire,
)

MEASURE = Path(__file__).with_name("overlaps.js").read_text(encoding="utf-8")
MARGIN = 16
BUDGET_BYTES = 12_000


def faults_of(chromium: Browser, shown: Diagram, width: int, state: int) -> list[str]:
    """Return what is wrong with a diagram in one layout and state."""
    asked: list[str] = []
    window: ViewportSize = {"width": width + 2 * MARGIN, "height": 900}
    page = chromium.new_page(viewport=window)
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.set_content(page_of(shown, state=state if shown.states else None))
        page.evaluate("document.fonts.ready")
        found: list[str] = page.evaluate(MEASURE)
    finally:
        page.close()
    foreign = [address for address in asked if not address.startswith("data:")]
    return found + [f"asks for {address}" for address in foreign]


def _cases() -> Iterator[tuple[str, int, int]]:
    for name in DRAWN:
        states = DRAWN[name]().states
        for width in (WIDE, NARROW):
            for state in range(len(states.names) if states else 1):
                yield name, width, state


@pytest.mark.browser
@pytest.mark.parametrize(("name", "width", "state"), [*_cases()])
def test_nothing_overlaps(chromium: Browser, name: str, width: int, state: int) -> None:
    assert faults_of(chromium, DRAWN[name](), width, state) == []


@pytest.mark.parametrize("name", DRAWN)
def test_a_diagram_is_light(name: str) -> None:
    html = DRAWN[name]().html()
    assert len(gzip.compress(html.encode(), compresslevel=9)) <= BUDGET_BYTES


@pytest.mark.browser
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_diagram_is_accessible(chromium: Browser, name: str, theme: str) -> None:
    page = chromium.new_page()
    page.set_content(page_of(DRAWN[name](), theme=theme))
    found = Axe().run(page).response["violations"]
    page.close()
    assert [f"{one['id']}: {one['nodes'][0]['html'][:90]}" for one in found] == []


def drawn(*marks: Mark, states: States | None = None, height: float = 100) -> Diagram:
    """Return a diagram of a few marks, the same in both layouts."""

    def draw(*, wide: bool) -> Layout:  # noqa: ARG001  # a fault is one in both
        return Layout(height=height, marks=marks)

    return diagram(
        draw,
        name="probe",
        page="index",
        states=states,
        title="A probe",
        caption="A probe.",
        note="By hand.",
        source="by hand",
        description="word " * 60,
    )


FIRST, SECOND = box(10, 10, 80, 44, "one"), box(150, 10, 80, 44, "two")

FAULTS = {
    "texts overlap": (text(0, 20, "some words"), text(30, 24, "on others")),
    "text outside": (text(320, 20, "cut off at the end of a phone"),),
    "text across an edge": (FIRST, text(60, 36, "across an edge")),
    "wire through text": (wire((0, 20), (200, 20)), text(60, 24, "words")),
    "wire through a box": (wire((0, 32), (300, 32)), FIRST),
    "wires cross": (
        wire((0, 80), (300, 80), head=False),
        wire((100, 60), (100, 99), head=False),
    ),
    "small link": (linked("#there", "words", text(0, 40, "words")),),
}


@pytest.mark.browser
@pytest.mark.parametrize("fault", FAULTS)
def test_the_measure_finds_each_fault(chromium: Browser, fault: str) -> None:
    found = faults_of(chromium, drawn(*FAULTS[fault]), NARROW, 0)
    assert [one for one in found if one.startswith(fault)], found


@pytest.mark.browser
@pytest.mark.parametrize(
    ("rule", "spoilt", "fault"),
    [
        ("min-width: 338px;", "", "small text: words, 8.5 px"),
        ("overflow-x: auto;", "", "wider than the window"),
    ],
)
def test_the_measure_finds_what_a_lost_rule_does(
    chromium: Browser, rule: str, spoilt: str, fault: str
) -> None:
    html = page_of(drawn(text(0, 40, "words")))
    assert rule in html
    page = chromium.new_page(viewport={"width": 282, "height": 400})
    page.set_content(html.replace(rule, spoilt))
    assert fault in page.evaluate(MEASURE)
    page.close()


@pytest.mark.browser
def test_the_measure_hears_a_request(chromium: Browser) -> None:
    image = Mark(svg='<image href="http://127.0.0.1:9/x.png" width="9" height="9"/>')
    found = faults_of(chromium, drawn(image), NARROW, 0)
    assert any(one.startswith("asks for http://127.0.0.1:9") for one in found)


@pytest.mark.browser
def test_the_measure_lets_a_sound_drawing_pass(chromium: Browser) -> None:
    sound = (
        enclosure(1, 1, 340, 90, ""),
        FIRST,
        SECOND,
        wire(FIRST.right, SECOND.left),
        socket(250, 10, 60, 44),
        wire(SECOND.right, (330, 32)),
        linked("#there", "words", text(10, 80, "words"), target=(8, 62, 60, 26)),
    )
    assert faults_of(chromium, drawn(*sound), NARROW, 0) == []
    assert faults_of(chromium, drawn(*sound), WIDE, 0) == []


@pytest.mark.browser
def test_a_fault_of_one_state_is_found_in_that_state(chromium: Browser) -> None:
    states = States(question="Which", names=("clean", "spoilt"), default=0)
    spoilt = only(1, *FAULTS["texts overlap"])
    shown = drawn(text(0, 80, "shared"), spoilt, states=states)
    assert faults_of(chromium, shown, NARROW, 0) == []
    assert faults_of(chromium, shown, NARROW, 1) != []


@pytest.mark.browser
def test_a_state_is_picked_with_the_keyboard_and_no_script(chromium: Browser) -> None:
    states = States(question="Which", names=("first", "second"), default=0)
    shown = drawn(
        only(0, text(0, 20, "seen first")),
        only(1, text(0, 20, "seen second")),
        states=states,
    )
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_content(page_of(shown))
    layout = page.locator(".dg-wide")
    assert layout.get_by_text("seen first").is_visible()
    page.get_by_role("radio", name="first").press("ArrowDown")
    assert layout.get_by_text("seen second").is_visible()
    assert not layout.get_by_text("seen first").is_visible()
    context.close()
