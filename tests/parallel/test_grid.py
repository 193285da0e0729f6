"""Every rank reaches every other in two hops, and the layout is the counted one."""

from itertools import product

import pytest

from dsv3.collectives import even_placement
from dsv3.parallel import RankGrid, grid_of

GRIDS = [(1, 1), (1, 4), (4, 1), (2, 2), (3, 4)]


@pytest.mark.parametrize(("nodes", "each"), GRIDS)
def test_two_hops_reach_every_rank_once(nodes: int, each: int) -> None:
    grid = RankGrid(nodes=nodes, ranks_per_node=each, n_routed_experts=nodes * each)
    for rank in range(grid.ranks):
        reached = [
            end for relay in grid.same_place(rank) for end in grid.same_node(relay)
        ]
        assert sorted(reached) == list(range(grid.ranks))
        assert rank in grid.same_place(rank)
        assert rank in grid.same_node(rank)


@pytest.mark.parametrize(("sizes", "experts"), list(product(GRIDS, [1, 3])))
def test_experts_lie_where_traffic_is_counted(
    sizes: tuple[int, int], experts: int
) -> None:
    nodes, each = sizes
    ranks = nodes * each
    grid = grid_of(
        world_size=ranks, ranks_per_node=each, n_routed_experts=experts * ranks
    )
    counted = even_placement(
        n_routed_experts=experts * ranks, ranks=ranks, nodes=nodes
    ).expert_ranks
    assert counted == tuple(
        expert // grid.experts_per_rank for expert in range(grid.n_routed_experts)
    )
    assert grid.experts_per_node == experts * each


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"world_size": 3}, "world_size is 3: must be a multiple of ranks_per_node, 2"),
        ({"world_size": 0}, "nodes is 0: must be at least 1"),
        ({"ranks_per_node": 0}, "ranks_per_node is 0: must be at least 1"),
        ({"n_routed_experts": 6}, "n_routed_experts is 6: must be a multiple of the 4"),
        ({"n_routed_experts": 0}, "n_routed_experts is 0: must be at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, int], said: str) -> None:
    given = {"world_size": 4, "ranks_per_node": 2, "n_routed_experts": 8}
    with pytest.raises(ValueError, match=said):
        grid_of(**given | wrong)
