"""List every value of the data with its source, locator, day of reading and status.

One line a record, fields apart by tabs: file, record, value, status, source, locator,
read, address, and the copy it was read in. Assumptions have the status ``assumed``.

    python tools/provenance.py [--status verified|secondary|assumed]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from dsv3.facts import sources
from dsv3.facts.reading import read_rows

COLUMNS = (
    "file",
    "record",
    "value",
    "status",
    "source",
    "locator",
    "read",
    "address",
    "via",
)
ABOUT = frozenset(
    [
        "id",
        "basis",
        "status",
        "via",
        "printed",
        "note",
        "published",
        "read",
        "source",
        "sources",
        "locator",
    ]
)
"""Fields that say where a value is from; the others are what is stated."""
NAMES = ("id", "name", "model")
ASSUMED = "assumptions.yaml"


def data_names() -> list[str]:
    """Name every YAML file of the data that holds records with a status."""
    root = files("dsv3").joinpath("data")
    inner = [f"facts/{item.name}" for item in root.joinpath("facts").iterdir()]
    outer = [item.name for item in root.iterdir() if item.name.endswith(".yaml")]
    return sorted(inner + outer)


def lines(name: str) -> Iterator[tuple[str, ...]]:
    """Yield one line for each record of a file that states a value."""
    known = {one.key: one for one in sources()}
    for row in read_rows(name):
        for record in _sourced(row):
            found = known.get(str(record.get("source")))
            if found is None and name != ASSUMED:
                continue
            yield (
                name,
                next((str(row[key]) for key in NAMES if key in row), ""),
                _stated(record),
                str(record.get("status", "assumed")),
                found.key if found else " ".join(record.get("sources", ())),
                str(record.get("locator", "")),
                str(record.get("read", found.read if found else "")),
                found.url if found else "",
                str(record.get("via", found.via if found else "")),
            )


def _sourced(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a record, and the records in lists inside it that have a source."""
    yield row
    for part in row.values():
        if isinstance(part, tuple):
            for one in part:
                if isinstance(one, dict) and "source" in one:
                    yield one


def _stated(record: dict[str, Any]) -> str:
    """Put what a record states on one line."""
    if "value" in record:
        shown: object = f"{record['value']} {record.get('unit', '')}"
    else:
        pairs = (f"{k}={v}" for k, v in record.items() if k not in ABOUT)
        shown = "; ".join(pairs)
    return " ".join(str(shown).split())


def main() -> None:
    """Print the list, and the number of lines by status to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--status", choices=("verified", "secondary", "assumed"))
    asked = parser.parse_args().status
    print(*COLUMNS, sep="\t")
    counts: Counter[str] = Counter()
    for name in data_names():
        for line in lines(name):
            counts[line[3]] += 1
            if asked in {None, line[3]}:
                print(*line, sep="\t")
    print(*(f"{n} {status}" for status, n in sorted(counts.items())), file=sys.stderr)


if __name__ == "__main__":
    main()
