"""Sentences people repeat about the cost, beside what their source covers.

A misquote is a row of ``data/misquotes.yaml``: the sentence in our words, what the
passage behind it is about, and a computation that puts the passage's own inputs
together again. Nobody is named for repeating it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from dsv3.claims.computation import Computation, number
from dsv3.facts import Sourced, read_records
from explorables.quantities import format_quantity, unit_of

Holds: TypeAlias = Literal["yes", "in part", "no", "cannot be checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Misquote(Sourced):
    """One sentence that is often repeated."""

    id: str

    repeated: str
    """The sentence, in our words."""

    covers: str
    """What the passage it goes back to is about."""

    holds: Holds
    """Whether the sentence says no more than the passage."""

    recomputed: str
    """Words before the recomputed value."""

    unit: str
    """Name ending that carries the value's unit (see `explorables.quantities`)."""

    computed_by: Computation
    """How the passage's inputs are put together again."""

    @property
    def value(self) -> float:
        """The recomputed value, in base units."""
        return number(self.computed_by, row=self.id)

    @property
    def answer(self) -> str:
        """The recomputation as a sentence's end, with three digits.

        Examples
        --------
        >>> {one.id: one.answer for one in misquotes()}["v3.two_months"]
        'hours over GPUs give 54.2 days'
        """
        shown = format_quantity(self.value, unit_of(self.unit), digits=3)
        return f"{self.recomputed} {shown}"


@cache
def misquotes() -> tuple[Misquote, ...]:
    """Return every sentence, in the order of the file.

    Examples
    --------
    >>> sorted({one.holds for one in misquotes()})
    ['cannot be checked', 'in part', 'no', 'yes']
    """
    return read_records("misquotes.yaml", Misquote)
