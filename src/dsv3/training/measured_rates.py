"""The same model trained since, for a benchmark, on later chips: rates as published.

A rate in tokens per second needs no count of FLOP, so it compares with DeepSeek's own
hours as it stands. The FLOP that its maker prints beside it say what was counted. How
fast a chip could be is `dsv3.training.same_run`'s question.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dsv3.facts import Amount, Catalogue, Count, Sourced, fact, read_records
from explorables.quantities import SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRate(Sourced):
    """How fast DeepSeek-V3 was trained on one kind of chip, on a day."""

    id: str
    chip: str
    """Name in the source's table."""
    gpus: Count
    precision: str
    """Format of most products: FP8 with plain scales, or MXFP8."""
    batch_sequences: Count
    tokens_per_s_per_gpu: Amount
    flop_per_s_per_gpu: Amount
    predicts: Literal["with", "without", "not said"]
    """Whether the module that predicts a second token was trained too."""

    @property
    def day(self) -> date:
        """Day on which the table was put out."""
        return date.fromisoformat(self.published)

    @property
    def flop_per_token(self) -> float:
        """Training FLOP that the maker counts for one token.

        Examples
        --------
        >>> training_rate("gb200_2025_11").flop_per_token / 1e9
        249.6...
        """
        return self.flop_per_s_per_gpu / self.tokens_per_s_per_gpu

    @property
    def pretraining_gpu_hours(self) -> float:
        """GPU-hours that the tokens of DeepSeek's run would take at this rate."""
        seconds = fact("v3.tokens").number / self.tokens_per_s_per_gpu
        return seconds / SECONDS_PER_HOUR

    @property
    def pace_ratio(self) -> float:
        """How many times as fast a GPU is as one of DeepSeek's run."""
        return self.tokens_per_s_per_gpu / published_tokens_per_s_per_gpu()


def published_tokens_per_s_per_gpu() -> float:
    """Return the rate of DeepSeek's own pre-training: its tokens over its hours.

    Examples
    --------
    >>> round(published_tokens_per_s_per_gpu())
    1543
    """
    hours = fact("v3.gpu_hours.pre_training").number
    return fact("v3.tokens").number / (hours * SECONDS_PER_HOUR)


def _rates() -> dict[str, TrainingRate]:
    return {one.id: one for one in read_records("training_rates.yaml", TrainingRate)}


TRAINING_RATES: Catalogue[TrainingRate] = Catalogue(noun="training rate", read=_rates)
"""Every rate by its name, in the order of the file, which is that of time."""


def training_rate(id: str) -> TrainingRate:
    """Return one rate by its name.

    Examples
    --------
    >>> training_rate("h100_2025_09").pace_ratio < 1
    True
    """
    return TRAINING_RATES.record(id)


def newest_training_rates() -> tuple[TrainingRate, ...]:
    """Return the newest rate of each chip, the slowest first.

    Examples
    --------
    >>> [one.chip for one in newest_training_rates()]
    ['H100', 'B200', 'B300', 'GB200', 'GB300']
    """
    by_day = sorted(TRAINING_RATES.by_name.values(), key=lambda one: one.day)
    newest = {one.chip: one for one in by_day}
    return tuple(sorted(newest.values(), key=lambda one: one.tokens_per_s_per_gpu))
