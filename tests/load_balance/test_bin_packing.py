"""Greedy copying and packing against plain search, and an exchange that only helps."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dsv3.load_balance.bin_packing import copied, exchanged, packed

WEIGHT = st.integers(0, 50).map(float)


def fullest(weights: np.ndarray, slots: np.ndarray, packs: int) -> float:
    placed = np.take_along_axis(weights, slots, axis=1)
    return float(placed.reshape(len(slots), packs, -1).sum(axis=2).max())


def least_heaviest_copy(weights: list[float], copies: int) -> float:
    """Try every way to hand out the copies."""
    ways = itertools.product(range(1, copies + 1), repeat=len(weights))
    return min(
        max(w / n for w, n in zip(weights, counts, strict=True))
        for counts in ways
        if sum(counts) == copies
    )


@given(st.lists(WEIGHT, min_size=1, max_size=4), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_no_other_copies_have_a_lighter_heaviest(
    weights: list[float], spare: int
) -> None:
    copies = len(weights) + spare
    item_of, counts = copied(np.array([weights]), copies)
    assert counts.sum() == copies
    assert (
        np.bincount(item_of[0], minlength=len(weights)).tolist() == counts[0].tolist()
    )
    heaviest = float((np.array(weights) / counts[0]).max())
    assert heaviest == pytest.approx(least_heaviest_copy(weights, copies))


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_packs_are_full_and_every_item_has_one_slot(
    packs: int, size: int, data: st.DataObject
) -> None:
    row = st.lists(WEIGHT, min_size=packs * size, max_size=packs * size)
    weights = np.array(data.draw(st.lists(row, min_size=1, max_size=3)))
    slots = packed(weights, packs)
    for row_of_slots in slots:
        assert sorted(row_of_slots.tolist()) == list(range(packs * size))
    moved = exchanged(weights, slots, packs)
    for row_of_slots in moved:
        assert sorted(row_of_slots.tolist()) == list(range(packs * size))


def test_pairs_are_packed_as_evenly_as_can_be() -> None:
    source = np.random.default_rng(0)
    for _ in range(20):
        weights = source.integers(1, 40, size=(1, 6)).astype(float)
        least = min(
            fullest(weights, np.array([order]), 3)
            for order in itertools.permutations(range(6))
        )
        assert fullest(weights, packed(weights, 3), 3) == least


@given(st.integers(2, 4), st.integers(2, 4), st.data())
@settings(deadline=None)
def test_after_exchanging_no_single_exchange_with_the_fullest_helps(
    packs: int, size: int, data: st.DataObject
) -> None:
    weights = np.array(
        [data.draw(st.lists(WEIGHT, min_size=packs * size, max_size=packs * size))]
    )
    before = packed(weights, packs)
    after = exchanged(weights, before, packs)
    high = fullest(weights, after, packs)
    assert high <= fullest(weights, before, packs)
    loads = weights[0][after[0]].reshape(packs, size).sum(axis=1)
    if np.count_nonzero(loads == high) > 1:
        return  # with two fullest packs one exchange cannot lower both
    for one, other in itertools.combinations(range(packs * size), 2):
        tried = after.copy()
        tried[0, [one, other]] = tried[0, [other, one]]
        assert fullest(weights, tried, packs) >= high * (1 - 1e-9)


def test_rows_are_packed_apart_from_one_another() -> None:
    source = np.random.default_rng(1)
    weights = source.random((5, 24))
    together = exchanged(weights, packed(weights, 4), 4)
    for row in range(5):
        alone = weights[row : row + 1]
        assert exchanged(alone, packed(alone, 4), 4).tolist() == [
            together[row].tolist()
        ]
