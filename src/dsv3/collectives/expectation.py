"""How many copies of a token leave for its experts on average, or at most.

The counting when only the sizes are known: experts drawn blindly, or every node and
rank visited that may be. What a given assignment needs is in ``traffic``.
"""

from dataclasses import dataclass

from explorables.arithmetic import Choice, Number, lookup, maximum, require, where

MOST_CHOSEN = 16
"""Largest number of experts of a token that is counted."""

COUNTINGS = ("at most", "on average")
"""The report's count, and that of a blind draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesPerToken:
    """Copies of one token that dispatch sends, and combine returns."""

    network_copies: Number
    """Over the network, one to each other node visited."""

    nvlink_copies: Number
    """Inside nodes, one to each other rank with a chosen expert."""


def spared_share(*, experts: Number, group_size: Number, chosen: Number) -> Number:
    """Chance that a group of g experts holds none of the A of E drawn blindly.

    C(E - g, A) / C(E, A), as a product of A fractions; A is a whole number up to
    :data:`MOST_CHOSEN`.

    Examples
    --------
    Two of four drawn: both from the other half one time in six.

    >>> round(spared_share(experts=4, group_size=2, chosen=2), 4)
    0.1667
    """
    require("chosen", chosen, chosen >= 1, "must be at least 1")
    require("chosen", chosen, chosen <= MOST_CHOSEN, f"must be at most {MOST_CHOSEN}")
    require("chosen", chosen, chosen <= experts, "must be at most the experts there")
    require("group_size", group_size, group_size <= experts, "at most the experts")
    share: Number = 1.0
    for drawn in range(MOST_CHOSEN):
        # Beyond the last draw a factor of 1; the floor keeps the unused ones finite.
        left = maximum(experts - drawn, 1)
        others = maximum(experts - group_size - drawn, 0)
        share = share * where(chosen > drawn, others / left, 1.0)
    return share


def expected_visits(
    *, experts: Number, groups: Number, num_experts_per_tok: Number
) -> Number:
    """Return the mean of groups (nodes, ranks) that a token visits in a blind draw.

    `experts` are those drawn from, of the nodes left where nodes are limited; they lie
    in `groups` of equal size.

    Examples
    --------
    DeepSeek-V3's 8 of 256 over 8 nodes without a limit, and within 4 of them:

    >>> round(expected_visits(experts=256, groups=8, num_experts_per_tok=8), 2)
    5.29
    >>> round(expected_visits(experts=128, groups=4, num_experts_per_tok=8), 2)
    3.63
    """
    spared = spared_share(
        experts=experts, group_size=experts / groups, chosen=num_experts_per_tok
    )
    return groups * (1 - spared)


def copies_per_token(
    *,
    n_routed_experts: Number,
    num_experts_per_tok: Number,
    nodes: Number,
    ranks_per_node: Number,
    topk_group: Number,
    counting: Choice,
) -> CopiesPerToken:
    """Return the copies of one token over each link, one a node and one a rank.

    ``at most`` is the report's count: as many network copies as nodes are allowed
    (`topk_group`, all of them for no limit), as many NVLink copies as experts are
    chosen. ``on average`` draws the allowed nodes and the experts in them blindly,
    spares the token's own node and rank, and sends a rank with two chosen experts one
    copy.

    Examples
    --------
    >>> layout = {"n_routed_experts": 256, "num_experts_per_tok": 8, "nodes": 8,
    ...           "ranks_per_node": 8, "topk_group": 4}
    >>> most = copies_per_token(**layout, counting="at most")
    >>> most.network_copies, most.nvlink_copies
    (4, 8)
    >>> mean = copies_per_token(**layout, counting="on average")
    >>> round(mean.network_copies, 2), round(mean.nvlink_copies, 2)
    (3.18, 6.44)
    """
    require("topk_group", topk_group, topk_group >= 1, "must be at least 1")
    require("topk_group", topk_group, topk_group <= nodes, "must be at most the nodes")
    reachable = n_routed_experts / nodes * topk_group
    chosen = num_experts_per_tok
    visited_nodes = expected_visits(
        experts=reachable, groups=topk_group, num_experts_per_tok=chosen
    )
    visited_ranks = expected_visits(
        experts=reachable,
        groups=topk_group * ranks_per_node,
        num_experts_per_tok=chosen,
    )
    away = (nodes - 1) / nodes
    past_relay = (ranks_per_node - 1) / ranks_per_node
    network = {"at most": topk_group, "on average": visited_nodes * away}
    nvlink = {"at most": chosen, "on average": visited_ranks * past_relay}
    return CopiesPerToken(
        network_copies=lookup(counting, network, name="counting"),
        nvlink_copies=lookup(counting, nvlink, name="counting"),
    )


def experts_at_equal_time(
    *, topk_group: Number, nvlink_bytes_per_s: Number, network_bytes_per_s: Number
) -> Number:
    """Experts of a token at which NVLink takes as long as the network.

    M copies over the network and A over NVLink take equally long when A = M times
    the ratio of the bandwidths [deepseekai2024v3]_ (section 3.2.2).

    Examples
    --------
    >>> experts_at_equal_time(
    ...     topk_group=4, nvlink_bytes_per_s=160e9, network_bytes_per_s=50e9
    ... )
    12.8
    """
    require(
        "network_bytes_per_s",
        network_bytes_per_s,
        network_bytes_per_s > 0,
        "must be above 0",
    )
    return topk_group * nvlink_bytes_per_s / network_bytes_per_s
