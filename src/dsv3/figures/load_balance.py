"""Pictures of placement: how full every GPU is, one row of bars for each way."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    beside,
    blank,
    chart,
    noun_colours,
)

FULL = 2.0
"""Multiple of the mean at which the axis ends at least."""


def gpu_loads(
    rows: Mapping[str, Sequence[float]],
    *,
    gpus_per_node: int,
    **words: Unpack[Words],
) -> Picture:
    """Draw the load of every GPU over the mean, one row of bars for each placement.

    Loads stand under the words above their row, and vertical lines: nodes.
    """
    figure = blank(height_inches=0.5 + 1.05 * len(rows))
    drawings = figure.subplots(len(rows), 1, sharex=True, sharey=True, squeeze=False)
    for drawn, (name, loads) in zip(drawings[:, 0], rows.items(), strict=True):
        drawn.patch.set_alpha(0)
        places = range(1, len(loads) + 1)
        drawn.bar(places, loads, color=noun_colours()["compute"], width=0.72)
        drawn.axhline(1.0, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
        for edge in range(gpus_per_node, len(loads), gpus_per_node):
            drawn.axvline(edge + 0.5, color=FAINT, linewidth=1.0)
        place, fullest = max(enumerate(loads, start=1), key=lambda pair: pair[1])
        beside(
            drawn, f"{fullest:.2f}", (place, fullest), (0, 3), ha="center", color=INK
        )
        drawn.set_title(name, loc="left", fontsize=10.5, color=INK)
        drawn.tick_params(axis="x", length=0)
    highest = max(max(loads) for loads in rows.values())
    drawings[0, 0].set_xlim(0.4, max(map(len, rows.values())) + 0.6)
    drawings[0, 0].set_ylim(0, max(FULL, 1.25 * highest))
    drawings[-1, 0].set_xlabel("GPU; vertical lines: nodes; dashed: the mean")
    drawings[len(rows) // 2, 0].set_ylabel("load over the mean")
    return chart(figure, name="gpu-loads", **words)
