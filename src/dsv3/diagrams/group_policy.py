"""A step of GRPO: one prompt, a group of answers, their rewards, their advantages.

The finding: a rare right answer gets a large advantage, and a group of equal rewards
gets none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from dsv3.measurements import record
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    Role,
    bar,
    bars,
    box,
    diagram,
    lines,
    linked,
    pill,
    rule,
    text,
    tick,
    wire,
)
from explorables.quantities import MINUS

Marks = tuple[Mark, ...]

MIXED, EQUAL = 2, 1
"""Groups of the recorded step: one with few right answers, one with only right ones."""

ROW = 17
"""From one answer to the next."""

CAPTION = """
Of {size} answers to {question} the {right} right ones get an advantage of {high}, the
wrong ones {low}; where all rewards are equal nothing is learned.
"""

NOTE = """
Answers as sampled in the first step of the recorded run, by a model of {weights:,}
weights that had learned to forget the carry. The length of a bar is an advantage; bars
to both sides add up to zero. DeepSeek-V3's group size is not published.
"""

DESCRIPTION = """
A loop. The prompt {question} goes to the policy, which samples {size} answers. A rule
gives each a reward: 1 to the {right} answers {answer}, 0 to the {wrong} others, most of
them {common}. The advantage is the reward less the group's mean, {mean:g}, over its
standard deviation, {spread:.2f}: {high} for a right answer, {low} for a wrong one. The
policy gradient, back to the policy, raises the right and lowers the wrong. A KL penalty
ties the policy to the reference, the model it started from. In a second group, {equal},
all {size} answers are right, every advantage is 0, and nothing is learned.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One prompt with its sampled answers, as recorded."""

    question: str
    right_answer: str
    answers: Sequence[str]
    rewards: Sequence[float]
    advantages: Sequence[float]


@cache
def _group(index: int) -> Group:
    return Group(**record("post_training_answers").measures["groups"][index])


def group_policy() -> Diagram:
    """Draw one step of group relative policy optimization with recorded answers."""
    mixed, kept = _group(MIXED), record("post_training")
    size, right = len(mixed.answers), round(sum(mixed.rewards))
    judged = zip(mixed.answers, mixed.rewards, strict=True)
    wrong = [answer for answer, reward in judged if not reward]
    mean = right / size
    said = {
        "question": _prompt(mixed),
        "size": size,
        "right": right,
        "wrong": len(wrong),
        "answer": _shown(mixed.right_answer),
        "common": _shown(max(set(wrong), key=wrong.count)),
        "mean": mean,
        "spread": (mean * (1 - mean)) ** 0.5,
        "high": _signed(max(mixed.advantages)),
        "low": _signed(min(mixed.advantages)),
        "equal": _prompt(_group(EQUAL)),
        "weights": kept.settings["policy_weights"],
    }
    return diagram(
        _draw,
        name="group-policy",
        page="training-recipe/post-training",
        title="One step of GRPO with its sampled answers",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source=record("post_training_answers").origin,
    )


def _prompt(group: Group) -> str:
    """Return a question as one writes it: 74 + 7."""
    return group.question.rstrip("=").replace("+", " + ")


def _shown(answer: str) -> str:
    return answer.partition(".")[0]


def _signed(value: float) -> str:
    return f"+{value:.2f}" if value > 0 else f"{value:.2f}".replace("-", MINUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a group's columns stand, and how long an advantage of 1 is."""

    answer: float
    reward: float
    zero: float
    """Where an advantage of 0 stands."""
    unit: float


PAGE = Columns(answer=312, reward=384, zero=460, unit=62)
PHONE = Columns(answer=0, reward=60, zero=134, unit=58)


def _draw(*, wide: bool) -> Layout:
    return _page() if wide else _phone()


def _page() -> Layout:
    top = 40
    below = top + len(_group(MIXED).answers) * ROW
    policy = box(132, 138, 110, 54, "policy", "being trained")
    reference = box(132, 24, 110, 54, "reference", "where it began")
    prompt = pill(1, 150, 92, 30, _prompt(_group(MIXED)))
    return Layout(
        height=below + 92,
        marks=(
            text(47, 140, "prompt", "note", anchor="middle"),
            prompt,
            wire(prompt.right, policy.left),
            *_tether((policy, reference), (197, 112)),
            reference,
            policy,
            wire(policy.right, (PAGE.answer - 10, policy.right[1])),
            text(policy.right[0] + 29, 155, "samples", "note", anchor="middle"),
            *_heads(PAGE, top - 18),
            *_answers(PAGE, top),
            wire(
                (PAGE.zero, below + 4),
                (PAGE.zero, below + 22),
                (policy.bottom[0], below + 22),
                policy.bottom,
            ),
            text(202, below + 12, "policy gradient: raise right, lower wrong", "note"),
            rule(below + 42, 720),
            *_equal(PAGE, below + 62, wide=True),
        ),
    )


