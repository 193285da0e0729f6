"""A gap in GPU-hours as five factors: size, tokens, attention, format, use of the chip.

Hours are ``weights x tokens x (work per weight) / (peak x share of peak)``. With the
peak of the format that a run's matrices are multiplied in, the five ratios multiply to
the ratio of hours exactly.
"""

import math
from dataclasses import dataclass

from dsv3.economics.plan import peak_flop_per_s, preset_training_flop_per_token
from dsv3.facts import fact
from dsv3.training import six_n_flop_per_token
from explorables.arithmetic import require
from explorables.quantities import SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedRun:
    """A published run with the sizes that set its hours."""

    active_parameters: float
    tokens: float

    training_flop_per_token: float
    """FLOP counted per token, attention included."""

    gpu_hours: float

    peak_flop_per_s: float
    """Dense peak of the chip in the format of most matrix products."""

    @property
    def utilization(self) -> float:
        """Share of that peak which the hours imply.

        Examples
        --------
        >>> SizedRun(
        ...     active_parameters=1e9, tokens=3.6e12, training_flop_per_token=1e9,
        ...     gpu_hours=1e3, peak_flop_per_s=2e15,
        ... ).utilization  # fmt: skip
        0.5
        """
        flop = self.tokens * self.training_flop_per_token
        return flop / (self.gpu_hours * SECONDS_PER_HOUR * self.peak_flop_per_s)

    @property
    def work_beyond_weights_ratio(self) -> float:
        """FLOP per token over six per active weight: attention, mostly."""
        by_rule = six_n_flop_per_token(active_parameters=self.active_parameters)
        return self.training_flop_per_token / float(by_rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapParts:
    """The ratio of two runs' hours and the five factors whose product it is."""

    gpu_hours_ratio: float
    """Hours of the larger run over the smaller's."""

    active_parameters_ratio: float
    """Weights a token uses, larger over smaller."""

    tokens_ratio: float
    """Tokens, larger over smaller."""

    work_beyond_weights_ratio: float
    """Work per weight, larger over smaller: below 1 where attention favours it."""

    peak_ratio: float
    """Peak of the formats, smaller run's over larger's."""

    utilization_ratio: float
    """Share of that peak reached, smaller run's over larger's."""

    def factors(self) -> dict[str, float]:
        """Return the five factors by name, in the order of the formula.

        Examples
        --------
        >>> round(math.prod(v3_against_llama().factors().values()), 2)
        11.58
        """
        return {
            "active parameters": self.active_parameters_ratio,
            "tokens": self.tokens_ratio,
            "work beyond weights": self.work_beyond_weights_ratio,
            "peak of the format": self.peak_ratio,
            "share of that peak": self.utilization_ratio,
        }

    def shares(self) -> dict[str, float]:
        """Share of the gap's logarithm of each factor; they sum to 1, some below 0."""
        whole = math.log(self.gpu_hours_ratio)
        return {name: math.log(one) / whole for name, one in self.factors().items()}


def gap_parts(*, larger: SizedRun, smaller: SizedRun) -> GapParts:
    """Take the ratio of two runs' hours apart into five factors.

    Raises
    ------
    ValueError
        If the smaller run took as many hours as the larger, or more.
    """
    require(
        "smaller.gpu_hours",
        smaller.gpu_hours,
        smaller.gpu_hours < larger.gpu_hours,
        "must be below the larger run's hours",
    )
    return GapParts(
        gpu_hours_ratio=larger.gpu_hours / smaller.gpu_hours,
        active_parameters_ratio=larger.active_parameters / smaller.active_parameters,
        tokens_ratio=larger.tokens / smaller.tokens,
        work_beyond_weights_ratio=(
            larger.work_beyond_weights_ratio / smaller.work_beyond_weights_ratio
        ),
        peak_ratio=smaller.peak_flop_per_s / larger.peak_flop_per_s,
        utilization_ratio=smaller.utilization / larger.utilization,
    )


def v3_against_llama() -> GapParts:
    """Take the gap in pre-training hours to Llama 3.1 405B apart.

    V3's peak is the 8-bit one, since most of its matrix products run in FP8; Llama's
    the 16-bit one.

    Examples
    --------
    >>> v3_against_llama().peak_ratio > 1.99
    True
    """
    flop = preset_training_flop_per_token()
    llama = SizedRun(
        active_parameters=LLAMA_PARAMETERS,
        tokens=fact("llama_3_1_405b.tokens").number,
        training_flop_per_token=flop["llama-3.1-405b"],
        gpu_hours=fact("llama_3_1_405b.gpu_hours").number,
        peak_flop_per_s=float(peak_flop_per_s(gpu="H100 SXM", precision="bf16")),
    )
    v3 = SizedRun(
        active_parameters=fact("v3.active_parameters").number,
        tokens=fact("v3.tokens").number,
        training_flop_per_token=flop["deepseek-v3"],
        gpu_hours=fact("v3.gpu_hours.pre_training").number,
        peak_flop_per_s=float(peak_flop_per_s(gpu="H800 SXM", precision="fp8")),
    )
    return gap_parts(larger=llama, smaller=v3)


LLAMA_PARAMETERS = 405e9
"""Weights of Llama 3.1 405B as its name rounds them; a dense model uses all."""
