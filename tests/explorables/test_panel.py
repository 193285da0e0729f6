"""What a panel promises before any script runs."""

import dataclasses
import json
import random
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from explorables import (
    Choice,
    Curve,
    Explorable,
    Slider,
    Toggle,
    panel_ids,
    runtime,
    stylesheet,
)
from explorables.arithmetic import TracingError

HOSTILE = "</script><!--<script>'\"&\u2028{"


def parsed(panel: Explorable) -> BeautifulSoup:
    return BeautifulSoup(panel.html(), "html.parser")


def simple(**changes: Any) -> Explorable:
    settings: dict[str, Any] = {
        "id": "simple",
        "title": "Simple",
        "function": lambda *, x, y: {"total_usd": x * y},
        "controls": [
            Slider("x", low=1, high=10, default=2),
            Slider("y", low=1, high=10, default=3),
        ],
    }
    return Explorable(**(settings | changes))


def test_without_scripts_a_table_gives_inputs_and_results(panel: Explorable) -> None:
    rows = {
        row.th.get_text(): row.td.get_text()
        for row in parsed(panel).select("tbody tr")
        if row.th and row.td
    }
    assert rows == {
        "Tokens": "14.8T tokens",
        "GPU": "H800",
        "Utilization": "39\u202f%",
        "Rate": "$2.00 per GPU-hour",
        "Fast mode": "no",
        "Total cost": "$5.324M",
        "GPU time": "2.662M GPU-hours",
    }


def test_the_table_has_a_caption_and_headings(panel: Explorable) -> None:
    table = parsed(panel).table
    assert table is not None
    assert table.caption is not None
    assert all(cell["scope"] == "row" for cell in table.select("tbody th"))
    assert len(table.select('thead th[scope="col"]')) == 3


def test_the_sentence_reads_whole_without_scripts(sentence: Explorable) -> None:
    text = parsed(sentence).select_one(".ex-sentence")
    assert text is not None
    assert text.get_text() == (
        "Training on 14.8T tokens with H800 cards costs $5.324M at $2.00 an hour."
    )


def test_text_of_authors_and_options_is_escaped() -> None:
    panel = simple(
        title=HOSTILE,
        finding=HOSTILE,
        sentence="</script>& {x} {{",
        controls=[
            Slider("x", low=1, high=10, default=2, label=HOSTILE),
            Choice("kind", options={"a": HOSTILE, HOSTILE: "b"}, default="a"),
            Slider("y", low=1, high=10, default=3),
        ],
        function=lambda *, x, kind, y: (
            {"total_usd": x * y * (1 if kind else 2)}
            if isinstance(kind, str)
            else {"total_usd": kinds(kind) * x * y}
        ),
        outputs={"total_usd": HOSTILE},
        presets={HOSTILE: {"x": 3}},
    )
    markup = panel.html()
    assert len(re.findall(r"<script", markup)) == 3
    assert len(re.findall(r"</script", markup)) == 3
    assert "<!--" not in markup
    assert "\u2028" not in markup.split('type="application/json"')[1]
    page = parsed(panel)
    assert page.select_one(".ex-title").get_text() == HOSTILE  # type: ignore[union-attr]
    spec = json.loads(page.select_one('script[type="application/json"]').get_text())  # type: ignore[union-attr]
    assert spec["presets"][0][0] == HOSTILE
    assert spec["controls"][1]["options"][1] == [HOSTILE, "b"]


def kinds(choice: Any) -> Any:
    from explorables.arithmetic import lookup  # noqa: PLC0415

    return lookup(choice, {"a": 1.0, HOSTILE: 2.0})


def test_a_notebook_gets_html_and_text(panel: Explorable) -> None:
    bundle = panel._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "Total cost     $5.324M" in bundle["text/plain"]


def test_the_same_panel_is_the_same_text_every_time(panel: Explorable) -> None:
    assert panel.html() == panel.html()


def test_the_output_needs_no_network_and_compiles_no_text(panel: Explorable) -> None:
    markup = panel.html().replace("http://www.w3.org/2000/svg", "")
    assert "http" not in markup
    for word in ("eval(", "new Function", "innerHTML", "insertAdjacentHTML", "import("):
        assert word not in markup


