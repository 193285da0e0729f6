"""Fine-tune, reinforce and distil a small policy that adds numbers.

For each seed: a fresh policy imitates a demonstrator who forgets the carry in most
sums that have one; then GRPO goes on from there with a rule as its only judge, as
published and with one thing changed at a time; then smaller students learn from
the demonstrations, or from what the reinforced policy of that seed teaches.

    python experiments/post_training.py [--seeds N] [--steps N] [--name NAME]
    python experiments/post_training.py --first-answers

The second form stops at the answers that seed 0 draws in its first step of GRPO, and
writes them down with their rewards and advantages.

Everything is judged on questions that no stage was trained on. Times are CPU time
on one thread.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from dsv3.learning import (
    Addition,
    FineTuning,
    PolicySettings,
    Reinforcement,
    ReinforcementSettings,
    Sample,
    addition_reward,
    addition_text,
    addition_tokens,
    additions,
    answered_share,
    demonstrations,
    distil,
    fine_tune,
    group_advantages,
    small_policy,
)
from dsv3.learning.arithmetic_task import ANSWER_TOKENS, END
from dsv3.learning.distillation import taught_samples
from dsv3.learning.group_policy import log_probabilities
from dsv3.measurements import write_record
from dsv3.model import Sampling, Transformer, generate

Measure = dict[str, Any]

FORGETFUL_SHARE = 0.7
DEMONSTRATIONS_PER_QUESTION = 4
HIDDEN_SIZE = 32
STUDENT_HIDDEN_SIZE = 24
TAUGHT_TIMES = 4
JUDGED_TIMES = 4
SAMPLES_PER_STEP = 64
TUNING_RATE = 6e-3
WARM = Sampling(temperature=1.0)

PUBLISHED = ReinforcementSettings(
    policy=PolicySettings(clip_range=0.2, kl_coefficient=0.04),
    group_size=16,
    answers_per_step=128,
    updates_per_step=4,
    learning_rate=5e-4,
)
"""The published loss; its numbers are ours, but for the weight of the distance."""

ARMS: Mapping[str, ReinforcementSettings] = {
    "published": PUBLISHED,
    "group_4": replace(PUBLISHED, group_size=4),
    "group_64": replace(PUBLISHED, group_size=64),
    "no_clipping": replace(
        PUBLISHED, policy=PolicySettings(clip_range=math.inf, kl_coefficient=0.04)
    ),
    "no_distance": replace(
        PUBLISHED, policy=PolicySettings(clip_range=0.2, kl_coefficient=0.0)
    ),
    "per_token": replace(
        PUBLISHED,
        policy=PolicySettings(clip_range=0.2, kl_coefficient=0.04, per_token=True),
    ),
    "one_update": replace(PUBLISHED, updates_per_step=1),
}
"""GRPO, and what is changed in it one thing at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How long everything runs."""

    tuning_steps: int
    steps: int
    student_steps: int
    every: int


def judgement(model: Transformer) -> Measure:
    """Return how a model answers held-out questions, drawn and by its likeliest."""
    _, asked = additions()
    carried = [one for one in asked if one.carries]
    return {
        "sampled_share": _sampled(model, asked),
        "carried_share": _sampled(model, carried),
        "plain_share": _sampled(model, [one for one in asked if not one.carries]),
        "greedy_share": answered_share(model, asked),
        "greedy_carried_share": answered_share(model, carried),
        "careless_share": careless_share(model, carried),
    }


def _sampled(model: Transformer, asked: Sequence[Addition]) -> float:
    # The same chance for every model: what differs is the model.
    chance = torch.Generator().manual_seed(0)
    often = [*asked] * JUDGED_TIMES
    return answered_share(model, often, sampling=WARM, generator=chance)


def careless_share(model: Transformer, carried: Sequence[Addition]) -> float:
    """Return the share of sums that carry in which a model forgets it, likeliest."""
    answers = generate(
        model,
        [addition_tokens(one.question) for one in carried],
        new_tokens=ANSWER_TOKENS,
        stop_token=END,
    )
    careless = [tuple(addition_tokens(one.careless_answer)) for one in carried]
    return fmean(tuple(a) == b for a, b in zip(answers, careless, strict=True))


@torch.no_grad()
def distance_nats(policy: Transformer, reference: Transformer) -> float:
    """Return the plain estimate of KL(policy || reference) on held-out questions.

    The mean of log(policy / reference) over answers that the policy draws: not the
    estimate of the loss, so that the two can be compared.
    """
    questions = [addition_tokens(one.question) for one in additions()[1] * JUDGED_TIMES]
    answers = generate(
        policy,
        questions,
        new_tokens=ANSWER_TOKENS,
        sampling=WARM,
        generator=torch.Generator().manual_seed(1),
        stop_token=END,
    )
    rows = [
        [*question, *answer, *[END] * (ANSWER_TOKENS - len(answer))]
        for question, answer in zip(questions, answers, strict=True)
    ]
    lengths = torch.tensor([len(answer) for answer in answers])
    counted = torch.arange(ANSWER_TOKENS) < lengths[:, None]
    mine, theirs = (
        log_probabilities(model, torch.tensor(rows), ANSWER_TOKENS)
        for model in (policy, reference)
    )
    return float(((mine - theirs) * counted).sum(1).mean())


def imitated(seed: int, sizes: Sizes) -> tuple[Transformer, list[Sample], Measure]:
    """Return a policy that imitates the demonstrator, and what it saw."""
    training, _ = additions()
    shown = demonstrations(
        training,
        forgetful_share=FORGETFUL_SHARE,
        times=DEMONSTRATIONS_PER_QUESTION,
        generator=torch.Generator().manual_seed(seed),
    )
    chance = torch.Generator().manual_seed(seed)
    model = Transformer(small_policy(HIDDEN_SIZE), chance)
    how = _tuning(sizes.tuning_steps, seed)
    measure = _tuned(model, fine_tune(model, shown, how), sizes.every)
    return model, shown, measure


def _tuning(steps: int, seed: int) -> FineTuning:
    return FineTuning(
        steps=steps,
        samples_per_step=SAMPLES_PER_STEP,
        learning_rate=TUNING_RATE,
        seed=seed,
    )


def _tuned(model: Transformer, losses: Any, every: int) -> Measure:
    """Run a tuning to its end; return its curve and what came of it."""
    start = time.process_time()
    curve = list(losses)
    spent = time.process_time() - start
    means = [fmean(curve[at : at + every]) for at in range(0, len(curve), every)]
    return {
        "loss": means,
        "held_out": judgement(model),
        "seconds_per_step": spent / len(curve),
    }


def reinforced(
    start: Transformer, how: ReinforcementSettings, seed: int, steps: int
) -> tuple[Transformer, Measure]:
    """Return a policy after GRPO, its curves and what it can do."""
    training, _ = additions()
    policy = deepcopy(start)
    run = Reinforcement(
        policy,
        [addition_tokens(one.question) for one in training],
        lambda number, answer: addition_reward(training[number], answer),
        answer_tokens=ANSWER_TOKENS,
        stop_token=END,
        settings=replace(how, seed=seed),
    )
    began = time.process_time()
    seen = [run.advance() for _ in range(steps)]
    spent = time.process_time() - began
    names = ("reward", "kl_nats", "telling_share", "clipped_share")
    return policy, {
        **{name: [getattr(one, name) for one in seen] for name in names},
        "held_out": judgement(policy),
        "distance_nats": distance_nats(policy, start),
        "seconds_per_step": spent / steps,
    }


def first_answers(seed: int, sizes: Sizes) -> Measure:
    """Return the groups of answers of the first step of GRPO, as it judged them."""
    training, _ = additions()
    policy, _, _ = imitated(seed, sizes)
    drawn: list[tuple[int, str, float]] = []

    def judged(number: int, answer: Sequence[int]) -> float:
        reward = addition_reward(training[number], answer)
        drawn.append((number, addition_text(answer), reward))
        return reward

    run = Reinforcement(
        policy,
        [addition_tokens(one.question) for one in training],
        judged,
        answer_tokens=ANSWER_TOKENS,
        stop_token=END,
        settings=replace(PUBLISHED, seed=seed),
    )
    reward, size = run.advance().reward, PUBLISHED.group_size
    groups = [drawn[at : at + size] for at in range(0, len(drawn), size)]
    return {"reward": reward, "groups": [_group(one) for one in groups]}


def _group(drawn: Sequence[tuple[int, str, float]]) -> Measure:
    """Return one prompt with its answers, their rewards and advantages."""
    asked = additions()[0][drawn[0][0]]
    rewards = [reward for _, _, reward in drawn]
    return {
        "question": asked.question,
        "right_answer": asked.answer,
        "answers": [answer for _, answer, _ in drawn],
        "rewards": rewards,
        "advantages": group_advantages(torch.tensor([rewards]))[0].tolist(),
    }


def taught(
    teacher: Transformer, shown: list[Sample], seed: int, sizes: Sizes
) -> Measure:
    """Return what students learn from data, from texts and from probabilities."""
    training, _ = additions()
    asked = [one for one in training for _ in range(TAUGHT_TIMES)]
    words: Mapping[str, Any] = {
        "answer_tokens": ANSWER_TOKENS,
        "stop_token": END,
        "sampling": WARM,
    }
    questions = [addition_tokens(one.question) for one in asked]

    def right(number: int, answer: Sequence[int]) -> bool:
        return addition_reward(asked[number], answer) == 1

    chance = torch.Generator().manual_seed(seed)
    texts = taught_samples(teacher, questions, generator=chance, **words)
    kept = [s for at, s in enumerate(texts) if right(at, s.answer)]
    how = _tuning(sizes.student_steps, seed)
    arms: dict[str, Callable[[Transformer], Any]] = {
        "demonstrations": lambda student: fine_tune(student, shown, how),
        "texts": lambda student: fine_tune(student, texts, how),
        "checked_texts": lambda student: fine_tune(student, kept, how),
        "probabilities": lambda student: distil(student, teacher, texts, how),
        "right_answers": lambda student: fine_tune(
            student, [one.sample for one in training], how
        ),
    }
    found: Measure = {"kept_share": len(kept) / len(texts)}
    for name, run in arms.items():
        first = torch.Generator().manual_seed(seed)
        student = Transformer(small_policy(STUDENT_HIDDEN_SIZE), first)
        found[name] = _tuned(student, run(student), sizes.every)
        _say(seed, name, found[name]["held_out"])
    return found


def _say(seed: int, name: str, held_out: Measure) -> None:
    shares = ", ".join(f"{key} {value:.3f}" for key, value in held_out.items())
    sys.stderr.write(f"seed {seed}, {name}: {shares}\n")


def one_seed(seed: int, sizes: Sizes) -> Measure:
    """Return all stages of one seed."""
    start, shown, imitation = imitated(seed, sizes)
    _say(seed, "imitation", imitation["held_out"])
    arms: Measure = {}
    teacher = start
    for name, how in ARMS.items():
        policy, arms[name] = reinforced(start, how, seed, sizes.steps)
        teacher = policy if name == "published" else teacher
        _say(seed, name, arms[name]["held_out"])
    return {
        "seed": seed,
        "imitation": imitation,
        "reinforcement": arms,
        "distillation": taught(teacher, shown, seed, sizes),
    }


def rounded(value: object) -> object:
    """Return a measure with its floats at three significant digits."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, Mapping):
        return {name: rounded(one) for name, one in value.items()}
    return [rounded(one) for one in value] if isinstance(value, list) else value


