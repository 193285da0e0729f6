"""The small reader's windows, settings and lessons are what they are said to be."""

import math

import pytest
import torch

from dsv3.learning.long_context import (
    ROPE_THETA,
    WINDOW,
    base_rates,
    learn,
    loss_by_position,
    reader_architecture,
    windows_by_phase,
)
from dsv3.learning.needles import plain_text
from dsv3.model import Transformer
from dsv3.model.rotary import rotary_frequencies

TEXT = plain_text(torch.arange(4096) % 257)


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_reader(*, yarn: bool = False) -> Transformer:
    return Transformer(reader_architecture(yarn=yarn), chance())


def test_an_untrained_reader_loses_as_much_everywhere() -> None:
    tokens = TEXT[:512].view(2, 256)
    model = small_reader()
    torch.nn.init.zeros_(model.lm_head.weight)
    losses = loss_by_position(model, tokens, (0, 64, 128, 256))
    assert losses == pytest.approx([math.log(257)] * 3)


def test_windows_grow_by_the_published_factors() -> None:
    base, first, second = windows_by_phase()
    assert (base, first // base, second // first) == (WINDOW, 8, 4)
    assert windows_by_phase(4096) == (4096, 32768, 131072)


def test_the_slowest_pair_turns_as_far_over_its_window_as_the_published_one() -> None:
    ours = WINDOW * float(rotary_frequencies(16, ROPE_THETA)[-1])
    theirs = 4096 * float(rotary_frequencies(64, 10000.0)[-1])
    assert ours / theirs == pytest.approx(1, abs=0.1)


def test_yarn_changes_no_weight_and_every_slow_pair() -> None:
    plain, stretched = small_reader(), small_reader(yarn=True)
    for name, weight in plain.state_dict().items():
        assert torch.equal(weight, stretched.state_dict()[name])
    yarn = stretched.architecture.rope_scaling
    assert yarn is not None
    assert yarn.numbers["factor"] == 40
    assert yarn.numbers["original_max_position_embeddings"] == WINDOW


def test_a_few_steps_teach_and_repeat_exactly() -> None:
    def losses() -> list[float]:
        model = small_reader()
        how = {"size": 64, "batch": 8, "keys": 5, "seed": 3}
        return list(learn(model, TEXT, rates=base_rates(12), **how))

    first = losses()
    assert first == losses()
    assert first[-1] < first[0] - 1
