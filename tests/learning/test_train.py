"""Training: text that is there, steps that help, and a resumption that is exact."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dsv3.learning.corpus import MARK, library_corpus, windows
from dsv3.learning.training_folder import training_run
from dsv3.learning.training_loop import Progress, Training
from dsv3.learning.training_settings import Balancing, TrainingSettings
from dsv3.learning.training_state import STATE_NAME
from dsv3.model import Transformer, load_model, tiny

SHORT = TrainingSettings(steps=4, batch=2, context=24)


def gate_biases(model: Transformer) -> list[torch.Tensor]:
    return [buffer.clone() for buffer in model.buffers()]


def test_the_corpus_is_python_and_its_parts_do_not_meet() -> None:
    corpus = library_corpus(1_500_000)
    text = bytes(token for token in corpus.training.tolist() if token < MARK)
    assert b"The " in text
    assert b"def __init__(self" in text
    assert int(corpus.held_out[0]) == MARK
    start = bytes(corpus.held_out[1:300].tolist())
    assert start not in text


def test_windows_are_pieces_of_the_text() -> None:
    generator = torch.Generator().manual_seed(0)
    rows = windows(torch.arange(50), batch=400, size=7, generator=generator)
    assert torch.equal(rows, rows[:, :1] + torch.arange(7))
    assert rows.max() == 49
    assert rows.min() == 0


def test_a_text_shorter_than_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match="size is 9: must be at most the text's 8"):
        windows(torch.arange(8), batch=1, size=9, generator=torch.Generator())


def test_training_in_two_parts_gives_the_same_model(tmp_path: Path) -> None:
    once = training_run(tmp_path / "once", SHORT).model
    training_run(tmp_path / "twice", replace(SHORT, steps=2))
    steps: list[Progress] = []
    twice = training_run(tmp_path / "twice", SHORT, report=steps.append).model
    assert [progress.step for progress in steps] == [3, 4]
    pairs = zip(once.state_dict().values(), twice.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    saved = load_model(tmp_path / "twice")
    assert torch.equal(saved.lm_head.weight, once.lm_head.weight)
    assert {file.suffix for file in tmp_path.glob("*/*")} == {".json", ".safetensors"}
    assert (tmp_path / "once" / STATE_NAME).exists()


@pytest.mark.parametrize("balancing", ["bias", "auxiliary", "none"])
def test_only_its_own_rule_moves_the_bias(balancing: Balancing) -> None:
    model = Transformer(tiny(), torch.Generator().manual_seed(0))
    text = library_corpus(1_500_000).training
    training = Training(model, text, replace(SHORT, balancing=balancing))
    training.advance()
    moved = [float(bias.abs().max()) for bias in gate_biases(model)]
    expected = 0.003 if balancing == "bias" else 0.0
    assert moved == pytest.approx([expected] * 4)


def test_a_few_steps_lower_the_loss() -> None:
    model = Transformer(tiny(), torch.Generator().manual_seed(0))
    text = library_corpus(1_500_000).training
    training = Training(model, text, replace(SHORT, batch=8, context=32))
    losses = [training.advance().loss for _ in range(25)]
    assert losses[0] > 5
    assert sum(losses[-5:]) / 5 < 3.8
