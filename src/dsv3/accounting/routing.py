"""What a router can choose: teams of experts, and the groups they sit in.

Twin: model/routing.py.
"""

from math import comb


def _check(experts: int, chosen: int, groups: int, kept: int) -> None:
    if groups < 1 or experts % groups:
        message = f"n_group is {groups}: must divide n_routed_experts, {experts}"
        raise ValueError(message)
    if not 1 <= kept <= groups:
        message = f"topk_group is {kept}: must be from 1 to n_group, {groups}"
        raise ValueError(message)
    left = kept * (experts // groups)
    if not 1 <= chosen <= left:
        message = (
            f"num_experts_per_tok is {chosen}: must be from 1 to {left}, those left"
        )
        raise ValueError(message)


def expert_teams(
    *, n_routed_experts: int, num_experts_per_tok: int, n_group: int, topk_group: int
) -> int:
    """Return how many different sets of experts a token can be given.

    Sets of A experts that lie in at most ``topk_group`` groups of equal size, as many
    as there are for no limit: for each number of groups, the ways to choose them times
    the sets that touch every one of them, by inclusion and exclusion.

    Examples
    --------
    Sixteen experts, two chosen, and the same cut into quarters
    [dai2024deepseekmoe]_ (section 3.1):

    >>> expert_teams(
    ...     n_routed_experts=16, num_experts_per_tok=2, n_group=1, topk_group=1
    ... )
    120
    >>> expert_teams(
    ...     n_routed_experts=64, num_experts_per_tok=8, n_group=1, topk_group=1
    ... )
    4426165368

    Two groups of two, one kept: one pair in each.

    >>> expert_teams(
    ...     n_routed_experts=4, num_experts_per_tok=2, n_group=2, topk_group=1
    ... )
    2
    """
    _check(n_routed_experts, num_experts_per_tok, n_group, topk_group)
    size, chosen = n_routed_experts // n_group, num_experts_per_tok

    def touching_all(groups: int) -> int:
        return sum(
            (-1) ** left_out
            * comb(groups, left_out)
            * comb((groups - left_out) * size, chosen)
            for left_out in range(groups + 1)
        )

    return sum(
        comb(n_group, groups) * touching_all(groups)
        for groups in range(1, topk_group + 1)
    )


def expected_groups(
    *, n_routed_experts: int, num_experts_per_tok: int, n_group: int
) -> float:
    """Return how many groups a token would visit, on average, in a blind draw.

    G (1 - C(E - E/G, A) / C(E, A)): a group is spared when all A of the E experts come
    from the others.

    Examples
    --------
    Two of four experts in two groups: one time in three both are from one group.

    >>> round(
    ...     expected_groups(n_routed_experts=4, num_experts_per_tok=2, n_group=2), 4
    ... )
    1.6667
    """
    _check(n_routed_experts, num_experts_per_tok, n_group, n_group)
    others = n_routed_experts - n_routed_experts // n_group
    spared = comb(others, num_experts_per_tok) / comb(
        n_routed_experts, num_experts_per_tok
    )
    return n_group * (1 - spared)
