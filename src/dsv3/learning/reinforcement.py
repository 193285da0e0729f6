"""Reinforcement learning with groups of answers and a rule that judges them.

The loop around :mod:`dsv3.learning.group_policy`: draw questions, let the policy answer
each of them several times, judge, and take a few steps. There is no critic and no
learnt judge.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from jaxtyping import Int
from torch import Tensor

from dsv3.learning.fine_tuning import descend, optimizer_for
from dsv3.learning.group_policy import (
    PolicySettings,
    group_advantages,
    log_probabilities,
    policy_loss,
)
from dsv3.model.generation import Sampling, generate
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

Judge = Callable[[int, Sequence[int]], float]
"""Given the number of a question and an answer's tokens, its reward."""

WARM = Sampling(temperature=1.0)
"""Answers are drawn from the policy as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcementSettings:
    """How to reinforce."""

    policy: PolicySettings = field(default_factory=PolicySettings)

    group_size: int = 16
    """Answers to each question; DeepSeekMath had 64."""

    answers_per_step: int = 256
    """Answers drawn before the policy is changed."""

    updates_per_step: int = 4
    """Steps of the optimizer on them; DeepSeekMath took one."""

    learning_rate: float = 3e-4
    weight_decay: float = 0.0

    clip_norm: float = 1.0
    """Norm to which the gradient is scaled down."""

    seed: int = 0
    """Seed of questions and answers."""

    def __post_init__(self) -> None:
        require(
            "group_size", self.group_size, self.group_size >= 2, "must be at least 2"
        )
        whole = self.answers_per_step % self.group_size == 0
        rule = f"must be a multiple of group_size, {self.group_size}"
        drawn = self.answers_per_step
        require("answers_per_step", drawn, drawn > 0 and whole, rule)
        updates = self.updates_per_step
        require("updates_per_step", updates, updates >= 1, "must be at least 1")
        rate = self.learning_rate
        require("learning_rate", rate, rate > 0, "must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcementStep:
    """What a step saw."""

    step: int

    reward: float
    """Mean reward of the answers drawn."""

    telling_share: float
    """Share of the groups whose rewards differ: only they teach anything."""

    kl_nats: float
    """Estimated distance of the policy from the reference, before the step."""

    clipped_share: float
    """Share of ratios cut off in the last update."""


class Reinforcement:
    """A policy that is reinforced; the reference is how it was at first.

    Questions are tokens, all of one length.
    """

    def __init__(
        self,
        model: Transformer,
        questions: Sequence[Sequence[int]],
        judge: Judge,
        *,
        answer_tokens: int,
        stop_token: int,
        settings: ReinforcementSettings,
    ) -> None:
        require("questions", len(questions), len(questions) > 0, "must be at least one")
        lengths = sorted({len(one) for one in questions})
        require("the questions' lengths", lengths, len(lengths) == 1, "must be one")
        self.model, self.questions, self.judge = model, questions, judge
        self.answer_tokens, self.stop_token = answer_tokens, stop_token
        self.settings = settings
        self.reference = deepcopy(model).requires_grad_(requires_grad=False)
        self.optimizer = optimizer_for(
            model, settings.learning_rate, settings.weight_decay
        )
        self.generator = torch.Generator().manual_seed(settings.seed)
        self.step = 0

    def advance(self) -> ReinforcementStep:
        """Draw answers, judge them, change the policy, and say what was seen."""
        how = self.settings
        asked, tokens_BT, counted_BA = self._explored()
        rewards = [
            self.judge(number, answer)
            for number, answer in zip(asked, self._answers(tokens_BT), strict=True)
        ]
        rewards_QG = torch.tensor(rewards).view(-1, how.group_size)
        advantages_B = group_advantages(rewards_QG).flatten()
        with torch.no_grad():
            old_BA = log_probabilities(self.model, tokens_BT, self.answer_tokens)
            base_BA = log_probabilities(self.reference, tokens_BT, self.answer_tokens)
        kl_nats = clipped_share = 0.0
        for update in range(how.updates_per_step):
            policy_BA = log_probabilities(self.model, tokens_BT, self.answer_tokens)
            made = policy_loss(
                log_policy_BA=policy_BA,
                log_old_BA=old_BA,
                log_reference_BA=base_BA,
                counted_BA=counted_BA,
                advantages_B=advantages_B,
                how=how.policy,
            )
            kl_nats = made.kl_nats if update == 0 else kl_nats
            clipped_share = made.clipped_share
            self._descend(made.loss)
        self.step += 1
        telling_Q = rewards_QG.amax(1) > rewards_QG.amin(1)
        return ReinforcementStep(
            step=self.step,
            reward=float(rewards_QG.mean()),
            telling_share=float(telling_Q.float().mean()),
            kl_nats=kl_nats,
            clipped_share=clipped_share,
        )

    def _descend(self, loss: Tensor) -> None:
        how = self.settings
        descend(
            self.model,
            self.optimizer,
            loss,
            learning_rate=how.learning_rate,
            clip_norm=how.clip_norm,
        )

    def _explored(self) -> tuple[list[int], Int[Tensor, "B T"], Tensor]:
        """Return the questions asked, whole texts, and which tokens count."""
        how, last = self.settings, len(self.questions)
        groups = how.answers_per_step // how.group_size
        chosen_Q = torch.randint(last, (groups,), generator=self.generator)
        asked: list[int] = chosen_Q.repeat_interleave(how.group_size).tolist()
        answers = generate(
            self.model,
            [self.questions[number] for number in asked],
            new_tokens=self.answer_tokens,
            sampling=WARM,
            generator=self.generator,
            stop_token=self.stop_token,
        )
        texts = []
        for number, answer in zip(asked, answers, strict=True):
            filled = [self.stop_token] * (self.answer_tokens - len(answer))
            texts.append([*self.questions[number], *answer, *filled])
        lengths_B = torch.tensor([len(answer) for answer in answers])
        counted_BA = torch.arange(self.answer_tokens) < lengths_B[:, None]
        return asked, torch.tensor(texts), counted_BA

    def _answers(self, tokens_BT: Int[Tensor, "B T"]) -> list[list[int]]:
        answers: list[list[int]] = tokens_BT[:, -self.answer_tokens :].tolist()
        return answers
