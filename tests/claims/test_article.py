"""Every claim of the article: its computations run, and allow its verdict."""

import dataclasses
import re
from itertools import product
from pathlib import Path

import pytest
import yaml

from dsv3.claims import Computation
from dsv3.claims.article import (
    ArticleClaim,
    Finding,
    allowed_verdicts,
    article_claims,
    counts_by_finding,
)
from dsv3.claims.evidence_number import EvidenceNumber
from dsv3.facts import Fact, fact, list_coverage, read_records

TYPED = re.compile(r"(?<![\w.])\d[\d,.]*\d\d")
KIMI = Computation(call="claims.runs.kimi_base_usd")
NAMES = re.compile(r"Llama 3\.1 405B|gpt-oss-120b|(?<!\d)20\d\d")


@pytest.mark.parametrize("claim", article_claims(), ids=lambda claim: claim.id)
def test_the_numbers_allow_the_verdict(
    claim: ArticleClaim, listed_pages: set[str]
) -> None:
    for number in claim.numbers:
        assert number.is_as_expected, (
            f"{number.name}: {number.origin} "
            f"gives {number.value!r}, not {number.gives!r}"
        )
    holds = [bool(number.holds) for number in claim.tests]
    assert claim.verdict in allowed_verdicts(holds), f"{claim.id}: {holds}"
    assert all(source.url for source in claim.cited)
    assert claim.page in listed_pages


@pytest.fixture(scope="module")
def listed_pages(repository: Path) -> set[str]:
    """Return the pages of the contents."""
    contents = yaml.safe_load((repository / "_toc.yml").read_text(encoding="utf-8"))
    chapters = (part["chapters"] for part in contents["parts"])
    return {chapter["file"] for part in chapters for chapter in part}


def test_claims_follow_the_article() -> None:
    found = article_claims()
    assert [claim.id for claim in found] == [
        f"c{at:02}" for at in range(1, len(found) + 1)
    ]
    paragraphs = [claim.paragraph for claim in found]
    assert paragraphs == sorted(paragraphs)
    assert set(paragraphs) == set(range(1, 13))


def test_no_number_is_typed_into_the_evidence() -> None:
    typed = [
        f"{claim.id}: {number}"
        for claim in article_claims()
        for text in (claim.evidence, claim.caveat)
        for number in TYPED.findall(NAMES.sub("", text))
    ]
    assert typed == []


def test_most_verdicts_are_decided_by_a_number() -> None:
    decided = [claim for claim in article_claims() if claim.is_computed]
    assert len(decided) >= len(article_claims()) / 2
    assert {claim.verdict for claim in decided} == set(Finding) - {
        Finding.CANNOT_BE_DECIDED
    }


def test_what_cannot_be_decided_is_bounded_by_nothing() -> None:
    for claim in article_claims():
        if claim.verdict is Finding.CANNOT_BE_DECIDED:
            assert not claim.tests, claim.id


LISTING_CALLS = {
    "claims.export_controls.events": "export_events.yaml",
    "claims.runs.dearest_usd": "training_costs.yaml",
    "policy.events": "export_events.yaml",
    "policy.recorded_history": "export_history.yaml",
    "policy.rules": "export_rules.yaml",
    "prices.rental_prices": "rental_prices.yaml",
    "training.adopters": "adoption.yaml",
}


def calls(computation: object) -> set[str]:
    """Every function that a computation calls, however deep."""
    return set(re.findall(r"call['\"]?[:=] ?'([\w.]+)'", repr(computation)))


def test_absence_from_a_list_that_may_miss_some_decides_nothing() -> None:
    """Over such a list a count may reach a bound; it may not miss one or stay below."""
    for claim in article_claims():
        for number in claim.tests:
            asked = {LISTING_CALLS.get(name, "") for name in calls(number.computed_by)}
            for file in asked - {""}:
                if list_coverage(file).complete:
                    continue
                assert number.at_most is None, f"{claim.id}: {number.name}"
                assert number.holds, f"{claim.id}: {number.name}"


