"""Where experts lie: which process holds which, and which node each sits in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Experts on ranks, ranks in nodes; every node has equally many ranks.

    Ranks are numbered node by node, so rank r sits in node r // ranks_per_node, and
    its place in the node is r % ranks_per_node. Where experts have replicas, number
    the replicas: each is an expert here.
    """

    expert_ranks: tuple[int, ...]
    """The rank of each expert, by the expert's number."""

    ranks: int
    """Processes, one for each GPU, at least 1."""

    ranks_per_node: int
    """Processes that share a node and its fast link; divides the ranks."""

    def __post_init__(self) -> None:
        if self.ranks < 1:
            message = f"ranks is {self.ranks}: must be at least 1"
            raise ValueError(message)
        if self.ranks_per_node < 1 or self.ranks % self.ranks_per_node:
            message = (
                f"ranks_per_node is {self.ranks_per_node}: must divide the "
                f"{self.ranks} ranks"
            )
            raise ValueError(message)
        for expert, rank in enumerate(self.expert_ranks):
            if not 0 <= rank < self.ranks:
                message = (
                    f"expert_ranks[{expert}] is {rank}: ranks go from 0 to "
                    f"{self.ranks - 1}"
                )
                raise ValueError(message)
        if not self.expert_ranks:
            message = "expert_ranks is empty: place at least one expert"
            raise ValueError(message)

    @property
    def nodes(self) -> int:
        """Nodes in all."""
        return self.ranks // self.ranks_per_node

    @property
    def experts(self) -> int:
        """Experts in all, replicas counted one by one."""
        return len(self.expert_ranks)

    @property
    def rank_by_expert(self) -> NDArray[np.int64]:
        """The rank of each expert, as an array."""
        return np.array(self.expert_ranks, dtype=np.int64)


def even_placement(*, n_routed_experts: int, ranks: int, nodes: int) -> Placement:
    """Lay experts out in order, equally many to a rank, ranks equally to nodes.

    Expert e is on rank e // (experts per rank), rank r in node r // (ranks per node);
    what does not divide evenly is refused.

    Examples
    --------
    >>> even_placement(n_routed_experts=8, ranks=4, nodes=2).expert_ranks
    (0, 0, 1, 1, 2, 2, 3, 3)
    """
    if nodes < 1 or ranks < 1 or ranks % nodes:
        message = f"nodes is {nodes}: must be at least 1 and divide the {ranks} ranks"
        raise ValueError(message)
    if n_routed_experts < 1 or n_routed_experts % ranks:
        message = (
            f"n_routed_experts is {n_routed_experts}: must be a multiple of the "
            f"{ranks} ranks"
        )
        raise ValueError(message)
    each = n_routed_experts // ranks
    return Placement(
        expert_ranks=tuple(expert // each for expert in range(n_routed_experts)),
        ranks=ranks,
        ranks_per_node=ranks // nodes,
    )