def weights_of(hidden_size: int) -> int:
    """Return the parameters of a policy."""
    return sum(w.numel() for w in Transformer(small_policy(hidden_size)).parameters())


def main(words: Sequence[str] | None = None) -> None:
    """Run every seed and write the record."""
    parser = argparse.ArgumentParser(description="Fine-tune, reinforce and distil.")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tuning-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--student-steps", type=int, default=500)
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--first-answers", action="store_true")
    parser.add_argument("--name", default=None)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args(words)
    torch.set_num_threads(1)
    sizes = Sizes(
        tuning_steps=given.tuning_steps,
        steps=given.steps,
        student_steps=given.student_steps,
        every=given.every,
    )
    folder = {} if given.folder is None else {"folder": given.folder}
    start = time.perf_counter()
    if given.first_answers:
        made = first_answers(0, sizes)
        write_record(
            given.name or "post_training_answers",
            command="python experiments/post_training.py --first-answers",
            threads=1,
            seconds=time.perf_counter() - start,
            settings={
                "seed": 0,
                "tuning_steps": given.tuning_steps,
                "group_size": PUBLISHED.group_size,
                "answers_per_step": PUBLISHED.answers_per_step,
            },
            measures={name: rounded(value) for name, value in made.items()},
            **folder,
        )
        return
    runs = [rounded(one_seed(seed, sizes)) for seed in range(given.seeds)]
    training, held_out = additions()
    write_record(
        given.name or "post_training",
        command="python experiments/post_training.py",
        threads=1,
        seconds=time.perf_counter() - start,
        settings={
            "seeds": given.seeds,
            "tuning_steps": given.tuning_steps,
            "steps": given.steps,
            "student_steps": given.student_steps,
            "every": given.every,
            "samples_per_step": SAMPLES_PER_STEP,
            "forgetful_share": FORGETFUL_SHARE,
            "training_questions": len(training),
            "held_out_questions": len(held_out),
            "judged_times": JUDGED_TIMES,
            "tuning_rate": TUNING_RATE,
            "policy_weights": weights_of(HIDDEN_SIZE),
            "student_weights": weights_of(STUDENT_HIDDEN_SIZE),
            "group_size": PUBLISHED.group_size,
            "answers_per_step": PUBLISHED.answers_per_step,
            "updates_per_step": PUBLISHED.updates_per_step,
            "learning_rate": PUBLISHED.learning_rate,
            "clip_range": PUBLISHED.policy.clip_range,
            "kl_coefficient": PUBLISHED.policy.kl_coefficient,
        },
        measures={"runs": runs},
        **folder,
    )


if __name__ == "__main__":
    main()
