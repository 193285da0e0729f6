"""Pictures over all mixes of traffic, and of prices beside scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon

from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    blank,
    chart,
    noun_colours,
)

Shares = tuple[float, float, float]
"""Shares of input, cached input and output."""

ROOT_THREE_HALVES = 3**0.5 / 2
CORNERS: tuple[tuple[float, float], ...] = (
    (0.0, 0.0),
    (1.0, 0.0),
    (0.5, ROOT_THREE_HALVES),
)
"""Where input, cached input and output stand in the plane."""

COLUMNS = 3
REGION_NAMES = ("below", "within", "above")
HATCHES = ("", "", "////")
"""Beside the fill of the middle piece, what tells the outer two apart."""
MARKERS = ("o", "s", "D", "^")
MARK_LOOK: dict[str, Any] = {
    "markerfacecolor": INK,
    "markeredgecolor": FAINT,
    "markersize": 7,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MixMark:
    """A mix worth naming."""

    name: str
    """Words of the legend."""

    shares: Shares
    """Where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixPanel:
    """One triangle, cut into pieces."""

    title: str
    """Words above it."""

    below: tuple[Shares, ...]
    """Corners of the piece below the band."""

    within: tuple[Shares, ...]
    """Corners of the piece inside."""

    above: tuple[Shares, ...]
    """Corners of the piece above."""


def place(shares: Shares) -> tuple[float, float]:
    """Return where a mix lies in the plane.

    Examples
    --------
    >>> place((1.0, 0.0, 0.0)), place((0.0, 1.0, 0.0))
    ((0.0, 0.0), (1.0, 0.0))
    """
    x, y = (
        sum(share * corner[axis] for share, corner in zip(shares, CORNERS, strict=True))
        for axis in (0, 1)
    )
    return x, y


def mix_triangles(
    panels: Sequence[MixPanel],
    marks: Sequence[MixMark],
    *,
    names: tuple[str, str, str],
    **words: Unpack[Words],
) -> Picture:
    """Draw triangles of all mixes, cut where a ratio enters and leaves a band.

    `names` is what the pieces below, within and above the band are called; three
    triangles stand in a row.
    """
    rows = -(-len(panels) // COLUMNS)
    figure = blank(height_inches=2.35 * rows + 0.7)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for at in range(rows * COLUMNS):
        drawn = grid[at // COLUMNS][at % COLUMNS]
        drawn.axis("off")
        if at < len(panels):
            _triangle(drawn, panels[at], marks)
    handles: list[object] = [
        Patch(
            facecolor=noun_colours()["money"] if piece == "within" else "none",
            edgecolor=INK,
            hatch=hatch,
            label=name,
        )
        for piece, hatch, name in zip(REGION_NAMES, HATCHES, names, strict=True)
    ]
    for mark, shape in zip(marks, MARKERS, strict=False):
        handles.append(
            Line2D([], [], color="none", marker=shape, label=mark.name, **MARK_LOOK)
        )
    figure.legend(
        handles=handles,
        loc="outside lower center",
        frameon=False,
        fontsize=9.5,
        ncols=3,
    )
    return chart(figure, name="mix-triangles", **words)


def _triangle(drawn: Axes, panel: MixPanel, marks: Sequence[MixMark]) -> None:
    """Draw one triangle with its pieces and marks."""
    pieces = (panel.below, panel.within, panel.above)
    for piece, name, hatch in zip(pieces, REGION_NAMES, HATCHES, strict=True):
        if piece:
            drawn.add_patch(
                Polygon(
                    [place(corner) for corner in piece],
                    closed=True,
                    facecolor=noun_colours()["money"] if name == "within" else "none",
                    edgecolor=FAINT,
                    hatch=hatch,
                    linewidth=0.8,
                )
            )
    drawn.add_patch(
        Polygon(list(CORNERS), closed=True, fill=False, edgecolor=INK, linewidth=1.2)
    )
    for mark, shape in zip(marks, MARKERS, strict=False):
        x, y = place(mark.shares)
        drawn.plot(x, y, shape, clip_on=False, **MARK_LOOK)
    drawn.set_title(panel.title, fontsize=10, pad=13)
    for words, (x, y), across, upright in zip(
        ("input", "cached", "output"),
        ((0, -0.04), (1, -0.04), (0.5, ROOT_THREE_HALVES + 0.03)),
        ("left", "right", "center"),
        ("top", "top", "bottom"),
        strict=True,
    ):
        drawn.text(x, y, words, ha=across, va=upright, fontsize=8.5)
    drawn.set(xlim=(-0.04, 1.04), ylim=(-0.14, 1.0), aspect="equal")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPrice:
    """One model: what it costs, and how it did on each test."""

    name: str
    """Model, for the legend."""

    usd_per_million_tokens: float
    """Blended price."""

    scores: tuple[float, ...]
    """Percent, one a test."""


def price_and_scores(
    models: Sequence[ScoredPrice],
    tests: Sequence[str],
    **words: Unpack[Words],
) -> Picture:
    """Draw price across and score up, one small plot a test, at most four models.

    Scores are in the order of the tests.
    """
    figure = blank(height_inches=2.9)
    grid = figure.subplots(1, len(tests), squeeze=False, sharex=True)[0]
    money = noun_colours()["money"]
    for at, (drawn, test) in enumerate(zip(grid, tests, strict=True)):
        for model, shape in zip(models, MARKERS, strict=False):
            drawn.plot(
                model.usd_per_million_tokens,
                model.scores[at],
                shape,
                color=money,
                markeredgecolor=INK,
                markersize=7,
                label=model.name if at == 0 else "",
            )
        drawn.set_title(test, fontsize=10)
        drawn.set(xscale="log", xlim=(0.3, 10), ylim=(0, 100))
        drawn.minorticks_off()
        drawn.set_xticks([0.5, 2, 8], ["$0.5", "$2", "$8"], fontsize=9)
        drawn.set_yticks([0, 25, 50, 75, 100])
        drawn.tick_params(axis="y", labelsize=9, labelleft=at == 0)
        drawn.grid(axis="both")
    grid[0].set_ylabel("score, percent")
    figure.supxlabel(
        "price per million tokens, 3 in for 1 out (log scale)", fontsize=10
    )
    figure.legend(loc="outside upper center", frameon=False, fontsize=9.5, ncols=2)
    return chart(figure, name="price-and-scores", **words)