def _phone() -> Layout:
    top = 148
    below = top + len(_group(MIXED).answers) * ROW
    prompt = pill(1, 10, 74, 28, _prompt(_group(MIXED)))
    policy = box(108, 1, 84, 46, "policy")
    reference = box(252, 1, 92, 46, "reference")
    down, rail = 128, 344
    return Layout(
        height=below + 108,
        marks=(
            prompt,
            text(38, 56, "prompt", "note", anchor="middle"),
            wire(prompt.right, policy.left),
            policy,
            *_tether((policy, reference), (222, 18)),
            reference,
            wire((down, policy.bottom[1]), (down, top - 40)),
            text(down - 9, 82, "samples", "note", anchor="end"),
            *_heads(PHONE, top - 20),
            *_answers(PHONE, top),
            wire(
                (PHONE.zero, below + 4),
                (PHONE.zero, below + 20),
                (rail, below + 20),
                (rail, 66),
                (172, 66),
                (172, policy.bottom[1]),
            ),
            text(180, 84, "policy gradient", "note"),
            rule(below + 40, 352),
            *_equal(PHONE, below + 60, wide=False),
        ),
    )


def _tether(ends: tuple[Mark, Mark], place: tuple[float, float]) -> Marks:
    """Draw what holds the policy near the reference, and where that is explained."""
    policy, reference = ends
    x, y = place
    if reference.y < policy.y:
        line = wire(reference.bottom, policy.top, head=False, dashed=True, noun="ink")
        link = text(x, y, "KL penalty", "bold")
        target = (x - 2, y - 17, 80, 24)
    else:
        line = wire(policy.right, reference.left, head=False, dashed=True, noun="ink")
        link = text(x, y, "KL", "bold", anchor="middle")
        target = (x - 14, y - 17, 28, 24)
    says = "how its estimator behaves"
    name = "KL penalty" if reference.y < policy.y else "KL"
    return (
        line,
        linked(
            "#the-k3-kl-estimator-unbiased-value-biased-gradient",
            f"{name}: {says}",
            link,
            target=target,
        ),
    )


def _heads(columns: Columns, y: float) -> Marks:
    return (
        text(columns.answer, y, "answer", "bold"),
        text(columns.reward - 6, y, "reward", "bold"),
        linked(
            "#grpo-group-advantage-clipping-kl-penalty",
            "advantage: its definition",
            text(columns.zero, y, "advantage", "bold"),
            target=(columns.zero - 2, y - 17, 80, 24),
        ),
    )


def _answers(columns: Columns, top: float) -> Marks:
    """Draw a row for each answer: what was said, its reward, its advantage."""
    group = _group(MIXED)
    marks: list[Mark] = []
    for row, (answer, reward, advantage) in enumerate(
        zip(group.answers, group.rewards, group.advantages, strict=True)
    ):
        baseline = top + row * ROW + 11
        role: Role = "bold" if reward else "note"
        marks += [
            text(columns.answer, baseline, _shown(answer), role),
            text(columns.reward, baseline, f"{reward:g}", role),
            bar(
                columns.zero + min(0, advantage) * columns.unit,
                top + row * ROW + 1,
                abs(advantage) * columns.unit,
                ROW - 5,
                "solid" if reward else "tint",
                noun="compute" if reward else "memory",
            ),
        ]
        if reward:
            end = columns.zero + advantage * columns.unit
            marks += [
                tick(columns.reward + 22, baseline - 4),
                text(end + 8, baseline, _signed(advantage), "bold", noun="compute"),
            ]
        elif row == 0:
            words = _signed(advantage)
            marks.append(text(columns.zero + 8, baseline, words, "note"))
    return tuple(marks)


def _equal(columns: Columns, y: float, *, wide: bool) -> Marks:
    """Draw the group of equal rewards in one row: every advantage is nothing."""
    group = _group(EQUAL)
    size = len(group.answers)
    words = [
        f"Another group of the step, {_prompt(group)}:",
        f"all {size} answers are {_shown(group.answers[0])}, reward 1.",
    ]
    said = "advantage 0, nothing learned"
    x = columns.zero if wide else 0
    baseline = y if wide else y + 34
    mark = bars([(x, baseline - 11, 1.5, 14)])
    joined = [" ".join(words)] if wide else words
    return lines(0, y, joined), mark, text(x + 10, baseline, said, "bold")
