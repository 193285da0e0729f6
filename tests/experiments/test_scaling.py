"""The scaling experiment compares equal work, and its records hold every run."""

from collections.abc import Callable
from types import ModuleType

import pytest
import torch

from dsv3 import accounting
from dsv3.learning import library_corpus
from dsv3.measurements import record
from dsv3.model import Transformer


@pytest.fixture(scope="module")
def experiment(script: Callable[[str], ModuleType]) -> ModuleType:
    """Return the script as a module."""
    return script("scaling")


@pytest.mark.parametrize("width", [24, 36, 48, 72])
def test_kinds_of_a_width_do_the_same_work_for_a_token(
    experiment: ModuleType, width: int
) -> None:
    work = []
    for experts in experiment.EXPERTS.values():
        sizes = experiment.architecture(width, experts)
        work.append(accounting.flop_per_token(sizes, context_tokens=128))
    flop = [float(one.training_flop_per_token) for one in work]
    # What the sparse ones do on top is the router's.
    assert flop[0] < flop[1] < flop[2] < 1.05 * flop[0]


def test_more_experts_are_more_room(experiment: ModuleType) -> None:
    sizes = []
    for experts in experiment.EXPERTS.values():
        model = Transformer(experiment.architecture(36, experts), torch.Generator())
        sizes.append(sum(weight.numel() for weight in model.parameters()))
    assert sizes[0] < sizes[1] < sizes[2]
    assert sizes[2] > 3 * sizes[0]


def test_the_same_seed_gives_the_same_run(experiment: ModuleType) -> None:
    corpus = library_corpus(1_500_000)
    run = experiment.Run(width=24, kind="8 experts", seed=0, steps=10)
    one, other = (experiment.training_run(run, corpus) for _ in range(2))
    assert {**one, "cpu_seconds": 0} == {**other, "cpu_seconds": 0}
    assert one["steps"] == list(range(1, 11))


@pytest.mark.parametrize("name", ["scaling", "scaling_long"])
def test_the_record_holds_every_run_of_the_plan(
    experiment: ModuleType, name: str
) -> None:
    made = record(name)
    seeds = made.settings["seeds"]
    planned = experiment.plan(long=name == "scaling_long", seeds=seeds, shorten=1)
    found = [(run["width"], run["kind"], run["seed"]) for run in made.measures["runs"]]
    assert found == [(run.width, run.kind, run.seed) for run in planned]
    assert seeds >= 3
    for run, plan in zip(made.measures["runs"], planned, strict=True):
        assert run["tokens"] == plan.steps * experiment.BATCH * experiment.CONTEXT
        sizes = experiment.architecture(run["width"], experiment.EXPERTS[run["kind"]])
        flop = accounting.flop_per_token(sizes, context_tokens=128)
        assert run["training_flop_per_token"] == float(flop.training_flop_per_token)
