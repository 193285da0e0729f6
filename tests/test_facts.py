import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
import yaml
from pybtex.database import parse_string
from pybtex.richtext import Text

from dsv3.facts import (
    LISTS,
    Assumption,
    Catalogue,
    Fact,
    Source,
    assumption,
    assumptions,
    bibtex,
    fact,
    facts,
    list_coverage,
    read_records,
    source,
    sources,
)

TODAY = "2026-11-30"
BIBLIOGRAPHY = Path(__file__).parents[1] / "book" / "references.bib"
DATE_FIELDS = {"published", "read", "from_date", "to_date", "as_of"}
TEXT_FIELDS = DATE_FIELDS | {"printed", "note", "quantity"}

BLANK = re.compile(r"\{[a-z_0-9]+\}")
SINGULAR = "article|author|bill|chip|company|maker|model|page|paper|report|rule|source"
OWNED = "caveat|count|figure|number|own|price|rate|size|table|text|word"
SHORTENED = "do|does|did|is|are|was|were|wo|ca|could|has|have"
MISSING_APOSTROPHE = re.compile(
    rf"\b(?:the|a|its) (?:{SINGULAR})s (?:\d|(?:{OWNED})s?\b)|\b(?:{SHORTENED})nt\b"
)

GOOD = """
- id: some.fact
  quantity: something counted
  value: 3.35e+12
  unit: tokens
  source: deepseekai2024v3
  locator: section 1
  basis: published
  status: verified
"""


def data_files() -> list[Any]:
    """Every YAML file that is installed with the package."""
    root = files("dsv3").joinpath("data")
    folders = [root, *(item for item in root.iterdir() if item.is_dir())]
    return [
        item
        for folder in folders
        for item in folder.iterdir()
        if item.name.endswith(".yaml")
    ]


