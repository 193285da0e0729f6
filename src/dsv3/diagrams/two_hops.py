"""The two-hop all-to-all: one token, its experts on two nodes, there and back.

The finding: one thin copy crosses between nodes, thick ones go on inside.
"""

from dataclasses import dataclass

from dsv3.collectives import Placement, even_placement, token_bytes
from dsv3.diagrams.sizes import cluster, released_sizes
from dsv3.facts import fact
from explorables.diagram import (
    Anchor,
    Diagram,
    Layout,
    Mark,
    Point,
    States,
    device,
    diagram,
    enclosure,
    lines,
    linked,
    only,
    plus,
    text,
    token,
    wire,
)

Marks = tuple[Mark, ...]

DISPATCH, COMBINE = 0, 1

SOURCE = 2
"""Rank of the token."""

EXAMPLE = (21, 33, 45, 58)
"""Experts of the token on the two nodes that are drawn: an example."""

BYTES_PER_S_AND_UNIT = 25e9
"""Bandwidth that one drawing unit of a link's width stands for."""

CAPTION = """
A token crosses InfiniBand once for a node and goes on over NVLink to each GPU that has
a selected expert.
"""

NOTE = """
One token of rank {source} and four of its experts: an example. In combine the results
come back the same way and are added up on the way. The width of a link is its
bandwidth. Times are bytes over rated bandwidth, without latency.
"""

DESCRIPTION = """
Two nodes of {per_node} ranks each; a rank is a GPU with {experts} experts of a layer. A
token of rank {source} has expert 21 on rank 5 of its own node and experts 33, 45 and 58
on ranks 8, 11 and 14 of the other. Dispatch in FP8, {there:,.0f} bytes: one copy over
InfiniBand from rank 2 to rank 10, {network}; then one copy over NVLink, {nvlink} each,
to ranks 8, 11 and 14, and one to rank 5. Combine in BF16, {back:,.0f} bytes: results
return to rank 10, are added, and one sum crosses to rank 2. Between nodes one copy
travels where straight sending takes three.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the two nodes and their ranks stand."""

    node_width: float
    second_node: float
    inset: float
    """From a node's outer edge to its ranks."""
    rank_width: float
    rail: float
    """From a node's outer edge to its NVLink."""

    @property
    def first_ranks(self) -> float:
        """Left edge of the ranks of node 0."""
        return 1 + self.inset

    @property
    def second_ranks(self) -> float:
        """Left edge of the ranks of node 1."""
        right = self.second_node + self.node_width
        return right - self.inset - self.rank_width


PAGE = Places(node_width=246, second_node=473, inset=112, rank_width=118, rail=58)
PHONE = Places(node_width=130, second_node=221, inset=42, rank_width=78, rail=22)

TOP, PITCH, HEIGHT = 34, 37, 27
"""Where the first rank of a node stands, from one to the next, and its height."""


def two_hops() -> Diagram:
    """Draw dispatch and combine of one token over InfiniBand and NVLink."""
    there, back = _bytes("fp8"), _bytes("bf16")
    said = {
        "source": SOURCE,
        "per_node": cluster().gpus_per_node,
        "experts": released_sizes().n_routed_experts // cluster().expert_ranks,
        "there": there,
        "back": back,
        "network": _time(there, _network()),
        "nvlink": _time(there, _nvlink()),
    }
    return diagram(
        _draw,
        name="two-hops",
        page="training-system/expert-parallelism",
        states=States(question="Step", names=("dispatch", "combine"), default=DISPATCH),
        title="Two-hop all-to-all of one token",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3 report, section 3.2.2; dsv3.collectives",
    )


def _placement() -> Placement:
    """Return where the experts of a layer lie in training."""
    return even_placement(
        n_routed_experts=released_sizes().n_routed_experts,
        ranks=cluster().expert_ranks,
        nodes=cluster().expert_nodes,
    )


def _bytes(wire_format: str) -> float:
    hidden = released_sizes().hidden_size
    return float(token_bytes(hidden_size=hidden, wire_format=wire_format))


def _network() -> float:
    return fact("v3.infiniband_bytes_per_s").number


def _nvlink() -> float:
    return fact("v3.nvlink_bytes_per_s").number


def _time(sent: float, bytes_per_s: float) -> str:
    return f"{1e9 * sent / bytes_per_s:.0f} ns"


def _rate(bytes_per_s: float) -> str:
    return f"{bytes_per_s / 1e9:g} GB/s"


def _draw(*, wide: bool) -> Layout:
    places = PAGE if wide else PHONE
    expert_by_rank = {_placement().expert_ranks[one]: one for one in EXAMPLE}
    ranks = _ranks(places, expert_by_rank, wide=wide)
    below = TOP + cluster().gpus_per_node * PITCH + 34
    return Layout(
        height=below + (70 if wide else 232),
        marks=(
            *_nodes(places),
            *ranks.values(),
            *_links(places, ranks, expert_by_rank),
            *_carried(ranks, expert_by_rank),
            *_between(ranks, wide=wide),
            *_notes(below, wide=wide),
        ),
    )


def _nodes(places: Places) -> Marks:
    height = TOP + cluster().gpus_per_node * PITCH
    second = places.second_node
    return (
        enclosure(1, 1, places.node_width, height, "node 0"),
        enclosure(second, 1, places.node_width, height, "node 1"),
    )


