"""Which assumption the width comes from: one at a time, and all together.

A tornado moves one assumption from end to end and holds the others in the middle.
Sobol indices split the variance of the result: first order is what an assumption
explains alone, total order what it explains together with all others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import sobol_indices

from dsv3.facts import Assumption
from dsv3.uncertainty.replay import Draws, replay, traced
from dsv3.uncertainty.simulation import drawn_values

SENSITIVITY_DRAWS = 2**13
"""Base draws of a sensitivity study; the formula runs on (dimensions + 2) times as
many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """What one assumption does to a result when it alone moves."""

    argument: str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """Distance between the two results.

        Examples
        --------
        >>> Swing(argument="rate", at_low=5.0, at_high=2.0).width
        3.0
        """
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indices:
    """Shares of a result's variance that one assumption explains."""

    argument: str

    first_order_share: float
    """Explained by it alone."""

    total_order_share: float
    """Explained by it with everything it acts together with."""


def tornado(
    function: Callable[..., object],
    assumed: Mapping[str, Assumption],
    *,
    output: str,
    **fixed: object,
) -> tuple[Swing, ...]:
    """Move each assumption from low to high, the others at their middle.

    `assumed` is behind each argument that moves, `fixed` are the formula's others. The
    widest comes first.

    Examples
    --------
    >>> from dsv3.economics import rental_cost
    >>> from dsv3.facts import assumption
    >>> rate = {"usd_per_gpu_hour": assumption("rental.hopper_usd_per_gpu_hour")}
    >>> tornado(rental_cost, rate, output="total_usd", gpu_hours=100.0)[0].at_low
    170.0
    """
    tape = traced(function, list(assumed), outputs=[output], **fixed)
    middle = {name: one.central for name, one in assumed.items()}

    def result(name: str, value: float) -> float:
        return float(replay(tape, middle | {name: value})[output])

    swings = [
        Swing(argument=n, at_low=result(n, one.low), at_high=result(n, one.high))
        for n, one in assumed.items()
    ]
    return tuple(sorted(swings, key=lambda swing: -swing.width))


def variance_shares(
    function: Callable[..., object],
    assumed: Mapping[str, Assumption],
    *,
    output: str,
    draws: int = SENSITIVITY_DRAWS,
    seed: int = 0,
    **fixed: object,
) -> tuple[Indices, ...]:
    """Split a result's variance among its assumptions, by Sobol's indices.

    The largest total order comes first. Parameters are those of `tornado`; `draws` must
    be a power of two.
    """
    tape = traced(function, list(assumed), outputs=[output], **fixed)
    return sobol_shares(
        lambda values: replay(tape, values)[output], assumed, draws=draws, seed=seed
    )


def sobol_shares(
    result: Callable[[Mapping[str, Draws]], Draws],
    assumed: Mapping[str, Assumption],
    *,
    draws: int = SENSITIVITY_DRAWS,
    seed: int = 0,
) -> tuple[Indices, ...]:
    """Sobol indices of any function of arrays, by SciPy (Saltelli's estimators)."""
    if draws < 1 or draws & (draws - 1):
        message = f"draws is {draws!r}: must be a power of two"
        raise ValueError(message)
    names = list(assumed)
    found = sobol_indices(
        func=lambda rows: np.array(result(dict(zip(names, rows, strict=True)))),
        n=draws,
        dists=[_Inverse(one) for one in assumed.values()],
        rng=np.random.default_rng(seed),
    )
    orders = zip(
        names, np.ravel(found.first_order), np.ravel(found.total_order), strict=True
    )
    shares = [
        Indices(argument=n, first_order_share=float(s), total_order_share=float(t))
        for n, s, t in orders
    ]
    return tuple(sorted(shares, key=lambda one: -one.total_order_share))


@dataclass(frozen=True, slots=True)
class _Inverse:
    """An assumption as SciPy asks for it: something with a percent-point function."""

    assumed: Assumption

    def ppf(self, shares: Draws) -> Draws:
        return drawn_values(self.assumed, shares)
