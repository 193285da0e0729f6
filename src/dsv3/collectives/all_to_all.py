"""How long dispatch and combine take: copies, bytes a copy, and what moves them.

Bound by the network, by NVLink, or by the multiprocessors that feed both.
"""

from dataclasses import dataclass

from dsv3.collectives.expectation import CopiesPerToken
from explorables.arithmetic import Number, maximum, require


@dataclass(frozen=True, slots=True, kw_only=True)
class AllToAll:
    """One all-to-all of a GPU's tokens, taken apart by what could bound it."""

    network_bytes: Number
    """Bytes that a GPU sends."""

    nvlink_bytes: Number

    network_seconds: Number
    """Time of the network alone."""

    nvlink_seconds: Number

    feeding_seconds: Number
    """Time of the multiprocessors alone that hand the bytes on."""

    seconds: Number
    """The longest of the three: they work at the same time, chunk by chunk."""


def all_to_all(
    *,
    tokens: Number,
    bytes_per_copy: Number,
    copies: CopiesPerToken,
    network_bytes_per_s: Number,
    nvlink_bytes_per_s: Number,
    feeding_bytes_per_s: Number,
) -> AllToAll:
    """Bound the time of one dispatch or combine of a GPU's tokens from below.

    Bandwidths are those of one GPU and direction; feeding is what the multiprocessors
    given to communication hand on.

    Examples
    --------
    >>> timed = all_to_all(
    ...     tokens=1000, bytes_per_copy=1e6,
    ...     copies=CopiesPerToken(network_copies=4, nvlink_copies=8),
    ...     network_bytes_per_s=1e9, nvlink_bytes_per_s=4e9, feeding_bytes_per_s=6e9,
    ... )
    >>> timed.network_seconds, timed.nvlink_seconds, timed.feeding_seconds
    (4.0, 2.0, 2.0)
    """
    require("tokens", tokens, tokens > 0, "must be above 0")
    for name, value in (
        ("network_bytes_per_s", network_bytes_per_s),
        ("nvlink_bytes_per_s", nvlink_bytes_per_s),
        ("feeding_bytes_per_s", feeding_bytes_per_s),
    ):
        require(name, value, value > 0, "must be above 0")
    network = tokens * bytes_per_copy * copies.network_copies
    nvlink = tokens * bytes_per_copy * copies.nvlink_copies
    times = (
        network / network_bytes_per_s,
        nvlink / nvlink_bytes_per_s,
        (network + nvlink) / feeding_bytes_per_s,
    )
    return AllToAll(
        network_bytes=network,
        nvlink_bytes=nvlink,
        network_seconds=times[0],
        nvlink_seconds=times[1],
        feeding_seconds=times[2],
        seconds=maximum(maximum(times[0], times[1]), times[2]),
    )


def adapter_bytes_per_s(*, counted_bytes_per_s: float, nodes: int) -> float:
    """Return what crossed the adapter, of a bandwidth that counts the own node too.

    DeepEP's test divides one copy for each node a token visits, its own among them, by
    the time [deepseekai2025deepep]_ (tests/legacy/test_internode.py). Of n nodes one is
    the token's own, and by symmetry its share of the visits is 1/n.

    Examples
    --------
    >>> adapter_bytes_per_s(counted_bytes_per_s=58e9, nodes=4) / 1e9
    43.5
    """
    if nodes < 1:
        message = f"nodes is {nodes}: must be at least 1"
        raise ValueError(message)
    return counted_bytes_per_s * (nodes - 1) / nodes
