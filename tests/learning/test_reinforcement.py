"""A rule teaches a policy what no text showed it, and a run repeats itself."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch

from dsv3.learning import (
    PolicySettings,
    Reinforcement,
    ReinforcementSettings,
    small_policy,
)
from dsv3.learning.reinforcement import ReinforcementStep
from dsv3.model import Transformer

QUESTIONS = [(3, 10, 4, 11), (1, 10, 1, 11), (2, 10, 6, 11)]
HOW = ReinforcementSettings(
    group_size=16, answers_per_step=64, updates_per_step=2, learning_rate=3e-3
)


def seven_first(_number: int, answer: Sequence[int]) -> float:
    return float(answer[0] == 7)


def reinforcement(
    how: ReinforcementSettings = HOW,
    judge: Callable[[int, Sequence[int]], float] = seven_first,
    questions: Sequence[Sequence[int]] = QUESTIONS,
) -> Reinforcement:
    model = Transformer(small_policy(16), torch.Generator().manual_seed(0))
    return Reinforcement(
        model, questions, judge, answer_tokens=2, stop_token=12, settings=how
    )


def run(made: Reinforcement, steps: int) -> list[ReinforcementStep]:
    return [made.advance() for _ in range(steps)]


def test_what_is_rewarded_becomes_likely() -> None:
    seen = run(reinforcement(), 30)
    assert seen[0].reward < 0.3
    assert seen[0].kl_nats == pytest.approx(0, abs=1e-6)
    assert seen[-1].reward > 0.8
    assert seen[-1].kl_nats > 0.5
    assert [one.step for one in seen] == list(range(1, 31))


def test_a_run_repeats_itself() -> None:
    first, second = reinforcement(), reinforcement()
    assert run(first, 4) == run(second, 4)
    for one, other in zip(
        first.model.parameters(), second.model.parameters(), strict=True
    ):
        assert torch.equal(one, other)
    other_seed = reinforcement(replace(HOW, seed=1))
    assert run(other_seed, 1) != run(reinforcement(), 1)


def test_equal_rewards_teach_nothing_but_the_way_back() -> None:
    made = reinforcement(judge=lambda *_: 1.0)
    before = [weight.clone() for weight in made.model.parameters()]
    seen = made.advance()
    assert seen.reward == 1
    assert seen.telling_share == 0
    for weight, was in zip(made.model.parameters(), before, strict=True):
        assert torch.allclose(weight, was, atol=1e-4)


def test_one_update_a_step_clips_nothing() -> None:
    tight = PolicySettings(clip_range=1e-3)
    one = reinforcement(replace(HOW, updates_per_step=1, policy=tight))
    assert all(seen.clipped_share == 0 for seen in run(one, 3))
    more = reinforcement(replace(HOW, updates_per_step=3, policy=tight))
    assert any(seen.clipped_share > 0 for seen in run(more, 3))


def test_the_reference_stays_and_a_heavy_weight_holds_the_policy_to_it() -> None:
    free, held = (
        reinforcement(replace(HOW, policy=PolicySettings(kl_coefficient=weight)))
        for weight in (0.0, 3.0)
    )
    before = [weight.clone() for weight in held.reference.parameters()]
    far, near = run(free, 20)[-1], run(held, 20)[-1]
    assert near.kl_nats < far.kl_nats / 2
    assert near.reward < far.reward
    for weight, was in zip(held.reference.parameters(), before, strict=True):
        assert torch.equal(weight, was)


def test_every_answer_is_judged_with_its_own_question() -> None:
    asked: list[int] = []

    def judge(number: int, _answer: Sequence[int]) -> float:
        asked.append(number)
        return float(number == 1)

    seen = reinforcement(judge=judge).advance()
    groups = [asked[at : at + HOW.group_size] for at in range(0, len(asked), 16)]
    assert len(asked) == HOW.answers_per_step
    assert all(len(set(group)) == 1 for group in groups)
    assert seen.reward == asked.count(1) / len(asked)
    assert seen.telling_share == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            lambda: ReinforcementSettings(group_size=1),
            "group_size is 1: must be at least 2",
        ),
        (
            lambda: ReinforcementSettings(group_size=16, answers_per_step=40),
            "answers_per_step is 40: must be a multiple of group_size, 16",
        ),
        (
            lambda: ReinforcementSettings(updates_per_step=0),
            "updates_per_step is 0: must be at least 1",
        ),
        (
            lambda: ReinforcementSettings(learning_rate=0.0),
            "learning_rate is 0.0: must be above 0",
        ),
        (
            lambda: reinforcement(questions=[]),
            "questions is 0: must be at least one",
        ),
        (
            lambda: reinforcement(questions=[(1, 2), (1, 2, 3)]),
            "the questions' lengths is [2, 3]: must be one",
        ),
        (
            lambda: reinforcement(judge=lambda *_: math.nan).advance(),
            "reward is nan: must be finite",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(
    wrong: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match="must") as refusal:
        wrong()
    assert str(refusal.value) == words
