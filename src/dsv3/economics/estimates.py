"""What others estimate that training runs cost, and how fast that has grown.

Epoch AI's table of runs, with its own word for how sure it is of each, and a straight
line through the logarithm of cost over time with the interval that the scatter allows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from dsv3.facts import Amount, Sourced, read_records
from explorables.arithmetic import require
from explorables.quantities import DAYS_PER_YEAR

Confidence: TypeAlias = Literal["confident", "likely", "speculative", "unknown"]

NORMAL_90 = 1.6448536269514722
"""Standard deviations that hold the middle 90 percent of a normal distribution."""

FEWEST_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimate(Sourced):
    """Estimated cost of one model's training, under up to three accountings."""

    id: str
    model: str
    """As the source spells it."""
    released: str
    confidence: Confidence
    """How sure the source is of the run's compute, in its own word."""
    amortized_usd: Amount
    """Hardware amortised along the trend of price for performance, and energy."""
    flop: Amount | None = None
    """Training compute, where the source has one."""
    amortized_updated_usd: Amount | None = None
    """The same in the source's updated file."""
    cloud_usd: Amount | None = None
    purchase_usd: Amount | None = None

    @property
    def day(self) -> date:
        """Day of its publication."""
        return date.fromisoformat(self.released)


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A yearly factor of growth with its interval."""

    per_year_ratio: float
    """Factor by which cost grows in a year."""

    low_ratio: float
    """Lower end of the 90 % interval of that factor."""

    high_ratio: float
    """Upper end of the 90 % interval."""

    usd_at_start: float
    """Cost on the line at `start`."""

    start: date
    """Day from which the line counts years."""

    runs_count: int
    """Runs the line was drawn through."""

    def usd_on(self, day: date) -> float:
        """Cost on the line at a day.

        Examples
        --------
        >>> growth = Growth(
        ...     per_year_ratio=2.0, low_ratio=1.8, high_ratio=2.2,
        ...     usd_at_start=10.0, start=date(2020, 1, 1), runs_count=5,
        ... )  # fmt: skip
        >>> growth.usd_on(date(2020, 1, 1))
        10.0
        """
        return self.usd_at_start * math.pow(
            self.per_year_ratio, _years(self.start, day)
        )


@cache
def run_estimates() -> tuple[RunEstimate, ...]:
    """Return Epoch AI's estimates, earliest release first."""
    return read_records("training_costs.yaml", RunEstimate)


def run_estimate(model: str) -> RunEstimate:
    """Return the estimate for one model.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> round(run_estimate("GPT-4").amortized_usd / 1e6, 1)
    40.7
    """
    known = {one.model: one for one in run_estimates()}
    require("model", model, model in known, "must be one of run_estimates()")
    return known[model]


def cost_growth(costs: Sequence[tuple[date, float]]) -> Growth:
    """Fit a yearly factor to costs over time: least squares on the logarithm.

    The interval is that of the slope, from the scatter around the line, with the normal
    distribution in place of Student's (with sixty runs they differ by 2 %). `costs` has
    the day and the dollars of each run.

    Raises
    ------
    ValueError
        If there are too few runs, all on one day, or one that cost nothing.

    Examples
    --------
    >>> doubling = [(date(2020 + n, 1, 1), 2.0**n) for n in range(4)]
    >>> round(cost_growth(doubling).per_year_ratio, 2)
    2.0
    """
    require("costs", len(costs), len(costs) >= FEWEST_RUNS, "must be 3 runs or more")
    for _, usd in costs:
        require("usd", usd, usd > 0, "must be above 0")
    start = min(day for day, _ in costs)
    years = [_years(start, day) for day, _ in costs]
    logs = [math.log(usd) for _, usd in costs]
    middle, height = sum(years) / len(years), sum(logs) / len(logs)
    spread = sum((year - middle) ** 2 for year in years)
    require("costs", start, spread > 0, "must not all be of one day")
    pairs = list(zip(years, logs, strict=True))
    slope = sum((year - middle) * (log - height) for year, log in pairs) / spread
    left = sum((log - height - slope * (year - middle)) ** 2 for year, log in pairs)
    margin = NORMAL_90 * math.sqrt(left / (len(costs) - 2) / spread)
    return Growth(
        per_year_ratio=math.exp(slope),
        low_ratio=math.exp(slope - margin),
        high_ratio=math.exp(slope + margin),
        usd_at_start=math.exp(height - slope * middle),
        start=start,
        runs_count=len(costs),
    )


def published_growth(*, until: date, since: date = date(2016, 1, 1)) -> Growth:
    """Growth of the estimates released in a span, in the source's updated file.

    Examples
    --------
    >>> round(published_growth(until=date(2024, 6, 1)).per_year_ratio, 1)
    2.5
    """
    return cost_growth(
        [
            (one.day, one.amortized_updated_usd)
            for one in run_estimates()
            if since <= one.day < until and one.amortized_updated_usd is not None
        ]
    )


def _years(start: date, day: date) -> float:
    return (day - start).days / DAYS_PER_YEAR
