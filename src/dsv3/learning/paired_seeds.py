"""Two ways of training compared seed by seed: how far apart, and how surely.

Runs of one seed share start and text, so that their difference says more of the two
ways than the spread between seeds does.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import stdtrit

from explorables.arithmetic import require

Verdict = Literal["kept", "broken", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """The mean of one difference for each seed, with its interval."""

    mean: float

    standard_error: float
    """Standard deviation of the differences over the root of their number."""

    low: float
    """Lower end of the interval that Student's distribution gives."""

    high: float
    """Upper end."""

    def verdict(self, bound: float) -> Verdict:
        """Say whether the mean stays within ± a bound, as far as seeds can tell.

        Kept if the whole interval lies within the bound on both sides, broken if all of
        it lies beyond on one, else undecided.

        Examples
        --------
        >>> few = PairedDifference(mean=0.0, standard_error=1.0, low=-12.7, high=12.7)
        >>> few.verdict(5.0), few.verdict(13.0)
        ('undecided', 'kept')
        """
        require("bound", bound, bound > 0, "must be above 0")
        if -bound <= self.low and self.high <= bound:
            return "kept"
        return "broken" if self.low > bound or self.high < -bound else "undecided"


def paired_difference(
    differences: Sequence[float], *, confidence: float = 0.95
) -> PairedDifference:
    """Return the mean of paired differences and the interval of its true value.

    The interval is mean ± t s / sqrt(n), with the quantile t of Student's distribution
    of n - 1 degrees of freedom, for differences that scatter normally.

    Raises
    ------
    ValueError
        If there are fewer than two differences.

    Examples
    --------
    With two of them t is 12.7.

    >>> found = paired_difference([-1.0, 1.0])
    >>> found.mean, found.standard_error, round(found.high, 1)
    (0.0, 1.0, 12.7)
    """
    seeds = len(differences)
    require("differences", seeds, seeds >= 2, "must be at least 2")
    require("confidence", confidence, 0 < confidence < 1, "must be between 0 and 1")
    mean = statistics.fmean(differences)
    error = statistics.stdev(differences) / math.sqrt(seeds)
    reach = float(stdtrit(seeds - 1, (1 + confidence) / 2)) * error
    return PairedDifference(
        mean=mean, standard_error=error, low=mean - reach, high=mean + reach
    )
