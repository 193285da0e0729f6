"""How fresh each file of data is: its records, and when what they say was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from dsv3.facts.reading import read_rows, sources_by_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One file of ``data``, and the days on which its records were read."""

    name: str
    """Path below ``data``."""

    records: int

    sources: int

    first_read: str
    """Day of the oldest reading, ISO 8601; empty if nothing was read."""

    last_read: str

    last_published: str
    """Newest date of what was read, as fine as it is known."""

    @property
    def read_on(self) -> str:
        """The days in words.

        Examples
        --------
        >>> one = DataFile(
        ...     name="a.yaml", records=1, sources=1, first_read="2026-11-23",
        ...     last_read="2026-11-25", last_published="2025",
        ... )  # fmt: skip
        >>> one.read_on
        '23 Nov 2026 to 25 Nov 2026'
        """
        days = dict.fromkeys((self.first_read, self.last_read))
        return " to ".join(_in_words(day) for day in days if day)


def _in_words(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b %Y}"


def data_files() -> tuple[DataFile, ...]:
    """Return every file of records, by name.

    Examples
    --------
    >>> [one.records > 10 for one in data_files() if one.name == "api_prices.yaml"]
    [True]
    """
    folder = files("dsv3").joinpath("data")
    return tuple(_data_file(name) for name in sorted(_names(folder)))


def _names(folder: Traversable, prefix: str = "") -> Iterator[str]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _names(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".yaml"):
            yield prefix + item.name


def _data_file(name: str) -> DataFile:
    rows = read_rows(name)
    stated = [pair for row in rows for pair in _stated(row)]
    read = sorted(day for _, day, _ in stated)
    published = sorted(day for _, _, day in stated if day)
    return DataFile(
        name=name,
        records=len(rows),
        sources=len({key for key, _, _ in stated}),
        first_read=read[0] if read else "",
        last_read=read[-1] if read else "",
        last_published=published[-1] if published else "",
    )


def _stated(row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield source, day of reading and day of publication, however deep they stand."""
    known = sources_by_key()
    if "key" in row and row["key"] in known:
        yield row["key"], row["read"], row.get("published", "")
    named = row.get("source")
    if isinstance(named, str) and named in known:
        found = known[named]
        read, published = row.get("read", found.read), row.get("published")
        yield named, read, found.published if published is None else published
    for key in row.get("sources", ()):
        yield key, known[key].read, known[key].published
    for part in row.values():
        if isinstance(part, tuple):
            yield from (
                x for one in part if isinstance(one, dict) for x in _stated(one)
            )
