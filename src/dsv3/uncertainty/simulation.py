"""Draw every assumption at once, a million times, evenly spread.

Quasi-random points (scrambled Sobol, or a Latin hypercube) fill the unit cube more
evenly than independent draws, so that quantiles settle with far fewer of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.stats import qmc

from dsv3.facts import Assumption
from dsv3.uncertainty.distributions import value_at
from dsv3.uncertainty.replay import Draws, replay, traced
from explorables.arithmetic import NUMBER, Tape, trace

Method: TypeAlias = Literal["sobol", "latin-hypercube"]

MILLION_DRAWS = 2**20
"""Draws of a full simulation; Sobol points balance at powers of two."""

LEAST_DRAWS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a formula gives when its assumptions are drawn together."""

    inputs: Mapping[str, Draws]

    outputs: Mapping[str, Draws]

    def quantiles(self, output: str, *probabilities: float) -> tuple[float, ...]:
        """Values below which the given shares of the draws lie.

        Raises
        ------
        ValueError
            If there is no such output, or a share is no probability.

        Examples
        --------
        >>> drawn = Simulation(inputs={}, outputs={"x": np.array([3.0, 1.0, 2.0])})
        >>> drawn.quantiles("x", 0.0, 0.5)
        (1.0, 2.0)
        """
        for share in probabilities:
            _check("probability", share, 0 <= share <= 1, "must be from 0 to 1")
        found = np.quantile(self._drawn(output), probabilities)
        return tuple(float(value) for value in found)

    def share_above(self, output: str, level: float) -> float:
        """Share of the draws above a level.

        Examples
        --------
        >>> drawn = Simulation(inputs={}, outputs={"x": np.array([3.0, 1.0])})
        >>> drawn.share_above("x", 2.0)
        0.5
        """
        return float(np.mean(self._drawn(output) > level))

    def _drawn(self, output: str) -> Draws:
        known = sorted(self.outputs)
        _check("output", output, output in known, f"must be one of {known}")
        return self.outputs[output]


def simulate(
    function: Callable[..., object],
    assumed: Mapping[str, Assumption],
    *,
    draws: int = MILLION_DRAWS,
    seed: int = 0,
    method: Method = "sobol",
    **fixed: Any,
) -> Simulation:
    """Draw the assumptions behind a formula together and play the formula on them.

    `assumed` is behind each argument that is drawn, `fixed` are the formula's others.
    The same seed of the scrambling gives the same draws, and Sobol points must be a
    power of two.

    Raises
    ------
    ValueError
        If a draw breaks the formula's rules.

    Examples
    --------
    >>> from dsv3.economics import rental_cost
    >>> from dsv3.facts import assumption
    >>> rate = {"usd_per_gpu_hour": assumption("rental.hopper_usd_per_gpu_hour")}
    >>> drawn = simulate(rental_cost, rate, draws=2**12, gpu_hours=1e6)
    >>> f"{drawn.quantiles('total_usd', 0.5)[0]:.3g}"
    '2.6e+06'
    """
    shares = unit_points(len(assumed), draws=draws, seed=seed, method=method)
    inputs = {
        name: drawn_values(assumption, shares[:, place])
        for place, (name, assumption) in enumerate(assumed.items())
    }
    tape = traced(function, list(inputs), **fixed)
    return Simulation(inputs=inputs, outputs=replay(tape, inputs))


def unit_points(
    dimensions: int, *, draws: int, seed: int = 0, method: Method = "sobol"
) -> Draws:
    """Return points of the unit cube, one a row, evenly spread.

    Raises
    ------
    ValueError
        If there are no dimensions, too few draws, a number of Sobol points that is
        no power of two, or the method is unknown.

    Examples
    --------
    >>> unit_points(2, draws=4).shape
    (4, 2)
    """
    _check("dimensions", dimensions, dimensions >= 1, "must be at least 1")
    _check("draws", draws, draws >= LEAST_DRAWS, f"must be at least {LEAST_DRAWS}")
    source = np.random.default_rng(seed)
    if method == "latin-hypercube":
        return np.asarray(qmc.LatinHypercube(dimensions, rng=source).random(draws))
    _check("method", method, method == "sobol", "must be sobol or latin-hypercube")
    power = draws.bit_length() - 1
    _check("draws", draws, draws == 2**power, "must be a power of two for sobol")
    return np.asarray(qmc.Sobol(dimensions, rng=source).random_base2(power))


def drawn_values(assumed: Assumption, shares: Draws) -> Draws:
    """Turn evenly spread shares into values of an assumption."""
    return replay(_inverse(assumed), {"share": shares})["result"]


@cache
def _inverse(assumed: Assumption) -> Tape:
    return trace(lambda share: value_at(assumed, share), {"share": NUMBER})


def _check(name: str, value: object, holds: bool, rule: str) -> None:
    if not holds:
        message = f"{name} is {value!r}: {rule}"
        raise ValueError(message)
