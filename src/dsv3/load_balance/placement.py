"""Which GPU holds which experts, when the busy ones may stand there twice."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from dsv3.load_balance.bin_packing import Floats, Ints, copied, exchanged, packed
from dsv3.load_balance.evenness import least_max_over_mean, max_over_mean
from explorables.arithmetic import require

Policy = Literal["hierarchical", "global"]

NO_REPLICA = -1
"""Fills the rows of experts with fewer replicas than the most copied one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """Replicas of every layer's experts on their GPUs; arrays are read-only.

    Replicas are numbered GPU after GPU, and GPUs node after node, so the replica
    with number r stands on GPU r // (replicas / GPUs). The replicas of an expert
    share its load evenly.
    """

    policy: Policy
    """Whether groups stay whole on a node, or boundaries between nodes are ignored."""

    physical_to_logical: Ints
    """Expert of each replica: layers x replicas."""

    logical_to_physical: Ints
    """Replicas of each expert in rising order, -1 where it has no more: layers x
    experts x most replicas of one expert."""

    replica_counts: Ints
    """Replicas of each expert: layers x experts."""

    gpu_loads: Floats
    """Load of each GPU, in the unit of the loads: layers x GPUs."""

    max_over_mean: Floats
    """Load of the most loaded GPU over the mean, of each layer; 1 is even. A step that
    waits for all GPUs takes this many times as long as it need."""

    least_max_over_mean: Floats
    """What no placement of so many replicas on so many GPUs can beat, by layer."""


