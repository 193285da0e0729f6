"""Two published runs compared: a ratio of hours taken apart into factors."""

import math
from dataclasses import dataclass

from explorables.arithmetic import require
from explorables.quantities import SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why one run took more GPU-hours than another, as factors that multiply."""

    gpu_hours_ratio: float
    """Hours of the larger run over hours of the smaller."""

    tokens_ratio: float
    """Part of it that is more training tokens."""

    training_flop_per_token_ratio: float
    """Part of it that is more FLOP per token."""

    achieved_flop_per_s_ratio: float
    """Smaller run's rate per GPU over the larger's: above 1 where it ran faster."""

    def shares(self) -> dict[str, float]:
        """Share of the gap's logarithm that each factor explains; they sum to 1.

        Examples
        --------
        >>> gap = Gap(
        ...     gpu_hours_ratio=8.0,
        ...     tokens_ratio=2.0,
        ...     training_flop_per_token_ratio=4.0,
        ...     achieved_flop_per_s_ratio=1.0,
        ... )
        >>> {name: round(share, 3) for name, share in gap.shares().items()}
        {'tokens': 0.333, 'FLOP per token': 0.667, 'rate per GPU': 0.0}
        """
        whole = math.log(self.gpu_hours_ratio)
        return {
            "tokens": math.log(self.tokens_ratio) / whole,
            "FLOP per token": math.log(self.training_flop_per_token_ratio) / whole,
            "rate per GPU": math.log(self.achieved_flop_per_s_ratio) / whole,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRun:
    """A published run: what was trained and how many GPU-hours it took."""

    tokens: float

    training_flop_per_token: float
    """FLOP per token under the convention used for both runs of a comparison."""

    gpu_hours: float

    def achieved_flop_per_s(self) -> float:
        """FLOP per second per GPU that the hours imply.

        Examples
        --------
        >>> MeasuredRun(
        ...     tokens=3.6e12, training_flop_per_token=1e9, gpu_hours=1e3
        ... ).achieved_flop_per_s() / 1e12
        1000.0
        """
        seconds = self.gpu_hours * SECONDS_PER_HOUR
        return self.tokens * self.training_flop_per_token / seconds


def gap(*, larger: MeasuredRun, smaller: MeasuredRun) -> Gap:
    """Factor the ratio of two runs' GPU-hours into tokens, FLOP and rate.

    The three factors multiply to the ratio exactly, because hours are tokens
    times FLOP per token over the rate.

    Raises
    ------
    ValueError
        If the smaller run took as many hours as the larger, or more.

    Examples
    --------
    >>> one = MeasuredRun(tokens=1e12, training_flop_per_token=1e9, gpu_hours=10)
    >>> two = MeasuredRun(tokens=2e12, training_flop_per_token=4e9, gpu_hours=80)
    >>> gap(larger=two, smaller=one).achieved_flop_per_s_ratio
    1.0
    """
    require(
        "smaller.gpu_hours",
        smaller.gpu_hours,
        smaller.gpu_hours < larger.gpu_hours,
        "must be below the larger run's hours",
    )
    return Gap(
        gpu_hours_ratio=larger.gpu_hours / smaller.gpu_hours,
        tokens_ratio=larger.tokens / smaller.tokens,
        training_flop_per_token_ratio=(
            larger.training_flop_per_token / smaller.training_flop_per_token
        ),
        achieved_flop_per_s_ratio=(
            smaller.achieved_flop_per_s() / larger.achieved_flop_per_s()
        ),
    )
