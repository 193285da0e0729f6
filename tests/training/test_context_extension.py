"""The two phases add up to what was published, and to what was not."""

import pytest

from dsv3 import training
from dsv3.facts import fact


def test_each_phase_takes_62_9_billion_tokens() -> None:
    tokens = [training.stage(name).tokens for name in ("first", "second")]
    assert tokens == [1000 * 1920 * 32768, 1000 * 480 * 131072]
    assert tokens[0] == tokens[1] == pytest.approx(62.9e9, rel=1e-3)


def test_a_token_cost_5_3_times_as_long_as_in_pre_training() -> None:
    # 119K hours over 125.8B tokens, and 180K hours for a trillion.
    by_hand = 119_000 / 125.82912e9 / (180_000 / 1e12)
    assert training.hours_per_token_ratio() == pytest.approx(by_hand)
    assert round(by_hand, 1) == 5.3


def test_flop_at_a_length_are_weights_and_attention() -> None:
    # Each of 61 layers and one module does 81,920 FLOP for a token attended to.
    short, long = (training.stage(n) for n in ("pre-training", "second"))
    more = (long.sequence_tokens - short.sequence_tokens) / 2
    grown = long.training_flop_per_token - short.training_flop_per_token
    assert grown / (3 * 81920 * more) == pytest.approx(61)


def test_the_hours_by_flop_follow_from_both_ratios() -> None:
    hours = training.extension_hours_at_pretraining_pace()
    published = fact("v3.gpu_hours.context_extension").number
    ratios = training.flop_per_token_ratio() / training.hours_per_token_ratio()
    assert hours / published == pytest.approx(ratios)


def test_attention_at_half_the_rate_explains_most_of_the_published_hours() -> None:
    # GFLOP of a forward pass and token: 73.25 without attention, then attention's.
    others, short, middle, long = 73.25, 10.23, 81.87, 327.5
    before = 14.8e12 * (others + 2 * short)
    after = 62.91456e9 * (2 * others + 2 * (middle + long))
    hours = training.extension_hours_at_pretraining_pace(attention_weight=2.0)
    assert hours == pytest.approx(2_664_000 * after / before, rel=1e-3)
    assert 0.95 < hours / fact("v3.gpu_hours.context_extension").number < 1


def test_an_unknown_stage_is_named() -> None:
    with pytest.raises(ValueError, match="name is 'third': must be one of"):
        training.stage("third")
