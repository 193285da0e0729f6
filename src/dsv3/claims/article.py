"""What the article that this report examines says, and what the evidence makes of it.

The article is "DeepSeek V3: The Model That Changes the Economics of AI". Its checkable
statements stand in ``data/article_claims.yaml`` in our words. Each names the numbers
that bear on it, and some of those carry the bounds that the article's words put on
them: "five to ten times" is a ratio from 5 to 10. Whether the numbers keep to their
bounds decides which verdicts are allowed (`allowed_verdicts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import ClassVar, Literal, TypeAlias

from dsv3.claims.evidence_number import EvidenceNumber
from dsv3.facts import RECORD_RULES, Count, Fact, Source, read_records, source


class Finding(StrEnum):
    """What the evidence makes of a statement."""

    SUPPORTED = "supported"
    """Every number that the words bound keeps to its bound."""

    WITH_CAVEAT = "supported with a caveat"
    """The same, but something that a reader needs is left out."""

    IMPRECISE = "imprecise"
    """True in one reading and not in another."""

    CANNOT_BE_DECIDED = "cannot be decided"
    """An opinion, a forecast, or nothing published decides it."""

    CONTRADICTED = "contradicted"
    """No number that the words bound keeps to its bound."""


Topic: TypeAlias = Literal[
    "the model",
    "the chip",
    "the training",
    "the cost",
    "the licence",
    "serving",
    "prices",
    "policy",
]

WITH_A_BUT = (Finding.WITH_CAVEAT, Finding.IMPRECISE)
"""Verdicts that owe the reader a qualification."""


def _refuse(name: str, value: object, rule: str) -> None:
    message = f"{name} is {value!r}: {rule}"
    raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleClaim:
    """One statement of the article, with what bears on it."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)

    id: str
    """Number of the claim, in the order of the article: ``c01``."""

    paragraph: Count
    """Paragraph of the article's body, counted from 1."""

    topic: Topic

    statement: str
    """What the article says, in our words."""

    verdict: Finding
    """What the evidence makes of it."""

    evidence: str
    """Why, with a blank for each number."""

    caveat: str = ""
    """What a reader needs beside it, with blanks too."""

    numbers: tuple[EvidenceNumber, ...] = ()
    """The numbers of both texts."""

    sources: tuple[str, ...] = ()
    """Keys of sources beyond those of the facts."""

    page: str
    """Page on which the computation is made, as the contents name it."""

    def __post_init__(self) -> None:
        """Check what the types cannot say."""
        text = f"{self.evidence} {self.caveat}"
        blanks = {name for _, name, _, _ in Formatter().parse(text) if name}
        if blanks != {number.name for number in self.numbers}:
            odd = sorted(blanks ^ {number.name for number in self.numbers})
            _refuse("numbers", odd, "every blank needs one number, and one a blank")
        if bool(self.caveat) != (self.verdict in WITH_A_BUT):
            _refuse("caveat", self.caveat, f"must go with a verdict of {WITH_A_BUT}")
        rests = self.sources or self.numbers
        if not rests and self.verdict is not Finding.CANNOT_BE_DECIDED:
            _refuse("sources", self.sources, "a verdict rests on a source or a number")

    @property
    def tests(self) -> tuple[EvidenceNumber, ...]:
        """The numbers that the article's words bound."""
        return tuple(one for one in self.numbers if one.holds is not None)

    @property
    def is_computed(self) -> bool:
        """Whether numbers decide the verdict, or only what was read."""
        return bool(self.tests)

    @property
    def cited(self) -> tuple[Source, ...]:
        """Sources of the verdict: those named, and those of the facts it reads."""
        named = [source(key) for key in self.sources]
        read = [
            one.record.source for one in self.numbers if isinstance(one.record, Fact)
        ]
        return tuple(dict.fromkeys([*named, *read]))

    def filled(self, template: str) -> str:
        """Return one of the texts with its numbers in place."""
        return template.format(**{one.name: one.text for one in self.numbers})

    def summary(self) -> dict[str, object]:
        """Return the row that the command line prints."""
        return {
            "statement": self.statement,
            "paragraph": self.paragraph,
            "topic": self.topic,
            "verdict": str(self.verdict),
            "evidence": self.filled(self.evidence),
            "caveat": self.filled(self.caveat),
            "tests": {
                one.name: {
                    "value": one.value,
                    "asked": one.asked,
                    "holds": one.holds,
                    "origin": one.origin,
                }
                for one in self.tests
            },
            "sources": [one.short for one in self.cited],
            "page": self.page,
        }


def allowed_verdicts(holds: Sequence[bool]) -> tuple[Finding, ...]:
    """Return the verdicts that tests of a statement leave open.

    A statement without a test is judged by reading, and every verdict is open to it.
    `holds` says for each number that the article's words bound whether it keeps to its
    bound.

    Examples
    --------
    >>> [str(finding) for finding in allowed_verdicts([True, True])]
    ['supported', 'supported with a caveat']
    >>> [str(finding) for finding in allowed_verdicts([True, False])]
    ['imprecise']
    >>> [str(finding) for finding in allowed_verdicts([False])]
    ['contradicted']
    """
    if not holds:
        return tuple(Finding)
    if all(holds):
        return (Finding.SUPPORTED, Finding.WITH_CAVEAT)
    return (Finding.IMPRECISE,) if any(holds) else (Finding.CONTRADICTED,)


@cache
def article_claims() -> tuple[ArticleClaim, ...]:
    """Return every claim, in the order of the article.

    Examples
    --------
    >>> article_claims()[0].statement
    'DeepSeek-V3 is a mixture of experts with 671 billion parameters.'
    """
    return read_records("article_claims.yaml", ArticleClaim)


def counts_by_finding() -> dict[str, int]:
    """Count the claims under each verdict, in the order of `Finding`."""
    found = [claim.verdict for claim in article_claims()]
    return {str(finding): found.count(finding) for finding in Finding}
