"""Who said so: sourced values, read from ``dsv3/data`` and checked on the way in.

`fact`, `source` and `assumption` by name, and `read_records` for the rooms above that
keep sourced tables of their own.

``python -m dsv3.facts`` prints the bibliography of every source in BibTeX.
"""

from dsv3.facts.benchmarks import Benchmark, benchmark_rows
from dsv3.facts.bibliography import bibtex
from dsv3.facts.catalogue import Catalogue
from dsv3.facts.coverage import LISTS, ListCoverage, list_coverage
from dsv3.facts.freshness import DataFile, data_files
from dsv3.facts.reading import read_records
from dsv3.facts.schema import (
    RECORD_RULES,
    Amount,
    Assumption,
    Basis,
    Count,
    Fact,
    FactValue,
    NamedArguments,
    Source,
    Sourced,
    Status,
)
from dsv3.facts.shelves import (
    assumption,
    assumptions,
    fact,
    facts,
    source,
    sources,
)
from explorables.arithmetic import nearest_names

__all__ = [
    "LISTS",
    "RECORD_RULES",
    "Amount",
    "Assumption",
    "Basis",
    "Benchmark",
    "Catalogue",
    "Count",
    "DataFile",
    "Fact",
    "FactValue",
    "ListCoverage",
    "NamedArguments",
    "Source",
    "Sourced",
    "Status",
    "assumption",
    "assumptions",
    "benchmark_rows",
    "bibtex",
    "data_files",
    "fact",
    "facts",
    "list_coverage",
    "nearest_names",
    "read_records",
    "source",
    "sources",
]
