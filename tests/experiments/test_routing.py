"""The routing experiment trains every way alike and judges what it says."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import torch

from dsv3.measurements import record
from dsv3.model import Transformer


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("routing")


@pytest.fixture(scope="module")
def short_run(experiment: ModuleType) -> Any:
    """Return what two steps give."""
    return experiment.training_run(experiment.Run(arm="bias 0.01", seed=0, steps=2))


def test_a_run_has_a_figure_for_every_layer_and_every_kind_of_text(
    short_run: Any,
) -> None:
    assert len(short_run["max_violation_by_layer"]) == 3
    assert [len(load) for load in short_run["domains"][0]["load"].values()] == [30] * 3
    assert short_run["groups_per_token"]["limited"] <= 2
    assert short_run["groups_per_token"]["unlimited"] > 2


def test_the_same_seed_gives_the_same_run(
    experiment: ModuleType, short_run: Any
) -> None:
    again = experiment.training_run(experiment.Run(arm="bias 0.01", seed=0, steps=2))
    assert {**again, "seconds": 0} == {**short_run, "seconds": 0}


def test_loads_count_every_choice_of_every_layer(experiment: ModuleType) -> None:
    model = Transformer(experiment.architecture(), torch.Generator().manual_seed(0))
    found = experiment.loads(model, torch.zeros(2, 8, dtype=torch.long))
    assert [sum(layer) for layer in found] == [2 * 8 * 3] * 3


def test_kinds_of_text_are_of_one_size(experiment: ModuleType) -> None:
    shapes = {name: text.shape for name, text in experiment.domains().items()}
    assert set(shapes) == {"code", "help texts", "character tables"}
    assert set(shapes.values()) == {(experiment.WINDOWS, experiment.SIZE)}


def test_the_record_holds_every_way_with_every_seed(experiment: ModuleType) -> None:
    made = record("routing")
    runs = {(run["arm"], run["seed"]) for run in made.measures["runs"]}
    seeds = range(made.settings["seeds"])
    assert runs == {(arm, seed) for arm in experiment.ARMS for seed in seeds}
    assert len(seeds) >= 3


def test_the_model_is_the_tiny_one_without_its_prediction_module(
    experiment: ModuleType,
) -> None:
    without = experiment.architecture()
    whole = experiment.tiny()
    assert replace(without, num_nextn_predict_layers=1) == whole
