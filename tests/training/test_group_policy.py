"""One judged answer: its advantage, its clip, and which way it is pushed."""

import math
import statistics
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from dsv3 import calculators
from dsv3.facts import fact
from dsv3.training import (
    AnswerUpdate,
    group_advantage,
    judged_answer,
    telling_share,
)

RATIO = st.floats(0.05, 20)
GROUP = st.integers(2, 64).flatmap(
    lambda size: st.tuples(st.just(size), st.integers(0, size))
)


def judged(**changed: object) -> AnswerUpdate:
    given_now: dict[str, Any] = calculators.grpo.defaults() | changed
    return judged_answer(**given_now)


@given(GROUP)
def test_the_advantage_is_that_of_the_rewards_themselves(
    group: tuple[int, int],
) -> None:
    size, right = group
    rewards = [1.0] * right + [0.0] * (size - right)
    spread, mean = statistics.pstdev(rewards), statistics.fmean(rewards)
    for answer, reward in (("right", 1.0), ("wrong", 0.0)):
        made = group_advantage(group_count=size, right_count=right, answer=answer)
        expected = (reward - mean) / spread if spread else 0.0
        assert made == pytest.approx(expected, abs=1e-12)


ARGUMENTS = st.fixed_dictionaries(
    {
        "answer": st.sampled_from(["right", "wrong"]),
        "policy_ratio": RATIO,
        "reference_ratio": RATIO,
        "clip_range": st.floats(0, 0.9),
        "kl_coefficient": st.floats(0, 2),
    }
)


@given(GROUP, ARGUMENTS)
def test_the_push_is_the_slope_of_the_loss(
    group: tuple[int, int], arguments: dict[str, Any]
) -> None:
    counts = {"group_count": group[0], "right_count": group[1]}
    ratio, clip = arguments["policy_ratio"], arguments["clip_range"]
    # Off the two corners, where there is no slope.
    assume(min(abs(ratio - 1 - clip), abs(ratio - 1 + clip)) > 1e-3)
    step = 1e-6

    def loss(moved: float) -> float:
        # If the answer becomes e^moved times likelier, both ratios move.
        changed = {
            "policy_ratio": ratio * math.exp(moved),
            "reference_ratio": arguments["reference_ratio"] / math.exp(moved),
        }
        return float(judged(**counts, **(arguments | changed)).loss)

    made = judged(**counts, **arguments)
    slope = (loss(step) - loss(-step)) / (2 * step)
    assert made.push == pytest.approx(-slope, rel=1e-4, abs=1e-4)
    assert made.kl_nats >= 0


def test_clipping_cuts_off_only_what_went_far_enough() -> None:
    assert judged(policy_ratio=1.3).kept_count == 0
    assert judged(policy_ratio=0.7).kept_count == 1
    assert judged(policy_ratio=1.3, answer="wrong").kept_count == 1
    assert judged(policy_ratio=0.7, answer="wrong").kept_count == 0


def test_what_clipping_leaves_is_the_way_back() -> None:
    cut = judged(policy_ratio=1.5, reference_ratio=0.5, kl_coefficient=0.1)
    assert cut.push == pytest.approx(-0.1 * 0.5)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_the_chance_of_a_telling_group_is_counted(size: int) -> None:
    # All groups of answers that are right with a chance of one in four.
    share, chance = 0.25, 0.0
    for code in range(2**size):
        right = code.bit_count()
        if 0 < right < size:
            chance += share**right * (1 - share) ** (size - right)
    made = telling_share(group_count=size, right_share=share)
    assert made == pytest.approx(chance)


def test_the_default_weight_is_the_one_that_is_published() -> None:
    published = fact("deepseekmath.grpo.kl_coefficient").number
    assert calculators.grpo.defaults()["kl_coefficient"] == published == 0.04


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"group_count": 1.0}, "group_count is 1.0: must be at least 2"),
        ({"group_count": 4.5}, "group_count is 4.5: must be a whole number"),
        ({"right_count": 17.0}, "right_count is 17.0: must be from 0 to group_count"),
        ({"right_count": -1.0}, "right_count is -1.0: must be from 0 to group_count"),
        ({"policy_ratio": 0.0}, "policy_ratio is 0.0: must be above 0"),
        ({"reference_ratio": -1.0}, "reference_ratio is -1.0: must be above 0"),
        ({"clip_range": -0.1}, "clip_range is -0.1: must not be negative"),
        ({"kl_coefficient": -1.0}, "kl_coefficient is -1.0: must not be negative"),
        ({"answer": "maybe"}, "'maybe'"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    changed: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=r"must|maybe") as refusal:
        judged(**changed)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
