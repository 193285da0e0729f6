"""Pictures of money: one bill at many dated rates, and a gap taken apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Unpack

from matplotlib.axes import Axes

from dsv3.economics import Gap
from dsv3.figures.style import (
    FAINT,
    INK,
    Picture,
    Words,
    axes,
    beside,
    chart,
    noun_colours,
)

MILLION = 1e6

NARROW_SHARE = 0.2
"""A piece shorter than this share of the bar is labelled to its right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A dated rental rate and the bill it makes."""

    day: date
    """First day the rate was seen."""

    usd: float
    """Bill at the rate."""

    kind: str
    """What sort of rate: on demand, spot, contract, index, assumption."""

    same_chip: bool
    """Whether the rate is for the chip the run used."""

    label: str = ""
    """Words written beside the point; empty for most."""


MARKERS = {
    "on-demand": "o",
    "spot": "v",
    "one-year contract": "s",
    "three-year contract": "s",
    "index": "D",
    "assumption": "*",
}


def bill_at_rates(
    quotes: Sequence[Quote],
    *,
    assumed_usd: float,
    **words: Unpack[Words],
) -> Picture:
    """Draw the bill of one run at each dated rate, over time.

    Rates for the run's own chip are filled in the colour of money, those for its
    unrestricted sibling are outlines; the mark's shape says what sort of rate.
    """
    figure, drawn = axes(height_inches=3.9)
    money = noun_colours()["money"]
    drawn.axhline(
        assumed_usd / MILLION, color=INK, linewidth=0.9, linestyle=(0, (4, 3))
    )
    for quote in quotes:
        drawn.plot(
            [quote.day.toordinal()],
            [quote.usd / MILLION],
            MARKERS[quote.kind],
            markersize=11 if quote.kind == "assumption" else 7,
            markerfacecolor=money if quote.same_chip else "none",
            markeredgecolor=money if quote.same_chip else INK,
            linestyle="none",
        )
        beside(drawn, quote.label, (quote.day.toordinal(), quote.usd / MILLION), (8, 5))
    ticks = [4, 6, 8, 10, 15, 20, 30, 40]
    drawn.set_yscale("log")
    drawn.minorticks_off()
    drawn.set_yticks(ticks, [f"${tick}M" for tick in ticks])
    drawn.set_ylim(3.8, 42)
    years = sorted({quote.day.year for quote in quotes})
    days = [date(year, 1, 1) for year in (*years[1:], years[-1] + 1)]
    drawn.set_xticks([day.toordinal() for day in days], [str(d.year) for d in days])
    drawn.set_ylabel("cost of the same GPU-hours (log scale)")
    drawn.set_xlabel("date of the rate")
    drawn.grid(axis="y")
    _explain_markers(drawn, quotes)
    return chart(figure, name="bill-at-rates", **words)


def _explain_markers(drawn: Axes, quotes: Sequence[Quote]) -> None:
    words = {
        "o": "on demand",
        "s": "one or three years' contract",
        "v": "spot",
        "D": "index",
        "*": "the report's assumption",
    }
    shown = {MARKERS[quote.kind] for quote in quotes}
    for marker in sorted(shown, key=list(words).index):
        drawn.plot(
            [], [], marker, color=INK, markerfacecolor="none", label=words[marker]
        )
    drawn.figure.legend(
        loc="outside lower center", frameon=False, fontsize=9.5, ncols=3
    )


def gap_factors(gap: Gap, *, names: tuple[str, str], **words: Unpack[Words]) -> Picture:
    """Draw the factors of a gap end to end on a logarithmic axis.

    On that axis lengths add where factors multiply, so the three pieces reach
    exactly as far as the gap.
    """
    figure, drawn = axes(height_inches=2.1)
    colours = noun_colours()
    pieces = [
        ("FLOP per token", gap.training_flop_per_token_ratio, colours["compute"], "//"),
        ("tokens", gap.tokens_ratio, colours["memory"], ""),
        ("rate per GPU", gap.achieved_flop_per_s_ratio, colours["network"], "xx"),
    ]
    left, whole = 1.0, math.log(gap.gpu_hours_ratio)
    narrow_label_height = 0.34
    for name, factor, colour, hatch in reversed(pieces):
        right = left * factor
        drawn.barh(
            0, right - left, 0.5, left, color=colour, hatch=hatch, edgecolor=FAINT
        )
        is_narrow = abs(math.log(factor)) < NARROW_SHARE * whole
        drawn.annotate(
            f"{name} ×{factor:.3g}",
            ((left * right) ** 0.5, 0.25),
            xytext=((left * right) ** 0.5, narrow_label_height if is_narrow else 0.34),
            ha="left" if is_narrow else "center",
            va="bottom",
            arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.7},
        )
        # Labels of narrow pieces would overlap: each next one stands higher.
        narrow_label_height += 0.3 if is_narrow else 0
        left = right
    drawn.set_xscale("log")
    smaller, larger = names
    ticks = [1, 2, 5, 10]
    drawn.set_xticks(ticks, [f"{tick}×" for tick in ticks])
    drawn.minorticks_off()
    drawn.set_yticks([])
    drawn.spines["left"].set_visible(False)
    drawn.set_xlim(0.9, gap.gpu_hours_ratio * 1.15)
    drawn.set_ylim(-0.4, 1.1)
    drawn.set_xlabel(f"GPU-hours of {larger} over {smaller} (logarithmic)")
    return chart(figure, name="gap-factors", **words)
