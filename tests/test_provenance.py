"""The tool that lists where every value of the data is from."""

import subprocess
import sys
from pathlib import Path

from dsv3.facts import assumptions, facts


def listed(repository: Path, *arguments: str) -> list[list[str]]:
    """Run the tool and return its lines, split."""
    command = [sys.executable, str(repository / "tools" / "provenance.py"), *arguments]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line.split("\t") for line in found.stdout.splitlines()]


def test_every_fact_and_assumption_has_a_line_with_place_day_and_status(
    repository: Path,
) -> None:
    header, *rows = listed(repository)
    assert all(len(row) == len(header) for row in rows)
    stated = {
        (row[0].split("/")[0], row[1]): dict(zip(header, row, strict=True))
        for row in rows
    }
    for one in facts():
        line = stated["facts", one.id]
        assert (line["locator"], line["read"]) == (one.locator, one.read)
        assert line["status"] == one.status
    assert all(("assumptions.yaml", one.id) in stated for one in assumptions())


def test_a_status_narrows_the_list(repository: Path) -> None:
    _, *rows = listed(repository, "--status", "assumed")
    assert {row[3] for row in rows} == {"assumed"}
