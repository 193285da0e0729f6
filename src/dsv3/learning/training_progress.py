"""A run as it is watched: one line that is written over, or one every few steps."""

import shutil
import time
from collections.abc import Callable
from typing import Protocol, TextIO, runtime_checkable

from dsv3.learning.training_settings import TrainingSettings

WIDTH = 24
"""Letters of the bar, where there is room for so many."""

NARROWEST = 4
"""Letters that a bar must have to say anything; below, there is none."""

LINES_EVERY = 10
"""Steps between two lines where a line cannot be written over: a file, a pipe."""


@runtime_checkable
class StepReport(Protocol):
    """What a step has to tell."""

    @property
    def step(self) -> int:
        """Steps done."""

    @property
    def loss(self) -> float:
        """Loss of the step."""

    @property
    def max_violation(self) -> float:
        """How uneven the experts' load was."""


class ProgressLine:
    """A bar with loss, speed, balance and the time that is left.

    The clock gives seconds from any start.

    Examples
    --------
    >>> import io
    >>> from types import SimpleNamespace
    >>> seconds = iter([0.0, 20.0])
    >>> stream, how = io.StringIO(), TrainingSettings(steps=10, batch=2, context=50)
    >>> line = ProgressLine(stream, how, clock=lambda: next(seconds))
    >>> line.show(SimpleNamespace(step=10, loss=2.5, max_violation=0.4))
    >>> print(stream.getvalue(), end="")
    [########################] 10/10  loss 2.500  5 tokens/s  MaxVio 0.40  0 s left
    """

    def __init__(
        self,
        stream: TextIO,
        settings: TrainingSettings,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.stream, self.settings, self.clock = stream, settings, clock
        self.start, self.first_step = clock(), -1
        self.live = stream.isatty()

    def show(self, progress: StepReport) -> None:
        """Tell of a step."""
        if self.first_step < 0:
            self.first_step = progress.step - 1
        if self.live:
            # A line that wraps could not be written over.
            columns = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r{self._line(progress, columns)}\x1b[K")
            self.stream.flush()
        elif progress.step % LINES_EVERY == 0 or progress.step == self.settings.steps:
            self.stream.write(f"{self._line(progress)}\n")

    def close(self) -> None:
        """Leave the line as it stands, if there is one."""
        if self.live and self.first_step >= 0:
            self.stream.write("\n")

    def _line(self, progress: StepReport, columns: int = 200) -> str:
        how, done = self.settings, progress.step
        passed = max(self.clock() - self.start, 1e-9)
        steps_per_s = (done - self.first_step) / passed
        told = (
            f"{done}/{how.steps}"
            f"  loss {progress.loss:.3f}"
            f"  {steps_per_s * how.batch * how.context:,.0f} tokens/s"
            f"  MaxVio {progress.max_violation:.2f}"
            f"  {(how.steps - done) / steps_per_s:,.0f} s left"
        )
        width = min(WIDTH, columns - len(told) - len("[] "))
        filled = width * done // how.steps
        bar = f"[{'#' * filled}{'.' * (width - filled)}] "
        return (bar if width >= NARROWEST else "") + told[:columns]
