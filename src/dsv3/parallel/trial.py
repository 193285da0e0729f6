"""What is tried on several processes, and what came of it.

Both are plain numbers that can be written down. How a trial goes is
:mod:`dsv3.parallel.comparison`.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from dsv3.architecture import Experts
from dsv3.model.routing import require_ranked_groups
from dsv3.parallel.dispatch import DEDUPLICATIONS, Deduplication
from dsv3.parallel.grid import RankGrid, grid_of
from dsv3.parallel.wire import WIRE_FORMS, WireForm
from explorables.arithmetic import require, require_option

Precision: TypeAlias = Literal["float64", "float32"]
"""Types in which a trial computes."""

Matrix: TypeAlias = list[list[int]]
"""Bytes by sender, a row each, and receiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to try: the layer's sizes, the ranks, and how rows travel."""

    ranks: int = 4
    ranks_per_node: int = 2

    tokens_per_rank: int = 96
    """Tokens of the last rank; each one before it has one fewer, down to none."""

    hidden_size: int = 256
    moe_intermediate_size: int = 32
    n_routed_experts: int = 32
    num_experts_per_tok: int = 8

    node_limit: int | None = None
    """Nodes that a token may visit at most; None for no limit."""

    deduplication: Deduplication = "node"

    dispatched: WireForm = "exact"
    """Form of rows on their way to the experts."""

    combined: WireForm = "exact"
    """Form of results on their way back."""

    precision: Precision = "float64"

    seed: int = 0
    """Seed of tokens and weights."""

    rounds: int = 0
    """How often to time an exchange; 0 for not at all."""

    def __post_init__(self) -> None:
        require_option("precision", self.precision, get_args(Precision))
        require_option("deduplication", self.deduplication, DEDUPLICATIONS)
        require_option("dispatched", self.dispatched, WIRE_FORMS)
        require_option("combined", self.combined, WIRE_FORMS)
        sizes = ("ranks", "tokens_per_rank", "hidden_size", "moe_intermediate_size")
        for name in sizes:
            value: int = getattr(self, name)
            require(name, value, value >= 1, "must be at least 1")
        require("rounds", self.rounds, self.rounds >= 0, "must be at least 0")
        # Made here, so that sizes that do not fit are refused before a rank starts.
        require_ranked_groups(self.experts)

    @property
    def grid(self) -> RankGrid:
        """Ranks in nodes, and the experts laid out over them."""
        return grid_of(
            world_size=self.ranks,
            ranks_per_node=self.ranks_per_node,
            n_routed_experts=self.n_routed_experts,
        )

    @property
    def nodes(self) -> int:
        """Nodes that the ranks fill."""
        return self.grid.nodes

    @property
    def tokens(self) -> list[int]:
        """Tokens of each rank: one fewer than the next, so that no two agree.

        Examples
        --------
        >>> Trial(ranks=4, tokens_per_rank=2).tokens
        [0, 0, 1, 2]
        """
        last = self.ranks - 1
        return [max(self.tokens_per_rank - last + r, 0) for r in range(self.ranks)]

    @property
    def experts(self) -> Experts:
        """The layer: V3's gate, a group of experts for each node."""
        return Experts(
            n_routed_experts=self.n_routed_experts,
            num_experts_per_tok=self.num_experts_per_tok,
            moe_intermediate_size=self.moe_intermediate_size,
            n_shared_experts=1,
            n_group=self.nodes,
            topk_group=self.nodes if self.node_limit is None else self.node_limit,
            routed_scaling_factor=2.5,
            scoring_func="sigmoid",
            topk_method="noaux_tc",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a trial."""

    trial: Trial

    errors: dict[str, float]
    """Largest difference from the single process, over its largest number.

    Of the output, and of the gradients of input, router, routed and shared experts.
    """

    handed_bytes: dict[str, Matrix]
    """Bytes from each rank to each by step; what a rank kept is on the diagonal."""

    chosen_experts: list[list[int]]
    """The router's choice for every token, rank after rank."""

    round_seconds: list[float]
    """Time of one dispatch and combine on the slowest rank, without the experts."""

    round_cpu_seconds: list[float]
    """Processor time of the same, of all ranks together."""

    @property
    def source_ranks(self) -> list[int]:
        """The rank of every token."""
        return [rank for rank, n in enumerate(self.trial.tokens) for _ in range(n)]

    def moved_bytes(self, *steps: str) -> Matrix:
        """Return what some steps sent from each rank to each other rank."""
        ranks = range(self.trial.ranks)
        rows = [self.handed_bytes[step] for step in steps]
        return [
            [sum(row[a][b] for row in rows) if a != b else 0 for b in ranks]
            for a in ranks
        ]

    def network_bytes(self, *steps: str) -> int:
        """Return what some steps sent from node to node."""
        return self._between(*steps, other_node=True)

    def nvlink_bytes(self, *steps: str) -> int:
        """Return what some steps sent from rank to rank within nodes."""
        return self._between(*steps, other_node=False)

    def _between(self, *steps: str, other_node: bool) -> int:
        size = self.trial.ranks_per_node
        return sum(
            count
            for sender, row in enumerate(self.moved_bytes(*steps))
            for receiver, count in enumerate(row)
            if (sender // size != receiver // size) == other_node
        )