def test_four_controls_are_in_view_and_the_others_under_more() -> None:
    five = [Slider(name, low=1, high=10, default=2) for name in "abcde"]
    settings: dict[str, Any] = {
        "controls": five,
        "function": lambda *, a, b, c, d, e: {"total_usd": a * b * c * d * e},
    }
    assert simple(**settings).under_more() == ["e"]
    named = simple(**settings, in_view=["e", "b"])
    assert named.under_more() == ["a", "c", "d"]
    assert named.specification()["more"] == ["a", "c", "d"]
    spoken = simple(**settings, sentence="{a} and {b}")
    assert spoken.under_more() == []
    with pytest.raises(ValueError, match="in_view of simple names 5 controls"):
        simple(**settings, in_view=list("abcde"))
    with pytest.raises(ValueError, match="in_view of simple names 'z'"):
        simple(**settings, in_view=["z"])


def test_golden_rows_are_pythons(panel: Explorable) -> None:
    rows = panel.golden()
    assert 3 <= len(rows) <= 5
    assert rows[0]["found"] == list(panel.defaults().values())


def test_a_result_that_does_not_exist_is_no_number_in_a_golden_row() -> None:
    panel = Explorable(
        id="nothing",
        title="Nothing",
        function=lambda x: {"there": x, "not_there": x * float("nan")},
        controls=[Slider("x", low=1, high=2, default=1)],
    )
    assert panel.golden()[0]["found"] == [1.0, None]
    assert "NaN" not in json.dumps(panel.specification(), allow_nan=False)


def test_the_weight_of_a_panel_stays_small(panel: Explorable) -> None:
    own = panel.html().replace(runtime(), "").replace(stylesheet(), "")
    assert len(own) < 6_000
    assert len(runtime()) < 34_000
    assert len(stylesheet()) < 15_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "Not an id"}, "id is 'Not an id'"),
        ({"controls": [Slider("x", low=1, high=2, default=1)] * 2}, "repeat a name"),
        ({"presets": {"p": {"z": 1}}}, "no such control"),
        ({"presets": {"p": {"x": 11}}}, "x is 11: must be from 1 to 10"),
        ({"curve": Curve(x="z", y="total_usd")}, "curve.x is 'z'"),
        ({"curve": Curve(x="x", y="z")}, "curve.y is 'z'"),
        ({"sentence": "{z}"}, "sentence names 'z'"),
        (
            {"controls": [Slider("x", low=1, high=2, default=1, when=("y", "a"))]},
            "when is ('y', 'a') in simple: must be a choice and its option",
        ),
        (
            {"function": lambda *, x, y: {"a": x, "b": y}, "outputs": ["a"]},
            "control 'y' of simple changes nothing",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_panel_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        simple(**changes).html()


def test_a_toggle_cannot_stand_in_a_sentence(panel: Explorable) -> None:
    with pytest.raises(ValueError, match="toggle cannot stand"):
        dataclasses.replace(panel, sentence="{fast}").html()


def test_a_function_that_branches_is_refused_when_the_panel_is_made() -> None:
    with pytest.raises(TracingError, match="where"):
        simple(function=lambda *, x, y: {"total_usd": x if x > 2 else y}).html()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Slider("Bad name", low=0, high=1, default=0), "name is 'Bad name'"),
        (lambda: Slider("x", low=1, high=0, default=0), "low must be lower"),
        (lambda: Slider("x", low=0, high=1, default=2), "x is 2: must be from 0 to 1"),
        (lambda: Slider("x", low=0, high=1, default=0, scale="log"), "to be log"),
        (lambda: Slider("x", low=0, high=1, default=0, step=0), "step is 0"),
        (lambda: Slider("x", low=0, high=float("inf"), default=0), "low must be lower"),
        (lambda: Slider("x", low=0, high=1, default=True), "x is True"),
        (lambda: Choice("x", options=["a", "a"], default="a"), "repeat a name"),
        (lambda: Choice("x", options=["a"], default="b"), "must be one of 'a'"),
        (lambda: Toggle("x", default=1), "must be True or False"),  # type: ignore[arg-type]
    ],
)
def test_a_mistake_in_a_control_is_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_the_ids_of_panels_are_found_in_a_page(
    panel: Explorable, sentence: Explorable
) -> None:
    assert panel_ids(sentence.html() + panel.html()) == ["opening", "rent"]


def test_random_states_stop_where_the_sliders_do() -> None:
    panel = simple(
        controls=[
            Slider("x", low=8, high=1024, default=256, step=8),
            Slider("y", low=1, high=10, default=3),
        ]
    )
    source = random.Random(3)
    drawn = [panel.random_state(source)["x"] for _ in range(50)]
    assert all(float(value) % 8 == 0 for value in drawn)
    assert len(set(drawn)) > 20
