"""Thresholds of training compute, and a model's training beside them."""

from datetime import date

import pytest

from dsv3 import policy
from dsv3.architecture import preset
from dsv3.facts import fact


def published_training(counting: str) -> policy.TrainingCompute:
    """Return V3's pre-training by one way of counting."""
    return policy.training_compute(
        model="deepseek-v3", tokens=14.8e12, later_stage_share=0.0, counting=counting
    )


def test_the_amounts_are_those_of_the_texts() -> None:
    amounts = {one.id: one.threshold_flop for one in policy.compute_thresholds()}
    assert amounts.pop("eu_general_purpose") == 1e23
    assert amounts.pop("eu_systemic_risk") == 1e25
    assert set(amounts.values()) == {1e26}


@pytest.mark.parametrize(
    ("id", "day", "state"),
    [
        ("us_order", date(2023, 10, 29), "to come"),
        ("us_order", date(2025, 1, 19), "in force"),
        ("us_order", date(2025, 1, 20), "revoked"),
        ("california_sb53", date(2026, 11, 30), "in force"),
        ("new_york_raise", date(2026, 11, 30), "to come"),
    ],
)
def test_a_threshold_has_a_state_on_a_day(id: str, day: date, state: str) -> None:
    assert policy.compute_threshold(id).state_on(day) == state


def test_three_counts_of_v3_bracket_what_others_published() -> None:
    counts = [float(published_training(way).training_flop) for way in policy.COUNTINGS]
    assert counts == sorted(counts)
    # Epoch AI has 3.4e24 with post-training, by six FLOP for each of 37B weights.
    epoch = fact("epoch.v3.flop").number
    share = policy.published_later_stage_share()
    assert counts[0] * (1 + share) == pytest.approx(epoch, rel=0.01)
    # 2.788M hours of 3,600 s at the authors' 385 TFLOP/s are as much as that.
    assert counts[1] == pytest.approx(2.664e6 * 3600 * 385e12, rel=0.01)


def test_at_the_tokens_it_names_a_model_stands_on_the_line() -> None:
    found = published_training(policy.FULL)
    again = policy.training_compute(
        model="deepseek-v3",
        tokens=found.systemic_risk_tokens,
        counting=policy.FULL,
        later_stage_share=0.0,
    )
    assert again.systemic_risk_ratio == pytest.approx(1)


def test_a_model_of_ones_own_is_counted_like_the_preset() -> None:
    named = published_training(policy.CAUSAL)
    given = policy.training_compute(
        model=preset("deepseek-v3"),
        tokens=14.8e12,
        counting=policy.CAUSAL,
        later_stage_share=0.0,
    )
    assert given == named


def test_a_mistake_ends_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"^later_stage_share is -1: must be"):
        policy.training_compute(
            model="deepseek-v3",
            tokens=1e12,
            counting=policy.CAUSAL,
            later_stage_share=-1,
        )
