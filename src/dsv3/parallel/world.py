"""The processes of an expert-parallel group, and the one way in which they talk.

Every byte that is handed to an exchange is counted. Whatever goes wrong becomes one
line that names the rank; nothing waits longer than it was told to.
"""

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias, get_args

import torch
import torch.distributed as dist
from jaxtyping import Shaped
from torch import Tensor

from dsv3.parallel.grid import RankGrid, grid_of

PATIENCE_S = 10.0
"""Longest wait for another rank, unless told otherwise."""

MEETING = "DSV3_MEETING"
"""Variable of the environment that says where ranks meet, if torchrun does not."""

Way: TypeAlias = Literal["between nodes", "within the node", "straight"]
"""Whom one exchange reaches: ranks of one place, ranks of one node, or all."""

WAYS: tuple[Way, ...] = get_args(Way)
"""Every way."""

Handed: TypeAlias = dict[tuple[str, Way], list[int]]
"""Bytes handed over to every rank of the world, by step and way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One rank's view of the group."""

    rank: int
    grid: RankGrid

    groups: Mapping[Way, dist.ProcessGroup]
    """Those it talks to, by the way."""

    device: torch.device

    handed: Handed = field(default_factory=dict, compare=False, repr=False)
    """What it has handed over so far, what it kept included."""

    def peers(self, way: Way) -> Sequence[int]:
        """Return the ranks that it reaches, in order; itself among them."""
        return _members(self.grid, self.rank, way)

    def exchange(
        self,
        rows: Shaped[Tensor, "X _"],
        sent: list[int],
        received: list[int],
        *,
        way: Way,
        step: str,
    ) -> Shaped[Tensor, "Y _"]:
        """Send each peer its slice of rows, and return what they sent.

        Rows are in the order of the peers, and `sent` and `received` say how many go to
        and come from each. `step` is for the count and for messages. ConnectionError if
        a peer is gone or silent.
        """
        arrived = rows.new_empty(sum(received), *rows.shape[1:])
        self._count(rows.split_with_sizes(sent), way=way, step=step)
        with self.together(step, way):
            dist.all_to_all_single(
                arrived, rows.contiguous(), received, sent, group=self.groups[way]
            )
        return arrived

    @contextmanager
    def together(self, step: str, way: Way = "straight") -> Iterator[None]:
        """Do what needs all peers of a way; name the step if one is lost."""
        try:
            yield
        except RuntimeError as error:
            raise self._lost(step, way, error) from None

    def _count(self, slices: Sequence[Tensor], *, way: Way, step: str) -> None:
        """Add up the bytes of what is about to be handed over, by receiver."""
        row = self.handed.setdefault((step, way), [0] * self.grid.ranks)
        for peer, part in zip(self.peers(way), slices, strict=True):
            row[peer] += part.numel() * part.element_size()

    def _lost(self, step: str, way: Way, error: RuntimeError) -> ConnectionError:
        others = ", ".join(str(peer) for peer in self.peers(way) if peer != self.rank)
        return ConnectionError(
            f"rank {self.rank} of {self.grid.ranks}: {step} {way} broke off, "
            f"rank {others} gone or silent: all ranks must stay to the end "
            f"({_first_line(error)})"
        )


def _first_line(error: Exception) -> str:
    """Return what the library says, without its place in the library."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return textwrap.shorten(lines[0].rsplit("] ", 1)[-1], 120, placeholder=" ...")


def environment_number(name: str) -> int:
    """Return a number that whoever starts the ranks must leave in the environment."""
    value = os.environ.get(name, "")
    if not value.isdecimal():
        message = (
            f"{name} is {value!r}: must be set by whoever starts the ranks; start "
            "them with: torchrun --nproc-per-node 4 -m dsv3.parallel"
        )
        raise ValueError(message)
    return int(value)


@contextmanager
def join_group(
    *, ranks_per_node: int, n_routed_experts: int, patience_s: float = PATIENCE_S
) -> Iterator[World]:
    """Join the group that this process was started for, and leave it in the end.

    With a GPU for every rank of the machine NCCL carries the bytes, otherwise gloo. The
    ranks of a node need not be one machine.

    Raises
    ------
    ConnectionError
        If the others do not come in time.
    """
    rank, world_size = environment_number("RANK"), environment_number("WORLD_SIZE")
    grid = grid_of(
        world_size=world_size,
        ranks_per_node=ranks_per_node,
        n_routed_experts=n_routed_experts,
    )
    place = int(os.environ.get("LOCAL_RANK", rank))
    here = int(os.environ.get("LOCAL_WORLD_SIZE", world_size))
    with_gpus = dist.is_nccl_available() and torch.cuda.device_count() >= here
    device = torch.device("cuda", place) if with_gpus else torch.device("cpu")
    if with_gpus:
        torch.cuda.set_device(device)
    patience = timedelta(seconds=patience_s)
    try:
        dist.init_process_group(
            "nccl" if with_gpus else "gloo",
            init_method=os.environ.get(MEETING, "env://"),
            rank=rank,
            world_size=world_size,
            timeout=patience,
        )
        groups = {way: _group(grid, rank, way, patience) for way in WAYS}
    except (RuntimeError, ValueError) as error:
        message = (
            f"rank {rank} of {world_size}: not all ranks joined within {patience_s:g} "
            f"s: WORLD_SIZE must be the number of ranks ({_first_line(error)})"
        )
        raise ConnectionError(message) from None
    try:
        yield World(rank=rank, grid=grid, groups=groups, device=device)
    finally:
        with suppress(RuntimeError):
            dist.destroy_process_group()


def _members(grid: RankGrid, rank: int, way: Way) -> Sequence[int]:
    """Return the ranks among which a rank exchanges on one way."""
    if way == "straight":
        return range(grid.ranks)
    return grid.same_node(rank) if way == "within the node" else grid.same_place(rank)


def _group(
    grid: RankGrid, rank: int, way: Way, patience: timedelta
) -> dist.ProcessGroup:
    """Make all groups of a way, as every rank must, and return the rank's own."""
    every = {tuple(_members(grid, other, way)): None for other in range(grid.ranks)}
    made = {ranks: dist.new_group(list(ranks), timeout=patience) for ranks in every}
    own: dist.ProcessGroup = made[tuple(_members(grid, rank, way))]
    return own
