"""What a budget trains: from dollars to the largest model it can bring to the end.

The arithmetic is stated and nothing else: a budget less what is not the final run,
over a dated rate, gives hours; hours at a utilisation give FLOP; FLOP are six per
active parameter and token; and tokens are a fixed multiple of active parameters. How
good the model would be is not computed.
"""

from dataclasses import dataclass
from functools import cache

from dsv3.economics.accountings import cost_assumptions
from dsv3.economics.plan import peak_flop_per_s
from dsv3.facts import Assumption, assumption, fact
from dsv3.prices import rental_price
from dsv3.training import FLOP_PER_PARAMETER_PER_TOKEN, wall_clock_days
from explorables.arithmetic import Choice, Number, lookup, require, sqrt
from explorables.quantities import SECONDS_PER_HOUR

OFFERS = {
    "January 2024, H100 on demand": "lambda_h100_2024_01",
    "December 2024, the report's H800": "deepseek_assumed_h800",
    "March 2025, H100 on demand": "oblivus_h100_2025_03",
    "March 2025, H100 at a large cloud": "aws_h100_2025_03",
    "October 2025, H100 for a year": "semianalysis_h100_contract_2025_10",
    "June 2026, H100 for a year": "h100_contract_2026_06",
    "2026, H100 index": "silicondata_h100_2026",
    "2026, B200 index": "silicondata_b200_2026",
}
"""Dated rates a budget may be spent at, by the words readers see."""

ORGANISATIONS = ("university", "startup", "midsize_company", "government_lab")
"""Who is said to be able to train: names of the assumptions ``budget.NAME_usd``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """The largest model a budget brings to the end of its training."""

    active_parameters: Number

    total_parameters: Number
    """Weights in all, at the given sparsity."""

    tokens: Number

    gpu_hours: Number
    """Of the final run."""

    training_flop: Number
    """Of the final run."""

    wall_clock_days: Number

    compute_ratio: Number
    """FLOP over those of DeepSeek-V3's pre-training, by the same rule."""


def trained_on(
    *,
    budget_usd: Number,
    run_share: Number,
    offer: Choice,
    utilization: Number,
    tokens_per_parameter: Number,
    total_over_active_ratio: Number,
    cluster_gpus: Number,
) -> TrainedModel:
    """Turn a budget into the largest model it can train.

    ``FLOP = 6 N D`` and ``D = r N`` give ``N = sqrt(FLOP / (6 r))``. The offer, a name
    of `OFFERS`, names the chip too, and `utilization` is a share of its dense BF16
    peak. `run_share` of the budget pays for the final run.

    Examples
    --------
    Twice the tokens for each parameter, over four times the money, is the same size:

    >>> spent = {"run_share": 1.0, "offer": "2026, H100 index", "utilization": 0.4}
    >>> sizes = {"total_over_active_ratio": 18.0, "cluster_gpus": 2048.0}
    >>> plain = trained_on(budget_usd=1e6, tokens_per_parameter=20.0, **spent, **sizes)
    >>> more = trained_on(budget_usd=4e6, tokens_per_parameter=80.0, **spent, **sizes)
    >>> more.active_parameters / plain.active_parameters
    1.0
    """
    for name, value in (
        ("budget_usd", budget_usd),
        ("run_share", run_share),
        ("utilization", utilization),
        ("tokens_per_parameter", tokens_per_parameter),
    ):
        require(name, value, value > 0, "must be above 0")
    for name, value in (("run_share", run_share), ("utilization", utilization)):
        require(name, value, value <= 1, "must be at most 1")
    require(
        "total_over_active_ratio",
        total_over_active_ratio,
        total_over_active_ratio >= 1,
        "must be at least 1",
    )
    hours = budget_usd * run_share / lookup(offer, _rates(), name="offer")
    flop = (
        hours * SECONDS_PER_HOUR * lookup(offer, _peaks(), name="offer") * utilization
    )
    active = sqrt(flop / (FLOP_PER_PARAMETER_PER_TOKEN * tokens_per_parameter))
    return TrainedModel(
        active_parameters=active,
        total_parameters=active * total_over_active_ratio,
        tokens=active * tokens_per_parameter,
        gpu_hours=hours,
        training_flop=flop,
        wall_clock_days=wall_clock_days(gpu_hours=hours, cluster_gpus=cluster_gpus),
        compute_ratio=flop / v3_pretraining_flop(),
    )


def v3_pretraining_flop() -> float:
    """FLOP of DeepSeek-V3's pre-training, six per active parameter and token.

    Examples
    --------
    >>> f"{v3_pretraining_flop():.3g}"
    '3.29e+24'
    """
    parameters = fact("v3.active_parameters").number
    return FLOP_PER_PARAMETER_PER_TOKEN * parameters * fact("v3.tokens").number


def v3_ablation_flop() -> float:
    """FLOP of the comparisons that the V3 report describes: a floor of its experiments.

    Three comparisons (MTP, balancing, FP8), each of two runs at a small and a large
    size, at six FLOP per active parameter and token. The report gives tokens and all
    parameters; the active ones are taken from V2-Lite and V2, which have these sizes.

    Examples
    --------
    >>> f"{v3_ablation_flop():.3g}"
    '6.23e+23'
    """
    large_tokens = fact("v3.ablation.large_tokens").numbers
    small_tokens = fact("v3.ablation.small_tokens").number * len(large_tokens)
    work = fact("v2_lite.active_parameters").number * small_tokens + fact(
        "v2.active_parameters"
    ).number * sum(large_tokens)
    return 2 * FLOP_PER_PARAMETER_PER_TOKEN * work


def published_budget_utilization() -> float:
    """Utilisation of DeepSeek-V3's pre-training, six FLOP per parameter and token.

    Examples
    --------
    >>> round(published_budget_utilization(), 3)
    0.346
    """
    hours = fact("v3.gpu_hours.pre_training").number
    peak = float(peak_flop_per_s(gpu="H800 SXM", precision="bf16"))
    return v3_pretraining_flop() / (hours * SECONDS_PER_HOUR * peak)


def assumed_run_share() -> float:
    """Share of a budget left for the final run, at the middle of our assumptions.

    Staff takes its share of the whole, and what is left pays for the run and for
    ``research_ratio`` times as much in experiments.

    Examples
    --------
    >>> round(assumed_run_share(), 3)
    0.175
    """
    assumed = cost_assumptions()
    research, staff = assumed["research_ratio"], assumed["staff_share"]
    return (1 - staff.central) / (1 + research.central)


def budget_assumptions() -> dict[str, Assumption]:
    """Assumed budget of each kind of organisation.

    Examples
    --------
    >>> list(budget_assumptions())[0]
    'university'
    """
    return {name: assumption(f"budget.{name}_usd") for name in ORGANISATIONS}


@cache
def _rates() -> dict[str, float]:
    return {n: rental_price(id).usd_per_gpu_hour_low for n, id in OFFERS.items()}


@cache
def _peaks() -> dict[str, float]:
    return {
        name: float(peak_flop_per_s(gpu=rental_price(id).chip, precision="bf16"))
        for name, id in OFFERS.items()
    }
