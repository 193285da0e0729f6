"""How long work takes at least and at most, from FLOP, bytes and a chip's rates.

A kernel must do its arithmetic and move its bytes. If the two overlap perfectly it
takes the longer of the two times; if they do not overlap at all it takes their sum.
The truth lies between, and the bounds differ by a factor of two at most. The room
knows time; it does not know what the work is for.

Every function takes plain numbers or recorded ones (see `dsv3.arithmetic`).
"""

from dataclasses import dataclass

from dsv3.arithmetic import Number, maximum, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Time of a piece of work, from below and from above."""

    compute_seconds: Number
    """Time for the arithmetic alone, at peak."""

    memory_seconds: Number
    """Time for the bytes alone, at full bandwidth."""

    lower_seconds: Number
    """Time if both overlap perfectly: the longer of the two."""

    upper_seconds: Number
    """Time if nothing overlaps: the sum."""


def ridge_flop_per_byte(*, peak_flop_per_s: Number, bytes_per_s: Number) -> Number:
    """Arithmetic intensity above which a chip is bound by compute.

    Parameters
    ----------
    peak_flop_per_s
        Dense peak at the precision of the work.
    bytes_per_s
        Bandwidth of the memory the bytes come from, above 0.

    Raises
    ------
    ValueError
        If the bandwidth is not above 0.

    Examples
    --------
    >>> ridge_flop_per_byte(peak_flop_per_s=990e12, bytes_per_s=3.3e12)
    300.0
    """
    require("bytes_per_s", bytes_per_s, bytes_per_s > 0, "must be above 0")
    return peak_flop_per_s / bytes_per_s


def time_bounds(
    *, flop: Number, moved_bytes: Number, peak_flop_per_s: Number, bytes_per_s: Number
) -> Bounds:
    """Bound the time of work that does some FLOP and moves some bytes.

    Parameters
    ----------
    flop, moved_bytes
        The work, not negative.
    peak_flop_per_s, bytes_per_s
        The chip's rates, above 0.

    Raises
    ------
    ValueError
        If an argument is outside its range; the message names it.

    Examples
    --------
    >>> bounds = time_bounds(
    ...     flop=2e15, moved_bytes=3e12, peak_flop_per_s=1e15, bytes_per_s=3e12
    ... )
    >>> bounds.lower_seconds, bounds.upper_seconds
    (2.0, 3.0)
    """
    require("flop", flop, flop >= 0, "must not be negative")
    require("moved_bytes", moved_bytes, moved_bytes >= 0, "must not be negative")
    require("peak_flop_per_s", peak_flop_per_s, peak_flop_per_s > 0, "must be above 0")
    require("bytes_per_s", bytes_per_s, bytes_per_s > 0, "must be above 0")
    compute, memory = flop / peak_flop_per_s, moved_bytes / bytes_per_s
    return Bounds(
        compute_seconds=compute,
        memory_seconds=memory,
        lower_seconds=maximum(compute, memory),
        upper_seconds=compute + memory,
    )
