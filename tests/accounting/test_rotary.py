"""The turns of rotary pairs: transformers' own YaRN, and what can be said by hand."""

import math
import random
from typing import Any

import pytest
from transformers import DeepseekV3Config
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from dsv3 import calculators
from dsv3.accounting import (
    RotaryStretch,
    rotary_pair,
    rotary_ramp,
    rotary_stretch,
    temperature_ratio,
)
from explorables.arithmetic import NUMBER, evaluate, result_numbers, trace

RELEASED: dict[str, Any] = calculators.yarn.defaults()
RAMP = {
    name: RELEASED[name]
    for name in (
        "qk_rope_head_dim",
        "rope_theta",
        "trained_tokens",
        "beta_fast",
        "beta_slow",
    )
}
SETTINGS = {
    "as released": {"factor": 40.0, "beta_fast": 32.0, "beta_slow": 1.0},
    "a longer ramp": {"factor": 8.0, "beta_fast": 100.0, "beta_slow": 0.25},
    "no pair kept": {"factor": 4.0, "beta_fast": 1000.0, "beta_slow": 2.0},
}


def stretch(**changes: float) -> RotaryStretch:
    return rotary_stretch(**(RELEASED | changes))


def of_transformers(**settings: float) -> list[float]:
    """Return radians a token of every pair, as transformers computes them."""
    config = DeepseekV3Config(
        qk_rope_head_dim=64,
        max_position_embeddings=163840,
        rope_parameters={
            "rope_type": "yarn",
            "rope_theta": 10000.0,
            "original_max_position_embeddings": 4096,
            "mscale": 1.0,
            "mscale_all_dim": 1.0,
            **settings,
        },
    )
    frequencies, on_angles = ROPE_INIT_FUNCTIONS["yarn"](config, "cpu")
    # The temperature is on the scores and not on the turned parts.
    assert on_angles == 1.0
    found: list[float] = frequencies.tolist()
    return found


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_every_pair_turns_as_in_transformers(settings: dict[str, float]) -> None:
    given = RAMP | settings
    ours = [
        2
        * math.pi
        / rotary_pair(pair=pair, context_tokens=4096.0, **given).stretched_period_tokens
        for pair in range(32)
    ]
    assert ours == pytest.approx(of_transformers(**settings), rel=2e-6)


def test_the_ramp_of_the_release_lies_over_pairs_10_to_23() -> None:
    assert rotary_ramp(**RAMP) == (10, 23)


def test_pairs_are_kept_blended_or_slowed() -> None:
    found = stretch()
    assert (found.kept_count, found.blended_count, found.slowed_count) == (11, 12, 9)
    none = stretch(beta_fast=1000.0, beta_slow=660.0)
    assert (none.kept_count, none.slowed_count) == (1, 31)


def test_nothing_is_stretched_by_a_factor_of_1() -> None:
    found = stretch(factor=1.0)
    assert found.stretched_period_tokens == pytest.approx(found.period_tokens)
    assert found.temperature_ratio == 1.0
    assert stretch(factor=1.0, context_tokens=4096.0).new_angle_count == 0


def test_new_angles_come_where_the_factor_does_not_reach() -> None:
    # Pairs 23 to 31 turn less than once in 4,096 tokens, pair 22 just more.
    given = RAMP | {"factor": 1.0, "context_tokens": 1.0}
    turns = [rotary_pair(pair=pair, **given).trained_turns for pair in (22, 23)]
    assert turns[0] > 1 > turns[1]
    assert stretch(factor=1.0, context_tokens=4100.0).new_angle_count == 9
    assert stretch(context_tokens=163840.0).new_angle_count == 0
    assert stretch(context_tokens=163900.0).new_angle_count == 9


def test_the_temperature_is_that_of_the_released_code() -> None:
    # 0.1 ln 40 + 1 is 1.36889; the released scale of the scores is 0.13523.
    assert temperature_ratio(factor=40.0) == pytest.approx(1.368888**2, rel=1e-6)
    scale = temperature_ratio(factor=40.0) / math.sqrt(192)
    assert scale == pytest.approx(0.1352338, abs=1e-7)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"pair": 32.0}, "pair is 32.0: must be from 0 to 31"),
        ({"factor": 0.5}, "factor is 0.5"),
        ({"beta_slow": 0.0}, "beta_slow is 0.0"),
        ({"beta_fast": 0.5}, "beta_fast is 0.5: must be above beta_slow"),
        ({"context_tokens": 0.0}, "context_tokens is 0.0"),
        ({"qk_rope_head_dim": 63.9}, "qk_rope_head_dim is 63.9: must be an even whole"),
        ({"qk_rope_head_dim": 63.0}, "qk_rope_head_dim is 63.0: must be an even whole"),
        ({"qk_rope_head_dim": 0.0}, "qk_rope_head_dim is 0.0: must be an even whole"),
        ({"qk_rope_head_dim": math.inf}, "qk_rope_head_dim is inf: must be an even"),
        ({"qk_rope_head_dim": 1e9}, "whole number from 2 to 4,096"),
    ],
)
def test_what_cannot_be_is_named(changes: dict[str, float], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        stretch(**changes)


def test_a_trace_gives_what_plain_numbers_give() -> None:
    moved = ("pair", "factor", "beta_fast", "beta_slow", "context_tokens")
    fixed = {name: value for name, value in RELEASED.items() if name not in moved}
    tape = trace(
        lambda **given: rotary_stretch(**given, **fixed), dict.fromkeys(moved, NUMBER)
    )
    source = random.Random(0)
    for _ in range(200):
        given = {
            "pair": float(source.randint(0, 31)),
            "factor": source.uniform(1, 100),
            "beta_fast": source.uniform(9, 300),
            "beta_slow": source.uniform(0.1, 8),
            "context_tokens": source.uniform(1, 1e6),
        }
        plain = result_numbers(stretch(**given))
        assert evaluate(tape, given).outputs == pytest.approx(plain)
