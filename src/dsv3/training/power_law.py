"""A straight line through logarithms: how a loss falls with compute, and how surely."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from explorables.arithmetic import require

RESAMPLES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLaw:
    """loss = coefficient x compute to the power of minus the exponent."""

    coefficient: float
    """The loss at a compute of 1, far outside the fit."""

    exponent: float
    """How fast the loss falls: ten times the compute divides it by 10**exponent."""

    low_exponent: float
    """Lower end of the exponent's 95 % interval."""

    high_exponent: float
    """Upper end."""

    def at(self, compute: float) -> float:
        """Return the fitted loss at a compute."""
        return self.coefficient * math.pow(compute, -self.exponent)


def fit_power_law(points: Sequence[tuple[float, float]]) -> PowerLaw:
    """Fit a power law by least squares of logarithms.

    The interval comes from fits to runs drawn anew from the given ones, with return (a
    bootstrap, seeded). It holds the scatter of runs about the line, and not the error
    of a line where the truth is curved. `points` are compute and loss of each run.

    Raises
    ------
    ValueError
        If there are fewer than three different computes, or a number is not above 0.

    Examples
    --------
    >>> law = fit_power_law([(1.0, 8.0), (10.0, 4.0), (100.0, 2.0)])
    >>> round(law.coefficient, 6), round(10**law.exponent, 6), round(law.at(1000), 6)
    (8.0, 2.0, 1.0)
    """
    several = len({compute for compute, _ in points}) >= 3
    require("points", len(points), several, "must have three different computes")
    sound = all(0 < value < math.inf for point in points for value in point)
    require("points", len(points), sound, "must all be above 0, and finite")
    logarithms = [(math.log(compute), math.log(loss)) for compute, loss in points]
    slope, height = _line(logarithms)
    chance = random.Random(0)
    drawn: list[float] = []
    while len(drawn) < RESAMPLES:
        sample = chance.choices(logarithms, k=len(logarithms))
        if len({x for x, _ in sample}) > 1:
            drawn.append(-_line(sample)[0])
    drawn.sort()
    return PowerLaw(
        coefficient=math.exp(height),
        exponent=-slope,
        low_exponent=drawn[round(0.025 * RESAMPLES)],
        high_exponent=drawn[round(0.975 * RESAMPLES) - 1],
    )


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope of the least-squares line, and its height at 0."""
    x_mean, y_mean = (fmean(values) for values in zip(*points, strict=True))
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    slope = sum((x - x_mean) * (y - y_mean) for x, y in points) / spread
    return slope, y_mean - slope * x_mean