def raw(item: Any) -> Any:
    """A file as plain YAML 1.1 reads it, with no help from the loader."""
    return yaml.load(item.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def leaves(value: Any, field: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar below a value, with the name of the field it stands in."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, str(key))
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, field)
    else:
        yield field, value


def read_one(text: str) -> Fact:
    (record,) = read_records("trial.yaml", Fact, text=text)
    return record


def test_a_fact_comes_with_its_value_unit_and_source() -> None:
    tokens = fact("v3.tokens")
    assert tokens.number == 14.8e12
    assert tokens.unit == "tokens"
    assert tokens.source is source("deepseekai2024v3")
    assert tokens.locator == "section 4.1"
    assert tokens.published == "2024-12-27"


def test_a_fact_takes_its_dates_from_its_source_unless_it_gives_them() -> None:
    record = read_one(GOOD)
    assert (record.published, record.read) == ("2024-12-27", record.source.read)
    assert read_one(GOOD + "  published: '2025-03'\n").published == "2025-03"


def test_the_cost_table_adds_up_as_the_report_prints_it() -> None:
    for unit in ("gpu_hours", "usd"):
        parts = ("pre_training", "context_extension", "post_training")
        total = sum(fact(f"v3.{unit}.{part}").number for part in parts)
        assert total == fact(f"v3.{unit}.total").number
    hours, rate = fact("v3.gpu_hours.total"), fact("v3.usd_per_gpu_hour")
    assert hours.number * rate.number == fact("v3.usd.total").number
    assert rate.basis == "assumed"


def test_the_checkpoint_elements_add_up_to_the_printed_total() -> None:
    parts = ("f8_e4m3", "bf16", "f32")
    total = sum(fact(f"v3.checkpoint_elements.{part}").number for part in parts)
    assert total == fact("v3.checkpoint_elements.total").number


def test_the_hours_of_r1_add_up_to_the_printed_total() -> None:
    parts = ("r1_zero", "sft_data", "r1")
    total = sum(fact(f"r1.gpu_hours.{part}").number for part in parts)
    assert total == fact("r1.gpu_hours.total").number


def test_contradictions_between_sources_stay_visible() -> None:
    assert fact("v3.mtp_acceptance_share").numbers == (0.85, 0.9)
    assert fact("isca.mtp_acceptance_share").numbers == (0.8, 0.9)
    assert fact("r1.gpus").number == 512
    assert fact("hyperai.r1_gpus").number == 648
    assert fact("scaling_book.v3.utilization").number == 0.217
    assert fact("epoch.v3.utilization").number == 0.1947


def test_facts_with_a_prefix_come_sorted() -> None:
    found = [record.id for record in facts("v3.usd.")]
    assert found == sorted(found)
    assert len(found) == 4
    assert len(facts()) > 400
    assert facts("no.such.") == ()


@pytest.mark.parametrize(
    ("ask", "kind", "near"),
    [
        (fact, "fact is 'v3.token'", "v3.tokens"),
        (source, "source is 'deepseekai2024v4'", "deepseekai2024v3"),
        (assumption, "assumption is 'h800_sxm.fp8_peak'", "h800_sxm.fp8_dense_peak"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_ones(
    ask: Any, kind: str, near: str
) -> None:
    wrong = kind.split("'")[1]
    with pytest.raises(ValueError, match=re.escape(kind)) as caught:
        ask(wrong)
    assert near in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("3.35e+12", "3.35e12", "value is '3.35e12': YAML read this number as text"),
        ("3.35e+12", "[1.0, 2e3]", "value is '2e3': YAML read this number as text"),
        ("deepseekai2024v3", "deepseek2024", "source is 'deepseek2024': not in"),
        ("  locator: section 1\n", "", "locator is missing"),
        ("section 1", "' '", "locator is ' ': say where"),
        ("verified", "recalled", "status is 'recalled'"),
        ("verified", "secondary", "via is ''"),
        ("published", "derived", "basis is 'derived'"),
        ("some.fact", "fact", "id is 'fact': use dotted names"),
        ("  unit: tokens\n", "", "unit is missing"),
        (
            "unit: tokens",
            "units: tokens",
            "units is 'tokens': a record has no such field",
        ),
        ("unit: tokens", "unit: tokens\n  unit: usd", "['unit'] written twice"),
        ("unit: tokens", "unit: tokens\n  published: '2025-13'", "published is"),
        ("unit: tokens", "unit: tokens\n  read: soon", "read is 'soon'"),
    ],
)
def test_a_broken_record_is_refused_with_file_id_field_and_rule(
    old: str, new: str, rule: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(rule)) as caught:
        read_one(GOOD.replace(old, new))
    assert str(caught.value).startswith("trial.yaml: ")
    assert "\n" not in str(caught.value)


def test_a_duplicate_id_is_refused() -> None:
    with pytest.raises(ValueError, match=r"trial\.yaml: id is 'some\.fact'"):
        read_records("trial.yaml", Fact, text=GOOD + GOOD)


@pytest.mark.parametrize("text", ["a: b", "- 5", "- {a: [", ""])
def test_a_file_that_is_not_a_list_of_records_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^trial\.yaml: ") as caught:
        read_records("trial.yaml", Fact, text=text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("central", "rule"),
    [("3.35e12", "central is '3.35e12'"), ("9.0", "low <= central <= high")],
)
def test_an_assumption_needs_ordered_numbers(central: str, rule: str) -> None:
    text = (
        "- {id: a.b, quantity: q, low: 1.0, high: 2.0, unit: '', "
        f"central: {central}, distribution: point, why: because}}"
    )
    with pytest.raises(ValueError, match=re.escape(rule)):
        read_records("trial.yaml", Assumption, text=text)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"key": "DeepSeek2024"}, "a key is authorYEARword"),
        ({"url": "example.org"}, "a source needs an address"),
        ({"read": "2026-11"}, "a date is YYYY"),
        ({"authors": ()}, "name who wrote it"),
    ],
)
def test_a_broken_source_is_refused(change: dict[str, Any], rule: str) -> None:
    fields: dict[str, Any] = {
        "key": "someone2024thing",
        "short": "Thing",
        "title": "A thing",
        "authors": ("Someone",),
        "publisher": "Someone",
        "url": "https://example.org",
        "read": TODAY,
    }
    assert Source(**fields).year is None
    with pytest.raises(ValueError, match=rule):
        Source(**fields | change)


def test_a_fact_that_is_not_a_number_says_so() -> None:
    with pytest.raises(ValueError, match="it is not one number"):
        _ = fact("v3.scoring_func").number
    with pytest.raises(ValueError, match="it is not one number"):
        _ = fact("v3.token_dropping").number
    with pytest.raises(ValueError, match="it is not a list of numbers"):
        _ = fact("v3.tokens").numbers


def test_no_number_in_any_data_file_is_read_as_text() -> None:
    wrong = []
    for item in data_files():
        for field, leaf in leaves(raw(item)):
            if field in TEXT_FIELDS or not isinstance(leaf, str):
                continue
            if re.fullmatch(r"[-+]?[\d_]*\.?\d+([eE][-+]?\d+)?", leaf):
                wrong.append((item.name, field, leaf))
    assert wrong == []


def test_every_sentence_of_the_data_is_finished() -> None:
    """Only the article's evidence has blanks, and each of them has its number."""
    for item in data_files():
        for field, value in leaves(raw(item)):
            if not isinstance(value, str) or field == "url":
                continue
            text = value
            if item.name == "article_claims.yaml" and field in {"evidence", "caveat"}:
                text = BLANK.sub("", text)
            assert "{" not in text, f"{item.name}: {field}: {value}"
            assert "}" not in text, f"{item.name}: {field}: {value}"
            assert not MISSING_APOSTROPHE.search(text), f"{item.name}: {value}"


