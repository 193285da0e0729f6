"""A student is pulled towards its teacher, on the answers only."""

import copy
import math

import pytest
import torch
from torch.nn.functional import kl_div

from dsv3.learning import (
    FineTuning,
    Sample,
    additions,
    distil,
    pack,
    packed_logits,
    small_policy,
)
from dsv3.learning.arithmetic_task import ANSWER_TOKENS, END
from dsv3.learning.distillation import matching_loss, taught_samples
from dsv3.model import Transformer, tiny


def model(seed: int) -> Transformer:
    made = Transformer(small_policy(16), torch.Generator().manual_seed(seed))
    with torch.no_grad():
        made.lm_head.weight.mul_(4)
    return made


SAMPLES = [one.sample for one in additions()[0][:24]]


def test_the_loss_is_torch_s_own_divergence_on_the_answers() -> None:
    packed = pack(SAMPLES, row_tokens=64)
    with torch.no_grad():
        student, teacher = (packed_logits(model(seed), packed) for seed in (0, 1))
    made = matching_loss(student, teacher, packed.learnt_BS)
    learnt = packed.learnt_BS[:, 1:]
    mine, theirs = (one[:, :-1][learnt].log_softmax(-1) for one in (student, teacher))
    expected = kl_div(mine, theirs, reduction="batchmean", log_target=True)
    assert float(made) == pytest.approx(float(expected), rel=1e-5)
    assert float(made) > 0.1
    assert float(matching_loss(teacher, teacher, packed.learnt_BS)) == 0


def test_what_is_no_answer_does_not_matter() -> None:
    packed = pack(SAMPLES, row_tokens=64)
    with torch.no_grad():
        student, teacher = (packed_logits(model(seed), packed) for seed in (0, 1))
    before = matching_loss(student, teacher, packed.learnt_BS)
    unread = torch.ones_like(packed.learnt_BS)
    unread[:, :-1] = ~packed.learnt_BS[:, 1:]
    student[unread] = 7.0
    assert matching_loss(student, teacher, packed.learnt_BS) == before


def test_a_token_that_the_teacher_rules_out_is_no_trouble() -> None:
    teacher = torch.tensor([[[0.0, -math.inf], [0.0, 0.0]]])
    learnt = torch.tensor([[False, True]])
    made = matching_loss(torch.zeros(1, 2, 2), teacher, learnt)
    assert float(made) == pytest.approx(math.log(2))


def test_distilling_brings_the_student_to_the_teacher() -> None:
    student, teacher = model(0), model(1)
    before = copy.deepcopy(teacher.state_dict())
    how = FineTuning(steps=60, samples_per_step=12, learning_rate=1e-2)
    losses = list(distil(student, teacher, SAMPLES, how))
    assert losses[-1] < losses[0] / 3
    for name, weight in teacher.state_dict().items():
        assert torch.equal(weight, before[name])
    assert all(weight.grad is None for weight in teacher.parameters())


def test_only_accepted_texts_are_kept() -> None:
    questions = [sample.question for sample in SAMPLES]
    words = {"answer_tokens": ANSWER_TOKENS, "stop_token": END}
    every = taught_samples(model(1), questions, **words)
    assert [sample.question for sample in every] == questions
    some = taught_samples(
        model(1), questions, accepts=lambda number, _: number % 2 == 0, **words
    )
    assert some == every[::2]
    short = taught_samples(
        model(1), questions, accepts=lambda _, answer: len(answer) < 3, **words
    )
    assert short == [sample for sample in every if len(sample.answer) < 3]


def test_bad_input_is_refused_in_one_line() -> None:
    learnt = torch.tensor([[False, True]])
    with pytest.raises(ValueError, match=r"^tokens to learn is 0: must be at least"):
        matching_loss(torch.zeros(1, 2, 4), torch.zeros(1, 2, 4), learnt & False)
    big = Transformer(tiny(), torch.Generator().manual_seed(0))
    with pytest.raises(ValueError, match=r"^the student's vocab_size is 13: must be"):
        distil(model(0), big, SAMPLES, FineTuning(steps=1))
    with pytest.raises(ValueError, match=r"^samples is 0: must be at least one$"):
        distil(model(0), model(1), [], FineTuning(steps=1))
    long = [Sample(question=(1,) * 60, answer=(2,) * 9)]
    with pytest.raises(ValueError, match=r"^length of sample 0 is 69: must fit in a"):
        next(distil(model(0), model(1), long, FineTuning(steps=1)))
