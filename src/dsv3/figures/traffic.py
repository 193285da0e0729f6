"""Pictures of traffic: who sends how many bytes to whom, over which link."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    blank,
    chart,
    noun_colours,
)

PALEST, DARKEST = 0.12, 0.55
"""Strength of the least and of the greatest entry."""

Matrix = Sequence[Sequence[int]]


def traffic(
    matrices: Mapping[str, Matrix],
    *,
    ranks_per_node: int,
    **words: Unpack[Words],
) -> Picture:
    """Draw matrices of bytes side by side, sender by receiver, stronger for more.

    Entries between nodes take the network's colour and a frame, entries within a node
    the colour of compute; each says its kilobytes. All matrices share one scale. A
    matrix has the bytes from each rank (row) to each other rank.
    """
    most = max(max(map(max, matrix)) for matrix in matrices.values())
    figure = blank(height_inches=0.9 + 6.4 / max(len(matrices), 2))
    drawings = figure.subplots(1, len(matrices), squeeze=False)[0]
    for drawn, (name, matrix) in zip(drawings, matrices.items(), strict=True):
        _one(drawn, matrix, ranks_per_node, most)
        drawn.set_title(name, fontsize=10.5, color=INK)
    drawings[0].set_ylabel("from rank")
    return chart(figure, name="traffic", **words)


def _one(drawn: Axes, matrix: Matrix, ranks_per_node: int, most: int) -> None:
    drawn.patch.set_alpha(0)
    for sender, row in enumerate(matrix):
        for receiver, count in enumerate(row):
            if count:
                other = sender // ranks_per_node != receiver // ranks_per_node
                _entry(drawn, (receiver, sender), count / most, network=other)
                drawn.annotate(
                    f"{count / 1000:,.0f}",
                    (receiver, sender),
                    ha="center",
                    va="center",
                    color=INK,
                )
    ranks = len(matrix)
    for edge in range(ranks_per_node, ranks, ranks_per_node):
        drawn.axvline(edge - 0.5, color=FAINT, linewidth=1.4)
        drawn.axhline(edge - 0.5, color=FAINT, linewidth=1.4)
    drawn.set_xlim(-0.5, ranks - 0.5)
    drawn.set_ylim(ranks - 0.5, -0.5)
    drawn.set_xticks(range(ranks))
    drawn.set_yticks(range(ranks))
    drawn.tick_params(length=0)
    drawn.set_aspect("equal")
    drawn.set_xlabel("to rank; kB")


def _entry(drawn: Axes, place: tuple[int, int], share: float, *, network: bool) -> None:
    colour = noun_colours()["network" if network else "compute"]
    corner = place[0] - 0.46, place[1] - 0.46
    # Two patches: one of varying strength under one that keeps its frame clear.
    strength = PALEST + (DARKEST - PALEST) * share
    drawn.add_patch(
        Rectangle(corner, 0.92, 0.92, color=colour, alpha=strength, linewidth=0)
    )
    if network:
        frame = Rectangle(
            corner, 0.92, 0.92, fill=False, edgecolor=colour, linewidth=1.6
        )
        drawn.add_patch(frame)
