"""What was measured here: dated records of runs longer than a page may take.

One JSON file each, written by a script of this repository and replayed by a notebook.
"""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from dsv3.facts import Catalogue

FOLDER = Path(str(files("dsv3").joinpath("data", "measurements")))
"""Where records are kept."""

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_FLAT_LIST = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
_WIDTH = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run: what was asked, what came out, where and when."""

    name: str

    command: str
    """Command that makes it anew, from the top of the repository."""

    date: str
    """Day it was made, ISO 8601."""

    processor: str
    cores: int
    threads: int

    versions: Mapping[str, str]
    """Python and the packages that matter to the result."""

    seconds: float

    settings: Mapping[str, Any]

    measures: Mapping[str, Any]
    """What came out; curves are lists."""

    @property
    def origin(self) -> str:
        """Say in one line when and on what the run was made.

        Examples
        --------
        >>> made = Record(
        ...     name="trial",
        ...     command="python trial.py",
        ...     date="2026-11-24",
        ...     processor="AMD EPYC",
        ...     cores=2,
        ...     threads=1,
        ...     versions={"python": "3.11.7"},
        ...     seconds=95.4,
        ...     settings={},
        ...     measures={},
        ... )
        >>> made.origin
        'Measured 24 November 2026 on one thread of AMD EPYC: python trial.py'
        """
        day = date.fromisoformat(self.date)
        threads = "one thread" if self.threads == 1 else f"{self.threads} threads"
        when = f"{day.day} {day:%B %Y}"
        return f"Measured {when} on {threads} of {self.processor}: {self.command}"


def record_names() -> tuple[str, ...]:
    """Return the names of all records."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


def record(name: str) -> Record:
    """Return a record by its name, that of its file without the ending."""
    places = {known: FOLDER / f"{known}.json" for known in record_names()}
    return read_record(Catalogue(noun="record", read=lambda: places).record(name))


def read_record(file: Path) -> Record:
    """Return the record in a file; a file that is none is refused."""
    try:
        return Record(name=file.stem, **json.loads(file.read_text(encoding="utf-8")))
    except (TypeError, json.JSONDecodeError) as error:
        message = f"record is {file.name!r}: not a record of a run ({error})"
        raise ValueError(message) from error


def write_record(
    name: str,
    *,
    command: str,
    threads: int,
    seconds: float,
    settings: Mapping[str, Any],
    measures: Mapping[str, Any],
    packages: Sequence[str] = ("torch",),
    folder: Path = FOLDER,
) -> Path:
    """Write what a run gave, with the machine and the day, and return the file.

    `name` is lower-case words joined by underscores, `packages` those whose versions
    matter to the result. `settings` hold numbers, texts, lists, and mappings of these;
    round the curves among the `measures` to the digits that matter, for a number that
    is not finite is refused.
    """
    if not _NAME.fullmatch(name):
        message = f"name is {name!r}: must be lower-case words joined by underscores"
        raise ValueError(message)
    versions = {"python": platform.python_version()}
    versions |= {package: version(package) for package in packages}
    made = Record(
        name=name,
        command=command,
        date=datetime.now(UTC).date().isoformat(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        threads=threads,
        versions=versions,
        seconds=round(seconds, 1),
        settings=settings,
        measures=measures,
    )
    content = {key: value for key, value in asdict(made).items() if key != "name"}
    file = folder / f"{name}.json"
    file.write_text(_compact(content), encoding="utf-8")
    return file


def _compact(content: Mapping[str, Any]) -> str:
    """Write JSON with one line for a key and few lines for a curve."""
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    return _FLAT_LIST.sub(_wrapped, text) + "\n"


def _wrapped(found: re.Match[str]) -> str:
    lines = [""]
    for item in re.split(r",\s*\n\s*", found[1]):
        if len(lines[-1]) + len(item) > _WIDTH:
            lines.append("")
        lines[-1] += f"{item}, "
    return "[" + "\n".join(line.rstrip() for line in lines).rstrip(",") + "]"


def _processor() -> str:
    """Return the processor's model, as the system names it."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        text = listed.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or platform.machine()
