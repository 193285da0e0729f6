"""What becomes of an often repeated sentence when its own inputs are put together."""

from dsv3 import economics, uncertainty
from dsv3.facts import assumption, fact
from dsv3.prices import rental_price
from dsv3.training import wall_clock_days
from explorables.quantities import DAYS_PER_YEAR, HOURS_PER_DAY


def development_usd() -> float:
    """Middle of the drawn bill with experiments and staff, rented."""
    return uncertainty.bill_range(**uncertainty.default_range()).middle_usd


def r1_whole_usd() -> float:
    """R1's stages and the base model they start from, both at the report's rate."""
    return fact("v3.usd.total").number + r1_stage_usd()


def r1_stage_usd() -> float:
    """Hours of R1's own stages at the report's rate."""
    rate = fact("v3.usd_per_gpu_hour").number
    return fact("r1.gpu_hours.total").number * rate


def r1_zero_gpu_hours() -> float:
    """Hours of R1-Zero on 64 servers of 8 GPUs, as its appendix writes the cluster."""
    return fact("r1.gpus").number * fact("r1.hours.r1_zero").number


def bill_at_the_quoted_rate_usd() -> float:
    """Price the hours at the one rate quoted for the chip before the report."""
    rate = rental_price("cr8dl_h800_2024_08").usd_per_gpu_hour_low
    hours = fact("v3.gpu_hours.total").number
    return float(
        economics.rental_cost(gpu_hours=hours, usd_per_gpu_hour=rate).total_usd
    )


def work_share_of_the_gap() -> float:
    """Share of the gap to Llama that is fewer active weights, on a log scale."""
    return economics.v3_against_llama().shares()["active parameters"]


def gpt_4_like_for_like_ratio() -> float:
    """GPT-4 over V3 in one accounting by one author: hardware written off."""
    gpt_4 = economics.run_estimate("GPT-4").amortized_usd
    return gpt_4 / fact("epoch.v3.usd_2023").number


def slice_of_the_fleet_usd() -> float:
    """Write the run's hours off as a slice of the corrected Hopper fleet."""
    life_hours = assumption("server.life_years").central * DAYS_PER_YEAR * HOURS_PER_DAY
    fleet_hours = fact("semianalysis.hopper_gpus").number * life_hours
    busy = assumption("cluster.busy_share").central
    share = fact("v3.gpu_hours.total").number / (fleet_hours * busy)
    return fact("luk.hopper_capex_usd").number * share


def pretraining_days() -> float:
    """Days that pre-training took on the published cluster."""
    return float(
        wall_clock_days(
            gpu_hours=fact("v3.gpu_hours.pre_training").number,
            cluster_gpus=fact("v3.gpus").number,
        )
    )


def kimi_base_usd() -> float:
    """Pre-training of Kimi K2 at the pace and the rate of DeepSeek-V3."""
    tokens = fact("kimi_k2.tokens").number
    flop = 6 * fact("kimi_k2.active_parameters").number * tokens
    pace = economics.v3_pretraining_flop() / fact("v3.gpu_hours.pre_training").number
    return flop / pace * fact("v3.usd_per_gpu_hour").number
