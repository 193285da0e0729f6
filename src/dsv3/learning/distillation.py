"""Learning from a stronger model: from its texts, or from its probabilities.

DeepSeek-V3 was taught by texts, of a model of the R1 series, that were kept only if
they passed a check [deepseekai2024v3]_ (section 5.1).
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dsv3.learning.fine_tuning import (
    FineTuning,
    PackedSamples,
    Sample,
    descend,
    optimizer_for,
    packed_batches,
    packed_logits,
)
from dsv3.model.generation import GREEDY, Sampling, generate
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require


def matching_loss(
    student_BSW: Float[Tensor, "B S W"],
    teacher_BSW: Float[Tensor, "B S W"],
    learnt_BS: Bool[Tensor, "B S"],
) -> Float[Tensor, ""]:
    """Return how far a student's predictions of answers are from the teacher's.

    KL(teacher || student) in nats, the mean over the answers' tokens; as in
    :func:`~dsv3.learning.fine_tuning.answer_loss` the prediction that counts is the one
    made a token earlier.

    Examples
    --------
    Halves against quarters: log 2.

    >>> teacher = torch.tensor([0.5, 0.5, 0.0, 0.0]).log().expand(1, 2, 4)
    >>> learnt = torch.tensor([[False, True]])
    >>> round(float(matching_loss(torch.zeros(1, 2, 4), teacher, learnt)), 4)
    0.6931
    """
    learnt_M = learnt_BS[:, 1:].flatten()
    rule = "must be at least one in a batch"
    require("tokens to learn", int(learnt_M.sum()), bool(learnt_M.any()), rule)
    student_MW = student_BSW[:, :-1].flatten(0, 1)[learnt_M].log_softmax(-1)
    teacher_MW = teacher_BSW[:, :-1].flatten(0, 1)[learnt_M].log_softmax(-1)
    # A token that the teacher rules out adds nothing, and not 0 times infinity.
    gap_MW = (teacher_MW - student_MW).masked_fill(teacher_MW == -torch.inf, 0.0)
    return (teacher_MW.exp() * gap_MW).sum(-1).mean()


def taught_samples(
    teacher: Transformer,
    questions: Sequence[tuple[int, ...]],
    *,
    answer_tokens: int,
    stop_token: int,
    accepts: Callable[[int, Sequence[int]], bool] = lambda _number, _answer: True,
    sampling: Sampling = GREEDY,
    generator: torch.Generator | None = None,
) -> list[Sample]:
    """Return a teacher's answers as samples, those that are accepted.

    `accepts` is given a question's number and an answer (rejection sampling).
    """
    answers = generate(
        teacher,
        questions,
        new_tokens=answer_tokens,
        sampling=sampling,
        generator=generator,
        stop_token=stop_token,
    )
    return [
        Sample(question=tuple(question), answer=tuple(answer))
        for number, (question, answer) in enumerate(
            zip(questions, answers, strict=True)
        )
        if accepts(number, answer)
    ]


def distil(
    student: Transformer,
    teacher: Transformer,
    samples: Sequence[Sample],
    how: FineTuning,
) -> Iterator[float]:
    """Teach a student a teacher's probabilities and yield each step's loss.

    It is to become like the teacher on the samples' answers. A step is taken when its
    loss is asked for.
    """
    mine, theirs = (model.embed_tokens.num_embeddings for model in (student, teacher))
    rule = f"must be the teacher's, {theirs}"
    require("the student's vocab_size", mine, mine == theirs, rule)
    return _steps(student, teacher, packed_batches(samples, how), how)


def _steps(
    student: Transformer,
    teacher: Transformer,
    batches: Iterator[PackedSamples],
    how: FineTuning,
) -> Iterator[float]:
    optimizer = optimizer_for(student, how.learning_rate, how.weight_decay)
    for step, packed in enumerate(batches, start=1):
        with torch.no_grad():
            teacher_BSW = packed_logits(teacher, packed)
        student_BSW = packed_logits(student, packed)
        yield descend(
            student,
            optimizer,
            matching_loss(student_BSW, teacher_BSW, packed.learnt_BS),
            learning_rate=how.rate(step),
            clip_norm=how.clip_norm,
        )
