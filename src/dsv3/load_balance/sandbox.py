"""A batch of tokens, its experts placed in several ways: what a panel shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from dsv3.load_balance.bin_packing import Floats, Ints
from dsv3.load_balance.demand import (
    EXPERTS,
    GROUPS,
    Law,
    chosen_experts,
    popularity,
)
from dsv3.load_balance.evenness import least_max_over_mean
from dsv3.load_balance.placement import Placement, place_experts
from explorables.arithmetic import require

GPUS, TOKENS = 32, 8192

MOST_SPARE_SLOTS = 4
"""Redundant slots of a GPU that are offered at most."""

LOADS: dict[str, Law] = {
    "even": ("log-normal", 0.0),
    "log-normal 0.5": ("log-normal", 0.5),
    "log-normal 1": ("log-normal", 1.0),
    "zipf 0.5": ("zipf", 0.5),
    "zipf 1": ("zipf", 1.0),
}
"""The popularities that are offered."""

IN_ORDER = "contiguous"
"""The way that places nothing: experts as they are numbered, redundant slots empty."""

WAYS: dict[str, tuple[int, bool]] = {
    IN_ORDER: (GROUPS, False),
    "published": (GROUPS, False),
    "refined": (GROUPS, True),
    "global": (1, False),
    "global, refined": (1, True),
}
"""The ways to place experts: groups that stay whole, and whether to refine."""

NODES = ("4", "8")
"""How many nodes the GPUs may be divided into, as a panel's choice names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLoad:
    """One batch under one placement."""

    max_over_mean_ratio: float
    """Most loaded GPU over the mean."""

    in_order_ratio: float
    """The same for experts in their order, without copies."""

    least_ratio: float
    """What no placement on so many slots can beat."""

    nodes_per_token: float
    """Nodes that a token is sent to, the mean."""

    load_G: tuple[float, ...]
    """Load of each GPU over the mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Batch:
    """Tokens of one popularity: their experts, and a number to pick a replica by."""

    experts_TA: Ints
    draws_TA: Floats
    loads_E: Floats


@cache
def _batch(law: Law, seed: int) -> _Batch:
    experts_TA = chosen_experts(popularity(*law, EXPERTS, seed), TOKENS, seed)
    loads_E = np.bincount(experts_TA.ravel(), minlength=EXPERTS).astype(np.float64)
    draws_TA = np.random.default_rng(seed + 1).random(experts_TA.shape)
    return _Batch(experts_TA=experts_TA, draws_TA=draws_TA, loads_E=loads_E)


@cache
def _placement(
    laws: tuple[Law, ...], seed: int, nodes: int, way: str, spare: int
) -> Placement:
    """Place the experts of several batches at once, as layers of one model."""
    groups, refine = WAYS[way]
    return place_experts(
        np.stack([_batch(law, seed).loads_E for law in laws]),
        replicas=EXPERTS + GPUS * spare,
        groups=groups,
        # Nodes that are ignored need not be placed for twice.
        nodes=nodes if groups > 1 else 1,
        gpus=GPUS,
        refine=refine,
    )


def replicas_drawn(
    placement: Placement, layer: int, experts_TA: Ints, draws_TA: Floats
) -> Ints:
    """Return the replica that each choice goes to: one of its expert's, drawn evenly.

    `draws_TA` holds a number from 0 to below 1 for each choice.
    """
    counts_TA = placement.replica_counts[layer][experts_TA]
    which_TA = (draws_TA * counts_TA).astype(np.int64)
    replica_TA: Ints = placement.logical_to_physical[layer][experts_TA, which_TA]
    return replica_TA


def nodes_per_token(replica_TA: Ints, replicas: int, nodes: int) -> float:
    """Return how many nodes a token is sent to, the mean over tokens.

    `replicas` are those in all, equally many on each node.

    Examples
    --------
    Of four replicas the first two share a node: the first token visits one node, the
    second token both.

    >>> nodes_per_token(np.array([[0, 1], [1, 2]]), 4, nodes=2)
    1.5
    """
    visited_TN = np.zeros((len(replica_TA), nodes), dtype=bool)
    visited_TN[np.arange(len(replica_TA))[:, None], replica_TA * nodes // replicas] = 1
    return float(visited_TN.sum(axis=1).mean())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One of several batches, and where its experts are to stand."""

    laws: tuple[Law, ...]
    at: int
    seed: int
    nodes: int
    way: str
    spare: int


