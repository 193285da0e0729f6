"""The triangle of all mixes, cut where a price ratio crosses two levels.

With shares ``s``, a rival's prices ``r`` and ours ``o``, the ratio exceeds a level
``t`` where ``sum(s (r - t o)) > 0``: on one side of a straight line. Two levels cut
the triangle into at most three pieces, each a polygon; `ratio_range` gives their
areas in closed form, this file their corners.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from dsv3.economics.price_range import plain_rates
from dsv3.economics.token_prices import OFTEN_QUOTED, TokenRates
from explorables.arithmetic import require

Shares: TypeAlias = tuple[float, float, float]
"""A mix: shares of input, cached input and output."""

TRIANGLE: tuple[Shares, Shares, Shares] = (
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
)
"""Traffic of one kind only, in the order of `TokenRates.corners`."""

LEAST_CORNERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BandRegions:
    """The pieces of the triangle below, within and above a band of ratios."""

    below: tuple[Shares, ...]
    """Corners of the piece in which the ratio is at most the lower level."""

    within: tuple[Shares, ...]
    """Corners of the piece between the levels."""

    above: tuple[Shares, ...]
    """Corners of the piece in which it is at least the upper level."""


def band_regions(
    rival: TokenRates, ours: TokenRates, *, band: tuple[float, float] = OFTEN_QUOTED
) -> BandRegions:
    """Cut the triangle of mixes where a price ratio enters and leaves a band.

    A piece's corners are in order around it; a piece without area is empty. `ours` is
    the divisor, and every rate is above 0.

    Examples
    --------
    >>> def charged(*usd):
    ...     names = ("input", "cached_input", "output")
    ...     return TokenRates(
    ...         **{f"{n}_usd_per_million_tokens": u for n, u in zip(names, usd)}
    ...     )
    >>> cut = band_regions(charged(10.0, 0.1, 0.1), charged(1.0, 1.0, 1.0))
    >>> len(cut.below), len(cut.within), len(cut.above)
    (4, 3, 0)
    """
    low, high = band
    require("band", band, 0 < low <= high, "must be two ratios above 0, in order")
    theirs, own = plain_rates(rival), plain_rates(ours)
    over_low = [r - low * o for r, o in zip(theirs, own, strict=True)]
    over_high = [r - high * o for r, o in zip(theirs, own, strict=True)]
    at_least_low = _kept(TRIANGLE, over_low)
    return BandRegions(
        below=_kept(TRIANGLE, [-value for value in over_low]),
        within=_kept(at_least_low, [-value for value in over_high]),
        above=_kept(TRIANGLE, over_high),
    )


def _kept(polygon: tuple[Shares, ...], slopes: list[float]) -> tuple[Shares, ...]:
    """Cut a polygon to where a linear function of the shares is not negative."""
    if not polygon:
        return ()
    found: list[Shares] = []
    for here, there in pairwise((*polygon, polygon[0])):
        at_here, at_there = _value(slopes, here), _value(slopes, there)
        if at_here >= 0:
            found.append(here)
        if at_here * at_there < 0:
            part = at_here / (at_here - at_there)
            first, second, third = (
                a + part * (b - a) for a, b in zip(here, there, strict=True)
            )
            found.append((first, second, third))
    kept = tuple(dict.fromkeys(found))
    return kept if len(kept) >= LEAST_CORNERS else ()


def _value(slopes: list[float], shares: Shares) -> float:
    return sum(slope * share for slope, share in zip(slopes, shares, strict=True))


def area_share(polygon: tuple[Shares, ...]) -> float:
    """Return a polygon's share of the triangle of all mixes.

    Examples
    --------
    >>> area_share(TRIANGLE)
    1.0
    >>> area_share(((1.0, 0.0, 0.0), (0.5, 0.5, 0.0), (0.5, 0.0, 0.5)))
    0.25
    """
    if not polygon:
        return 0.0
    # Two of the shares are coordinates; the whole triangle then has an area of 1/2.
    corners = (*polygon, polygon[0])
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(corners))
    return abs(twice)
