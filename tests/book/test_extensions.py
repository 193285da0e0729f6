"""The book's own build steps: formulas, icons and the one stylesheet."""

import pytest

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
