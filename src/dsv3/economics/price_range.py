"""Two prices over every mix of traffic: how far their ratio reaches, and where.

The ratio of two weighted sums with the same weights is itself a weighted mean of the
ratios at the corners: with shares ``s`` and prices ``r`` and ``o``,

    sum(s r) / sum(s o) = sum(w r/o),  w = s o / sum(s o).

So over the whole triangle its extremes lie at corners, and where it exceeds a level
``t`` is the half-plane ``sum(s (r - t o)) > 0``, whose share of the triangle has a
closed form. No grid is needed.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsv3.economics.token_prices import OFTEN_QUOTED, TokenRates
from explorables.arithmetic import require

Corner: TypeAlias = Literal["input", "cached input", "output"]
"""Traffic of one kind of token only."""

CORNERS: tuple[Corner, Corner, Corner] = ("input", "cached input", "output")
"""Corners in the order of `TokenRates.corners`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioRange:
    """How far the ratio of two prices reaches over all mixes, and how often."""

    lowest_ratio: float
    """Smallest ratio over all mixes."""

    lowest_at: Corner

    highest_ratio: float
    """Largest ratio over all mixes."""

    highest_at: Corner

    below_share: float
    """Share of all mixes at which the ratio is below the band."""

    within_share: float
    """Share of all mixes at which it lies in the band, ends included."""

    above_share: float
    """Share of all mixes at which it is above the band."""


def ratio_range(
    rival: TokenRates, ours: TokenRates, *, band: tuple[float, float] = OFTEN_QUOTED
) -> RatioRange:
    """Return extremes of a price ratio over all mixes, and its shares of a band.

    Every mix counts alike: the shares are areas of the triangle of mixes, not what
    anybody's traffic looks like. `ours` is the divisor, and every rate is above 0.

    Examples
    --------
    >>> def flat(usd):
    ...     return TokenRates(
    ...         input_usd_per_million_tokens=usd,
    ...         cached_input_usd_per_million_tokens=usd,
    ...         output_usd_per_million_tokens=usd,
    ...     )
    >>> found = ratio_range(flat(6.0), flat(1.0))
    >>> found.lowest_ratio, found.highest_ratio, found.within_share
    (6.0, 6.0, 1.0)
    """
    low, high = band
    require("band", band, 0 < low <= high, "must be two ratios above 0, in order")
    theirs, own = plain_rates(rival), plain_rates(ours)
    ratios = [r / o for r, o in zip(theirs, own, strict=True)]
    least, most = min(ratios), max(ratios)
    above = positive_share([r - high * o for r, o in zip(theirs, own, strict=True)])
    below = positive_share([low * o - r for r, o in zip(theirs, own, strict=True)])
    return RatioRange(
        lowest_ratio=least,
        lowest_at=CORNERS[ratios.index(least)],
        highest_ratio=most,
        highest_at=CORNERS[ratios.index(most)],
        below_share=below,
        within_share=max(0.0, 1.0 - above - below),
        above_share=above,
    )


def plain_rates(charged: TokenRates) -> list[float]:
    """Return the three rates as plain floats, each above 0."""
    plain = [float(usd) for usd in charged.corners()]
    for usd in plain:
        require("usd_per_million_tokens", usd, usd > 0, "must be above 0")
    return plain


def positive_share(values: list[float]) -> float:
    """Return the share of a triangle on which a linear function is above 0.

    `values` are the function at the corners. The part cut off around a lone corner is a
    smaller triangle that shares its angle, so its area is the product of the cut
    lengths of the two sides that meet there.

    Examples
    --------
    >>> positive_share([1.0, -1.0, -1.0]), positive_share([1.0, 1.0, -1.0])
    (0.25, 0.75)
    >>> positive_share([1.0, 0.0, 0.0]), positive_share([0.0, 0.0, 0.0])
    (1.0, 0.0)
    """
    low, middle, high = sorted(values)
    if high <= 0:
        return 0.0
    if low >= 0:
        return 1.0
    if middle <= 0:
        return (high / (high - middle)) * (high / (high - low))
    return 1.0 - (low / (low - middle)) * (low / (low - high))
