"""Days of prices: ISO 8601 texts, as fine as is known, read as their first day."""

from datetime import date


def as_day(field: str, text: str) -> date:
    """Return the first day of the year, month or day a text names, or refuse the text.

    Examples
    --------
    >>> as_day("on", "2025"), as_day("on", "2025-02")
    (datetime.date(2025, 1, 1), datetime.date(2025, 2, 1))
    """
    try:
        return date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError as error:
        message = f"{field} is {text!r}: a date is YYYY, YYYY-MM or YYYY-MM-DD"
        raise ValueError(message) from error


def as_span(from_date: str, to_date: str) -> tuple[date, date]:
    """Return the first day and the day after the last, or say what is wrong.

    An empty `to_date` is the end of time.

    Examples
    --------
    >>> as_span("2025-02", "2025-03")
    (datetime.date(2025, 2, 1), datetime.date(2025, 3, 1))
    """
    starts = as_day("from_date", from_date)
    ends = as_day("to_date", to_date) if to_date else date.max
    if not starts < ends:
        message = f"to_date is {to_date!r}: it comes after {from_date}"
        raise ValueError(message)
    return starts, ends
