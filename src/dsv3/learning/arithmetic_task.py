"""Sums of a number below a hundred and a digit: a task that a rule can judge.

The alphabet, the thousand questions with their split, the rule that gives an answer its
reward, and a policy small enough to learn it in seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import torch

from dsv3.architecture import Architecture, Experts, LatentAttention
from dsv3.learning.fine_tuning import Sample
from dsv3.model.generation import GREEDY, Sampling, generate
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

ALPHABET = "0123456789+=."
"""All characters, by token; the last one ends an answer."""

END = ALPHABET.index(".")
"""Token that ends an answer."""

QUESTION_TOKENS = 5
"""Every question has two digits, a plus, a digit and the sign of equality."""

ANSWER_TOKENS = 4
"""Longest answer: three digits and the end."""

FIRST_NUMBERS, SECOND_NUMBERS = 100, 10
"""What the first and the second number are below."""

CONTEXT = 64
"""Longest row that the small policy can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A question: a number below a hundred plus a digit."""

    first: int
    """From 0 to 99."""

    second: int
    """From 0 to 9."""

    def __post_init__(self) -> None:
        for name, end in (("first", FIRST_NUMBERS), ("second", SECOND_NUMBERS)):
            value: int = getattr(self, name)
            require(name, value, 0 <= value < end, f"must be from 0 to {end - 1}")

    @property
    def question(self) -> str:
        """The question as text.

        Examples
        --------
        >>> Addition(first=47, second=5).question
        '47+5='
        """
        return f"{self.first:02}+{self.second}="

    @property
    def answer(self) -> str:
        """The right answer with its end, without leading zeros.

        Examples
        --------
        >>> Addition(first=47, second=5).answer
        '52.'
        """
        return f"{self.first + self.second}."

    @property
    def carries(self) -> bool:
        """Whether the units add up to ten or more.

        Examples
        --------
        >>> Addition(first=47, second=5).carries, Addition(first=42, second=5).carries
        (True, False)
        """
        return self.first % 10 + self.second >= 10

    @property
    def careless_answer(self) -> str:
        """The answer of somebody who forgets to carry from the units.

        Examples
        --------
        >>> Addition(first=47, second=5).careless_answer
        '42.'
        """
        return f"{self.first + self.second - 10 * self.carries}."

    @property
    def sample(self) -> Sample:
        """Question and right answer as tokens."""
        return self.answered(self.answer)

    def answered(self, answer: str) -> Sample:
        """Return the question with any answer as tokens."""
        return Sample(
            question=addition_tokens(self.question), answer=addition_tokens(answer)
        )


def addition_tokens(text: str) -> tuple[int, ...]:
    """Return a text's tokens.

    Examples
    --------
    >>> addition_tokens("1+2=")
    (1, 10, 2, 11)
    """
    for character in text:
        rule = f"must be one of {ALPHABET}"
        require("character", character, character in ALPHABET, rule)
    return tuple(ALPHABET.index(character) for character in text)


def addition_text(tokens: Iterable[int]) -> str:
    """Return the text that tokens stand for.

    Examples
    --------
    >>> addition_text([1, 10, 2, 11])
    '1+2='
    """
    return "".join(ALPHABET[token] for token in tokens)


@cache
def additions(
    held_out_count: int = 200,
) -> tuple[tuple[Addition, ...], tuple[Addition, ...]]:
    """Return the questions for training, and those held out, drawn by a fixed seed.

    Examples
    --------
    >>> training, held_out = additions()
    >>> len(training), len(held_out), len({*training, *held_out})
    (800, 200, 1000)
    """
    every = FIRST_NUMBERS * SECOND_NUMBERS
    rule = f"must be above 0 and below {every}"
    require("held_out_count", held_out_count, 0 < held_out_count < every, rule)
    order = torch.randperm(every, generator=torch.Generator().manual_seed(0)).tolist()
    mixed = [
        Addition(first=at % FIRST_NUMBERS, second=at // FIRST_NUMBERS) for at in order
    ]
    return tuple(mixed[held_out_count:]), tuple(mixed[:held_out_count])


def demonstrations(
    asked: Sequence[Addition],
    *,
    forgetful_share: float,
    times: int = 1,
    generator: torch.Generator,
) -> list[Sample]:
    """Return the answers of a demonstrator who often forgets to carry.

    `forgetful_share` is of the sums that carry. Each question is answered several
    `times`, each time anew.

    Examples
    --------
    >>> chance = torch.Generator().manual_seed(0)
    >>> one = demonstrations(
    ...     [Addition(first=47, second=5)], forgetful_share=1.0, generator=chance
    ... )
    >>> addition_text(one[0].tokens)
    '47+5=42.'
    """
    within = 0 <= forgetful_share <= 1
    require("forgetful_share", forgetful_share, within, "must be from 0 to 1")
    chances = torch.rand(times, len(asked), generator=generator).tolist()
    return [
        one.answered(one.careless_answer if chance < forgetful_share else one.answer)
        for row in chances
        for one, chance in zip(asked, row, strict=True)
    ]


def addition_reward(asked: Addition, answer: Sequence[int]) -> float:
    """Return 1 if an answer is the right one as it must be written, else 0.

    What follows its end is not looked at.

    Examples
    --------
    >>> asked = Addition(first=47, second=5)
    >>> addition_reward(asked, addition_tokens("52."))
    1.0
    >>> addition_reward(asked, addition_tokens("052."))
    0.0
    """
    return float(
        addition_text(answer).partition(".")[0] + "." == asked.answer and END in answer
    )


def answered_share(
    model: Transformer,
    asked: Sequence[Addition],
    *,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
) -> float:
    """Return the share of questions that a model answers right."""
    answers = generate(
        model,
        [addition_tokens(one.question) for one in asked],
        new_tokens=ANSWER_TOKENS,
        sampling=sampling,
        generator=generator,
        stop_token=END,
    )
    right = [
        addition_reward(one, answer) for one, answer in zip(asked, answers, strict=True)
    ]
    return sum(right) / len(right)


def small_policy(hidden_size: int = 32, layers: int = 2) -> Architecture:
    """Return a small DeepSeek-V3 that reads sums: latent attention and experts.

    The first layer is dense, the residual stream a multiple of 8.

    Examples
    --------
    >>> small_policy().vocab_size
    13
    """
    rule = "must be a multiple of 8 from 16 on"
    fits = hidden_size >= 16 and hidden_size % 8 == 0
    require("hidden_size", hidden_size, fits, rule)
    return Architecture(
        model_type="deepseek_v3",
        vocab_size=len(ALPHABET),
        hidden_size=hidden_size,
        num_hidden_layers=layers,
        attention=LatentAttention(
            num_attention_heads=4,
            q_lora_rank=None,
            kv_lora_rank=hidden_size // 2,
            qk_nope_head_dim=hidden_size // 4,
            qk_rope_head_dim=8,
            v_head_dim=hidden_size // 4,
        ),
        intermediate_size=3 * hidden_size,
        experts=Experts(
            n_routed_experts=8,
            num_experts_per_tok=2,
            moe_intermediate_size=hidden_size,
            n_shared_experts=1,
            first_k_dense_replace=1,
            scoring_func="sigmoid",
            topk_method="noaux_tc",
        ),
        initializer_range=0.5 / hidden_size**0.5,
        max_position_embeddings=CONTEXT,
        rope_theta=1000.0,
    )
