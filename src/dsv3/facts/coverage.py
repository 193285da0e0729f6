"""Which lists of the data hold everything of their kind, and by whose count.

A list that may miss something shows what is on it. What is not on it decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from dsv3.facts.catalogue import Catalogue
from dsv3.facts.reading import read_records
from dsv3.facts.schema import RECORD_RULES, Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCoverage:
    """What one file of ``data`` lists, and whether it lists all of it."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = RECORD_RULES

    file: str
    """Name of the file below ``data``."""
    lists: str
    """What its rows are."""
    complete: bool
    """Whether every one of these has a row."""
    counted_by: str
    """Whose count that is."""
    rows: Count | None = None
    """Rows by the source's own count, where it has one."""
    as_of: str
    """Day to which the list was kept, ISO 8601."""

    @property
    def sentence(self) -> str:
        """What a table drawn from the list says under itself.

        Examples
        --------
        >>> list_coverage("export_events.yaml").sentence
        'The list may miss some (as of 2026-11-30).'
        """
        said = "The list is complete" if self.complete else "The list may miss some"
        return f"{said} (as of {self.as_of})."


def _coverages() -> dict[str, ListCoverage]:
    found = read_records("coverage.yaml", ListCoverage, name_field="file")
    return {one.file: one for one in found}


LISTS: Catalogue[ListCoverage] = Catalogue(noun="list", read=_coverages)
"""Coverage of every list by its file."""


def list_coverage(file: str) -> ListCoverage:
    """Return the coverage of one list.

    Raises
    ------
    ValueError
        If no such list is covered; names the nearest.

    Examples
    --------
    >>> list_coverage("training_costs.yaml").rows
    82
    """
    return LISTS.record(file)
