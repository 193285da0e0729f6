"""The sandbox's tokens choose as the gate does, and its numbers hold together."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from dsv3.accounting import expected_groups
from dsv3.architecture import Experts
from dsv3.load_balance import (
    LOADS,
    WAYS,
    made_up_loads,
    place_experts,
    placed_load,
    popularity,
    rerun_placed_load,
)
from dsv3.load_balance.demand import (
    CHOSEN,
    EXPERTS,
    GROUP_LIMIT,
    GROUPS,
    chosen_by_score,
)
from dsv3.load_balance.sandbox import TOKENS
from dsv3.model import choose_experts


def test_tokens_choose_as_the_models_gate_does() -> None:
    scores = np.random.default_rng(0).random((200, EXPERTS))
    rule = Experts(
        n_routed_experts=EXPERTS,
        num_experts_per_tok=CHOSEN,
        moe_intermediate_size=1,
        n_group=GROUPS,
        topk_group=GROUP_LIMIT,
        topk_method="noaux_tc",
    )
    gate = choose_experts(torch.from_numpy(scores), rule).sort(dim=1).values
    assert np.sort(chosen_by_score(scores), axis=1).tolist() == gate.tolist()


@pytest.mark.parametrize("load", LOADS)
def test_every_token_has_eight_experts(load: str) -> None:
    assert made_up_loads(load).sum() == TOKENS * CHOSEN


def test_a_panels_numbers_are_the_placements() -> None:
    shown = placed_load(load="zipf 1", way="refined", nodes="8", spare_slots=2)
    loads = made_up_loads("zipf 1")
    placed = place_experts(loads, replicas=320, groups=8, nodes=8, gpus=32, refine=True)
    assert shown.max_over_mean_ratio == pytest.approx(placed.max_over_mean[0])
    assert shown.load_G == pytest.approx(placed.gpu_loads[0] / placed.gpu_loads.mean())
    assert shown.least_ratio == placed.least_max_over_mean[0]
    in_order = loads.reshape(32, 8).sum(axis=1)
    assert shown.in_order_ratio == pytest.approx(in_order.max() / in_order.mean())


def test_whole_groups_keep_a_token_on_four_nodes_and_scattered_ones_do_not() -> None:
    whole = placed_load(load="even", way="published", nodes="8", spare_slots=1)
    assert 3.9 < whole.nodes_per_token <= GROUP_LIMIT
    scattered = placed_load(load="even", way="global", nodes="8", spare_slots=1)
    blind = expected_groups(
        n_routed_experts=EXPERTS, num_experts_per_tok=CHOSEN, n_group=8
    )
    assert scattered.nodes_per_token == pytest.approx(blind, rel=0.01)


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("nodes", ["4", "8"])
def test_ways_rank_as_they_must(load: str, nodes: str) -> None:
    ratio = {
        way: placed_load(
            load=load, way=way, nodes=nodes, spare_slots=1
        ).max_over_mean_ratio
        for way in WAYS
    }
    assert ratio["refined"] <= ratio["published"] < ratio["contiguous"]
    assert ratio["global, refined"] <= ratio["global"] < ratio["contiguous"]


def test_popularity_follows_its_law() -> None:
    liked = np.sort(popularity("zipf", 1.0, 100, seed=3))[::-1]
    assert liked[0] / liked[9] == pytest.approx(10)
    logs = np.log(popularity("log-normal", 0.5, 20_000, seed=3))
    assert logs.std() == pytest.approx(0.5, rel=0.02)
    assert math.isclose(popularity("log-normal", 2.0, 50, seed=1).mean(), 1.0)


def test_a_rerun_uses_the_values_it_was_given() -> None:
    state: Any = {"way": "published", "nodes": "4", "spare_slots": 1}
    again = rerun_placed_load(strength=1.0, seed=0)
    assert again(load="zipf 0.5", **state) == placed_load(load="zipf 1", **state)
    other = rerun_placed_load(strength=1.0, seed=1)
    assert other(load="zipf 0.5", **state) != placed_load(load="zipf 1", **state)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"load": "odd"}, "load is 'odd': must be one of even"),
        ({"way": "luck"}, "way is 'luck': must be one of contiguous"),
        ({"nodes": "3"}, "nodes is '3': must be one of 4, 8"),
        ({"spare_slots": 5}, "spare_slots is 5: must be a whole number from 0 to 4"),
        ({"spare_slots": 0.5}, "spare_slots is 0.5: must be a whole number"),
        ({"seed": 0.5}, "seed is 0.5: must be a whole number from 0"),
    ],
)
def test_what_is_not_offered_is_refused(wrong: Any, said: str) -> None:
    asked: Any = {"load": "even", "way": "global", "nodes": "4", "spare_slots": 1}
    with pytest.raises(ValueError, match=said):
        placed_load(**asked | wrong)


def test_a_rerun_cuts_no_fraction_off() -> None:
    asked: Any = {"load": "even", "way": "global", "nodes": "4"}
    with pytest.raises(ValueError, match=r"seed is 0.9: must be a whole number from 0"):
        rerun_placed_load(strength=1.0, seed=0.9)(**asked, spare_slots=1)
    with pytest.raises(ValueError, match=r"spare_slots is 0.5: must be a whole number"):
        rerun_placed_load(strength=1.0, seed=0)(**asked, spare_slots=0.5)


def test_popularities_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="law is 'flat': must be log-normal or zipf"):
        popularity("flat", 1.0, 4, seed=0)
    with pytest.raises(ValueError, match=r"strength is -1.0: must be from 0 to 4"):
        popularity("zipf", -1.0, 4, seed=0)
    with pytest.raises(ValueError, match="load is 'odd'"):
        made_up_loads("odd")
