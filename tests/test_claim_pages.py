"""The evidence pages say what the claims say, and cite what CITATION.cff cites."""

from pathlib import Path

import yaml
from bs4 import BeautifulSoup

from dsv3 import claim_pages
from dsv3.claims import OTHERS, PARTS, REPORTED, check, claims, counts_by_verdict
from dsv3.claims.article import article_claims, counts_by_finding
from dsv3.facts import data_files, fact, source
from dsv3.numbers import origin
from dsv3_numbers import numbers
from explorables.listing import Listing


def _counts(listed: Listing) -> dict[str, int]:
    page = BeautifulSoup(listed._repr_html_(), "html.parser")
    found = [str(entry["data-verdict"]) for entry in page.select("li")]
    return {verdict: found.count(verdict) for verdict in found}


def test_every_claim_of_the_article_is_an_entry() -> None:
    listed = claim_pages.article_listing()
    assert [entry.id for entry in listed.entries] == [
        one.id for one in article_claims()
    ]
    assert _counts(listed) == counts_by_finding()


def test_every_published_figure_is_an_entry_with_all_that_it_rests_on() -> None:
    listed = claim_pages.figures_listing(*PARTS)
    assert len(listed.entries) == len(claims())
    known = {name: count for name, count in counts_by_verdict().items() if count}
    assert _counts(listed) == known
    worst_first = [entry.facets["Verdict"] for entry in listed.entries]
    assert worst_first == sorted(worst_first, key=list(known)[::-1].index)
    by_id = {claim.id.replace(".", "-").replace("_", "-"): claim for claim in claims()}
    assert len(by_id) == len(claims())
    for entry in listed.entries:
        claim = by_id[entry.id]
        checked = check(claim)
        measured = {line.label: line.text for line in entry.measures}
        said = {line.label: line.text for line in entry.facts}
        assert measured["Published"] == checked.published_text
        assert measured["Computed"] == checked.computed_text
        assert claim.locator in said["Source"]
        assert claim.tolerance_reason in said["Tolerance"]
        assert claim.computed_by is not None
        assert said["Function"] == claim.computed_by.text


def test_each_figure_stands_on_one_of_the_two_pages() -> None:
    reports = claim_pages.figures_listing(*REPORTED).entries
    others = claim_pages.figures_listing(OTHERS).entries
    assert len(reports) + len(others) == len(claims())
    assert {one.id for one in reports}.isdisjoint(one.id for one in others)
    for one in others:
        (cited,) = [line.text for line in one.facts if line.label == "Source"]
        undated = cited.startswith(("llm-cal", "ToolJolt"))
        assert undated or "(202" in cited, cited


def test_numbers_of_the_evidence_tell_their_origin() -> None:
    page = claim_pages.article_listing()._repr_html_()
    found = numbers(page)
    assert len(found) == sum(len(claim.numbers) for claim in article_claims())
    assert {number.kind for number in found} == {"fact", "computed"}
    for number in found:
        assert origin(number.kind, number.key) is not None


def test_every_test_of_a_claim_is_shown_with_its_function_and_its_outcome() -> None:
    for claim, entry in zip(
        article_claims(), claim_pages.article_listing().entries, strict=True
    ):
        said = [line.text for line in entry.facts if line.label in {"Decided by", ""}]
        assert len(said) == len(claim.tests)
        for text, number in zip(said, claim.tests, strict=True):
            assert ("not kept" in text) == (not number.holds)
            if number.computed_by:
                assert number.computed_by.text in text


def test_entries_lead_to_pages_of_the_book(repository: Path) -> None:
    links = {
        line.href
        for entry in claim_pages.article_listing().entries
        for line in entry.facts
        if line.href
    }
    assert links
    for link in links:
        assert (repository / "book" / "evidence" / link).resolve().exists(), link


def test_the_citation_is_that_of_the_file(repository: Path) -> None:
    text = (repository / "CITATION.cff").read_text(encoding="utf-8")
    cited = yaml.safe_load(text)
    made = claim_pages.citation()
    assert cited["title"] == claim_pages.TITLE
    assert [author["name"] for author in cited["authors"]] == [claim_pages.AUTHOR]
    assert str(cited["date-released"]) == claim_pages.RELEASED
    assert f"version = {{{cited['version']}}}" in made
    assert claim_pages.TITLE.replace("$", r"\$") in made


def test_the_age_of_a_file_is_that_of_its_records() -> None:
    by_name = {one.name: one for one in data_files()}
    prices = by_name["api_prices.yaml"]
    assert prices.first_read <= source("willison2026prices").read <= prices.last_read
    newest = fact("eu.general_purpose_fines_day")
    assert by_name["facts/reactions.yaml"].last_read >= newest.read
    assert by_name["facts/reactions.yaml"].last_published == newest.published
    assert by_name["notation.yaml"].last_read == ""
    assert by_name["sources.yaml"].records == by_name["sources.yaml"].sources
    assert by_name["export_rules.yaml"].sources > 1
