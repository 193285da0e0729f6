"""Diagrams outside the book: the map in the README, and what is refused."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.diagrams.examples import DRAWN

from dsv3 import diagrams
from explorables.diagram import Diagram, Layout, States, diagram, text, wire


def test_the_map_in_the_readme_is_current(repository: Path) -> None:
    written = repository / "book" / "_static" / "model-map.svg"
    assert written.read_text(encoding="utf-8") == diagrams.model_map().file(), (
        "write it anew: python -m dsv3.diagrams > book/_static/model-map.svg"
    )
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert "(book/_static/model-map.svg)" in readme


@pytest.mark.parametrize("name", DRAWN)
def test_a_file_is_xml_with_both_themes_and_no_link(name: str) -> None:
    file = DRAWN[name]().file()
    root = ET.fromstring(file)
    assert root[0].tag.endswith("title")
    assert "prefers-color-scheme:dark" in file
    assert "<a " not in file
    assert "http" not in file.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_every_colour_of_a_file_is_defined() -> None:
    file = diagrams.model_map().file()
    asked = set(re.findall(r"var\((--ex-[\w-]+)\)", file))
    assert asked <= set(re.findall(r"(--ex-[\w-]+):", file))


@pytest.mark.parametrize("name", DRAWN)
def test_ids_of_a_diagram_carry_its_name(name: str) -> None:
    shown = DRAWN[name]()
    html = shown.html()
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(found.startswith(f"dg-{shown.name}") for found in ids)
    assert "@" not in html
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)


def test_every_drawing_of_the_room_is_tested() -> None:
    drawings = {name for name in diagrams.__all__ if name[0].islower()}
    assert drawings == set(DRAWN)


def _sections(notebook: Path) -> set[str]:
    """Return the addresses of a notebook's headings, as the site makes them."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    texts = ("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")
    headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.MULTILINE)
    return {re.sub(r"[^a-z0-9]+", "-", one.lower()).strip("-") for one in headings}


@pytest.mark.parametrize("name", DRAWN)
def test_every_link_leads_to_a_heading_of_the_book(name: str, repository: Path) -> None:
    shown = DRAWN[name]()
    own = repository / "book" / f"{shown.page}.ipynb"
    broken = []
    for link in set(re.findall(r'href="([^"]+)"', shown.html())):
        path, _, section = link.partition("#")
        notebook = own.parent / path if path else own
        if not notebook.exists() or (section and section not in _sections(notebook)):
            broken.append(link)
    assert broken == []


def test_names_of_diagrams_are_unique() -> None:
    names = [DRAWN[name]().name for name in DRAWN]
    assert len(names) == len(set(names))


def small(**changed: object) -> Diagram:
    """Return a diagram of one word, with some of its arguments changed."""

    def draw(*, wide: bool) -> Layout:
        return Layout(height=20, marks=(text(0, 15, "wide" if wide else "narrow"),))

    words = {
        "title": "A",
        "caption": "B.",
        "note": "D.",
        "source": "C",
        "description": "word " * 60,
    }
    arguments = {"name": "small", "page": "index", **words, **changed}
    return diagram(draw, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "2-small"}, "name is '2-small': must be words in lower case"),
        ({"caption": " "}, "caption of small is empty"),
        ({"description": "word"}, "description of small has 1 words: must have 40"),
    ],
)
def test_a_diagram_without_its_words_is_refused(
    changed: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        small(**changed)


def test_states_are_two_or_three_and_one_is_true() -> None:
    with pytest.raises(ValueError, match="two or three states"):
        States(question="Which", names=("one",), default=0)
    with pytest.raises(ValueError, match="default is 2: must be from 0 to 1"):
        States(question="Which", names=("one", "two"), default=2)


def test_a_wire_runs_along_right_angles() -> None:
    with pytest.raises(ValueError, match="along right angles"):
        wire((0, 0), (10, 10))


def test_words_are_escaped() -> None:
    assert "&lt;b&gt; &amp;" in text(0, 0, "<b> &").svg
    assert "<b>" not in small(caption="<b>bold</b>").html()