def test_every_source_named_in_the_data_is_known_and_every_known_one_is_used() -> None:
    named = {
        leaf
        for item in data_files()
        for field, leaf in leaves(raw(item))
        if field in {"source", "sources"} and isinstance(leaf, str)
    }
    assert named == {one.key for one in sources()}


def test_every_list_says_whether_it_is_complete() -> None:
    no_lists = {"assumptions", "coverage", "notation", "sources", "terms"}
    root = files("dsv3").joinpath("data")
    lists = {item.name for item in root.iterdir() if item.name.endswith(".yaml")}
    assert set(LISTS.by_name) == lists - {f"{name}.yaml" for name in no_lists}
    for one in LISTS.by_name.values():
        if one.rows is not None:
            assert len(raw(root.joinpath(one.file))) == one.rows, one.file


def test_no_list_by_this_report_of_the_world_is_called_complete() -> None:
    assert not list_coverage("export_events.yaml").complete
    assert not list_coverage("adoption.yaml").complete


def test_every_date_in_the_data_is_a_day_that_has_come() -> None:
    for item in data_files():
        for field, leaf in leaves(raw(item)):
            if field in DATE_FIELDS:
                assert isinstance(leaf, str), (item.name, field, leaf)
                date.fromisoformat(leaf + "-01-01"[len(leaf) - 4 :])
                assert leaf <= TODAY, (item.name, field, leaf)


def test_every_fact_says_where_and_none_is_recalled_or_derived() -> None:
    for item in data_files():
        for field, leaf in leaves(raw(item)):
            if field == "status":
                assert leaf in {"verified", "secondary"}, (item.name, leaf)
            if field == "locator":
                assert leaf.strip(), item.name


def test_every_assumption_gives_a_reason_and_known_sources() -> None:
    for record in assumptions():
        assert record.why
        assert [source(key).key for key in record.sources] == list(record.sources)


def test_the_bibliography_in_the_book_is_the_one_the_sources_give() -> None:
    assert BIBLIOGRAPHY.read_text(encoding="utf-8") == bibtex(sources())


def test_the_bibliography_is_sorted_and_parses_with_every_field() -> None:
    parsed = parse_string(bibtex(reversed(sources())), "bibtex")
    assert list(parsed.entries) == sorted(one.key for one in sources())
    for key, entry in parsed.entries.items():
        record = source(key)
        assert entry.fields["url"] == record.url
        assert record.read in entry.fields["note"]
        assert len(entry.persons["author"]) == len(record.authors)


def test_every_source_can_be_traced_to_one_document_by_somebody() -> None:
    for one in sources():
        address = urlparse(one.url)
        assert address.path.strip("/") or address.query, one.key
        for author in one.authors:
            assert not re.match(
                "unattributed|unknown|various", author, re.IGNORECASE
            ), one.key


def test_people_and_organisations_are_told_apart() -> None:
    text = bibtex(sources())
    assert "author = {Amodei, D.}," in text
    assert "author = {{DeepSeek-AI}}," in text
    assert "author = {Shao, Z. and others}," in text
    assert len(source("zhao2025insights").authors) == 15


def test_special_characters_survive_the_bibliography() -> None:
    record = Source(
        key="someone2024thing",
        short="Thing",
        title="R&D at 5% of a_b",
        authors=("Q & A, Inc", "Someone"),
        publisher="#1",
        url="https://example.org/a_b%20c",
        read=TODAY,
    )
    entry = parse_string(bibtex([record]), "bibtex").entries["someone2024thing"]
    title = Text.from_latex(entry.fields["title"])
    assert title.render_as("text") == "R&D at 5% of a_b"
    assert entry.fields["year"] == "undated"
    with pytest.raises(ValueError, match=r"write it without '\$' in a source"):
        bibtex([replace(record, title="Half of $1")])
    assert entry.fields["url"] == record.url


def test_a_catalogue_is_read_once_in_order_and_knows_aliases() -> None:
    readings = []

    def read() -> dict[str, str]:
        readings.append(1)
        return {"Second One": "2", "First One": "1"}

    catalogue = Catalogue(
        noun="thing", read=read, spelling=str.upper, aliases=lambda one: (f"no {one}",)
    )
    assert readings == []
    assert catalogue.names == ("Second One", "First One")
    assert catalogue.record("first one") == catalogue.record("No 1") == "1"
    with pytest.raises(ValueError, match="thing is 'first': there is none; nearest: F"):
        catalogue.record("first")
    assert readings == [1]


def test_many_records_are_not_all_named() -> None:
    many = Catalogue(noun="row", read=lambda: {f"a{n:02}": n for n in range(13)})
    with pytest.raises(ValueError, match=r"known: a00, .*, a07, \.\.\.$"):
        many.record("zzz")
