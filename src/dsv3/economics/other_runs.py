"""Other makers' runs priced by one rule, beside what others estimate for them.

Some makers print GPU-hours; for the others somebody has estimated the compute, and
hours follow from it at the pace of a run whose hours and compute are both known. The
three accountings then apply to all alike. What the hours rest on stands beside.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from dsv3.economics.accountings import (
    Accountings,
    accountings,
    cost_assumptions,
    ownership_assumptions,
    server_watts_per_gpu,
)
from dsv3.economics.estimates import RunEstimate, run_estimate
from dsv3.facts import assumption, fact
from dsv3.training import FLOP_PER_PARAMETER_PER_TOKEN
from explorables.quantities import HOURS_PER_DAY

HoursFrom: TypeAlias = Literal[
    "hours published", "size and tokens published", "compute estimated"
]
"""How sure the hours are, surest first."""

LEAST_GPUS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRun:
    """One run with its hours on chips of the H100's kind."""

    model: str
    hours_from: HoursFrom
    gpu_hours: float

    cluster_gpus: float
    """GPUs that worked at once: as published, or as many as the assumed days take."""

    cluster_published: bool
    """Whether the number of GPUs was published."""

    estimate: RunEstimate | None
    """What Epoch AI estimates for it, if it does."""

    def priced(self) -> Accountings:
        """Price the run under each accounting, at the middle of every assumption.

        Examples
        --------
        >>> round(other_run("gpt-oss-120b").priced().cloud_usd / 1e6, 2)
        5.46
        """
        rent = cost_assumptions()["usd_per_gpu_hour"].central
        return accountings(
            gpu_hours=self.gpu_hours,
            cluster_gpus=self.cluster_gpus,
            gpu_server_watts=server_watts_per_gpu(),
            usd_per_gpu_hour=rent,
            **ownership_assumptions(),
        )


@cache
def other_runs() -> tuple[OtherRun, ...]:
    """Return the runs the report compares by release, DeepSeek's own among them.

    R1 is counted on top of the base model it starts from.

    Examples
    --------
    >>> [run.model for run in other_runs()][:2]
    ['GPT-4', 'Gemini 1.0 Ultra']
    """
    number = {
        "Llama 3.1 405B": ("llama_3_1_405b.gpu_hours", "llama_3_1_405b.gpus"),
        "DeepSeek-V3": ("v3.gpu_hours.total", "v3.gpus"),
        "DeepSeek-R1 on top of V3": ("r1.gpu_hours.total", "r1.gpus"),
        "Llama 4 Maverick": ("llama_4_maverick.gpu_hours", ""),
        "gpt-oss-120b": ("gpt_oss_120b.gpu_hours", ""),
    }
    published = {
        model: _published(model, fact(hours).number, gpus)
        for model, (hours, gpus) in number.items()
    }
    kimi = fact("kimi_k2.active_parameters").number * fact("kimi_k2.tokens").number
    return (
        _estimated("GPT-4"),
        _estimated("Gemini 1.0 Ultra"),
        _estimated("Claude 3.5 Sonnet"),
        published["Llama 3.1 405B"],
        published["DeepSeek-V3"],
        published["DeepSeek-R1 on top of V3"],
        _estimated("Grok-3"),
        _estimated("GPT-4.5"),
        published["Llama 4 Maverick"],
        _from_flop(
            "Kimi K2",
            FLOP_PER_PARAMETER_PER_TOKEN * kimi,
            hours_from="size and tokens published",
        ),
        published["gpt-oss-120b"],
    )


def other_run(model: str) -> OtherRun:
    """Return one of `other_runs` by its name.

    Examples
    --------
    >>> other_run("Llama 3.1 405B").cluster_published
    True
    """
    known = {run.model: run for run in other_runs()}
    if model not in known:
        message = f"model is {model!r}: must be one of {list(known)}"
        raise ValueError(message)
    return known[model]


def pace_flop_per_gpu_hour() -> float:
    """FLOP that one H100 did in an hour of Llama 3.1 405B's training, by six N D.

    Meta printed its hours, and its compute is known to two digits; it stands for a
    large dense run of 2023 to 2025.

    Examples
    --------
    >>> f"{pace_flop_per_gpu_hour():.3g}"
    '1.23e+18'
    """
    hours = fact("llama_3_1_405b.gpu_hours").number
    return fact("llama_3_1_405b.flop").number / hours


ESTIMATED_AS = {"Llama 3.1 405B": "Llama 3.1-405B"}
"""Names under which Epoch AI's table has runs whose hours were published."""


def _published(model: str, hours: float, gpus_id: str) -> OtherRun:
    epoch = ESTIMATED_AS.get(model)
    return OtherRun(
        model=model,
        hours_from="hours published",
        gpu_hours=hours,
        cluster_gpus=fact(gpus_id).number if gpus_id else _assumed_gpus(hours),
        cluster_published=bool(gpus_id),
        estimate=run_estimate(epoch) if epoch else None,
    )


def _estimated(model: str) -> OtherRun:
    estimate = run_estimate(model)
    assert estimate.flop is not None
    return _from_flop(
        model, estimate.flop, hours_from="compute estimated", estimate=estimate
    )


def _from_flop(
    model: str,
    flop: float,
    *,
    hours_from: HoursFrom,
    estimate: RunEstimate | None = None,
) -> OtherRun:
    hours = flop / pace_flop_per_gpu_hour()
    return OtherRun(
        model=model,
        hours_from=hours_from,
        gpu_hours=hours,
        cluster_gpus=_assumed_gpus(hours),
        cluster_published=False,
        estimate=estimate,
    )


def _assumed_gpus(hours: float) -> float:
    days = assumption("run.days").central
    return max(LEAST_GPUS, hours / (days * HOURS_PER_DAY))
