"""Which rank holds which experts, and which ranks talk to each other.

In one expert-parallel group ranks are grouped in nodes, and experts lie on the ranks in
order, as many on each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from explorables.arithmetic import require


@dataclass(frozen=True, slots=True, kw_only=True)
class RankGrid:
    """Ranks in nodes, with the experts laid out over them in order.

    A rank is known by its node and by its place in the node. Between nodes it talks
    to the ranks of its own place only, within the node to all.

    Examples
    --------
    DeepSeek-V3's training [deepseekai2024v3]_ (section 4.2): 256 experts on 64 GPUs.

    >>> grid = RankGrid(nodes=8, ranks_per_node=8, n_routed_experts=256)
    >>> grid.ranks, grid.experts_per_rank, grid.experts_per_node
    (64, 4, 32)
    """

    nodes: int

    ranks_per_node: int
    """Processes of a node, one a GPU."""

    n_routed_experts: int
    """Experts of the layer; a multiple of the ranks."""

    def __post_init__(self) -> None:
        for name in ("nodes", "ranks_per_node", "n_routed_experts"):
            value: int = getattr(self, name)
            require(name, value, value >= 1, "must be at least 1")
        whole = self.n_routed_experts % self.ranks == 0
        rule = f"must be a multiple of the {self.ranks} ranks"
        require("n_routed_experts", self.n_routed_experts, whole, rule)

    @property
    def ranks(self) -> int:
        """Processes in all."""
        return self.nodes * self.ranks_per_node

    @property
    def experts_per_rank(self) -> int:
        """Experts that one rank holds."""
        return self.n_routed_experts // self.ranks

    @property
    def experts_per_node(self) -> int:
        """Experts that the ranks of one node hold."""
        return self.experts_per_rank * self.ranks_per_node

    def same_place(self, rank: int) -> Sequence[int]:
        """Return the ranks of one place, one for each node: the first hop.

        Examples
        --------
        >>> grid = RankGrid(nodes=2, ranks_per_node=2, n_routed_experts=4)
        >>> list(grid.same_place(3)), list(grid.same_node(3))
        ([1, 3], [2, 3])
        """
        return range(rank % self.ranks_per_node, self.ranks, self.ranks_per_node)

    def same_node(self, rank: int) -> Sequence[int]:
        """Return the ranks of one node: the second hop."""
        first = rank - rank % self.ranks_per_node
        return range(first, first + self.ranks_per_node)


def grid_of(*, world_size: int, ranks_per_node: int, n_routed_experts: int) -> RankGrid:
    """Return the grid that a number of processes makes; they must fill whole nodes.

    Examples
    --------
    >>> grid_of(world_size=3, ranks_per_node=2, n_routed_experts=12)
    Traceback (most recent call last):
        ...
    ValueError: world_size is 3: must be a multiple of ranks_per_node, 2
    """
    rule = "must be at least 1"
    require("ranks_per_node", ranks_per_node, ranks_per_node >= 1, rule)
    nodes, rest = divmod(world_size, ranks_per_node)
    rule = f"must be a multiple of ranks_per_node, {ranks_per_node}"
    require("world_size", world_size, rest == 0, rule)
    return RankGrid(
        nodes=nodes, ranks_per_node=ranks_per_node, n_routed_experts=n_routed_experts
    )
