"""The map of the house shows the house: its paths exist, and its floors are these."""

import re
import tomllib
from pathlib import Path

import pytest

PATH = re.compile(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:md|py|toml|yml))`")
FLOORS = re.compile(r"```text\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """Return the text of the guide."""
    return (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_path_exists(guide: str, repository: Path) -> None:
    named = set(PATH.findall(guide))
    assert len(named) > 50
    assert [path for path in sorted(named) if not (repository / path).exists()] == []


def test_the_floors_are_those_that_imports_obey(guide: str, repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    (layers,) = (
        contract["layers"]
        for contract in settings["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    )
    drawn = FLOORS.findall(guide)[0].splitlines()
    assert [re.split(r"\s{2,}", line)[0] for line in drawn] == layers


def test_the_readme_leads_to_the_guide(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    assert "](CONTRIBUTING.md)" in readme