def place_experts(
    loads: ArrayLike,
    *,
    replicas: int,
    groups: int,
    nodes: int,
    gpus: int,
    refine: bool = False,
) -> Placement:
    """Place the experts of every layer, and copies of the busy ones, on GPUs.

    The published policies [deepseekai2025eplb]_ (README and eplb.py). Where the nodes
    divide the groups, it is hierarchical: groups are packed onto nodes; inside a node
    each spare slot goes to the expert with the largest load per replica; the node's
    replicas are packed onto its GPUs, the heaviest first, each onto the lightest GPU
    with a free slot. Elsewhere it is global: the same with all GPUs as one node and all
    experts as one group.

    `loads` are layers x experts, or one layer's experts; `replicas` are the slots on
    all GPUs together, and `groups` divide the experts in order. To `refine` is also to
    exchange groups between nodes and replicas between GPUs, and to keep for each layer
    what is better: it is never worse than the published policy.

    Examples
    --------
    Two GPUs with three slots each: both spare slots go to the busiest of four
    experts, whose load is cut into three.

    >>> placed = place_experts([90, 30, 20, 10], replicas=6, groups=1, nodes=1, gpus=2)
    >>> placed.replica_counts.tolist(), placed.physical_to_logical.tolist()
    ([[3, 1, 1, 1]], [[0, 0, 2, 1, 0, 3]])
    >>> placed.gpu_loads.tolist()
    [[80.0, 70.0]]
    """
    loads_LE = checked_loads(loads)
    sizes = _Sizes(replicas=replicas, groups=groups, nodes=nodes, gpus=gpus)
    sizes.check(experts=loads_LE.shape[1])
    policy: Policy = "hierarchical"
    if groups % nodes:
        policy, sizes = "global", replace(sizes, groups=1, nodes=1)
    best, *others = _candidates(loads_LE, sizes, refine=refine)
    for other in others:
        best = _better(loads_LE, best, other, gpus)
    return _placement(loads_LE, best, gpus, policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    replicas: int
    groups: int
    nodes: int
    gpus: int

    def check(self, experts: int) -> None:
        """Refuse sizes that do not divide."""
        for name, size in asdict(self).items():
            require(name, size, _is_count(size), "must be a whole number from 1")
        rule = f"must be at least the number of experts, {experts}"
        require("replicas", self.replicas, self.replicas >= experts, rule)
        rule = f"must divide by gpus, {self.gpus}"
        require("replicas", self.replicas, self.replicas % self.gpus == 0, rule)
        rule = f"must divide by nodes, {self.nodes}"
        require("gpus", self.gpus, self.gpus % self.nodes == 0, rule)
        rule = f"must divide the number of experts, {experts}"
        require("groups", self.groups, experts % self.groups == 0, rule)


def _is_count(size: Any) -> bool:
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    return whole and bool(size >= 1)


def checked_loads(loads: ArrayLike) -> Floats:
    """Return loads as layers x experts, or say what is wrong with them."""
    try:
        given = np.array(loads, dtype=np.float64)
    except (TypeError, ValueError) as error:
        message = "loads are not rows of numbers: each layer must have one an expert"
        raise ValueError(message) from error
    loads_LE = given[None] if given.ndim == 1 else given
    rule = "must be layers x experts, at least one of each"
    require("shape of loads", given.shape, loads_LE.ndim == 2 and given.size > 0, rule)
    bad = ~(np.isfinite(loads_LE) & (loads_LE >= 0))
    if bad.any():
        layer, expert = (int(at) for at in np.argwhere(bad)[0])
        name = f"load of expert {expert} in layer {layer}"
        require(name, float(loads_LE[layer, expert]), False, "must be 0 or more")
    with np.errstate(over="ignore"):
        most = float(loads_LE.sum(axis=1).max())
    require("sum of loads", most, math.isfinite(most), "must be finite")
    return loads_LE


def _candidates(loads_LE: Floats, sizes: _Sizes, *, refine: bool) -> Iterator[Ints]:
    """Yield placements to choose from, the published one first."""
    grouped_LGI = loads_LE.reshape(len(loads_LE), sizes.groups, -1)
    group_loads = grouped_LGI.sum(axis=2)
    slots = packed(group_loads, sizes.nodes)
    yield _by_node(loads_LE, slots, sizes, refine=False)
    if not refine:
        return
    yield _by_node(loads_LE, slots, sizes, refine=True)
    other_slots = exchanged(group_loads, slots, sizes.nodes)
    if not np.array_equal(other_slots, slots):
        yield _by_node(loads_LE, other_slots, sizes, refine=True)


def _by_node(
    loads_LE: Floats, group_slots: Ints, sizes: _Sizes, *, refine: bool
) -> Ints:
    """Return the expert of each replica, the groups having been put on nodes."""
    layers, experts = loads_LE.shape
    nodes, gpus_per_node = sizes.nodes, sizes.gpus // sizes.nodes
    members = np.arange(experts).reshape(sizes.groups, -1)
    # One row for every node of every layer: what happens inside needs no other.
    expert_of = members[group_slots].reshape(layers * nodes, -1)
    layer_of = np.repeat(np.arange(layers), nodes)[:, None]
    node_loads = loads_LE[layer_of, expert_of]
    item_of, counts = copied(node_loads, sizes.replicas // nodes)
    shares = np.take_along_axis(node_loads / counts, item_of, axis=1)
    slots = packed(shares, gpus_per_node)
    if refine:
        slots = exchanged(shares, slots, gpus_per_node)
    item_in_slot = np.take_along_axis(item_of, slots, axis=1)
    return np.take_along_axis(expert_of, item_in_slot, axis=1).reshape(layers, -1)


def _better(loads_LE: Floats, first: Ints, second: Ints, gpus: int) -> Ints:
    """Return of two placements the more even one, layer by layer."""
    fullest, other = (
        _gpu_loads(loads_LE, experts, gpus).max(axis=1) for experts in (first, second)
    )
    return np.where((other < fullest)[:, None], second, first)


def _counts(physical_to_logical: Ints, experts: int) -> Ints:
    layers = len(physical_to_logical)
    places = physical_to_logical + experts * np.arange(layers)[:, None]
    return np.bincount(places.ravel(), minlength=layers * experts).reshape(layers, -1)


def _replicas_of(physical_to_logical: Ints, counts: Ints) -> Ints:
    layers, experts = counts.shape
    most = int(counts.max())
    table = np.full((layers, experts, most), NO_REPLICA, dtype=np.int64)
    # Sorted by expert, replicas stay in rising order.
    table[np.arange(most) < counts[:, :, None]] = np.argsort(
        physical_to_logical, axis=1, kind="stable"
    ).ravel()
    return table


def _gpu_loads(loads_LE: Floats, physical_to_logical: Ints, gpus: int) -> Floats:
    layers, experts = loads_LE.shape
    shares = loads_LE / _counts(physical_to_logical, experts)
    placed = np.take_along_axis(shares, physical_to_logical, axis=1)
    gpu_loads: Floats = placed.reshape(layers, gpus, -1).sum(axis=2)
    return gpu_loads


def _placement(
    loads_LE: Floats, physical_to_logical: Ints, gpus: int, policy: Policy
) -> Placement:
    replicas = physical_to_logical.shape[1]
    counts = _counts(physical_to_logical, loads_LE.shape[1])
    gpu_loads = _gpu_loads(loads_LE, physical_to_logical, gpus)
    arrays = {
        "physical_to_logical": physical_to_logical,
        "logical_to_physical": _replicas_of(physical_to_logical, counts),
        "replica_counts": counts,
        "gpu_loads": gpu_loads,
        "max_over_mean": max_over_mean(gpu_loads),
        "least_max_over_mean": least_max_over_mean(
            loads_LE, replicas=replicas, gpus=gpus
        ),
    }
    for array in arrays.values():
        array.flags.writeable = False
    return Placement(policy=policy, **arrays)  # type: ignore[arg-type]
