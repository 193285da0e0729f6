"""The experiment on sums measures what its record says."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3.records import record


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("fp8_accumulation")


def test_every_measure_is_that_of_its_name(experiment: ModuleType) -> None:
    exact = torch.tensor([[1.0, -4.0]], dtype=torch.float64)
    found = experiment.errors(exact + torch.tensor([[0.5, 1.0]]), exact)
    assert found == {
        "largest relative": 0.5,
        "largest over largest": 0.25,
        "largest over mean": 0.4,
        "length over length": 0.2712,
    }


def test_the_record_is_what_the_script_measures(experiment: ModuleType) -> None:
    made = record("fp8_accumulation")
    size = {name: made.settings[name] for name in ("rows", "columns", "seed")}
    again = experiment.measured(**size, lengths=(256,))
    kept = [row for row in made.measures["rows"] if row["length"] == 256]
    assert [row["largest relative"] for row in again] == pytest.approx(
        [row["largest relative"] for row in kept], rel=1e-3
    )


def test_the_record_holds_every_combination(experiment: ModuleType) -> None:
    rows = record("fp8_accumulation").measures["rows"]
    kinds = [
        experiment.INPUTS,
        experiment.LENGTHS,
        experiment.UNITS,
        experiment.PROMOTIONS,
    ]
    expected = 1
    for kind in kinds:
        expected *= len(kind)
    assert len({tuple(row.values())[:4] for row in rows}) == len(rows) == expected
