"""The first use of a term leads to the glossary, and nothing else does."""

from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from docutils.utils import new_document

from dsv3.facts import fact
from dsv3.numbers import read
from dsv3_terms import GLOSSARY, definitions_css, link_terms, name_of, pattern

SPELLINGS = ("expert", "mixture of experts", "GPU-hour", "HBM")


def _app(*pages: str) -> Any:
    """Stand in for Sphinx: the pages it found, and addresses between pages."""
    return SimpleNamespace(
        env=SimpleNamespace(found_docs=set(pages)),
        builder=SimpleNamespace(get_relative_uri=lambda _here, there: f"{there}.html"),
    )


def _links(
    *children: nodes.Element, page: str = "book/economics/training-cost"
) -> list[nodes.reference]:
    document = new_document("chapter")
    document.extend(children)
    link_terms(_app(GLOSSARY, page), document, page)
    return list(document.findall(nodes.reference))


def _linked(*children: nodes.Element, **on: str) -> list[str]:
    return [link.astext() for link in _links(*children, **on)]


def _paragraph(*parts: nodes.Node | str) -> nodes.paragraph:
    found = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return nodes.paragraph("", "", *found)


def test_only_the_first_use_is_linked() -> None:
    assert _linked(_paragraph("Experts and an expert."), _paragraph("expert")) == [
        "Experts"
    ]


def test_an_abbreviation_is_the_same_term_as_its_name() -> None:
    text = "Multi-head latent attention (MLA), and MLA again."
    (link,) = _links(_paragraph(text))
    assert link.astext() == "Multi-head latent attention"
    assert link["refuri"].endswith("glossary.html#term-multi-head-latent-attention")


def test_the_longest_term_wins_and_the_rest_of_the_text_stays() -> None:
    paragraph = _paragraph("A mixture of experts has HBM; hbm is no name.")
    text = paragraph.astext()
    assert _linked(paragraph) == ["mixture of experts", "HBM"]
    assert paragraph.astext() == text


def test_a_word_with_two_meanings_is_linked_where_it_is_the_term() -> None:
    text = "It argues for no policy."
    assert _linked(_paragraph(text), page="book/geopolitics/diffusion") == []
    page = "book/training-recipe/post-training"
    assert _linked(_paragraph("The policy answers."), page=page) == ["policy"]


@pytest.mark.parametrize(
    "left_alone",
    [
        nodes.title("", "An expert"),
        nodes.caption("", "An expert"),
        _paragraph(nodes.literal("", "expert")),
        _paragraph(nodes.reference("", "", nodes.Text("nothing here"))),
        nodes.citation("", _paragraph("Expert specialization in language models.")),
        _paragraph(nodes.emphasis("", "Also called:"), " expert, HBM."),
    ],
)
def test_titles_code_links_and_other_names_are_left_alone(left_alone: Any) -> None:
    assert _linked(left_alone) in ([], ["nothing here"])


def test_a_number_leads_to_its_origin_and_not_to_its_unit() -> None:
    markup = read(fact("v3.gpu_hours.total"))._repr_html_()
    number = nodes.raw("", markup, format="html")
    paragraph = _paragraph(number, " are many GPU-hours.")
    assert _linked(paragraph) == ["GPU-hours"]
    assert paragraph.children[0].astext() == markup


def test_a_paragraph_in_a_paragraph_is_read_once() -> None:
    assert _linked(_paragraph(_paragraph("One expert."))) == ["expert"]


def test_the_glossary_does_not_link_to_itself() -> None:
    assert _linked(_paragraph("An expert."), page=GLOSSARY) == []


def test_a_site_without_a_glossary_has_no_links_to_it() -> None:
    document = new_document("chapter")
    document += _paragraph("An expert.")
    link_terms(_app("book/index"), document, "book/index")
    assert list(document.findall(nodes.reference)) == []


def test_names_are_found_as_they_are_written() -> None:
    found = pattern(SPELLINGS)
    assert [match[0] for match in found.finditer("GPU-hours, gpu-hours, HBMs")] == [
        "GPU-hours"
    ]
    assert name_of("Mixture of\nexperts", SPELLINGS) == "mixture of experts"


def test_a_link_shows_the_definition_of_its_own_term() -> None:
    rules = definitions_css().splitlines()
    (rule,) = [rule for rule in rules if '#term-top-k"' in rule]
    assert rule.endswith('{--says:"top-k: Selecting the k largest of many scores."}')
    assert all(rule.count('"') == 4 for rule in rules), "a quotation mark ends a rule"
