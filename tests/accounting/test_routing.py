from collections.abc import Mapping
from itertools import combinations

import pytest

from dsv3.accounting import expected_groups, expert_teams

SMALL = [
    {"n_routed_experts": 12, "num_experts_per_tok": 3, "n_group": 4, "topk_group": 2},
    {"n_routed_experts": 10, "num_experts_per_tok": 4, "n_group": 5, "topk_group": 3},
    {"n_routed_experts": 8, "num_experts_per_tok": 2, "n_group": 2, "topk_group": 2},
]


def visited(sizes: Mapping[str, int]) -> list[int]:
    """Return the number of groups that each possible set of experts touches."""
    size = sizes["n_routed_experts"] // sizes["n_group"]
    every = combinations(range(sizes["n_routed_experts"]), sizes["num_experts_per_tok"])
    return [len({expert // size for expert in team}) for team in every]


@pytest.mark.parametrize("sizes", SMALL)
def test_teams_are_as_many_as_can_be_listed(sizes: Mapping[str, int]) -> None:
    listed = sum(groups <= sizes["topk_group"] for groups in visited(sizes))
    assert expert_teams(**sizes) == listed


@pytest.mark.parametrize("sizes", SMALL)
def test_groups_visited_blindly_are_the_mean_over_all_teams(
    sizes: Mapping[str, int],
) -> None:
    listed = visited(sizes)
    free = {name: size for name, size in sizes.items() if name != "topk_group"}
    assert expected_groups(**free) == pytest.approx(sum(listed) / len(listed))


def test_v3_would_send_a_token_to_five_nodes_without_its_limit() -> None:
    found = expected_groups(n_routed_experts=256, num_experts_per_tok=8, n_group=8)
    assert found == pytest.approx(5.29, abs=0.005)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_group": 5}, "n_group is 5: must divide n_routed_experts, 12"),
        ({"topk_group": 5}, "topk_group is 5: must be from 1 to n_group, 4"),
        ({"num_experts_per_tok": 7}, "num_experts_per_tok is 7: must be from 1 to 6"),
    ],
)
def test_sizes_that_leave_no_choice_are_refused(
    wrong: dict[str, int], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        expert_teams(**{**SMALL[0], **wrong})
