"""Formulas behind claims on training runs: their pace, their cost and their trend."""

from datetime import date

from dsv3 import accounting, architecture, economics
from dsv3.economics import Growth, RunEstimate
from dsv3.facts import fact


def step_flop_per_s(*, causal: bool) -> float:
    """FLOP per second per GPU from the published step time.

    `causal` counts the lower triangle of attention only, and not its full matrix.
    """
    flop_per_token = accounting.flop_per_token(
        architecture.preset("deepseek-v3"),
        context_tokens=fact("v3.sequence_tokens").number,
        causal=causal,
    ).training_flop_per_token
    tokens_per_step = (
        fact("v3.batch_sequences").number * fact("v3.sequence_tokens").number
    )
    gpu_seconds = fact("isca.training.step_seconds").numbers[0] * fact("v3.gpus").number
    return float(flop_per_token) * tokens_per_step / gpu_seconds


def share_of_llama_gap(*, factor: str) -> float:
    """Share of one factor in the gap to Llama 3.1 405B, on a log scale."""
    return economics.v3_against_llama().shares()[factor]


def written_off_usd(*, model: str) -> float:
    """Price a run of `economics.other_runs` with its hardware written off."""
    return float(economics.other_run(model).priced().amortized_usd)


def one_rule_ratio(*, larger: str, smaller: str) -> float:
    """Divide two runs' costs by that rule, the same for both."""
    return written_off_usd(model=larger) / written_off_usd(model=smaller)


def kimi_base_usd() -> float:
    """Price Kimi K2's pre-training at the pace and the rate of DeepSeek-V3."""
    tokens = fact("kimi_k2.tokens").number
    flop = 6 * fact("kimi_k2.active_parameters").number * tokens
    pace = economics.v3_pretraining_flop() / fact("v3.gpu_hours.pre_training").number
    return flop / pace * fact("v3.usd_per_gpu_hour").number


def growth(*, until: str) -> Growth:
    """Yearly growth of the cost of runs released from 2016 to before a day."""
    return economics.published_growth(until=date.fromisoformat(until))


def dearest_usd(*, year: int) -> float:
    """Largest estimate for a run released in a year, the dearest accounting of each.

    Renting a run and writing it off count, and buying a cluster does not.
    """
    return max(
        _dearest_usd(one) for one in economics.run_estimates() if one.day.year == year
    )


def _dearest_usd(run: RunEstimate) -> float:
    known = (run.amortized_usd, run.amortized_updated_usd, run.cloud_usd)
    return max(usd for usd in known if usd is not None)
