"""Placements reproduce the published example, hold together, and refuse bad input."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings, strategies as st

from dsv3.facts import fact
from dsv3.load_balance import Placement, least_max_over_mean, place_experts

SIZES: Any = {"replicas": 16, "groups": 4, "nodes": 2, "gpus": 8}


def example() -> np.ndarray:
    return np.array(fact("eplb.example_loads").value, dtype=float)


def held_together(placed: Placement, loads: np.ndarray) -> None:
    """Check the parts of a placement against one another."""
    layers, experts = loads.shape
    for layer in range(layers):
        of_replica = placed.physical_to_logical[layer].tolist()
        for expert in range(experts):
            there = [at for at, held in enumerate(of_replica) if held == expert]
            listed = placed.logical_to_physical[layer, expert].tolist()
            assert listed[: len(there)] == there
            assert set(listed[len(there) :]) <= {-1}
            assert placed.replica_counts[layer, expert] == len(there) >= 1
        gpus = placed.gpu_loads.shape[1]
        each = len(of_replica) // gpus
        by_hand = [
            sum(
                loads[layer, held] / of_replica.count(held)
                for held in of_replica[gpu * each : (gpu + 1) * each]
            )
            for gpu in range(gpus)
        ]
        assert placed.gpu_loads[layer].tolist() == pytest.approx(by_hand)


def test_the_published_example_is_reproduced_replica_by_replica() -> None:
    placed = place_experts(example(), **SIZES)
    assert placed.policy == "hierarchical"
    published = np.array(fact("eplb.example_placement").value).tolist()
    assert placed.physical_to_logical.tolist() == published
    held_together(placed, example())


RELEASED = yaml.safe_load(
    Path(__file__).with_name("released_placements.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("at", range(len(RELEASED)))
def test_the_released_code_is_followed_replica_by_replica(at: int) -> None:
    case = RELEASED[at]
    placed = place_experts(case["loads"], **case["sizes"])
    assert placed.physical_to_logical.tolist() == case["experts_of_replicas"]
    refined = place_experts(case["loads"], **case["sizes"], refine=True)
    assert (refined.max_over_mean <= placed.max_over_mean).all()


def test_the_released_placements_are_of_both_policies() -> None:
    policies = {
        place_experts(case["loads"], **case["sizes"]).policy for case in RELEASED
    }
    assert policies == {"hierarchical", "global"}


def test_the_examples_loads_add_up_by_node() -> None:
    nodes = place_experts(example(), **SIZES).gpu_loads.reshape(2, 2, 4).sum(axis=2)
    assert nodes.tolist() == [[446, 587], [645, 511]]


sizes = st.tuples(
    st.sampled_from([1, 2, 3, 4]),  # nodes
    st.integers(1, 3),  # GPUs of a node
    st.sampled_from([1, 2, 4, 6]),  # groups
    st.integers(1, 3),  # experts of a group
    st.integers(0, 3),  # slots of a GPU beyond what is needed
    st.integers(0, 2**32 - 1),  # seed
)


@given(sizes)
@settings(max_examples=150, deadline=None)
def test_refined_is_never_worse_and_nothing_beats_the_bound(
    drawn: tuple[int, int, int, int, int, int],
) -> None:
    nodes, each, groups, members, spare, seed = drawn
    gpus, experts = nodes * each, groups * members
    source = np.random.default_rng(seed)
    loads = np.floor(np.exp(source.normal(3, source.uniform(0, 2), (2, experts))))
    asked: Any = {
        "replicas": gpus * (-(-experts // gpus) + spare),
        "groups": groups,
        "nodes": nodes,
        "gpus": gpus,
    }
    plain = place_experts(loads, **asked)
    refined = place_experts(loads, **asked, refine=True)
    assert plain.policy == ("global" if groups % nodes else "hierarchical")
    held_together(plain, loads)
    held_together(refined, loads)
    assert (refined.max_over_mean <= plain.max_over_mean).all()
    least = least_max_over_mean(loads, replicas=asked["replicas"], gpus=gpus)
    assert (refined.max_over_mean >= least * (1 - 1e-12)).all()
    if plain.policy == "hierarchical":
        for placed in (plain, refined):
            groups_stay_whole(placed, groups, nodes)


def groups_stay_whole(placed: Placement, groups: int, nodes: int) -> None:
    layers, replicas = placed.physical_to_logical.shape
    members = placed.replica_counts.shape[1] // groups
    group_of = placed.physical_to_logical // members
    node_of = np.arange(replicas) // (replicas // nodes)
    for layer in range(layers):
        for group in range(groups):
            assert len(set(node_of[group_of[layer] == group].tolist())) == 1


def test_layers_are_placed_apart_from_one_another() -> None:
    loads = np.random.default_rng(3).poisson(40, (6, 64)).astype(float)
    asked: Any = {"replicas": 80, "groups": 8, "nodes": 4, "gpus": 16, "refine": True}
    together = place_experts(loads, **asked)
    for layer in range(6):
        alone = place_experts(loads[layer], **asked)
        assert (
            alone.physical_to_logical[0].tolist()
            == together.physical_to_logical[layer].tolist()
        )


def test_refining_helps_where_greed_fails() -> None:
    loads = [9.0, 9.0, 8.0, 8.0, 8.0, 6.0]
    asked: Any = {"replicas": 6, "groups": 1, "nodes": 1, "gpus": 2}
    # Greed makes 9 + 8 + 8 and 9 + 8 + 6; exchanging a 9 and an 8 evens them.
    assert place_experts(loads, **asked).gpu_loads.max() == 25
    assert place_experts(loads, **asked, refine=True).gpu_loads.max() == 24


def test_a_layer_without_load_is_even() -> None:
    placed = place_experts(np.zeros((1, 12)), **SIZES)
    assert placed.max_over_mean.tolist() == [1.0]
    assert placed.least_max_over_mean.tolist() == [1.0]


def test_a_placement_cannot_be_changed() -> None:
    placed = place_experts(example(), **SIZES)
    with pytest.raises(ValueError, match="read-only"):
        placed.gpu_loads[0, 0] = 0.0
    with pytest.raises(AttributeError):
        placed.policy = "global"  # type: ignore[misc]


def test_the_loads_given_are_left_alone() -> None:
    loads = example()
    place_experts(loads, **SIZES, refine=True)
    assert loads.tolist() == example().tolist()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"replicas": 8}, "replicas is 8: must be at least the number of experts, 12"),
        ({"replicas": 20}, "replicas is 20: must divide by gpus, 8"),
        ({"gpus": 8, "nodes": 3}, "gpus is 8: must divide by nodes, 3"),
        ({"groups": 5}, "groups is 5: must divide the number of experts, 12"),
        ({"nodes": 0}, "nodes is 0: must be a whole number from 1"),
        ({"gpus": 2.5}, "gpus is 2.5: must be a whole number from 1"),
        ({"replicas": True}, "replicas is True: must be a whole number from 1"),
    ],
)
def test_sizes_that_do_not_divide_are_refused(wrong: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        place_experts(example(), **SIZES | wrong)


@pytest.mark.parametrize(
    ("loads", "said"),
    [
        ([[1.0, -2.0]], r"load of expert 1 in layer 0 is -2.0: must be 0 or more"),
        ([[1.0, 2.0], [float("nan"), 2.0]], "load of expert 0 in layer 1 is nan"),
        ([float("inf"), 1.0], "load of expert 0 in layer 0 is inf"),
        ([[1e308, 1e308]], "sum of loads is inf: must be finite"),
        ([[1.0, 2.0], [1.0]], "loads are not rows of numbers"),
        (["many", "few"], "loads are not rows of numbers"),
        ([], r"shape of loads is \(0,\): must be layers x experts"),
        (3.0, r"shape of loads is \(\): must be layers x experts"),
    ],
)
def test_loads_that_are_none_are_refused(loads: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        place_experts(loads, replicas=2, groups=1, nodes=1, gpus=1)
