"""Tokens to their experts and back, in two hops or straight.

The plan of a layer's exchange is made once from the router's choice; two moves follow
it. Dispatch copies a token to every node that has one of its experts, and there to
every rank that has one. Combine adds up, on the node first and at home last. Each is
the other's transpose, so each is the other's backward.

The bytes are counted, without this code, in :mod:`dsv3.collectives`.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from dsv3.parallel.grid import RankGrid
from dsv3.parallel.wire import WireForm, wire_bytes, wire_rows
from dsv3.parallel.world import WAYS, Way, World
from explorables.arithmetic import require_option

Deduplication: TypeAlias = Literal["node", "rank", "expert"]
"""What a token is sent to once.

``node``: a token crosses to a node once, to the rank there of the sender's own
place, and goes on from it to each rank that has one of its experts. ``rank`` and
``expert``: straight to every rank, or for every expert.
"""

DEDUPLICATIONS = get_args(Deduplication)
"""Every kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One exchange: which rows and which visits go to which peer."""

    way: Way

    rows: int
    """Rows before the hop."""

    copied_X: Tensor
    """The row of each copy that is sent, in the order of the peers."""

    sent: list[int]
    """Copies to each peer."""

    received: list[int]
    """Copies from each."""

    visits_V: Tensor
    """The order in which visits are sent."""

    visits_sent: list[int]
    """Visits to each peer."""

    visits_received: list[int]
    """Visits from each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a layer's exchanges need to know of the router's choice."""

    hops: tuple[Hop, ...]
    """The exchanges, in the order of dispatch."""

    rows_V: Tensor
    """The row, among those that arrived, of each visit to this rank's experts."""

    experts_V: Tensor
    """Its expert, by its number among all."""


def exchange_plan(
    experts_MA: Int[Tensor, "M A"], world: World, *, deduplication: Deduplication
) -> Plan:
    """Tell the peers what will come, and return the plan of all hops."""
    require_option("deduplication", deduplication, DEDUPLICATIONS)
    tokens, chosen = experts_MA.shape
    every_token = torch.arange(tokens, device=experts_MA.device)
    rows_V, experts_V = every_token.repeat_interleave(chosen), experts_MA.flatten()
    hops: list[Hop] = []
    for way in WAYS[:2] if deduplication == "node" else WAYS[2:]:
        rows = sum(hops[-1].received) if hops else tokens
        hop, rows_V, experts_V = _hop(
            rows_V, experts_V, rows, world, way=way, once=deduplication != "expert"
        )
        hops.append(hop)
    return Plan(hops=tuple(hops), rows_V=rows_V, experts_V=experts_V)


def _hop(
    rows_V: Tensor,
    experts_V: Tensor,
    rows: int,
    world: World,
    *,
    way: Way,
    once: bool,
) -> tuple[Hop, Tensor, Tensor]:
    """Plan one hop; return it with rows and experts of the visits that arrive."""
    peers = len(world.peers(way))
    peers_V = _peers_of(experts_V, world.grid, way)
    visits_V = peers_V.argsort(stable=True)
    copied_X, copy_V, sent_P = _copies(rows_V, peers_V, rows, peers, once=once)
    counts_P2 = torch.stack((sent_P, peers_V.bincount(minlength=peers)), dim=1)
    ones = [1] * peers
    coming_P2 = world.exchange(counts_P2, ones, ones, way=way, step="counts")
    sent, visits_sent = counts_P2.T.tolist()
    received, visits_received = coming_P2.T.tolist()
    starts_V = (sent_P.cumsum(0) - sent_P)[peers_V]
    labels_V2 = torch.stack((copy_V - starts_V, experts_V), dim=1).int()
    arrived_V2 = world.exchange(
        labels_V2[visits_V], visits_sent, visits_received, way=way, step="labels"
    ).long()
    coming_P = coming_P2[:, 0]
    starts_V = (coming_P.cumsum(0) - coming_P).repeat_interleave(coming_P2[:, 1])
    hop = Hop(
        way=way,
        rows=rows,
        copied_X=copied_X,
        sent=sent,
        received=received,
        visits_V=visits_V,
        visits_sent=visits_sent,
        visits_received=visits_received,
    )
    return hop, arrived_V2[:, 0] + starts_V, arrived_V2[:, 1]


def _peers_of(experts_V: Tensor, grid: RankGrid, way: Way) -> Tensor:
    """Return to which peer each visit goes: a node, a place in it, or a rank."""
    if way == "between nodes":
        return experts_V // grid.experts_per_node
    ranks_V = experts_V // grid.experts_per_rank
    return ranks_V if way == "straight" else ranks_V % grid.ranks_per_node


