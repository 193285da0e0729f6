"""The first use of a term leads to the glossary, and nothing else does."""

from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from docutils.utils import new_document

from dsv3.facts import fact
from dsv3.numbers import read
from dsv3_terms import link_terms, name_of, pattern

TERMS = ("expert", "mixture of experts", "GPU-hour", "HBM")


def _app() -> Any:
    """Stand in for Sphinx: a glossary on one page, and addresses between pages."""
    objects = [(name, name, "term", "glossary", f"term-{name}", 1) for name in TERMS]
    domain = SimpleNamespace(get_objects=lambda: objects)
    return SimpleNamespace(
        env=SimpleNamespace(get_domain=lambda _name: domain),
        builder=SimpleNamespace(get_relative_uri=lambda _here, there: f"{there}.html"),
    )


def _linked(*children: nodes.Element, page: str = "chapter") -> list[str]:
    document = new_document("chapter")
    document.extend(children)
    link_terms(_app(), document, page)
    return [link.astext() for link in document.findall(nodes.reference)]


def _paragraph(*parts: nodes.Node | str) -> nodes.paragraph:
    found = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return nodes.paragraph("", "", *found)


def test_only_the_first_use_is_linked() -> None:
    assert _linked(_paragraph("Experts and an expert."), _paragraph("expert")) == [
        "Experts"
    ]


def test_the_longest_term_wins_and_the_rest_of_the_text_stays() -> None:
    paragraph = _paragraph("A mixture of experts has HBM; hbm is no name.")
    text = paragraph.astext()
    assert _linked(paragraph) == ["mixture of experts", "HBM"]
    assert paragraph.astext() == text


@pytest.mark.parametrize(
    "left_alone",
    [
        nodes.title("", "An expert"),
        nodes.caption("", "An expert"),
        _paragraph(nodes.literal("", "expert")),
        _paragraph(nodes.reference("", "", nodes.Text("nothing here"))),
        nodes.citation("", _paragraph("Expert specialization in language models.")),
    ],
)
def test_titles_code_links_and_citations_are_left_alone(left_alone: Any) -> None:
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
    assert _linked(_paragraph("An expert."), page="glossary") == []


def test_names_are_found_as_they_are_written() -> None:
    found = pattern(TERMS)
    assert [match[0] for match in found.finditer("GPU-hours, gpu-hours, HBMs")] == [
        "GPU-hours"
    ]
    assert name_of("Mixture of\nexperts", TERMS) == "mixture of experts"
