"""The rule that rewards sums agrees with Python's own, and holds questions out."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, strategies as st

from dsv3.learning import (
    Addition,
    addition_reward,
    addition_text,
    addition_tokens,
    additions,
    answered_share,
    demonstrations,
    small_policy,
)
from dsv3.learning.arithmetic_task import (
    ALPHABET,
    ANSWER_TOKENS,
    CONTEXT,
    END,
    QUESTION_TOKENS,
)
from dsv3.model import Sampling, Transformer

FIRST, SECOND = st.integers(0, 99), st.integers(0, 9)


@given(FIRST, SECOND)
def test_a_right_answer_is_rewarded_and_python_agrees(first: int, second: int) -> None:
    asked = Addition(first=first, second=second)
    left, right = asked.question.removesuffix("=").split("+")
    assert int(left) + int(right) == int(asked.answer.removesuffix("."))
    assert addition_reward(asked, addition_tokens(asked.answer)) == 1
    sample = asked.sample
    assert len(sample.question) == QUESTION_TOKENS
    assert len(sample.answer) <= ANSWER_TOKENS
    assert addition_text(sample.tokens) == asked.question + asked.answer


@given(FIRST, SECOND, st.text(ALPHABET, max_size=6))
def test_nothing_else_is_rewarded(first: int, second: int, text: str) -> None:
    asked = Addition(first=first, second=second)
    written, end, _ = text.partition(".")
    right = bool(end) and written == str(first + second)
    assert addition_reward(asked, addition_tokens(text)) == float(right)


@pytest.mark.parametrize("text", ["52", "052.", "5+2.", "52=.", ""])
def test_the_form_counts(text: str) -> None:
    assert addition_reward(Addition(first=47, second=5), addition_tokens(text)) == 0


def test_what_follows_the_end_does_not() -> None:
    assert addition_reward(Addition(first=47, second=5), addition_tokens("52.9")) == 1


@given(st.integers(1, 999))
def test_held_out_questions_are_not_in_training(count: int) -> None:
    training, held_out = additions(count)
    assert len(held_out) == count
    assert not set(training) & set(held_out)
    assert len({*training, *held_out}) == len(training) + len(held_out) == 1000


def test_a_demonstrator_forgets_as_often_as_said() -> None:
    asked = additions()[0]
    chance = torch.Generator().manual_seed(0)
    shown = demonstrations(asked, forgetful_share=0.7, times=5, generator=chance)
    pairs = list(zip(asked * 5, shown, strict=True))
    right = [
        addition_reward(one, sample.answer) for one, sample in pairs if one.carries
    ]
    plain = [
        addition_reward(one, sample.answer) for one, sample in pairs if not one.carries
    ]
    assert sum(right) / len(right) == pytest.approx(0.3, abs=0.03)
    assert set(plain) == {1.0}
    wrong = {
        addition_text(sample.answer)
        for one, sample in pairs
        if not addition_reward(one, sample.answer)
    }
    assert wrong <= {f"{number}." for number in range(109)}


@given(FIRST, SECOND)
def test_to_forget_a_carry_loses_ten(first: int, second: int) -> None:
    asked = Addition(first=first, second=second)
    lost = int(asked.answer[:-1]) - int(asked.careless_answer[:-1])
    assert lost == (10 if first % 10 + second > 9 else 0)


def test_a_model_that_knows_nothing_answers_nothing() -> None:
    model = Transformer(small_policy(16), torch.Generator().manual_seed(0))
    asked = additions()[1][:64]
    assert answered_share(model, asked) < 0.1
    generator = torch.Generator().manual_seed(0)
    warm = Sampling(temperature=1.0)
    assert answered_share(model, asked, sampling=warm, generator=generator) < 0.1


def test_a_model_that_always_says_seven_is_right_where_it_is_seven() -> None:
    model = Transformer(small_policy(16), torch.Generator().manual_seed(0))
    with torch.no_grad():
        for weight in model.parameters():
            weight.zero_()
        # The stream is the embedding's: a digit is said after "=", the end after it.
        model.norm.weight.fill_(1)
        model.embed_tokens.weight[ALPHABET.index("=")].fill_(1)
        model.embed_tokens.weight[7, 0] = 1
        model.lm_head.weight[7].fill_(1)
        model.lm_head.weight[END, 0] = 2
    asked = [
        Addition(first=3, second=4),
        Addition(first=0, second=7),
        Addition(first=1, second=1),
    ]
    assert answered_share(model, asked) == pytest.approx(2 / 3)


def test_the_small_policy_has_what_deepseek_has() -> None:
    policy = small_policy()
    assert policy.experts is not None
    assert policy.vocab_size == len(ALPHABET)
    assert policy.max_position_embeddings == CONTEXT
    weights = sum(w.numel() for w in Transformer(policy).parameters())
    assert 20_000 < weights < 100_000


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            lambda: Addition(first=100, second=0),
            "first is 100: must be from 0 to 99",
        ),
        (
            lambda: Addition(first=0, second=10),
            "second is 10: must be from 0 to 9",
        ),
        (
            lambda: addition_tokens("1-2"),
            "character is '-': must be one of 0123456789+=.",
        ),
        (
            lambda: additions(1000),
            "held_out_count is 1000: must be above 0 and below",
        ),
        (
            lambda: demonstrations(
                [], forgetful_share=1.5, generator=torch.Generator()
            ),
            "forgetful_share is 1.5: must be from 0 to 1",
        ),
        (lambda: small_policy(20), "hidden_size is 20: must be a multiple of 8"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    wrong: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match="must") as refusal:
        wrong()
    assert str(refusal.value).startswith(words)
    assert "\n" not in str(refusal.value)
