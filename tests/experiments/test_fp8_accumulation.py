"""The experiment on sums measures what its record says."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3.measurements import record


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
    again = experiment.simulated_product_errors(**size, lengths=(256,))
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


def test_a_devices_own_product_is_measured_like_the_simulated_one(
    experiment: ModuleType,
) -> None:
    found = experiment.device_product_errors(
        "cpu", rows=16, columns=16, lengths=(4096,)
    )
    assert {(row["inputs"], row["fast"]) for row in found} == {
        (kind, fast) for kind in experiment.INPUTS for fast in (True, False)
    }
    # A processor adds in float32, so that its error is far below that of few bits.
    positive = [row for row in found if row["inputs"] != "normal"]
    assert all(0 < row["largest relative"] < 1e-5 for row in positive)
