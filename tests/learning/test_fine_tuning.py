"""Packed samples are alone in their rows, and only answers are learnt."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, strategies as st
from torch import Tensor

from dsv3.learning import (
    FineTuning,
    Sample,
    additions,
    answer_loss,
    fine_tune,
    pack,
    packed_logits,
    small_policy,
)
from dsv3.learning.fine_tuning import PADDING, packed_batches
from dsv3.model import Transformer


def samples(lengths: list[tuple[int, int]], seed: int = 0) -> list[Sample]:
    generator = torch.Generator().manual_seed(seed)

    def drawn(size: int) -> tuple[int, ...]:
        return tuple(torch.randint(0, 257, (size,), generator=generator).tolist())

    return [Sample(question=drawn(q), answer=drawn(a)) for q, a in lengths]


LENGTHS = [(3, 2), (5, 4), (2, 6), (7, 1), (4, 4), (1, 1)]


def alone(model: Transformer, sample: Sample) -> Tensor:
    """Return the losses of a sample's answer tokens, the sample in a row of its own."""
    logits_SW = model(torch.tensor([sample.tokens])).logits_BSW[0]
    made = logits_SW[len(sample.question) - 1 : -1].log_softmax(-1)
    answer = torch.tensor(sample.answer)
    losses: Tensor = -made[torch.arange(len(answer)), answer]
    return losses


def test_the_packed_loss_is_that_of_separate_samples(
    variant: str, build: Callable[..., Transformer]
) -> None:
    model = build(variant).double()
    some = samples(LENGTHS)
    packed = pack(some, row_tokens=20)
    assert len(packed.tokens_BS) < len(some)
    with torch.no_grad():
        logits = packed_logits(model, packed)
        together = answer_loss(logits, packed.tokens_BS, packed.learnt_BS)
        apart = torch.cat([alone(model, sample) for sample in some]).mean()
    assert float(together) == pytest.approx(float(apart), rel=1e-12)


def test_the_packed_gradient_is_that_of_separate_samples(
    build: Callable[..., Transformer],
) -> None:
    model, some = build("yarn").double(), samples(LENGTHS)
    packed = pack(some, row_tokens=20)
    logits = packed_logits(model, packed)
    answer_loss(logits, packed.tokens_BS, packed.learnt_BS).backward()
    packed_gradients = [w.grad for w in model.parameters()]
    model.zero_grad()
    torch.cat([alone(model, sample) for sample in some]).mean().backward()
    for together, weight in zip(packed_gradients, model.parameters(), strict=True):
        if weight.grad is None:
            assert together is None
        else:
            torch.testing.assert_close(together, weight.grad, rtol=1e-9, atol=1e-12)


def test_a_neighbour_changes_no_bit(small: Transformer) -> None:
    first, second, third = samples([(4, 3), (5, 2), (4, 3)])
    other = replace(third, answer=tuple(reversed(third.answer)))
    with torch.no_grad():
        one, two = (
            packed_logits(small, pack([first, second, last], row_tokens=24))
            for last in (third, other)
        )
    assert torch.equal(one[0, :14], two[0, :14])
    assert not torch.equal(one[0, 14:21], two[0, 14:21])


def test_without_the_mask_a_neighbour_is_seen(small: Transformer) -> None:
    packed = pack(samples([(4, 3), (5, 2)]), row_tokens=14)
    with torch.no_grad():
        masked, seeing = packed_logits(small, packed), small(packed.tokens_BS)
    assert torch.allclose(masked[0, :7], seeing.logits_BSW[0, :7], atol=1e-5)
    assert not torch.allclose(masked[0, 7:], seeing.logits_BSW[0, 7:], atol=1e-2)


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=12)
)
def test_every_sample_is_laid_whole_and_once(lengths: list[tuple[int, int]]) -> None:
    some = samples(lengths)
    packed = pack(some, row_tokens=13)
    for number, sample in enumerate(some):
        here = packed.samples_BS == number
        assert len({int(row) for row in here.nonzero()[:, 0]}) == 1
        assert tuple(packed.tokens_BS[here].tolist()) == sample.tokens
        learnt = packed.tokens_BS[here & packed.learnt_BS].tolist()
        assert tuple(learnt) == sample.answer
    held = sum(len(sample.tokens) for sample in some)
    assert int((packed.samples_BS != PADDING).sum()) == held
    assert packed.filled_share == pytest.approx(held / packed.tokens_BS.numel())


