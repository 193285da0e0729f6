"""The progress line fits its terminal, and tells the right speed."""

import io
import re
from types import SimpleNamespace

import pytest

from dsv3.learning.training_progress import ProgressLine
from dsv3.learning.training_settings import TrainingSettings

HOW = TrainingSettings(steps=400, batch=16, context=128)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def told(step: int) -> SimpleNamespace:
    return SimpleNamespace(step=step, loss=2.345678, max_violation=1.2)


def shown(stream: io.StringIO, steps: list[int]) -> str:
    """Return what is written if each step takes half a second."""
    now = [0.0]
    line = ProgressLine(stream, HOW, clock=lambda: now[0])
    for step in steps:
        now[0] += 0.5
        line.show(told(step))
    line.close()
    return stream.getvalue()


def test_speed_and_time_left_are_counted_from_where_the_run_went_on() -> None:
    text = shown(io.StringIO(), list(range(301, 311)))
    # Ten steps of 2,048 tokens in five seconds; ninety steps are left.
    assert "310/400" in text
    assert "4,096 tokens/s" in text
    assert "45 s left" in text
    assert "loss 2.346" in text
    assert "MaxVio 1.20" in text


@pytest.mark.parametrize("columns", [60, 80, 81, 120])
def test_a_live_line_never_wraps_and_is_written_over(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(Terminal(), [1, 200, 400])
    lines = text.split("\r")[1:]
    assert len(lines) == 3
    assert text.endswith("\n")
    assert text.count("\n") == 1
    for line in lines:
        assert len(re.sub(r"\x1b\[K|\n", "", line)) < columns
    assert ("[" in lines[0].replace("\x1b[K", "")) == (columns >= 80)


def test_the_bar_is_empty_at_first_half_at_half_and_full_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    bars = re.findall(r"\[([#.]+)\]", shown(Terminal(), [1, 200, 400]))
    assert bars == ["." * 24, "#" * 12 + "." * 12, "#" * 24]


def test_a_file_gets_a_line_every_ten_steps_and_at_the_end() -> None:
    text = shown(io.StringIO(), [*range(1, 26), 400])
    steps = re.findall(r"(\d+)/400", text)
    assert steps == ["10", "20", "400"]
    assert text.count("\n") == 3
    assert "\r" not in text


def test_nothing_is_written_if_nothing_was_done() -> None:
    assert shown(Terminal(), []) == ""
