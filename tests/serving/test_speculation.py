"""Drafts: what they yield, what they cost, and where they stop paying."""

import random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dsv3 import calculators
from dsv3.facts import fact
from dsv3.serving import (
    MOST_DRAFTED_TOKENS,
    expected_tokens,
    implied_overhead_share,
    speculation,
)
from explorables.arithmetic import NUMBER, evaluate, trace

START: dict[str, Any] = calculators.speculation.defaults()


def tokens_of_a_step(share: float, drafts: int, chance: random.Random) -> int:
    """Return what one step yields: the drafts up to the first wrong one, and one."""
    accepted = 0
    while accepted < drafts and chance.random() < share:
        accepted += 1
    return accepted + 1


@pytest.mark.parametrize(("share", "drafts"), [(0.85, 1), (0.5, 3), (0.9, 8)])
def test_tokens_of_a_step_are_the_mean_of_many_tosses(
    share: float, drafts: int
) -> None:
    chance, steps = random.Random(0), 40_000
    mean = sum(tokens_of_a_step(share, drafts, chance) for _ in range(steps)) / steps
    found = expected_tokens(acceptance_share=share, drafted_tokens=drafts)
    # Eight standard errors of a number that lies between 1 and drafts + 1.
    assert found == pytest.approx(mean, abs=8 * drafts / 2 / steps**0.5)


@given(st.floats(0, 0.999), st.integers(0, MOST_DRAFTED_TOKENS))
def test_tokens_of_a_step_are_the_closed_form(share: float, drafts: int) -> None:
    closed = (1 - share ** (drafts + 1)) / (1 - share)
    found = expected_tokens(acceptance_share=share, drafted_tokens=drafts)
    assert found == pytest.approx(closed, rel=1e-9)


@pytest.mark.parametrize("drafts", [0, 1, 8])
def test_where_every_draft_is_right_all_of_them_count(drafts: int) -> None:
    assert expected_tokens(acceptance_share=1, drafted_tokens=drafts) == drafts + 1


def test_the_published_pair_leaves_a_few_percent_for_drafting() -> None:
    low, high = fact("v3.mtp_acceptance_share").numbers
    speed = fact("v3.mtp_throughput_ratio").number
    overheads = [
        implied_overhead_share(
            acceptance_share=share, drafted_tokens=1, speedup_ratio=speed
        )
        for share in (low, high)
    ]
    # 1.85 / 1.8 and 1.90 / 1.8, by hand.
    assert overheads == pytest.approx([0.02778, 0.05556], abs=1e-5)


def test_the_implied_overhead_gives_the_speed_back() -> None:
    overhead = implied_overhead_share(
        acceptance_share=0.7, drafted_tokens=2, speedup_ratio=1.5
    )
    tokens = expected_tokens(acceptance_share=0.7, drafted_tokens=2)
    assert tokens / (1 + overhead) == pytest.approx(1.5)


def at(**changed: float) -> Any:
    """Return what drafts bring, away from the example in some ways."""
    return calculators.speculation(**changed)


def test_no_drafts_are_plain_decoding() -> None:
    plain = at(drafted_tokens=0.0)
    assert (plain.speedup_ratio, plain.draft_share) == (1, 0)
    assert plain.tokens_per_s == START["plain_tokens_per_s"]


def test_speed_is_yield_over_cost() -> None:
    found = at(sequences=3.0, drafted_tokens=2.0)
    cost = found.checked_step_ratio + found.draft_share
    assert found.speedup_ratio == pytest.approx(found.step_tokens / cost)


def test_a_single_reader_pays_for_experts_of_two_tokens() -> None:
    """Counted by hand: 16.19 + 20.43 GB for one token, 16.19 + 40.23 GB for two."""
    one = at(sequences=1.0, context_tokens=0.0)
    assert one.checked_step_ratio == pytest.approx(56.42 / 36.62, abs=2e-3)


def test_with_all_experts_read_only_attention_pays_for_checking() -> None:
    """Counted by hand: 670.1 GB of weights, then 1.64 times the reading of a cache."""
    few, many, too_many = (at(sequences=float(n)) for n in (4, 512, 16384))
    assert few.speedup_ratio < 1.1
    weights, cache = 670.1e9, 512 * 4096 * 70272
    # Two tokens do 2 x 242 FLOP for a byte of cache; the chip does 295 in that time.
    by_hand = (weights + cache * 2 * 242 / 295) / (weights + cache)
    assert many.checked_step_ratio == pytest.approx(by_hand, abs=2e-3)
    assert many.speedup_ratio > 1.6
    assert too_many.checked_step_ratio > 1.5


def test_short_contexts_make_checking_nearly_free() -> None:
    found = at(sequences=512.0, context_tokens=128.0)
    assert found.checked_step_ratio == pytest.approx(1, abs=5e-3)
    assert found.speedup_ratio > 1.8


def test_a_draft_that_is_never_right_only_costs() -> None:
    assert at(acceptance_share=0.0).speedup_ratio < 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("acceptance_share", -0.1),
        ("acceptance_share", 1.5),
        ("acceptance_share", float("nan")),
        ("drafted_tokens", 9.0),
        ("drafted_tokens", 1.5),
        ("drafted_tokens", -1.0),
        ("sequences", 0.5),
        ("context_tokens", -1.0),
        ("plain_tokens_per_s", 0.0),
    ],
)
def test_what_cannot_be_is_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        at(**{name: value})


def test_the_formula_runs_recorded_as_it_runs_plain() -> None:
    tape = trace(speculation, dict.fromkeys(START, NUMBER))
    moved = START | {"acceptance_share": 0.6, "drafted_tokens": 3.0, "sequences": 7.0}
    played = evaluate(tape, moved)
    assert played.outputs["speedup_ratio"] == pytest.approx(
        at(**moved).speedup_ratio, rel=1e-12
    )
