"""What bears on statements about the bill, and about the bills of others."""

from datetime import date

from dsv3 import economics, prices
from dsv3.economics import RunEstimate
from dsv3.facts import assumption, fact


def run_usd_at_the_dated_quote() -> float:
    """Dollars for the published hours at the one dated H800 quote on record."""
    quote = prices.rental_price("cr8dl_h800_2024_08").usd_per_gpu_hour_low
    return _run_usd(quote)


def run_usd_at_a_low_rate() -> float:
    """Dollars for the published hours at the low end of the assumed rates."""
    return _run_usd(assumption("rental.hopper_usd_per_gpu_hour").low)


def run_usd_at_a_high_rate() -> float:
    """Dollars for the published hours at the high end of the assumed rates."""
    return _run_usd(assumption("rental.hopper_usd_per_gpu_hour").high)


def _run_usd(usd_per_gpu_hour: float) -> float:
    hours = fact("v3.gpu_hours.total").number
    rent = economics.rental_cost(gpu_hours=hours, usd_per_gpu_hour=usd_per_gpu_hour)
    return float(rent.total_usd)


def cluster_purchase_usd() -> float:
    """Dollars to buy the cluster with its network, at our middle assumptions."""
    return float(
        economics.accountings(**economics.published_accountings()).purchase_usd
    )


def program_usd() -> float:
    """Dollars for run, experiments and staff at our middle assumptions."""
    return float(economics.program_cost(**economics.published_program()).total_usd)


def research_usd_low() -> float:
    """Dollars for run and experiments at the low end of the published multiples."""
    return _with_research(0)


def research_usd_high() -> float:
    """Dollars for run and experiments at the high end of the published multiples."""
    return _with_research(1)


def _with_research(end: int) -> float:
    """Price a run whose experiments take so many times its compute."""
    multiple = fact("lambert.research_multiple").numbers[end]
    return fact("v3.usd.total").number * (1 + multiple)


def disclosed_ablation_share() -> float:
    """Compute of the ablations that the report shows, over that of pre-training."""
    return fact("v3.ablation_flop").number / economics.v3_pretraining_flop()


def lowest_growth_per_year() -> float:
    """Lower end of the interval of yearly cost growth, runs released to 2024."""
    return economics.published_growth(until=date(2025, 1, 1)).low_ratio


def growth_per_year() -> float:
    """Yearly factor of cost growth, runs released from 2016 to 2024."""
    return economics.published_growth(until=date(2025, 1, 1)).per_year_ratio


def gpt_4o_over_gpt_4() -> float:
    """Estimated cost of GPT-4o over that of GPT-4, both written off with energy."""
    earlier = economics.run_estimate("GPT-4").amortized_usd
    return economics.run_estimate("GPT-4o").amortized_usd / earlier


def dearest_run_of_2024_usd() -> float:
    """Largest estimate for a run released in 2024, the dearest accounting of each."""
    return max(
        _dearest_usd(one) for one in economics.run_estimates() if one.day.year == 2024
    )


def _dearest_usd(run: RunEstimate) -> float:
    """Return the larger of renting a run and writing it off: not buying a cluster."""
    known = (run.amortized_usd, run.amortized_updated_usd, run.cloud_usd)
    return max(usd for usd in known if usd is not None)


def llama_over_v3_gpu_hours() -> float:
    """GPU-hours of Llama 3.1 405B over all of DeepSeek-V3's."""
    ours = fact("v3.gpu_hours.total").number
    return fact("llama_3_1_405b.gpu_hours").number / ours


def llama_over_v3_active_parameters() -> float:
    """Weights that work on one token, Llama 3.1 405B over DeepSeek-V3."""
    return economics.v3_against_llama().active_parameters_ratio


def gpt_oss_over_v3_gpu_hours() -> float:
    """GPU-hours of gpt-oss-120b over all of DeepSeek-V3's."""
    return fact("gpt_oss_120b.gpu_hours").number / fact("v3.gpu_hours.total").number


def maverick_over_v3_gpu_hours() -> float:
    """GPU-hours of Llama 4 Maverick over all of DeepSeek-V3's."""
    return fact("llama_4_maverick.gpu_hours").number / fact("v3.gpu_hours.total").number
