"""The book's own build steps: formulas, icons and the one stylesheet."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from dsv3_captions import LABEL, Numbering
from dsv3_code import fold_code, fold_outputs
from dsv3_icons import icon_css, icon_names
from dsv3_mathml import to_mathml
from dsv3_site import finished
from dsv3_stylesheet import pruned, words
from explorables import stylesheet
from explorables.diagram import Layout, diagram, linked, text

LIBRARY = 'x={sun:[512,512,[],"f185","M1"]},y={sun:[512,500,[9728],"f185","M2"]}'


def test_a_formula_becomes_mathml_that_keeps_its_latex() -> None:
    mathml = to_mathml(r"\frac{a}{b} < 1", display=False)
    assert "<mfrac>" in mathml
    assert r'alttext="\frac{a}{b} &lt; 1"' in mathml


@pytest.mark.parametrize("environment", ["aligned", "align", "align*", "split"])
def test_rows_are_lined_up_and_not_numbered(environment: str) -> None:
    latex = rf"\begin{{{environment}}}a &= b \\ &= c\end{{{environment}}}"
    mathml = to_mathml(latex, display=True)
    assert mathml.count("<mtr>") == 2
    assert "(1)" not in mathml


def test_bare_rows_become_rows() -> None:
    assert to_mathml(r"a &= b \\ &= c", display=True).count("<mtr>") == 2


def test_upright_words_stay_whole() -> None:
    assert "<mtext>FLOP</mtext>" in to_mathml(r"\mathrm{FLOP}", display=False)


@pytest.mark.parametrize("latex", [r"\nosuchcommand x", r"\left( a", r"a & b"])
def test_a_formula_that_would_show_its_source_is_refused(latex: str) -> None:
    with pytest.raises(ValueError, match="MathML"):
        to_mathml(latex, display=False)


def test_icons_come_from_the_solid_set_which_is_the_last() -> None:
    css = icon_css({"sun"}, LIBRARY)
    assert "0 0 512 500" in css
    assert "M2" in css


def test_an_icon_that_the_theme_does_not_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="'moon'"):
        icon_css({"moon"}, LIBRARY)


def test_sizes_and_styles_are_not_icons() -> None:
    assert icon_names('<i class="fa-solid fa-moon fa-lg">') == {"moon"}


def test_a_rule_stays_when_one_of_its_selectors_can_match() -> None:
    assert pruned(".a,.b .c{color:red}", {"b", "c"}) == ".b .c{color:red}"


def test_a_class_inside_a_negation_does_not_decide() -> None:
    css = "p:not(.gone){color:red}"
    assert pruned(css, set()) == css


def test_a_licence_with_commas_and_signs_stays_whole_and_spoils_no_rule() -> None:
    licence = "/*! Theme (c) 2020,EBP see #architecture */"
    css = licence + "html[x=dark],html[x=light]{a:b}/* plain, gone */.a{c:d}"
    assert pruned(css, {"a"}) == licence + "html[x=dark],html[x=light]{a:b}.a{c:d}"


def test_rules_inside_conditions_are_pruned_and_empty_conditions_go() -> None:
    css = "@media (min-width:9px){.a{x:y}.b{x:y}}@supports (x:y){.b{x:y}}"
    assert pruned(css, {"a"}) == "@media (min-width:9px){.a{x:y}}"


def test_braces_in_quotes_do_not_end_a_rule() -> None:
    css = '.a::before{content:"}"}.b{x:y}'
    assert pruned(css, {"a", "b"}) == css


def test_web_fonts_and_imports_go_and_keyframes_stay() -> None:
    css = '@import "x.css";@font-face{src:url(a)}@keyframes k{from{x:y}}'
    assert pruned(css, set()) == "@keyframes k{from{x:y}}"


def test_words_of_scripts_count_as_classes() -> None:
    assert "is-open" in words('element.classList.add("is-open")')


def test_a_page_brings_no_sheet_that_the_site_has_and_links_to_pages() -> None:
    def draw(*, wide: bool) -> Layout:
        name = text(0, 15, "wide" if wide else "narrow")
        return Layout(height=20, marks=(linked("one/page#part", "a page", name),))

    shown = diagram(
        draw,
        name="probe",
        page="two/here",
        title="A",
        caption="B.",
        note="C.",
        description="word " * 60,
        source="D",
    )
    panel = f"<style>{stylesheet()}</style>"
    page = finished(f"{panel}{shown._repr_mimebundle_()['text/html']}", "digest")
    assert "<style" not in page
    assert page == shown.html().replace("page.ipynb#part", "page.html#part")
    assert 'href="../one/page.html#part"' in page


def _cell(*, tags: str = "", code: str = "", html: str = "") -> nodes.container:
    """Return a code cell as a notebook's reader makes it."""
    cell = nodes.container(nb_element="cell_code", cell_metadata={"tags": tags.split()})
    if "hide-input" in tags:
        cell["hide_mode"] = "input"
    if code:
        source = nodes.container(nb_element="cell_code_source")
        source += nodes.literal_block(code, code)
        cell += source
    if html:
        output = nodes.container(nb_element="cell_code_output")
        output += nodes.raw(html, html, format="html")
        cell += output
    return cell