def test_a_call_is_found_however_deep_it_stands() -> None:
    (claim,) = (one for one in article_claims() if one.id == "c39")
    found = {name for number in claim.numbers for name in calls(number.computed_by)}
    assert {"claims.arithmetic.count", "claims.export_controls.events"} <= found


def test_the_counts_are_those_of_the_claims() -> None:
    counts = counts_by_finding()
    assert list(counts) == [str(finding) for finding in Finding]
    assert sum(counts.values()) == len(article_claims())
    assert counts["contradicted"] == 1


@pytest.mark.parametrize("holds", list(product([True, False], repeat=3)))
def test_numbers_leave_a_verdict_and_never_its_opposite(
    holds: tuple[bool, ...],
) -> None:
    allowed = set(allowed_verdicts(holds))
    assert allowed
    assert (Finding.CONTRADICTED in allowed) == (not any(holds))
    assert (Finding.SUPPORTED in allowed) == all(holds)
    assert (Finding.IMPRECISE in allowed) == (any(holds) and not all(holds))
    assert Finding.CANNOT_BE_DECIDED not in allowed


def _claim(**changes: object) -> ArticleClaim:
    first = article_claims()[1]
    return dataclasses.replace(first, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"evidence": "It took {hours}."}, "every blank needs one number"),
        ({"caveat": ""}, "blank|caveat"),
        ({"verdict": Finding.SUPPORTED}, "must go with a verdict"),
        ({"sources": (), "numbers": (), "caveat": "So."}, "rests on a source"),
    ],
)
def test_a_claim_that_says_too_little_is_refused(
    changes: dict[str, object], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        _claim(**changes)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({}, "give one origin"),
        ({"fact": "v3.gpus", "computed_by": KIMI}, "give one origin"),
        ({"computed_by": KIMI}, "it goes with a computation"),
        ({"fact": "v3.gpus", "gives": 2048.0}, "it goes with a computation"),
    ],
)
def test_a_number_has_one_origin(fields: dict[str, object], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        EvidenceNumber(name="n", **fields)  # type: ignore[arg-type]


def test_a_computation_that_gives_something_else_is_seen() -> None:
    last = {"fact": "v3.context_extension.second_sequence_tokens"}
    first = {"fact": "v3.sequence_tokens"}
    growth = Computation(
        call="claims.arithmetic.ratio",
        arguments={"numerator": last, "denominator": first},
    )
    right = EvidenceNumber(name="n", computed_by=growth, gives=32.0)
    assert right.is_as_expected
    assert not dataclasses.replace(right, gives=32.1).is_as_expected


def test_an_assumption_gives_its_central_value() -> None:
    number = EvidenceNumber(name="n", assumption="server.life_years", at_most=4)
    assert number.value == 4
    assert number.holds


@pytest.mark.parametrize(
    ("low", "high", "holds"),
    [(None, None, None), (2048, None, True), (None, 2047, False), (2049, 3000, False)],
)
def test_bounds_are_inclusive(
    low: float | None, high: float | None, holds: bool | None
) -> None:
    number = EvidenceNumber(name="n", fact="v3.gpus", at_least=low, at_most=high)
    assert number.holds is holds


def test_the_sources_of_facts_are_cited() -> None:
    for claim in article_claims():
        read = {n.record.source for n in claim.numbers if isinstance(n.record, Fact)}
        assert read <= set(claim.cited), claim.id
    assert fact("v3.gpus").source in article_claims()[40].cited


def test_a_misspelt_verdict_or_topic_is_refused() -> None:
    text = (
        "- {id: c01, paragraph: 1, topic: the moon, statement: s, verdict: supported}"
    )
    with pytest.raises(ValueError, match=r"article_claims.yaml: c01"):
        read_records("article_claims.yaml", ArticleClaim, text=text)
