"""How a result is printed for people: aligned, with units and the exact value."""

from collections.abc import Mapping, Sequence

from dsv3.cli.answers import Result
from explorables.quantities import format_quantity, unit_of


def print_for_people(result: Result, columns: Sequence[str] = ()) -> None:
    """Print a result as aligned lines: name, value with unit, exact value.

    Parameters
    ----------
    result
        What a command returned; nested results are unfolded into dotted names.
    columns
        For results whose values are records: the fields to print, one line a record.
    """
    if columns:
        rows = [(name, *_fields(record, columns)) for name, record in result.items()]
    else:
        rows = [(_words(name), *_shown(name, value)) for name, value in _flat(result)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _fields(record: object, columns: Sequence[str]) -> tuple[str, ...]:
    assert isinstance(record, Mapping)
    return tuple(str(record[column]) for column in columns)


def _flat(result: Result, prefix: str = "") -> list[tuple[str, object]]:
    """Unfold nested results into dotted names."""
    rows: list[tuple[str, object]] = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(name: str, value: object) -> tuple[str, str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value), ""
    return format_quantity(float(value), unit_of(name)), f"({value!r})"
