"""The plain arithmetic that rows of claims do with facts and with each other.

A row that says ``call: claims.arithmetic.ratio`` has no formula of its own: two facts
are set against each other, or two results of the floors below.
"""

import math
import statistics
from collections.abc import Sequence, Sized


def ratio(*, numerator: float, denominator: float) -> float:
    """Divide one number by another."""
    return numerator / denominator


def difference(*, minuend: float, subtrahend: float) -> float:
    """Take one number from another."""
    return minuend - subtrahend


def product(*, factors: Sequence[float]) -> float:
    """Multiply numbers."""
    return math.prod(factors)


def total(*, terms: Sequence[float]) -> float:
    """Add numbers up, in their order."""
    return sum(terms)


def mean(*, values: Sequence[float]) -> float:
    """Return the arithmetic mean."""
    return sum(values) / len(values)


def median(*, values: Sequence[float]) -> float:
    """Return the middle one of several numbers."""
    return statistics.median(values)


def largest(*, values: Sequence[float]) -> float:
    """Return the largest of several numbers."""
    return max(values)


def count(*, items: Sized) -> int:
    """Return how many there are."""
    return len(items)
