"""Pictures of deployment: memory by part, speeds and bounds, price and speed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from matplotlib.ticker import NullLocator

from dsv3.figures.style import (
    FAINT,
    INK,
    LINE_STYLES,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

GIGABYTE = 1e9

PARTS = {
    "weights": ("memory", ""),
    "cache": ("memory", "////"),
    "activations": ("compute", ""),
    "reserved": ("", ""),
}
"""Noun and hatching of each part of a GPU's memory; reserved memory is outlined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryBar:
    """The memory of one GPU of a plan."""

    name: str
    """Plan in a few words."""

    parts_bytes: Mapping[str, float]
    """Bytes of each of the parts."""

    memory_bytes: float
    """What the GPU has."""


def memory_plans(plans: Sequence[MemoryBar], **words: Unpack[Words]) -> Picture:
    """Draw what fills one GPU of each plan, over what it has."""
    figure, drawn = axes(height_inches=0.9 + 0.44 * len(plans))
    for at, plan in enumerate(plans):
        left = 0.0
        for part, (noun, hatch) in PARTS.items():
            width = plan.parts_bytes[part] / GIGABYTE
            drawn.barh(
                -at,
                width,
                0.62,
                left,
                color=noun_colours().get(noun, "none"),
                hatch=hatch,
                edgecolor=FAINT,
                label=part if at == 0 else None,
            )
            left += width
        edge = plan.memory_bytes / GIGABYTE
        drawn.plot([edge, edge], [-at - 0.4, -at + 0.4], color=INK, linewidth=1.6)
    drawn.set_yticks([-at for at in range(len(plans))], [plan.name for plan in plans])
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    drawn.set_xlim(left=0)
    drawn.set_xlabel("GB on one GPU; upright line: what it has")
    figure.legend(loc="outside lower center", frameon=False, ncols=4, fontsize=9.5)
    return chart(figure, name="memory-plans", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedSpeed:
    """A measured speed between two bounds, in tokens per second."""

    name: str
    measured: float
    slowest: float
    fastest: float


def speeds_and_bounds(
    groups: Mapping[str, Sequence[BoundedSpeed]],
    **words: Unpack[Words],
) -> Picture:
    """Draw measured speeds as dots on the span between their bounds.

    Groups are named for what the node does.
    """
    count = sum(map(len, groups.values()))
    figure, drawn = axes(height_inches=0.9 + 0.36 * (count + len(groups)))
    colour, names, places, at = noun_colours()["compute"], [], [], 0
    for group, speeds in groups.items():
        beside(drawn, group, (0, -at), (4, 0), va="center")
        for one in speeds:
            at += 1
            ends = [one.slowest / 1000, one.fastest / 1000]
            drawn.plot(ends, [-at, -at], color=INK, linewidth=1.2, marker="|")
            drawn.plot([one.measured / 1000], [-at], "o", color=colour, markersize=7)
            names.append(one.name)
            places.append(-at)
        at += 1
    drawn.set_yticks(places, names)
    drawn.tick_params(axis="y", length=0)
    drawn.spines["left"].set_visible(False)
    drawn.set_xlim(left=0)
    drawn.set_ylim(-at + 0.4, 0.6)
    drawn.grid(axis="x")
    drawn.set_xlabel("thousand tokens per second of a node; dot: measured")
    return chart(figure, name="speeds-and-bounds", **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What a million tokens cost, as the batch grows."""

    name: str
    """Words at its cheapest end."""

    reader_tokens_per_s: Sequence[float]
    usd_per_million_tokens: Sequence[float]


def price_and_speed(lines: Sequence[PriceLine], **words: Unpack[Words]) -> Picture:
    """Draw the price of output tokens over the speed per user."""
    figure, drawn = axes(height_inches=3.9)
    money = noun_colours()["money"]
    for one, style in zip(lines, LINE_STYLES.values(), strict=False):
        drawn.plot(
            one.reader_tokens_per_s,
            one.usd_per_million_tokens,
            color=money,
            linestyle=style,
            linewidth=2,
            label=one.name,
        )
    drawn.set_xscale("log")
    drawn.set_yscale("log")
    drawn.xaxis.set_minor_locator(NullLocator())
    drawn.yaxis.set_minor_locator(NullLocator())
    drawn.set_xlim(5, 300)
    drawn.set_xticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
    drawn.set_yticks(ticks, [f"${tick:g}" for tick in ticks])
    drawn.grid(axis="both")
    drawn.set_xlabel("tokens per second per user (log scale)")
    drawn.set_ylabel("dollars per million output tokens (log scale)")
    drawn.legend(frameon=False, loc="upper left", fontsize=9.5)
    return chart(figure, name="price-and-speed", **words)
