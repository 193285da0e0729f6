"""Pictures of width: bars stand where the numbers are, and say so in words."""

import re

from dsv3.figures import BillBar, SwingBar, bill_bars, swing_bars
from dsv3.figures.style import FAINT, INK

WORDS = {
    "caption": "Wide.",
    "alternative": "Bars of several lengths on an axis of dollars, widest first.",
    "source": "Draws.",
}
POINT = r"(-?[\d.]+) (-?[\d.]+)"


def bar(accounting: str, scope: str, *millions: float) -> BillBar:
    """Return a bar between quantiles in millions."""
    low, quarter, middle, three_quarters, high = (m * 1e6 for m in millions)
    return BillBar(
        accounting=accounting,
        scope=scope,
        quantiles_usd=(low, quarter, middle, three_quarters, high),
    )


BARS = [
    bar("rented", "the run", 5, 6, 7, 9, 11),
    bar("rented", "with staff", 15, 22, 28, 35, 47),
    bar("bought", "the run", 80, 85, 92, 98, 105),
]


def spans(svg: str, width: str) -> list[float]:
    """Return the horizontal lengths of all strokes of one width."""
    paths = re.findall(rf'<path d="M {POINT} L {POINT}[^"]*"[^>]*width: {width}', svg)
    return [abs(float(x2) - float(x1)) for x1, _, x2, _ in paths]


def test_bars_name_their_accounting_and_scope_once_a_row() -> None:
    drawn = bill_bars(BARS, headline_usd=5.6e6, **WORDS).svg
    assert drawn.count(">rented<") == 1
    assert drawn.count(">the run<") == 2
    for word in ("bought", "with staff", "$10M", "$100M"):
        assert word in drawn
    assert INK not in drawn
    assert FAINT not in drawn


def test_the_middle_half_is_inside_the_whole_and_wider_doubt_is_longer() -> None:
    drawn = bill_bars(BARS, headline_usd=5.6e6, **WORDS).svg
    halves = spans(drawn, "9")
    assert len(halves) == 3
    assert halves[1] > halves[0] > halves[2], "on a logarithmic axis ratios are lengths"


def swing(name: str, low: float, high: float) -> SwingBar:
    """Return a swing in millions, its ends labelled with its name."""
    return SwingBar(
        name=name,
        at_low_usd=low * 1e6,
        at_high_usd=high * 1e6,
        low=f"{name} low",
        high=f"{name} high",
    )


def test_a_tornado_labels_both_ends_of_every_bar_on_the_right_side() -> None:
    bars = [swing("experiments", 11, 46), swing("years", 30, 26)]
    drawn = swing_bars(bars, middle_usd=28e6, **WORDS).svg
    where = {
        text: float(x)
        for x, text in re.findall(
            r'<text[^>]*transform="translate\(([\d.]+)[^>]*>([a-z ]+)</text>', drawn
        )
    } or {
        text: float(x)
        for x, text in re.findall(r'<text[^>]* x="([\d.]+)"[^>]*>([a-z ]+)<', drawn)
    }
    assert where["experiments low"] < where["experiments high"]
    assert where["years high"] < where["years low"], "a longer life makes it cheaper"
    assert where["experiments low"] < where["years high"]
