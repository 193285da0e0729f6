"""From a share between 0 and 1 to a value: the shapes an assumption may have.

The functions are traceable, so that one inverse serves a million draws in NumPy and
the few hundred that a page draws itself.
"""

from dsv3.facts import Assumption
from explorables.arithmetic import (
    Number,
    is_recorded,
    maximum,
    minimum,
    power,
    require,
    sqrt,
    where,
)


def value_at(
    assumed: Assumption,
    share: Number,
    *,
    low: Number | None = None,
    high: Number | None = None,
) -> Number:
    """Value below which an assumption's draws lie with a given probability.

    `low` and `high` take the place of the assumption's own ends; a triangle's peak
    outside them moves to the nearer one.

    Examples
    --------
    >>> from dsv3.facts import assumption
    >>> rate = assumption("rental.hopper_usd_per_gpu_hour")
    >>> value_at(rate, 0.0), round(value_at(rate, 0.5), 4) == round(6.783**0.5, 4)
    (1.7, True)
    """
    if not is_recorded(share):
        require("share", share, 0 <= share <= 1, "must be from 0 to 1")
    least = assumed.low if low is None else low
    most = assumed.high if high is None else high
    match assumed.distribution:
        case "uniform":
            return least + share * (most - least)
        case "log-uniform":
            return least * power(most / least, share)
        case "triangular":
            peak = minimum(maximum(assumed.central, least), most)
            return _triangular(share, least, peak, most)
    return assumed.central


def _triangular(share: Number, low: Number, peak: Number, high: Number) -> Number:
    """Invert the triangle: two square roots, joined where the peak is."""
    rising = low + sqrt(share * (high - low) * (peak - low))
    falling = high - sqrt((1 - share) * (high - low) * (high - peak))
    return where(share * (high - low) < peak - low, rising, falling)
