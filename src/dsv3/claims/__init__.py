"""What was published beside what this package computes, with a verdict.

A claim is a row of ``data/claims/*.yaml``: the statement in our words, the
published value and where it stands, the computation that gives it again, and a
tolerance with its reason. The verdict follows from the numbers; the one written
in the file says what we expect, so that a change in either direction is seen.
A claim that fails stays, and is shown as failed.
"""

import dataclasses
import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import ClassVar

from dsv3.claims.computation import Computation as Computation, number
from dsv3.claims.misquotes import Misquote as Misquote, misquotes as misquotes
from dsv3.facts import RECORD_RULES, Source, read_records
from explorables.quantities import format_quantity, unit_of

PARTS = (
    "model",
    "network",
    "kernels",
    "pipeline",
    "pretraining",
    "long_context",
    "post_training",
    "training",
    "placement",
    "serving",
    "deployment",
    "after_v3",
    "others",
)
"""Files of ``data/claims``, in the order of the book."""

OTHERS = "others"
"""What others published about the model; all other parts are the makers' own figures,
and those of models and services compared with it."""

REPORTED = tuple(part for part in PARTS if part != OTHERS)


class Verdict(StrEnum):
    """What the comparison says."""

    REPRODUCED = "reproduced"
    """Equal once rounded to the published digits."""

    WITHIN_TOLERANCE = "within tolerance"
    """Off in the published digits, by no more than the stated tolerance."""

    NOT_REPRODUCED = "not reproduced"
    """Off by more than the tolerance."""

    CANNOT_BE_CHECKED = "cannot be checked"
    """Nothing published allows a computation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One published figure, and how it is recomputed."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)

    id: str
    """Dotted name."""

    statement: str
    """The claim in our words."""

    published_value: float
    """The figure as published, in base units."""

    last_digit: float
    """Worth of the last digit that was printed, in base units."""

    unit: str
    """Name ending that carries the unit (see `explorables.quantities`)."""

    source: Source
    locator: str
    published: str
    read: str

    computed_by: Computation | None = None
    """How it is computed again; None if nothing published allows it."""

    tolerance: float
    """Relative difference that still counts as the same figure."""

    tolerance_reason: str
    """Why that much."""

    verdict: Verdict
    """The verdict we expect."""

    via: str = ""
    """Text in which a secondary source was read."""

    note: str = ""
    """What explains the difference, where one remains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A claim with the value computed for it."""

    claim: Claim

    computed_value: float
    """Our value in base units; NaN where none can be computed."""

    verdict: Verdict

    @property
    def relative_difference(self) -> float:
        """Computed over published, less one.

        Examples
        --------
        >>> checked = check(next(c for c in claims() if c.id == "v3.total_usd"))
        >>> checked.relative_difference
        0.0
        """
        return self.computed_value / self.claim.published_value - 1

    @property
    def published_text(self) -> str:
        """The published figure with the digits that were printed."""
        return _text(self.claim, self.claim.published_value, more_digits=0)

    @property
    def computed_text(self) -> str:
        """Our figure, with two digits more than were printed unless it is exact."""
        return _text(self.claim, self.computed_value, more_digits=2)

    @property
    def tolerance_text(self) -> str:
        """How far off it may be, and why; the printed digits always are a limit."""
        share = unit_of("tolerance_share")
        allowed = self.claim.tolerance and format_quantity(self.claim.tolerance, share)
        return f"{allowed or 'rounding only'}. {self.claim.tolerance_reason}"

    def summary(self) -> dict[str, object]:
        """Return the row that the command line prints."""
        return {
            "statement": self.claim.statement,
            "published": self.published_text,
            "computed": self.computed_text,
            "relative_difference": (
                self.relative_difference if math.isfinite(self.computed_value) else None
            ),
            "verdict": str(self.verdict),
            "source": f"{self.claim.source.short}, {self.claim.locator}",
            "computed_by": self.claim.computed_by and self.claim.computed_by.text,
        }


EXACT_DIGITS = 8
"""A figure printed with this many digits or more is written out in full."""


def _text(claim: Claim, value: float, *, more_digits: int) -> str:
    unit = unit_of(claim.unit)
    steps = abs(claim.published_value) / claim.last_digit
    digits = len(str(round(steps)))
    if digits >= EXACT_DIGITS:
        return format_quantity(value, dataclasses.replace(unit, style="integer"))
    return format_quantity(value, unit, digits=digits + more_digits)


@cache
def claims(*parts: str) -> tuple[Claim, ...]:
    """Return the claims of some parts, or of all, in the order of the book.

    Raises
    ------
    ValueError
        If a file breaks a rule; the message names the row and the field.
    """
    by_part = claims_by_part()
    return tuple(claim for part in parts or PARTS for claim in by_part[part])


@cache
def claims_by_part() -> dict[str, tuple[Claim, ...]]:
    """Return the claims of each file of ``data/claims``, in the order of the book.

    Examples
    --------
    >>> next(iter(claims_by_part()))
    'model'
    """
    return {part: read_records(f"claims/{part}.yaml", Claim) for part in PARTS}


def check(claim: Claim) -> Checked:
    """Recompute one claim and say whether it holds.

    Raises
    ------
    ValueError
        If its computation fails; the message names the claim.

    Examples
    --------
    >>> total = next(claim for claim in claims() if claim.id == "v3.total_usd")
    >>> check(total).computed_value
    5576000.0
    """
    if claim.computed_by is None:
        return Checked(
            claim=claim, computed_value=math.nan, verdict=Verdict.CANNOT_BE_CHECKED
        )
    value = number(claim.computed_by, row=claim.id)
    return Checked(claim=claim, computed_value=value, verdict=judge(claim, value))


def judge(claim: Claim, value: float) -> Verdict:
    """Compare a computed value with the published one.

    Half of the last printed digit is what rounding may hide, so a value that
    close is the same figure.
    """
    difference = abs(value - claim.published_value)
    # The slack covers binary fractions such as 3.65, which cannot be exact.
    if difference <= claim.last_digit / 2 * (1 + 1e-9):
        return Verdict.REPRODUCED
    if difference <= claim.tolerance * abs(claim.published_value):
        return Verdict.WITHIN_TOLERANCE
    return Verdict.NOT_REPRODUCED


def counts_by_verdict(*parts: str) -> dict[str, int]:
    """Count the claims of some parts, or of all, under each verdict.

    The verdicts stand in the order of `Verdict`.

    Examples
    --------
    >>> sum(counts_by_verdict("others").values()) == len(claims("others"))
    True
    """
    verdicts = [check(claim).verdict for claim in claims(*parts)]
    return {str(verdict): verdicts.count(verdict) for verdict in Verdict}
