"""Days of prices: ISO 8601 texts, as fine as is known, read as their first day."""

from datetime import date


def first_day(text: str) -> date:
    """Return the first day of a year, a month or a day written in ISO 8601.

    Examples
    --------
    >>> first_day("2025-02")
    datetime.date(2025, 2, 1)
    """
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :])


def as_day(field: str, text: str) -> date:
    """Return the first day a text names, or say what is wrong with the text.

    Raises
    ------
    ValueError
        If the text is no date; the message names the field.

    Examples
    --------
    >>> as_day("on", "2025")
    datetime.date(2025, 1, 1)
    """
    try:
        return first_day(text)
    except ValueError as error:
        message = f"{field} is {text!r}: a date is YYYY, YYYY-MM or YYYY-MM-DD"
        raise ValueError(message) from error