@cache
def _placed(asked: _Asked) -> PlacedLoad:
    batch = _batch(asked.laws[asked.at], asked.seed)
    nodes, spare = asked.nodes, asked.spare
    order_G = batch.loads_E.reshape(GPUS, -1).sum(axis=1)
    if asked.way == IN_ORDER:
        spare, loads_G, replica_TA = 0, order_G, batch.experts_TA
    else:
        made = _placement(asked.laws, asked.seed, nodes, asked.way, spare)
        loads_G = made.gpu_loads[asked.at]
        replica_TA = replicas_drawn(made, asked.at, batch.experts_TA, batch.draws_TA)
    slots = EXPERTS + GPUS * spare
    least_1 = least_max_over_mean(batch.loads_E[None], replicas=slots, gpus=GPUS)
    return PlacedLoad(
        max_over_mean_ratio=float(loads_G.max() / loads_G.mean()),
        in_order_ratio=float(order_G.max() / order_G.mean()),
        least_ratio=float(least_1[0]),
        nodes_per_token=nodes_per_token(replica_TA, slots, nodes),
        load_G=tuple((loads_G / loads_G.mean()).tolist()),
    )


def placed_load(
    *, load: str, way: str, nodes: str, spare_slots: float, seed: float = 0
) -> PlacedLoad:
    """Return what a placement makes of one of the offered batches.

    Names are those of :data:`LOADS`, :data:`WAYS` and :data:`NODES`. Spare slots are
    those of each GPU beyond the eight that all experts need; experts in order leave
    them empty.

    Examples
    --------
    With experts in order, the batch is as uneven as it came:

    >>> before = placed_load(load="zipf 1", way="contiguous", nodes="4", spare_slots=1)
    >>> before.max_over_mean_ratio == before.in_order_ratio > 4
    True
    """
    _check(load, way, nodes, spare_slots, seed)
    at = list(LOADS).index(load)
    laws = tuple(LOADS.values())
    return _placed(
        _Asked(
            laws=laws,
            at=at,
            seed=int(seed),
            nodes=int(nodes),
            way=way,
            spare=int(spare_slots),
        )
    )


def _check(load: str, way: str, nodes: str, spare_slots: float, seed: float) -> None:
    require("load", load, load in LOADS, f"must be one of {', '.join(LOADS)}")
    require("way", way, way in WAYS, f"must be one of {', '.join(WAYS)}")
    require("nodes", nodes, nodes in NODES, f"must be one of {', '.join(NODES)}")
    rule = f"must be a whole number from 0 to {MOST_SPARE_SLOTS}"
    allowed = range(MOST_SPARE_SLOTS + 1)
    require("spare_slots", spare_slots, spare_slots in allowed, rule)
    require("seed", seed, seed >= 0 and seed % 1 == 0, "must be a whole number from 0")


def made_up_loads(load: str, seed: int = 0) -> Floats:
    """Return the load of each of 256 experts under one of the batches of :data:`LOADS`.

    Examples
    --------
    Each of 8,192 tokens is sent to eight experts.

    >>> float(made_up_loads("even").sum())
    65536.0
    """
    require("load", load, load in LOADS, f"must be one of {', '.join(LOADS)}")
    return _batch(LOADS[load], seed).loads_E.copy()


def rerun_placed_load(*, strength: float, seed: float) -> Callable[..., PlacedLoad]:
    """Return :func:`placed_load` for another strength of its law and other tokens."""

    def placed(*, load: str, way: str, nodes: str, spare_slots: float) -> PlacedLoad:
        _check(load, way, nodes, spare_slots, seed)
        laws = ((LOADS[load][0], strength),)
        return _placed(
            _Asked(
                laws=laws,
                at=0,
                seed=int(seed),
                nodes=int(nodes),
                way=way,
                spare=int(spare_slots),
            )
        )

    return placed
