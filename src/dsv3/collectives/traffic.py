"""Who sends how many copies of a token to whom, counted over a given assignment.

The exact traffic matrices of dispatch and combine, in whole numbers, for three ways of
saving copies; what to expect on average is in ``expectation``.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsv3.collectives.placement import Placement

Deduplication: TypeAlias = Literal["expert", "rank", "node"]
"""What gets one copy of a token each: a chosen expert, a rank, or a node."""

DEDUPLICATIONS: tuple[Deduplication, ...] = get_args(Deduplication)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traffic:
    """Copies or bytes from each rank (row) to each rank (column), by link."""

    network: NDArray[np.int64]

    nvlink: NDArray[np.int64]
    """Inside a node, from one rank to another; what stays on a rank is not counted."""

    @property
    def network_total(self) -> int:
        """The sum over all pairs of ranks in different nodes."""
        return int(self.network.sum())

    @property
    def nvlink_total(self) -> int:
        """The sum over all pairs of ranks in one node."""
        return int(self.nvlink.sum())

    @property
    def together(self) -> NDArray[np.int64]:
        """Both links in one matrix: what a process sees that knows no nodes."""
        return self.network + self.nvlink

    def times(self, bytes_per_copy: int) -> "Traffic":
        """Return the traffic in bytes, given those of one copy."""
        return Traffic(
            network=self.network * bytes_per_copy, nvlink=self.nvlink * bytes_per_copy
        )

    def reversed(self) -> "Traffic":
        """Return the way back: every copy from its receiver to its sender."""
        return Traffic(network=self.network.T.copy(), nvlink=self.nvlink.T.copy())


def dispatch_copies(
    chosen: ArrayLike,
    source_ranks: ArrayLike,
    placement: Placement,
    *,
    deduplication: Deduplication = "node",
) -> Traffic:
    """Count the copies that dispatch sends, rank by rank.

    With ``expert``, a copy goes straight to the rank of every chosen expert. With
    ``rank``, a rank gets one copy, however many of the token's experts it holds. With
    ``node``, a node other than the sender's gets one copy over the network, which
    arrives at the rank in the sender's own place there (the *relay*) and goes on over
    NVLink to each other rank with a chosen expert [deepseekai2024v3]_ (section 3.2.2);
    within the sender's node it is as with ``rank``. What a rank would send itself is
    never counted.

    `chosen` is tokens by experts per token, -1 for no expert; `source_ranks` is the
    rank that each token lies on.

    Examples
    --------
    Four ranks in two nodes, two experts on each. The token of rank 0 goes to experts
    4, 5 and 6: twice to rank 2 and once to rank 3, both in the other node.

    >>> from dsv3.collectives.placement import even_placement
    >>> layout = even_placement(n_routed_experts=8, ranks=4, nodes=2)
    >>> for way in ("expert", "rank", "node"):
    ...     sent = dispatch_copies([[4, 5, 6]], [0], layout, deduplication=way)
    ...     print(way, sent.network_total, sent.nvlink_total)
    expert 3 0
    rank 2 0
    node 1 1
    """
    experts, sources = _checked(chosen, source_ranks, placement)
    if deduplication not in DEDUPLICATIONS:
        message = (
            f"deduplication is {deduplication!r}: choose among "
            f"{', '.join(DEDUPLICATIONS)}"
        )
        raise ValueError(message)
    needs = _copies_by_rank(experts, placement)
    if deduplication != "expert":
        needs = np.minimum(needs, 1)
    if deduplication == "node":
        return _relayed(needs, sources, placement)
    return _straight(needs, sources, placement)


def dispatch_bytes(
    chosen: ArrayLike,
    source_ranks: ArrayLike,
    placement: Placement,
    *,
    bytes_per_copy: int,
    deduplication: Deduplication = "node",
) -> Traffic:
    """Count the bytes that dispatch sends, rank by rank.

    The copies of :func:`dispatch_copies` times the bytes of one, for which see
    :func:`~dsv3.collectives.messages.token_bytes`.

    Examples
    --------
    >>> from dsv3.collectives.placement import even_placement
    >>> layout = even_placement(n_routed_experts=4, ranks=2, nodes=1)
    >>> dispatch_bytes([[0, 3]], [0], layout, bytes_per_copy=100).nvlink.tolist()
    [[0, 100], [0, 0]]
    """
    copies = dispatch_copies(
        chosen, source_ranks, placement, deduplication=deduplication
    )
    return copies.times(bytes_per_copy)


def combine_bytes(
    chosen: ArrayLike,
    source_ranks: ArrayLike,
    placement: Placement,
    *,
    bytes_per_copy: int,
    deduplication: Deduplication = "node",
) -> Traffic:
    """Count the bytes that combine sends: dispatch's copies, each the way back.

    Where one copy went out for several experts, one sum of their weighted outputs
    comes back: a rank adds up its own experts' before sending, and a relay its
    node's.

    Examples
    --------
    >>> from dsv3.collectives.placement import even_placement
    >>> layout = even_placement(n_routed_experts=4, ranks=2, nodes=1)
    >>> combine_bytes([[0, 3]], [0], layout, bytes_per_copy=200).nvlink.tolist()
    [[0, 0], [200, 0]]
    """
    copies = dispatch_copies(
        chosen, source_ranks, placement, deduplication=deduplication
    )
    return copies.reversed().times(bytes_per_copy)


def nodes_visited(chosen: ArrayLike, placement: Placement) -> NDArray[np.int64]:
    """Count the distinct nodes of each token's experts, its own node included.

    Examples
    --------
    >>> from dsv3.collectives.placement import even_placement
    >>> layout = even_placement(n_routed_experts=8, ranks=4, nodes=2)
    >>> nodes_visited([[0, 3], [0, 7]], layout).tolist()
    [1, 2]
    """
    table = np.asarray(chosen, dtype=np.int64)
    experts, _ = _checked(table, np.zeros(len(table), dtype=np.int64), placement)
    needs = _copies_by_rank(experts, placement) > 0
    by_node = needs.reshape(len(needs), placement.nodes, placement.ranks_per_node)
    visited: NDArray[np.int64] = by_node.any(axis=2).sum(axis=1)
    return visited


def _checked(
    chosen: ArrayLike, source_ranks: ArrayLike, placement: Placement
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    experts = np.asarray(chosen, dtype=np.int64)
    sources = np.asarray(source_ranks, dtype=np.int64)
    if experts.ndim != 2:
        message = f"chosen has {experts.ndim} axes: give tokens by experts per token"
        raise ValueError(message)
    if sources.shape != experts.shape[:1]:
        message = (
            f"source_ranks has shape {sources.shape}: give one rank for each of "
            f"{len(experts)} tokens"
        )
        raise ValueError(message)
    for name, values, low, size in (
        ("chosen", experts, -1, placement.experts),
        ("source_ranks", sources, 0, placement.ranks),
    ):
        if values.size and not low <= values.min() <= values.max() < size:
            wrong = values.min() if values.min() < low else values.max()
            message = f"{name} has {wrong}: must be from {low} to {size - 1}"
            raise ValueError(message)
    return experts, sources


def _copies_by_rank(
    experts: NDArray[np.int64], placement: Placement
) -> NDArray[np.int64]:
    tokens = np.repeat(np.arange(len(experts)), experts.shape[1])
    flat = experts.ravel()
    real = flat >= 0
    needs = np.zeros((len(experts), placement.ranks), dtype=np.int64)
    np.add.at(needs, (tokens[real], placement.rank_by_expert[flat[real]]), 1)
    return needs


def _split(pairs: NDArray[np.int64], placement: Placement) -> Traffic:
    """Sort a rank-by-rank matrix by link, and drop what a rank sends itself."""
    node = np.arange(placement.ranks) // placement.ranks_per_node
    same_node = node[:, None] == node[None, :]
    same_rank = np.eye(placement.ranks, dtype=bool)
    return Traffic(
        network=np.where(same_node, 0, pairs),
        nvlink=np.where(same_node & ~same_rank, pairs, 0),
    )


def _straight(
    needs: NDArray[np.int64], sources: NDArray[np.int64], placement: Placement
) -> Traffic:
    """Send each copy from the token's rank to where it is needed."""
    pairs = np.zeros((placement.ranks, placement.ranks), dtype=np.int64)
    np.add.at(pairs, sources, needs)
    return _split(pairs, placement)


def _relayed(
    needs: NDArray[np.int64], sources: NDArray[np.int64], placement: Placement
) -> Traffic:
    """Send one copy to each node's relay, and from there to where it is needed."""
    width = placement.ranks_per_node
    by_node = needs.reshape(len(needs), placement.nodes, width)
    relays = np.arange(placement.nodes) * width + (sources % width)[:, None]
    pairs = np.zeros((placement.ranks, placement.ranks), dtype=np.int64)
    np.add.at(pairs, (sources[:, None], relays), by_node.any(axis=2).astype(np.int64))
    # Within the sender's own node the relay is the sender.
    pairs *= ~np.eye(placement.ranks, dtype=bool)
    for node in range(placement.nodes):
        first = node * width
        block = np.zeros((placement.ranks, width), dtype=np.int64)
        np.add.at(block, relays[:, node], by_node[:, node])
        pairs[:, first : first + width] += block
    return _split(pairs, placement)
