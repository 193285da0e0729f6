"""Formulas behind claims on export controls and on what followed the release."""

from datetime import date

from dsv3 import policy
from dsv3.policy import Event, Period

V3_RELEASED = "2024-12-26"
"""Day on which the weights were put out."""


def open_days(*, chip: str) -> float:
    """Days in which a chip on sale could go to China without licence or notice.

    Examples
    --------
    >>> open_days(chip="H800 SXM")
    216.0
    """
    return float(sum(window.days for window in _windows(chip)))


def closed_days_before_v3(*, chip: str) -> float:
    """Days from the end of the last such window to the release of DeepSeek-V3."""
    return -days_after_release(day=_windows(chip)[-1].end_day.isoformat())


def _windows(chip: str) -> tuple[Period, ...]:
    """Return the windows from the first day on which the chip was on sale."""
    on_sale = min(
        date.fromisoformat(one.day)
        for one in policy.recorded_history()
        if one.chip == chip
    )
    return tuple(
        Period(
            first_day=max(on_sale, one.first_day),
            end_day=one.end_day,
            verdict=one.verdict,
        )
        for one in policy.sale_windows(chip)
        if one.end_day > on_sale
    )


def days_after_release(*, day: str) -> float:
    """Days from the release of DeepSeek-V3 to a day, negative before it.

    Examples
    --------
    >>> days_after_release(day="2025-01-30")
    35.0
    """
    return float((date.fromisoformat(day) - date.fromisoformat(V3_RELEASED)).days)


def events(
    *,
    first_day: str = V3_RELEASED,
    last_day: str = "9999-12-31",
    who: str = "",
    direction: str = "",
    ids: tuple[str, ...] = (),
) -> tuple[Event, ...]:
    """Events on record from one day to another, the last one included.

    An argument left empty leaves out nobody, no direction and no event.
    """
    first, last = map(date.fromisoformat, (first_day, last_day))
    return tuple(
        one
        for one in policy.events()
        if first <= one.first_day <= last
        and who in {"", one.who}
        and direction in {"", one.direction}
        and (not ids or one.id in ids)
    )