def test_the_rate_falls_as_published() -> None:
    # Report, section 5.1: a cosine from 5e-6 to 1e-6.
    how = FineTuning(steps=101, learning_rate=5e-6, final_share=0.2, warmup_steps=0)
    assert how.rate(1) == 5e-6
    assert how.rate(51) == pytest.approx(3e-6)
    assert how.rate(101) == pytest.approx(1e-6)
    warm = replace(how, warmup_steps=10)
    assert warm.rate(1) == pytest.approx(how.rate(1) / 10)


def test_every_sample_comes_once_before_any_comes_twice() -> None:
    some = samples([(1, 1)] * 10)
    how = FineTuning(steps=5, samples_per_step=4, row_tokens=8)
    seen = [
        tokens
        for packed in packed_batches(some, how)
        for tokens in packed.tokens_BS[packed.samples_BS != PADDING]
        .view(-1, 2)
        .tolist()
    ]
    pairs = sorted(list(sample.tokens) for sample in some)
    assert sorted(seen[:10]) == sorted(seen[10:]) == pairs


def test_fine_tuning_learns_and_repeats_itself() -> None:
    def trained() -> tuple[list[float], dict[str, Tensor]]:
        model = Transformer(small_policy(16), torch.Generator().manual_seed(0))
        some = [one.sample for one in additions()[0][:50]]
        how = FineTuning(steps=20, samples_per_step=16, learning_rate=1e-2)
        return list(fine_tune(model, some, how)), model.state_dict()

    losses, weights = trained()
    again, same_weights = trained()
    assert losses == again
    assert all(torch.equal(weights[name], same_weights[name]) for name in weights)
    assert losses[0] == pytest.approx(math.log(13), abs=0.3)
    assert losses[-1] < losses[0] - 0.5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: pack([], row_tokens=8), "samples is 0: must be at least one"),
        (
            lambda: pack(samples([(3, 2), (6, 3)]), row_tokens=8),
            "length of sample 1 is 9: must fit in a row of 8 tokens",
        ),
        (
            lambda: Sample(question=(1,), answer=()),
            "the answer's length is 0: must be at least 1",
        ),
        (lambda: FineTuning(steps=0), "steps is 0: must be at least 1"),
        (
            lambda: FineTuning(steps=1, learning_rate=math.nan),
            "learning_rate is nan: must be above 0 and finite",
        ),
        (
            lambda: answer_loss(
                torch.zeros(1, 3, 4),
                torch.zeros(1, 3).long(),
                torch.tensor([[True, False, False]]),
            ),
            "tokens to learn is 0: must be at least one in a batch",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(
    wrong: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match="must") as refusal:
        wrong()
    assert str(refusal.value) == words


def test_packed_samples_refuse_what_does_not_fit(small: Transformer) -> None:
    tokens = torch.zeros(1, 6).long()
    with pytest.raises(ValueError, match=r"the samples' shape is \(1, 5\): must be"):
        small(tokens, samples_BS=torch.zeros(1, 5).long())
    cache = small.new_cache(batch=1, capacity=8)
    with pytest.raises(ValueError, match="cache is 'LatentCache': must be none"):
        small(tokens, cache, samples_BS=tokens)
    long = torch.zeros(1, 600).long()
    with pytest.raises(ValueError, match="the longest sample's length is 600"):
        small(long, samples_BS=long)


def test_a_row_may_be_longer_than_the_context_if_its_samples_are_not(
    small: Transformer,
) -> None:
    tokens = torch.zeros(1, 600).long()
    halves = (torch.arange(600) // 300)[None]
    assert small(tokens, samples_BS=halves).logits_BSW.isfinite().all()


def test_a_loss_that_is_not_finite_changes_nothing() -> None:
    model = Transformer(small_policy(16), torch.Generator().manual_seed(0))
    with torch.no_grad():
        model.lm_head.weight[0, 0] = math.nan
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    run = fine_tune(
        model, [one.sample for one in additions()[0][:8]], FineTuning(steps=2)
    )
    with pytest.raises(ValueError, match="loss is nan: must be finite"):
        next(run)
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, before[name]) or name == "lm_head.weight"