def _ranks(
    places: Places, expert_by_rank: dict[int, int], *, wide: bool
) -> dict[int, Mark]:
    """Draw the ranks of both nodes, those that take part with a strong outline."""
    per_node = cluster().gpus_per_node
    taking_part = {SOURCE, SOURCE + per_node, *expert_by_rank}
    drawn = {}
    for rank in range(2 * per_node):
        first = rank < per_node
        x = places.first_ranks if first else places.second_ranks
        y = TOP + rank % per_node * PITCH
        name = f"rank {rank}" if wide or rank == 0 else f"{rank}"
        drawn[rank] = device(
            x, y, places.rank_width, HEIGHT, name, active=rank in taking_part
        )
    return drawn


def _links(
    places: Places, ranks: dict[int, Mark], expert_by_rank: dict[int, int]
) -> Marks:
    """Draw the links in use, in both directions, and number them in order of travel."""
    per_node = cluster().gpus_per_node
    relay = SOURCE + per_node
    source, other = ranks[SOURCE], ranks[relay]
    thin = _network() / BYTES_PER_S_AND_UNIT
    thick = _nvlink() / BYTES_PER_S_AND_UNIT
    near = 1 + places.rail
    far = places.second_node + places.node_width - places.rail
    there: list[Mark] = []
    back: list[Mark] = []
    for rank in expert_by_rank:
        goal = ranks[rank]
        if rank < per_node:
            path = (
                source.left,
                (near, source.left[1]),
                (near, goal.left[1]),
                goal.left,
            )
        else:
            path = (
                other.right,
                (far, other.right[1]),
                (far, goal.right[1]),
                goal.right,
            )
        there.append(wire(*path, noun="network", thickness=thick))
        back.append(wire(*reversed(path), noun="network", thickness=thick))
    middle = (source.right[0] + other.left[0]) / 2
    level, low = source.right[1], ranks[5].left[1]

    def across(start: Point, end: Point) -> Mark:
        return wire(start, end, noun="network", thickness=thin, dashed=True)

    return (
        only(DISPATCH, across(source.right, other.left), *there),
        only(COMBINE, *back, across(other.left, source.right)),
        *_numbered(1, 2, (middle, level - 10), "middle"),
        *_numbered(2, 1, (near - 10, (level + low) / 2 + 4), "end"),
        *_numbered(2, 1, (far + 10, low + 24), "start"),
    )


def _numbered(there: int, back: int, place: Point, anchor: Anchor) -> Marks:
    """Write the number of a link in the order of travel; combine turns it round."""
    x, y = place
    return (
        only(DISPATCH, text(x, y, f"{there}", "bold", anchor=anchor, noun="network")),
        only(COMBINE, text(x, y, f"{back}", "bold", anchor=anchor, noun="network")),
    )


def _carried(ranks: dict[int, Mark], expert_by_rank: dict[int, int]) -> Marks:
    """Draw the token where it is sent from, sums where results meet, and experts."""
    marks: list[Mark] = []
    for rank in (SOURCE, SOURCE + cluster().gpus_per_node):
        x, y = ranks[rank].right
        marks += [
            only(DISPATCH, token(x - 16, y, 14)),
            only(COMBINE, plus(x - 16, y)),
        ]
    for rank, expert in expert_by_rank.items():
        x, y = ranks[rank].right
        marks.append(
            text(x - 8, y + 4.5, f"e{expert}", "bold", anchor="end", noun="compute")
        )
    return tuple(marks)


def _between(ranks: dict[int, Mark], *, wide: bool) -> Marks:
    """Say to which rank of another node a token goes; a phone has no room for it."""
    if not wide:
        return ()
    x, y = ranks[SOURCE].right
    middle = (x + ranks[SOURCE + cluster().gpus_per_node].x) / 2
    words = ("always between ranks of", "the same place in their node")
    return (lines(middle, y + 24, words, anchor="middle"),)


def _notes(y: float, *, wide: bool) -> Marks:
    """Say what travels over each link, in each step."""
    there, back = _bytes("fp8"), _bytes("bf16")
    network, nvlink = _network(), _nvlink()
    straight = len([one for one in EXAMPLE if one > 31])
    columns = ((0, 0), (244, 0), (488, 0)) if wide else ((0, 0), (0, 84), (0, 168))
    says = (
        (
            "InfiniBand",
            "training-system/h800#nvlink-and-infiniband",
            f"{_rate(network)}",
            (
                f"one copy for the node: {_time(there, network)}.",
                f"Straight to {straight} GPUs:",
                f"{_time(straight * there, network)}",
            ),
            (
                f"one sum for the node: {_time(back, network)}.",
                f"Straight from {straight} GPUs:",
                f"{_time(straight * back, network)}",
            ),
        ),
        (
            "NVLink",
            "training-system/h800#nvlink-and-infiniband",
            f"{_rate(nvlink)}",
            (
                f"one copy for each GPU: {_time(there, nvlink)},",
                f"{nvlink / network:.1f} copies in the time of",
                "one over InfiniBand",
            ),
            (
                f"one result for each GPU: {_time(back, nvlink)},",
                f"{nvlink / network:.1f} results in the time of",
                "one over InfiniBand",
            ),
        ),
        (
            "Bytes of a token",
            "#fp8-dispatch-bf16-combine",
            "",
            (f"FP8 with scales: {there:,.0f} B", "to the experts"),
            (f"BF16: {back:,.0f} B", "back from the experts"),
        ),
    )
    marks: list[Mark] = []
    for (name, address, rate, sent, returned), (dx, dy) in zip(
        says, columns, strict=True
    ):
        marks += [
            linked(
                address,
                f"{name}: {rate or 'FP8 and BF16'}",
                text(dx, y + dy, name, "bold"),
                target=(dx, y + dy - 17, 100, 24),
            ),
            text(dx + 92, y + dy, rate, "note"),
            only(DISPATCH, lines(dx, y + dy + 20, sent)),
            only(COMBINE, lines(dx, y + dy + 20, returned)),
        ]
    return tuple(marks)
