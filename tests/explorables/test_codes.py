"""A panel of codes shows the bits that the function gives, in a real browser."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.explorables.conftest import page_of

from explorables import Choice, Codes, Slider
from explorables.arithmetic import Choice as Chosen, Number, lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two numbers, their codes and what is left of them."""

    given: Number
    code_count: Number
    back: Number
    other: Number
    other_code_count: Number
    other_back: Number


def pair(*, x: Number, form: Chosen, tile: Chosen) -> Pair:
    """Return codes that anybody can check: 5 or 6, and 0 for a number that is lost."""
    size = lookup(tile, {"one": 1.0, "two": 2.0})
    return Pair(
        given=x,
        code_count=lookup(form, {"wide": 6.0, "narrow": 5.0}),
        back=x * 1.25,
        other=size * 0.5,
        other_code_count=0.0 * x,
        other_back=0.0 * x,
    )


def codes(**changes: Any) -> Codes:
    given: dict[str, Any] = {
        "id": "pair",
        "title": "A pair",
        "function": pair,
        "controls": [
            Slider("x", low=1, high=8, default=4, scale="linear"),
            Choice("form", options=["narrow", "wide"], default="narrow"),
            Choice("tile", options=["one", "two"], default="one"),
        ],
        "rows": [
            ("given", "code_count", "back"),
            ("other", "other_code_count", "other_back"),
        ],
        "form": "form",
        "bits": {"narrow": (1, 2, 1), "wide": (1, 3, 2)},
        "tile": "tile",
        "sizes": {"one": 1, "two": 2},
    }
    return Codes(**given | changes)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"form": "x"}, "'x' of pair: must be a choice of"),
        ({"sizes": {"one": 1}}, "'tile' of pair: must be a choice of"),
        ({"rows": [("given", "nothing", "back")]}, "'nothing': no such output"),
    ],
)
def test_codes_that_cannot_be_drawn_are_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        codes(**wrong)


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bits_values_and_rules_follow_the_controls(
    chromium: Browser, tmp_path: Path, theme: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page_of(codes(), theme=theme), encoding="utf-8")
    page = chromium.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    rows = page.locator(".ex-codes [role=row]")
    assert rows.nth(0).all_inner_texts()[0].split("\n")[0] == "number"
    cells = rows.nth(1).locator("> *")
    assert cells.all_text_contents() == ["4.000", "0101", "5.000", "25.0 %"]
    lost = rows.nth(2).locator("> *")
    assert lost.all_text_contents() == ["0.5000", "0000", "0", "lost"]
    assert "ex-apart" in (rows.nth(2).get_attribute("class") or "")
    page.evaluate("explorables.panels.pair.set({form: 'wide', tile: 'two', x: 2})")
    assert cells.all_text_contents() == ["2.000", "000110", "2.500", "25.0 %"]
    assert "ex-apart" not in (rows.nth(2).get_attribute("class") or "")
    # What the drawing shows is not repeated in the table above it.
    assert page.locator(".ex-gives tr:visible").count() == 0
    page.close()
    assert faults == []
