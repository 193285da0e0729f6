"""The shelves: every source, fact and assumption, by name.

Files are read on the first question and kept; nothing is read on import.
"""

from importlib.resources import files

from dsv3.facts.catalogue import Catalogue
from dsv3.facts.reading import read_records, sources_by_key
from dsv3.facts.schema import Assumption, Fact, Source


def _facts() -> dict[str, Fact]:
    folder = files("dsv3").joinpath("data", "facts")
    names = sorted(item.name for item in folder.iterdir() if item.name[-5:] == ".yaml")
    found: dict[str, Fact] = {}
    for name in names:
        for record in read_records(f"facts/{name}", Fact):
            if record.id in found:
                message = f"facts/{name}: id is {record.id!r}: another file has it"
                raise ValueError(message)
            found[record.id] = record
    return found


def _assumptions() -> dict[str, Assumption]:
    records = read_records("assumptions.yaml", Assumption)
    return {record.id: record for record in records}


SOURCES: Catalogue[Source] = Catalogue(noun="source", read=sources_by_key)
"""Every source by its citation key."""

FACTS: Catalogue[Fact] = Catalogue(noun="fact", read=_facts)

ASSUMPTIONS: Catalogue[Assumption] = Catalogue(noun="assumption", read=_assumptions)


def source(key: str) -> Source:
    """Return the source with a citation key.

    Examples
    --------
    >>> source("deepseekai2024v3").title
    'DeepSeek-V3 Technical Report'
    """
    return SOURCES.record(key)


def sources() -> tuple[Source, ...]:
    """Return every source, sorted by key."""
    return tuple(record for _, record in sorted(SOURCES.by_name.items()))


def fact(id: str) -> Fact:
    """Return the fact with a dotted name, with its unit, source and locator.

    Examples
    --------
    >>> fact("v3.tokens").number == 14.8e12
    True
    >>> fact("v3.gpu_hours.total").source.short
    'DeepSeek-V3 report'
    """
    return FACTS.record(id)


def facts(prefix: str = "") -> tuple[Fact, ...]:
    """Return the facts whose id begins with a prefix, sorted by id.

    Examples
    --------
    >>> [record.number for record in facts("v3.usd.")]
    [238000, 10000, 5328000, 5576000]
    """
    return tuple(
        record for id, record in sorted(FACTS.by_name.items()) if id.startswith(prefix)
    )


def assumption(id: str) -> Assumption:
    """Return the assumption with a dotted name.

    Examples
    --------
    >>> assumption("h800_sxm.fp8_dense_peak").central == 1979e12
    True
    """
    return ASSUMPTIONS.record(id)


def assumptions() -> tuple[Assumption, ...]:
    """Return every assumption, sorted by id."""
    return tuple(record for _, record in sorted(ASSUMPTIONS.by_name.items()))
