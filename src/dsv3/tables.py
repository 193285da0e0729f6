"""Tables for the page: a caption that states the finding, units, sources.

A table is plain rows of text and numbers; this room only sets them. It computes
nothing, and everything it is handed is escaped.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

from explorables.captions import framed
from explorables.quantities import format_number, format_quantity, unit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its heading, and the unit its numbers are printed in."""

    title: str
    """Heading, with the unit where all cells share one."""

    unit: str = ""
    """A name that ends in the unit of the column's numbers."""

    digits: int | None = None
    """Significant digits; the unit's own number when left out."""

    with_label: bool = False
    """Whether each cell repeats the unit's name after the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings, shown as an HTML table with a caption."""

    columns: tuple[Column, ...]
    """Headings and units, left to right."""

    rows: tuple[tuple[str | float | None, ...], ...]
    """Cells; numbers in base units, None for an empty cell.

    In a row's first cell, what follows a line break is a remark in small type.
    """

    caption: str
    source: str = ""

    emphasis: frozenset[int] = field(default_factory=frozenset)
    """Indices of rows set in bold: totals."""

    def _repr_html_(self) -> str:
        head = "".join(self._heading(column) for column in self.columns)
        body = "".join(self._row(index, row) for index, row in enumerate(self.rows))
        rows = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return framed(
            "table",
            f'<table class="dataframe">{rows}</table>',
            caption=self.caption,
            source=self.source,
        )

    def __repr__(self) -> str:
        lines = [self.caption, " | ".join(column.title for column in self.columns)]
        lines += [" | ".join(self._texts(row)) for row in self.rows]
        return "\n".join(lines)

    def _heading(self, column: Column) -> str:
        kind = ' class="number"' if column.unit else ""
        return f'<th scope="col"{kind}>{html.escape(column.title)}</th>'

    def _row(self, index: int, row: Sequence[str | float | None]) -> str:
        first, *rest = self._texts(row)
        first, _, remark = first.partition("\n")
        head = html.escape(first)
        if remark:
            head += f'<span class="dsv3-remark">{html.escape(remark)}</span>'
        cells = f'<th scope="row">{head}</th>'
        for text, value in zip(rest, row[1:], strict=True):
            kind = ' class="number"' if isinstance(value, int | float) else ""
            cells += f"<td{kind}>{html.escape(text)}</td>"
        total = ' class="total"' if index in self.emphasis else ""
        return f"<tr{total}>{cells}</tr>"

    def _texts(self, row: Sequence[str | float | None]) -> list[str]:
        return [
            _cell(value, column)
            for value, column in zip(row, self.columns, strict=True)
        ]


def table(
    caption: str,
    columns: Sequence[Column | str],
    rows: Sequence[Sequence[str | float | None]],
    *,
    source: str = "",
    emphasis: Sequence[int] = (),
) -> Table:
    """Set rows as a table.

    A plain string among `columns` is a column of text, numbers among `rows` are in base
    units, and `emphasis` has the indices of rows that are totals; -1 is the last.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than there are columns.

    Examples
    --------
    >>> table(
    ...     "Hours at a rate.",
    ...     ["Stage", Column(title="Cost", unit="usd")],
    ...     [["Pre-training", 5_328_000]],
    ... )
    Hours at a rate.
    Stage | Cost
    Pre-training | $5.328M
    """
    for row in rows:
        if len(row) != len(columns):
            message = (
                f"row {row!r} has {len(row)} cells: must have {len(columns)}, "
                "one for each column"
            )
            raise ValueError(message)
    return Table(
        columns=tuple(
            Column(title=column) if isinstance(column, str) else column
            for column in columns
        ),
        rows=tuple(tuple(row) for row in rows),
        caption=caption,
        source=source,
        emphasis=frozenset(index % len(rows) for index in emphasis),
    )


def _cell(value: str | float | None, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    write = format_quantity if column.with_label else format_number
    return write(float(value), unit_of(column.unit), digits=column.digits)
