"""One number, many denominators: a utilisation under every convention in use.

Published hours become a utilisation only once somebody says which hours, how many
FLOP each token is credited with, and which peak is called 100 %. The choices here
are those that published figures rest on.
"""

from dataclasses import dataclass

from dsv3 import accounting, architecture, hardware, training
from dsv3.accounting import ActiveConvention
from dsv3.economics.plan import PRETRAINING_CONTEXT_TOKENS
from dsv3.facts import fact
from explorables.arithmetic import Choice, Number, lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilization:
    """A utilisation with the numerator and denominator it came from."""

    training_flop: Number
    achieved_flop_per_s: Number

    model_flop_utilization: Number
    """Share of the chosen peak."""


def utilization(
    *,
    tokens: Number,
    training_flop_per_token: Number,
    gpu_hours: Number,
    peak_flop_per_s: Number,
) -> Utilization:
    """Turn published GPU-hours into a utilisation, under a stated convention.

    FLOP are credited by the 6N rule or counted with attention, hours are of
    pre-training alone or of all stages, and the peak is what is called 100 %.

    Examples
    --------
    >>> used = utilization(
    ...     tokens=1e12,
    ...     training_flop_per_token=3.6e11,
    ...     gpu_hours=1e5,
    ...     peak_flop_per_s=2e15,
    ... )
    >>> used.model_flop_utilization
    0.5
    """
    flop = tokens * training_flop_per_token
    share = training.implied_utilization(
        training_flop=flop, gpu_hours=gpu_hours, peak_flop_per_s=peak_flop_per_s
    )
    return Utilization(
        training_flop=flop,
        achieved_flop_per_s=share * peak_flop_per_s,
        model_flop_utilization=share,
    )


def stated_utilization(
    *, gpu_hours: Choice, training_flop_per_token: Choice, peak_flop_per_s: Choice
) -> Utilization:
    """Utilisation of DeepSeek-V3's run under one choice of each convention.

    Names are those of the three functions below.

    Examples
    --------
    >>> used = stated_utilization(
    ...     gpu_hours="pre-training",
    ...     training_flop_per_token="6 x 37B",
    ...     peak_flop_per_s="BF16, H800 SXM",
    ... )
    >>> round(used.model_flop_utilization, 3)
    0.346
    """
    return utilization(
        tokens=fact("v3.tokens").number,
        training_flop_per_token=lookup(
            training_flop_per_token,
            credited_flop_per_token(),
            name="training_flop_per_token",
        ),
        gpu_hours=lookup(gpu_hours, counted_gpu_hours(), name="gpu_hours"),
        peak_flop_per_s=lookup(
            peak_flop_per_s, called_peak_flop_per_s(), name="peak_flop_per_s"
        ),
    )


def counted_gpu_hours() -> dict[str, float]:
    """GPU-hours that a utilisation may be spread over, by name."""
    return {
        "pre-training": fact("v3.gpu_hours.pre_training").number,
        "all stages": fact("v3.gpu_hours.total").number,
    }


def credited_flop_per_token() -> dict[str, float]:
    """Training FLOP per token that a run may be credited with, by name."""
    v3 = architecture.preset("deepseek-v3")
    count = accounting.parameter_count(v3)
    weights = {
        "6 x 37B": fact("v3.active_parameters").number,
        "6 x active, counted": float(
            count.active(ActiveConvention.WITHOUT_INPUT_EMBEDDING)
        ),
        "6 x all 671B": fact("v3.total_parameters").number,
    }
    matmuls = {
        name: float(
            accounting.flop_per_token(
                v3, context_tokens=PRETRAINING_CONTEXT_TOKENS, causal=causal
            ).training_flop_per_token
        )
        for name, causal in (
            ("counted, causal", True),
            ("counted, full matrix", False),
        )
    }
    by_rule = {
        name: float(training.six_n_flop_per_token(active_parameters=parameters))
        for name, parameters in weights.items()
    }
    return by_rule | matmuls


def called_peak_flop_per_s() -> dict[str, float]:
    """Dense peaks that have been called 100 %, by name."""
    return {
        f"{precision.upper()}, {gpu}": hardware.accelerator(gpu).peak_flop_per_s(
            precision
        )
        for gpu in ("H800 SXM", "H800 PCIe")
        for precision in ("bf16", "fp8")
    }
