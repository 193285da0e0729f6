"""Generation: every way of choosing, for prompts of any lengths."""

from collections import Counter
from collections.abc import Callable

import pytest
import torch

from dsv3.model import GREEDY, Sampling, Transformer, generate, speculate, stream
from dsv3.model.generation import choose_tokens

PROMPTS = [[1, 2, 3], [9, 8, 7, 6, 5, 4], [200]]


def greedy_by_hand(model: Transformer, prompt: list[int], count: int) -> list[int]:
    """Run the whole text again for every token."""
    text = list(prompt)
    for _ in range(count):
        with torch.inference_mode():
            logits = model(torch.tensor([text])).logits_BSW
        text.append(int(logits[0, -1].argmax()))
    return text[len(prompt) :]


def test_greedy_text_is_that_of_whole_passes(small: Transformer) -> None:
    texts = generate(small, PROMPTS, new_tokens=15)
    assert texts == [greedy_by_hand(small, prompt, 15) for prompt in PROMPTS]


def test_a_prompt_does_not_depend_on_its_neighbours(small: Transformer) -> None:
    alone = [generate(small, [prompt], new_tokens=8)[0] for prompt in PROMPTS]
    assert generate(small, PROMPTS, new_tokens=8) == alone


def test_the_stream_comes_token_by_token(small: Transformer) -> None:
    steps = stream(small, PROMPTS, new_tokens=3)
    first = next(steps)
    assert len(first) == 3
    assert torch.is_inference_mode_enabled() is False
    rest = list(steps)
    texts = [list(text) for text in zip(first, *rest, strict=True)]
    assert texts == generate(small, PROMPTS, new_tokens=3)


def test_a_text_ends_with_its_stop_token(small: Transformer) -> None:
    whole = generate(small, PROMPTS, new_tokens=10)
    stop = whole[0][2]
    cut = generate(small, PROMPTS, new_tokens=10, stop_token=stop)
    for text, full in zip(cut, whole, strict=True):
        end = full.index(stop) + 1 if stop in full else 10
        assert text == full[:end]


def test_sampling_follows_its_generator(small: Transformer) -> None:
    def drawn(seed: int) -> list[list[int]]:
        generator = torch.Generator().manual_seed(seed)
        warm = Sampling(temperature=1.0)
        return generate(
            small, PROMPTS, new_tokens=8, sampling=warm, generator=generator
        )

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)


def test_temperature_follows_the_softmax() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0]).log1p().expand(60000, 3)
    generator = torch.Generator().manual_seed(0)
    halved = choose_tokens(logits, Sampling(temperature=0.5), generator)
    # Logits of log 1, 2, 3 at temperature 1/2 weigh 1, 4, 9.
    shares = [count / 60000 for _, count in sorted(Counter(halved.tolist()).items())]
    assert shares == pytest.approx([1 / 14, 4 / 14, 9 / 14], abs=0.01)


@pytest.mark.parametrize(
    ("top_p", "kept"), [(0.5, {2}), (0.51, {2, 1}), (0.8, {2, 1}), (1.0, {0, 1, 2})]
)
def test_top_p_keeps_the_fewest_that_reach_it(top_p: float, kept: set[int]) -> None:
    logits = torch.tensor([0.125, 0.375, 0.5]).log().expand(2000, 3)
    generator = torch.Generator().manual_seed(0)
    sampling = Sampling(temperature=1.0, top_p=top_p)
    assert set(choose_tokens(logits, sampling, generator).tolist()) == kept


def test_the_first_of_equal_logits_is_taken() -> None:
    assert choose_tokens(torch.zeros(1, 5), GREEDY).tolist() == [0]


def test_speculation_yields_the_greedy_text(
    variant: str, build: Callable[..., Transformer]
) -> None:
    model = build(variant)
    found = speculate(model, PROMPTS[0], new_tokens=16)
    assert list(found.tokens) == generate(model, PROMPTS[:1], new_tokens=16)[0]
    assert found.passes == found.drafted_tokens + 1


def learned(model: Transformer) -> Transformer:
    """Teach the model a cycle of six tokens, which its module can foresee too."""
    text = torch.tensor([[10, 20, 30, 40, 50, 60] * 5])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(25):
        main, further = model.predict_all(text)
        loss = torch.nn.functional.cross_entropy(main.logits_BSW[0, :-1], text[0, 1:])
        drafts = further.logits_BSW[0, :-1]
        loss = loss + torch.nn.functional.cross_entropy(drafts, text[0, 2:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def test_right_drafts_save_passes(small: Transformer) -> None:
    model = learned(small)
    found = speculate(model, [10, 20, 30], new_tokens=21)
    assert list(found.tokens) == ([40, 50, 60, 10, 20, 30] * 4)[:21]
    assert found.acceptance_share == 1.0
    # The prompt's pass gives one token, and every other pass two.
    assert found.passes == 11


def test_some_drafts_are_right_and_the_text_is_still_greedy(
    small: Transformer,
) -> None:
    model = learned(small)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        for weight in model.multi_token_prediction.parameters():
            noise = torch.randn(weight.shape, generator=generator)
            weight.add_(noise * weight.std(correction=0).clamp(min=0.1) * 1.5)
    found = speculate(model, [10, 20, 30], new_tokens=40)
    assert list(found.tokens) == generate(model, [[10, 20, 30]], new_tokens=40)[0]
    assert 0 < found.accepted_tokens < found.drafted_tokens


BAD = [
    ([], 1, "prompts is 0: must be at least one"),
    ([[1], []], 1, "length of prompt 1 is 0: must be at least 1"),
    ([[1, 257]], 1, "token of prompt 0 is 257: must be from 0 to 256"),
    ([[1]], 0, "new_tokens is 0: must be at least 1"),
    ([[1] * 510], 3, "length of prompt 0 is 510: with 3 new tokens it must be at most"),
]


@pytest.mark.parametrize(("prompts", "count", "message"), BAD)
def test_prompts_that_cannot_be_continued_are_refused_at_once(
    small: Transformer, prompts: list[list[int]], count: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stream(small, prompts, new_tokens=count)


def test_chance_without_a_source_is_refused(small: Transformer) -> None:
    with pytest.raises(ValueError, match="generator is None: sampling needs"):
        generate(small, PROMPTS, new_tokens=1, sampling=Sampling(temperature=1.0))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"temperature": -1.0}, "temperature is -1.0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_p": 0.0}, "top_p is 0.0: must be above 0"),
        ({"top_p": 1.5}, "top_p is 1.5"),
    ],
)
def test_impossible_sampling_is_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sampling(**fields)


def test_logits_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="logits is nan: must be finite"):
        choose_tokens(torch.tensor([[0.0, float("nan")]]), GREEDY)