TABLE = '<figure class="ex-figure" data-kind="table"><figcaption>A finding.'
PANEL = '<div class="ex-panel" data-panel="cost"><p class="ex-title">Cost'


def _page(*children: nodes.Element) -> nodes.document:
    page = new_document("page")
    page += children
    return page


def test_figures_and_panels_share_a_row_of_numbers_and_tables_have_their_own() -> None:
    numbering = Numbering()
    figure = TABLE.replace("table", "figure")
    shown = [TABLE, PANEL, TABLE, PANEL + '<p class="ex-sentence">', figure + TABLE]
    labels = [text for html in shown for text, _ in numbering.labelled(html)[1]]
    assert labels == ["Table 1", "Figure 1", "Table 2", "Figure 2", "Table 3"]
    html, _ = Numbering().labelled(PANEL)
    assert html == (
        '<div id="figure-1" class="ex-panel" data-panel="cost"><p class="ex-title">'
        '<span class="ex-label">Figure 1.</span> Cost'
    )


def test_folded_code_goes_below_the_output_that_it_makes() -> None:
    figure = _cell(tags="remove-input", html="<p>drawn</p>")
    figure[LABEL] = "Figure 1"
    page = _page(
        _cell(tags="hide-input", code="import a"),
        nodes.paragraph("", "Prose."),
        _cell(code="taught = 1"),
        nodes.paragraph("", "Prose."),
        _cell(tags="hide-input", code="drawn = 2"),
        figure,
    )
    fold_code(None, page)  # type: ignore[arg-type]
    assert [node.astext() for node in figure.findall(nodes.literal_block)] == [
        "import a",
        "drawn = 2",
    ]
    raw = [node.astext() for node in figure.findall(nodes.raw)]
    assert raw == [
        "<p>drawn</p>",
        '<details class="ex-code"><summary>Code of Figure 1</summary>',
        "</details>",
    ]
    taught = [node for node in page.findall() if "ex-teaching" in _classes(node)]
    assert [node.astext() for node in taught] == ["taught = 1"]


def test_an_output_that_a_drawing_says_already_is_folded_under_its_name() -> None:
    table = _cell(tags="remove-input", html="<table></table>")
    table["hide_mode"], table["prompt_show"] = "output", "As a table"
    shown = _cell(tags="remove-input", html="<p>shown</p>")
    fold_outputs(None, _page(table, shown))  # type: ignore[arg-type]
    assert [node.astext() for node in table.findall(nodes.raw)] == [
        '<details class="dsv3-answer"><summary>As a table</summary>',
        "<table></table>",
        "</details>",
    ]
    assert [node.astext() for node in shown.findall(nodes.raw)] == ["<p>shown</p>"]


def _classes(node: nodes.Node) -> list[str]:
    return node["classes"] if isinstance(node, nodes.Element) else []
