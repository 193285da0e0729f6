"""The shelves: every source, fact and assumption, by name.

Files are read on the first question and kept; nothing is read on import.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from dsv3.facts.reading import Record, read_records, sources_by_key
from dsv3.facts.schema import Assumption, Fact, Source, nearest_names


@cache
def _facts() -> dict[str, Fact]:
    """Read every fact, by id, from all files of ``data/facts``."""
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


@cache
def _assumptions() -> dict[str, Assumption]:
    """Read every assumption, by id."""
    records = read_records("assumptions.yaml", Assumption)
    return {record.id: record for record in records}


def _look_up(kind: str, name: str, known: Mapping[str, Record]) -> Record:
    """Return the record with a name, or say which names are near."""
    if name not in known:
        message = f"{kind} is {name!r}: there is none; {nearest_names(name, known)}"
        raise ValueError(message)
    return known[name]


def source(key: str) -> Source:
    """Return the source with a citation key.

    Parameters
    ----------
    key
        Citation key, such as ``deepseekai2024v3``.

    Returns
    -------
    Source
        The document, its address and the day it was read.

    Raises
    ------
    ValueError
        If there is no such source; names the nearest keys.

    Examples
    --------
    >>> source("deepseekai2024v3").title
    'DeepSeek-V3 Technical Report'
    """
    return _look_up("source", key, sources_by_key())


def sources() -> tuple[Source, ...]:
    """Return every source, sorted by key."""
    return tuple(record for _, record in sorted(sources_by_key().items()))


def fact(id: str) -> Fact:
    """Return the fact with a dotted name.

    Parameters
    ----------
    id
        Dotted name, such as ``v3.tokens``.

    Returns
    -------
    Fact
        The value with its unit, source and locator.

    Raises
    ------
    ValueError
        If there is no such fact; names the nearest ids.

    Examples
    --------
    >>> fact("v3.tokens").number == 14.8e12
    True
    >>> fact("v3.gpu_hours.total").source.short
    'DeepSeek-V3 report'
    """
    return _look_up("fact", id, _facts())


def facts(prefix: str = "") -> tuple[Fact, ...]:
    """Return the facts whose id begins with a prefix, sorted by id.

    Parameters
    ----------
    prefix
        Beginning of an id, such as ``v3.gpu_hours.``; empty for all.

    Returns
    -------
    tuple of Fact
        Possibly none.

    Examples
    --------
    >>> [record.number for record in facts("v3.usd.")]
    [238000, 10000, 5328000, 5576000]
    """
    return tuple(
        record for id, record in sorted(_facts().items()) if id.startswith(prefix)
    )


def assumption(id: str) -> Assumption:
    """Return the assumption with a dotted name.

    Parameters
    ----------
    id
        Dotted name, such as ``h800_sxm.fp8_dense_peak``.

    Returns
    -------
    Assumption
        Low, central and high value, with the reason.

    Raises
    ------
    ValueError
        If there is no such assumption; names the nearest ids.

    Examples
    --------
    >>> assumption("h800_sxm.fp8_dense_peak").central == 1979e12
    True
    """
    return _look_up("assumption", id, _assumptions())


def assumptions() -> tuple[Assumption, ...]:
    """Return every assumption, sorted by id."""
    return tuple(record for _, record in sorted(_assumptions().items()))