def _copies(
    rows_V: Tensor, peers_V: Tensor, rows: int, peers: int, *, once: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the row of every copy, the copy of every visit, and copies by peer."""
    if once:
        rows = max(rows, 1)
        keys_V = peers_V * rows + rows_V
        keys_X, copy_V = keys_V.unique(return_inverse=True)
        return keys_X % rows, copy_V, (keys_X // rows).bincount(minlength=peers)
    visits_V = peers_V.argsort(stable=True)
    return rows_V[visits_V], visits_V.argsort(), peers_V.bincount(minlength=peers)


def dispatch(
    rows_MD: Float[Tensor, "M D"], plan: Plan, world: World, form: WireForm, step: str
) -> Float[Tensor, "X D"]:
    """Return the rows that this rank's experts are to work on, one for each copy.

    The bytes are made once at home and read once at the end: the node in between passes
    them on as they came. `step` is what they are counted under.
    """
    travelled = wire_bytes(rows_MD, form)
    for hop in plan.hops:
        copies = travelled.index_select(0, hop.copied_X)
        travelled = world.exchange(
            copies, hop.sent, hop.received, way=hop.way, step=step
        )
    return wire_rows(travelled, form, rows_MD)


def combine(
    rows_XD: Float[Tensor, "X D"], plan: Plan, world: World, form: WireForm, step: str
) -> Float[Tensor, "M D"]:
    """Return the sum of what came back for each of this rank's tokens.

    Sums are in the type of the rows, whatever the form on the wire. There is a row for
    each copy that had arrived.
    """
    for hop in reversed(plan.hops):
        travelled = world.exchange(
            wire_bytes(rows_XD, form), hop.received, hop.sent, way=hop.way, step=step
        )
        returned_XD = wire_rows(travelled, form, rows_XD)
        total_MD = rows_XD.new_zeros(hop.rows, rows_XD.shape[1])
        rows_XD = total_MD.index_add_(0, hop.copied_X, returned_XD)
    return rows_XD


def _sent_gates(gates_V: Tensor, plan: Plan, world: World, step: str) -> Tensor:
    """Return the gate value of each visit that arrives."""
    for hop in plan.hops:
        gates_V = world.exchange(
            gates_V[hop.visits_V],
            hop.visits_sent,
            hop.visits_received,
            way=hop.way,
            step=step,
        )
    return gates_V


def _returned_gates(gates_V: Tensor, plan: Plan, world: World, step: str) -> Tensor:
    """Return, in their first order, numbers that belong to the gate values."""
    for hop in reversed(plan.hops):
        returned_V = world.exchange(
            gates_V, hop.visits_received, hop.visits_sent, way=hop.way, step=step
        )
        gates_V = torch.empty_like(returned_V)
        gates_V[hop.visits_V] = returned_V
    return gates_V


class Dispatch(torch.autograd.Function):
    """Tokens and gate values out; in the backward pass, their gradients home.

    One function for both, so that the exchanges of the backward pass come in the
    same order on every rank.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 - autograd passes them by position
        context: Any,
        rows_MD: Tensor,
        gates_V: Tensor,
        plan: Plan,
        world: World,
        forms: tuple[WireForm, WireForm],
    ) -> tuple[Tensor, Tensor]:
        """Send tokens in the first form, and gate values as they are."""
        context.told = plan, world, forms
        arrived_XD = dispatch(rows_MD, plan, world, forms[0], "dispatch")
        return arrived_XD, _sent_gates(gates_V, plan, world, "gates")

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator, unused-ignore]
    def backward(
        context: Any, rows_XD: Tensor, gates_V: Tensor
    ) -> tuple[Tensor, Tensor, None, None, None]:
        """Add up the tokens' gradients on their way home, in the second form."""
        plan, world, forms = context.told
        gradient_MD = combine(rows_XD, plan, world, forms[1], "combine, backward")
        gradient_V = _returned_gates(gates_V, plan, world, "gates, backward")
        return gradient_MD, gradient_V, None, None, None


class Combine(torch.autograd.Function):
    """Results home; in the backward pass, their gradients out."""

    @staticmethod
    def forward(
        context: Any,
        rows_XD: Tensor,
        plan: Plan,
        world: World,
        forms: tuple[WireForm, WireForm],
    ) -> Tensor:
        """Add up results on their way home, in the second form."""
        context.told = plan, world, forms
        return combine(rows_XD, plan, world, forms[1], "combine")

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator, unused-ignore]
    def backward(context: Any, rows_MD: Tensor) -> tuple[Tensor, None, None, None]:
        """Send each result's gradient to where it was made, in the first form."""
        plan, world, forms = context.told
        gradient_XD = dispatch(rows_MD, plan, world, forms[0], "dispatch, backward")
        return gradient_XD, None, None, None
