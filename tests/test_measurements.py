import json
from pathlib import Path
from typing import Any

import pytest

from dsv3.measurements import read_record, record, record_names, write_record


def written(folder: Path, **given: Any) -> Path:
    asked: dict[str, Any] = {
        "command": "python experiments/trial.py",
        "threads": 1,
        "seconds": 1.25,
        "settings": {"steps": 3, "methods": ["none", "bias"]},
        "measures": {"loss": [round(1 / n, 4) for n in range(1, 60)], "nested": [[1]]},
        "packages": ("PyYAML",),
        "folder": folder,
    }
    return write_record("trial", **asked | given)


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    made = read_record(written(tmp_path))
    assert made.name == "trial"
    assert made.settings == {"steps": 3, "methods": ["none", "bias"]}
    assert made.measures["loss"][:2] == [1.0, 0.5]
    assert len(made.measures["loss"]) == 59
    assert made.measures["nested"] == [[1]]
    assert made.processor
    assert set(made.versions) == {"python", "PyYAML"}


def test_a_curve_takes_a_few_lines_of_a_width_that_can_be_read(tmp_path: Path) -> None:
    lines = written(tmp_path).read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert max(map(len, lines)) <= 130


def test_a_number_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nan"):
        written(tmp_path, measures={"loss": [float("nan")]})


def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lower-case words"):
        write_record(
            "../trial",
            command="",
            threads=1,
            seconds=0,
            settings={},
            measures={},
            folder=tmp_path,
        )


@pytest.mark.parametrize("text", ["{", json.dumps({"date": "2026-11-24"})])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.json"):
        read_record(file)


def test_an_unknown_record_is_refused() -> None:
    with pytest.raises(ValueError, match=r"record is .*: there is none; "):
        record("no_such_run")


@pytest.mark.parametrize("name", record_names())
def test_every_record_says_how_to_make_it_anew(name: str) -> None:
    made = record(name)
    assert made.command.startswith(("python experiments/", "make ", "python benchm"))
    assert made.seconds > 0
