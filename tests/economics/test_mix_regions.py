"""The pieces of the triangle: their areas, their sides, and a sampled count."""

import random

import pytest
from hypothesis import given, strategies as st

from dsv3 import economics
from dsv3.economics import (
    TokenRates,
    TrafficMix,
    area_share,
    band_regions,
    price_ratio,
    rates,
    ratio_range,
)

USD = st.floats(min_value=1e-2, max_value=100.0)
BAND = (5.0, 10.0)


def charged(corners: tuple[float, float, float]) -> TokenRates:
    return TokenRates(
        input_usd_per_million_tokens=corners[0],
        cached_input_usd_per_million_tokens=corners[1],
        output_usd_per_million_tokens=corners[2],
    )


RATES = st.tuples(USD, USD, USD).map(charged)


@given(rival=RATES, ours=RATES)
def test_the_areas_of_the_pieces_are_those_of_the_closed_form(
    rival: TokenRates, ours: TokenRates
) -> None:
    pieces = band_regions(rival, ours, band=BAND)
    shares = ratio_range(rival, ours, band=BAND)
    assert area_share(pieces.below) == pytest.approx(shares.below_share, abs=1e-9)
    assert area_share(pieces.within) == pytest.approx(shares.within_share, abs=1e-9)
    assert area_share(pieces.above) == pytest.approx(shares.above_share, abs=1e-9)


@given(rival=RATES, ours=RATES, seed=st.integers(0, 10**6))
def test_a_mix_inside_a_piece_has_a_ratio_on_its_side(
    rival: TokenRates, ours: TokenRates, seed: int
) -> None:
    source = random.Random(seed)
    pieces = band_regions(rival, ours, band=BAND)
    bounds = {"below": (0.0, 5.0), "within": BAND, "above": (10.0, float("inf"))}
    for name, (low, high) in bounds.items():
        polygon = getattr(pieces, name)
        if not polygon:
            continue
        weights = [source.random() + 1e-3 for _ in polygon]
        shares = [
            sum(w * corner[axis] for w, corner in zip(weights, polygon, strict=True))
            / sum(weights)
            for axis in range(3)
        ]
        mix = TrafficMix(
            input_share=shares[0],
            cached_input_share=shares[1],
            output_share=shares[2],
        )
        ratio = price_ratio(rival, ours, mix)
        assert low * (1 - 1e-9) <= ratio <= high * (1 + 1e-9)


def test_a_count_of_random_mixes_finds_the_areas_for_gpt_4o() -> None:
    theirs = rates(economics.rival_offers()["GPT-4o"])
    ours = rates(economics.v3_offers()["DeepSeek, list price"])
    pieces = band_regions(theirs, ours)
    source = random.Random(7)
    draws, found = 20_000, 0
    for _ in range(draws):
        low, high = sorted((source.random(), source.random()))
        shares = (low, high - low, 1 - high)
        above, below = (
            sum(s * usd for s, usd in zip(shares, one.corners(), strict=True))
            for one in (theirs, ours)
        )
        found += 5 <= above / below <= 10
    assert found / draws == pytest.approx(area_share(pieces.within), abs=0.01)
    assert area_share(pieces.within) == pytest.approx(0.74, abs=0.005)


@pytest.mark.parametrize("band", [(0.0, 5.0), (10.0, 5.0)])
def test_a_band_out_of_order_is_refused(band: tuple[float, float]) -> None:
    flat = charged((1.0, 1.0, 1.0))
    with pytest.raises(ValueError, match="band is"):
        band_regions(flat, flat, band=band)
