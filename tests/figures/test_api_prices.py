"""Price figures draw what they are handed, in words, themes and both channels."""

import re
from datetime import date

import pytest

from dsv3.figures import PriceSpell, RatioSpan, price_history, ratio_spans
from dsv3.figures.style import FAINT, INK

WORDS = {
    "caption": "Prices fell.",
    "alternative": "A line in steps that falls from left to right over two years.",
    "source": "Price pages.",
}


def spells(*usd: float) -> list[PriceSpell]:
    """Return spells of half a year each, one after another."""
    days = [date(2025, 1, 1), date(2025, 7, 1), date(2026, 1, 1)]
    return [
        PriceSpell(
            kind="output",
            first_day=first,
            end_day=end,
            usd_per_million_tokens=price,
            series="chat",
        )
        for price, first, end in zip(usd, days[:-1], days[1:], strict=True)
    ]


def span(rival: str, offer: str, low: float, high: float) -> RatioSpan:
    """Return the reach of one ratio."""
    return RatioSpan(rival=rival, offer=offer, lowest_ratio=low, highest_ratio=high)


def test_a_history_names_its_models_and_kinds_of_token() -> None:
    drawn = price_history(
        spells(1.1, 0.42), names=[(date(2025, 1, 1), "V3 list")], **WORDS
    ).svg
    for word in ("V3 list", "output", "cached input"):
        assert word in drawn


def test_a_dearer_spell_is_drawn_higher() -> None:
    def heights(*usd: float) -> list[float]:
        drawn = price_history(spells(*usd), names=[], **WORDS).svg
        paths = re.findall(r'<path d="([^"]*)"[^>]*stroke-width: 2', drawn)
        points = re.findall(r"[ML] ([\d.]+) ([\d.]+)", paths[0])
        return [float(y) for _, y in points]

    first, *_, last = heights(1.1, 0.42)
    assert first < last, "SVG counts from the top"
    first, *_, last = heights(0.42, 1.1)
    assert first > last


def test_spans_carry_their_rivals_and_offers_in_words() -> None:
    drawn = ratio_spans(
        [span("GPT-4o", "list", 9, 18), span("GPT-4o", "Fireworks", 1.4, 11)],
        band=(5, 10),
        **WORDS,
    ).svg
    for word in ("GPT-4o", "list", "Fireworks", "5-10×"):
        assert word in drawn


@pytest.mark.parametrize("wanting", ["caption", "alternative", "source"])
def test_a_price_figure_without_words_is_refused(wanting: str) -> None:
    words = WORDS | {wanting: ""}
    with pytest.raises(ValueError, match=f"{wanting} is ''"):
        price_history(spells(1.0, 2.0), names=[], **words)


def test_price_figures_leave_no_sentinel_colour_behind() -> None:
    history = price_history(spells(1.0, 2.0), names=[], **WORDS).svg
    spans = ratio_spans([span("A", "list", 1, 2)], band=(5, 10), **WORDS).svg
    for drawn in (history, spans):
        assert INK not in drawn
        assert FAINT not in drawn
        assert "var(--ex-money" in drawn
