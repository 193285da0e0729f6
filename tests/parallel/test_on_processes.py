"""On real processes: the layer of one process, and the bytes that are counted."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from dsv3.collectives import (
    Placement,
    combine_bytes,
    dispatch_bytes,
    even_placement,
    nodes_visited,
    token_bytes,
)
from dsv3.parallel import Outcome, Trial, trial_outcomes
from dsv3.parallel.measure import outcomes_read

SMALL: Any = {
    "hidden_size": 128,
    "moe_intermediate_size": 16,
    "n_routed_experts": 16,
    "num_experts_per_tok": 4,
    "tokens_per_rank": 13,
}
SHAPES: list[dict[str, Any]] = [
    {"ranks": 1, "ranks_per_node": 1},
    {"ranks": 2, "ranks_per_node": 1},
    {"ranks": 2, "ranks_per_node": 2},
    {"ranks": 4, "ranks_per_node": 1, "node_limit": 2},
    {"ranks": 4, "ranks_per_node": 4},
    {"ranks": 4, "ranks_per_node": 2},
]
TWO_BY_TWO = SHAPES[-1]
TRIALS = {
    **{
        f"{shape['ranks']} ranks, {shape['ranks_per_node']} a node": shape
        for shape in SHAPES
    },
    "rank": TWO_BY_TWO | {"deduplication": "rank"},
    "expert": TWO_BY_TWO | {"deduplication": "expert"},
    "limit": TWO_BY_TWO | {"node_limit": 1},
    "one token": TWO_BY_TWO | {"tokens_per_rank": 1},
    "rounded": TWO_BY_TWO
    | {"dispatched": "fp8", "combined": "bf16", "precision": "float32"},
    "timed": TWO_BY_TWO | {"rounds": 2},
}
EXACT = [name for name in TRIALS if name != "rounded"]
BYTES = {"float64": 1024, "float32": 512}


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Outcome]:
    trials = [Trial(**SMALL | shape) for shape in TRIALS.values()]
    return dict(zip(TRIALS, trial_outcomes(trials, limit_s=240), strict=True))


def layout(trial: Trial) -> Placement:
    return even_placement(
        n_routed_experts=trial.n_routed_experts, ranks=trial.ranks, nodes=trial.nodes
    )


def row_bytes(trial: Trial, form: str) -> int:
    if form == "exact":
        return BYTES[trial.precision]
    return int(token_bytes(hidden_size=trial.hidden_size, wire_format=form))


@pytest.mark.parametrize("name", EXACT)
def test_outputs_and_gradients_are_those_of_one_process(
    outcomes: Mapping[str, Outcome], name: str
) -> None:
    errors = outcomes[name].errors
    assert set(errors) == {
        "output",
        "input",
        "router",
        "routed experts",
        "shared experts",
    }
    assert max(errors.values()) < 1e-13


@pytest.mark.parametrize("name", TRIALS)
def test_bytes_are_exactly_those_counted(
    outcomes: Mapping[str, Outcome], name: str
) -> None:
    outcome = outcomes[name]
    trial = outcome.trial
    given: Any = (outcome.chosen_experts, outcome.source_ranks, layout(trial))
    once: Any = {"deduplication": trial.deduplication}
    there = row_bytes(trial, trial.dispatched)
    back = row_bytes(trial, trial.combined)
    for step in ("dispatch", "dispatch, backward"):
        counted = dispatch_bytes(*given, bytes_per_copy=there, **once)
        assert outcome.moved_bytes(step) == counted.together.tolist()
        assert outcome.network_bytes(step) == counted.network_total
        assert outcome.nvlink_bytes(step) == counted.nvlink_total
    for step in ("combine", "combine, backward"):
        counted = combine_bytes(*given, bytes_per_copy=back, **once)
        assert outcome.moved_bytes(step) == counted.together.tolist()


@pytest.mark.parametrize("name", ["rank", "expert"])
def test_a_gate_value_travels_for_every_visit(
    outcomes: Mapping[str, Outcome], name: str
) -> None:
    outcome = outcomes[name]
    visits = dispatch_bytes(
        outcome.chosen_experts,
        outcome.source_ranks,
        layout(outcome.trial),
        bytes_per_copy=8,
        deduplication="expert",
    )
    assert outcome.moved_bytes("gates") == visits.together.tolist()
    assert outcome.moved_bytes("gates, backward") == visits.together.T.tolist()
    assert outcome.moved_bytes("labels") == visits.together.tolist()


def test_the_same_choice_costs_the_network_less_from_way_to_way(
    outcomes: Mapping[str, Outcome],
) -> None:
    ways = [outcomes[name] for name in ("expert", "rank", "4 ranks, 2 a node")]
    assert ways[0].chosen_experts == ways[1].chosen_experts == ways[2].chosen_experts
    network = [outcome.network_bytes("dispatch", "combine") for outcome in ways]
    assert network[0] > network[1] > network[2] > 0


def test_the_limit_keeps_tokens_on_so_many_nodes(
    outcomes: Mapping[str, Outcome],
) -> None:
    for name, limit in (("limit", 1), ("4 ranks, 1 a node", 2)):
        outcome = outcomes[name]
        visited = nodes_visited(outcome.chosen_experts, layout(outcome.trial))
        assert visited.max() == limit
    free = outcomes["4 ranks, 2 a node"]
    assert nodes_visited(free.chosen_experts, layout(free.trial)).max() == 2
    assert outcomes["limit"].network_bytes("dispatch") < free.network_bytes("dispatch")


def test_every_token_chooses_as_many_different_experts(
    outcomes: Mapping[str, Outcome],
) -> None:
    for outcome in outcomes.values():
        assert len(outcome.chosen_experts) == sum(outcome.trial.tokens)
        chosen = np.sort(np.array(outcome.chosen_experts), axis=1)
        assert chosen.shape[1] == 4
        assert (np.diff(chosen, axis=1) > 0).all()


def test_rounding_on_the_way_shows_and_stays_small(
    outcomes: Mapping[str, Outcome],
) -> None:
    errors = outcomes["rounded"].errors
    assert 1e-3 < errors["output"] < 0.06
    assert errors["shared experts"] < 1e-5


def test_time_is_taken_when_it_is_asked_for(outcomes: Mapping[str, Outcome]) -> None:
    rounds = outcomes["timed"].round_seconds
    assert len(rounds) == 2
    assert all(0 < seconds < 10 for seconds in rounds)
    worked = outcomes["timed"].round_cpu_seconds
    assert all(0 < cpu < 4 * clock for cpu, clock in zip(worked, rounds, strict=True))
    assert outcomes["rounded"].round_seconds == []


def test_a_run_that_takes_too_long_is_ended_with_all_its_ranks() -> None:
    start = time.monotonic()
    with pytest.raises(ChildProcessError, match=r"did not end: must end within 2\.5 s"):
        trial_outcomes([Trial(**SMALL | TWO_BY_TWO | {"rounds": 10**7})], limit_s=2.5)
    # A rank that lived on would hold the pipes that are waited for.
    assert time.monotonic() - start < 10


def test_torchrun_starts_the_same(outcomes: Mapping[str, Outcome]) -> None:
    shape = SMALL | TRIALS["2 ranks, 1 a node"]
    options = [f"--{name.replace('_', '-')}={value}" for name, value in shape.items()]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    run = subprocess.run(
        [
            *torchrun,
            "--nproc-per-node=2",
            "--module",
            "dsv3.parallel",
            "--json",
            *options,
        ],
        capture_output=True,
        check=True,
        text=True,
        timeout=240,
    )
    (outcome,) = outcomes_read(run.stdout)
    assert outcome == outcomes["2 ranks, 1 a node"]
    assert json.loads(run.stdout)[0]["handed_bytes"]["dispatch"][0][1] > 0
