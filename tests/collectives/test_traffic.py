"""Traffic counted by arrays equals traffic counted by walking from token to expert."""

from itertools import product
from math import comb

import numpy as np
import pytest

from dsv3.collectives import (
    DEDUPLICATIONS,
    Deduplication,
    Placement,
    Traffic,
    combine_bytes,
    copies_per_token,
    dispatch_bytes,
    dispatch_copies,
    even_placement,
    expected_visits,
    nodes_visited,
)

V3 = even_placement(n_routed_experts=256, ranks=64, nodes=8)


def walked(
    chosen: list[list[int]], sources: list[int], layout: Placement, way: Deduplication
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """Count copies by following every token, one hop after the other."""
    network: dict[tuple[int, int], int] = {}
    nvlink: dict[tuple[int, int], int] = {}

    def hop(start: int, end: int) -> None:
        if start == end:
            return
        near = start // layout.ranks_per_node == end // layout.ranks_per_node
        link = nvlink if near else network
        link[start, end] = link.get((start, end), 0) + 1

    for experts, start in zip(chosen, sources, strict=True):
        ends = [layout.expert_ranks[one] for one in experts if one >= 0]
        if way == "expert":
            for end in ends:
                hop(start, end)
        elif way == "rank":
            for end in set(ends):
                hop(start, end)
        else:
            width = layout.ranks_per_node
            for node in {end // width for end in ends}:
                relay = node * width + start % width
                hop(start, relay)
                for end in {one for one in ends if one // width == node}:
                    hop(relay, end)
    return network, nvlink


def as_pairs(matrix: np.ndarray) -> dict[tuple[int, int], int]:
    rows, columns = np.nonzero(matrix)
    return {
        (int(a), int(b)): int(matrix[a, b]) for a, b in zip(rows, columns, strict=True)
    }


@pytest.mark.parametrize("way", DEDUPLICATIONS)
@pytest.mark.parametrize(("ranks", "nodes"), [(1, 1), (4, 1), (4, 4), (4, 2), (12, 3)])
def test_counting_equals_walking(way: Deduplication, ranks: int, nodes: int) -> None:
    draw = np.random.default_rng(ranks + nodes)
    experts = tuple(int(rank) for rank in draw.integers(0, ranks, size=3 * ranks))
    layout = Placement(expert_ranks=experts, ranks=ranks, ranks_per_node=ranks // nodes)
    chosen = draw.integers(-1, len(experts), size=(50, 3))
    sources = draw.integers(0, ranks, size=50)
    made = dispatch_copies(chosen, sources, layout, deduplication=way)
    network, nvlink = walked(chosen.tolist(), sources.tolist(), layout, way)
    assert as_pairs(made.network) == network
    assert as_pairs(made.nvlink) == nvlink


def blind(tokens: int, topk_group: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw nodes and then experts in them, all equally likely."""
    draw = np.random.default_rng(seed)
    allowed = draw.random((tokens, 8)).argsort(axis=1)[:, :topk_group]
    scores = draw.random((tokens, 256)).reshape(tokens, 8, 32)
    mask = np.zeros((tokens, 8), dtype=bool)
    np.put_along_axis(mask, allowed, values=True, axis=1)
    ranked = np.where(mask[:, :, None], scores, -1.0).reshape(tokens, 256)
    chosen = ranked.argsort(axis=1)[:, -8:]
    return chosen, draw.integers(0, 64, size=tokens)


@pytest.mark.parametrize("topk_group", [1, 2, 4, 8])
def test_the_expectation_is_the_mean_of_a_simulation(topk_group: int) -> None:
    tokens = 20_000
    chosen, sources = blind(tokens, topk_group, seed=topk_group)
    sent = dispatch_copies(chosen, sources, V3)
    expected = copies_per_token(
        n_routed_experts=256,
        num_experts_per_tok=8,
        nodes=8,
        ranks_per_node=8,
        topk_group=topk_group,
        counting="on average",
    )
    # Three standard errors of a mean whose single values spread by at most one.
    slack = 3 / tokens**0.5
    network = float(expected.network_copies)
    assert sent.network_total / tokens == pytest.approx(network, abs=slack)
    nvlink = float(expected.nvlink_copies)
    assert sent.nvlink_total / tokens == pytest.approx(nvlink, abs=slack)


def test_blind_draws_visit_as_many_nodes_as_the_hypergeometric_says() -> None:
    chosen, _ = blind(20_000, 8, seed=0)
    exact = 8 * (1 - comb(224, 8) / comb(256, 8))
    assert exact == pytest.approx(5.29, abs=0.005)
    assert float(nodes_visited(chosen, V3).mean()) == pytest.approx(exact, abs=0.02)
    formula = expected_visits(experts=256, groups=8, num_experts_per_tok=8)
    assert float(formula) == pytest.approx(exact, rel=1e-12)


def test_a_saved_copy_never_costs_another_on_the_network() -> None:
    chosen, sources = blind(500, 8, seed=1)
    totals = [
        dispatch_copies(chosen, sources, V3, deduplication=way).network_total
        for way in DEDUPLICATIONS
    ]
    assert totals[0] > totals[1] > totals[2]


def test_combine_sends_back_what_dispatch_sent() -> None:
    chosen, sources = blind(100, 4, seed=2)
    there = dispatch_bytes(chosen, sources, V3, bytes_per_copy=7392)
    back = combine_bytes(chosen, sources, V3, bytes_per_copy=14336)
    assert (back.network * 7392 == there.network.T * 14336).all()
    assert (back.nvlink * 7392 == there.nvlink.T * 14336).all()


def test_both_links_together_hold_every_copy_once() -> None:
    chosen, sources = blind(100, 4, seed=3)
    sent = dispatch_copies(chosen, sources, V3)
    assert int(sent.together.sum()) == sent.network_total + sent.nvlink_total
    assert not np.diag(sent.together).any()
    assert isinstance(sent.times(2), Traffic)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chosen": [[0, 256]]}, "chosen has 256: must be from -1 to 255"),
        ({"chosen": [[-2, 1]]}, "chosen has -2"),
        ({"chosen": [1, 2]}, "chosen has 1 axes"),
        ({"source_ranks": [64]}, "source_ranks has 64: must be from 0 to 63"),
        ({"source_ranks": [0, 1]}, "source_ranks has shape"),
        ({"deduplication": "gpu"}, "deduplication is 'gpu': choose among"),
    ],
)
def test_what_cannot_be_sent_is_named(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"chosen": [[0, 1]], "source_ranks": [0]}
    given |= {"deduplication": "node", "placement": V3} | change
    with pytest.raises(ValueError, match=message):
        dispatch_copies(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ranks": 0}, "ranks is 0"),
        ({"ranks_per_node": 3}, "ranks_per_node is 3: must divide the 4 ranks"),
        ({"expert_ranks": (0, 4)}, r"expert_ranks\[1\] is 4"),
        ({"expert_ranks": ()}, "expert_ranks is empty"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(
    change: dict[str, object], message: str
) -> None:
    given: dict[str, object] = {"expert_ranks": (0, 1), "ranks": 4, "ranks_per_node": 2}
    with pytest.raises(ValueError, match=message):
        Placement(**given | change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("experts", "ranks", "nodes"), [(8, 4, 3), (9, 4, 2), (8, 0, 1)]
)
def test_an_uneven_layout_is_refused(experts: int, ranks: int, nodes: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        even_placement(n_routed_experts=experts, ranks=ranks, nodes=nodes)


@pytest.mark.parametrize(
    ("experts", "group", "chosen"), list(product([8], [2, 4], [1, 4, 8]))
)
def test_the_product_of_fractions_is_the_ratio_of_binomials(
    experts: int, group: int, chosen: int
) -> None:
    groups = experts // group
    exact = groups * (1 - comb(experts - group, chosen) / comb(experts, chosen))
    found = expected_visits(experts=experts, groups=groups, num_experts_per_tok=chosen)
    assert float(found) == pytest.approx(exact, rel=1e-12)
