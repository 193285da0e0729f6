"""What a training run costs: GPU-hours and a rate to dollars, stage by stage.

This is the first floor that knows money. It owns the multiplication behind the
report's headline, the bill by stage, the run planned from a model and a chip down to
dollars, utilisation under each convention, the comparison of two runs factor by
factor, and what a mix of tokens costs at two prices. It does not know which prices
are right: `dsv3.prices` has dated ones, and every rate here is an argument.

Functions take plain numbers or recorded ones (see `dsv3.arithmetic`).
"""

from dsv3.economics.api_comparison import (
    COMPARED_ON,
    PROMOTION_ON,
    TheoreticalDay,
    api_comparison,
    default_comparison,
    published_day_cost_usd,
    published_day_mix,
    rival_offers,
    theoretical_day,
    v3_offers,
)
from dsv3.economics.bill import (
    Bill,
    RentalCost,
    bill,
    published_stages,
    rental_cost,
)
from dsv3.economics.comparison import Gap, MeasuredRun, gap
from dsv3.economics.plan import (
    ACTIVE_PARAMETERS,
    PRECISIONS,
    PRETRAINING_CONTEXT_TOKENS,
    TrainingCost,
    peak_flop_per_s,
    planned_cost,
    preset_training_flop_per_token,
    published_run,
    training_cost,
)
from dsv3.economics.price_range import (
    CORNERS,
    RatioRange,
    positive_share,
    ratio_range,
)
from dsv3.economics.token_prices import (
    OFTEN_QUOTED,
    ComparedPrice,
    TokenRates,
    TrafficMix,
    blended_usd_per_million_tokens,
    chosen_rates,
    compare_rates,
    price_ratio,
    rates,
    traffic_mix,
)
from dsv3.economics.utilization import (
    Utilization,
    called_peak_flop_per_s,
    closest_conventions,
    counted_gpu_hours,
    credited_flop_per_token,
    stated_utilization,
    utilization,
)

__all__ = [
    "ACTIVE_PARAMETERS",
    "COMPARED_ON",
    "CORNERS",
    "OFTEN_QUOTED",
    "PRECISIONS",
    "PRETRAINING_CONTEXT_TOKENS",
    "PROMOTION_ON",
    "Bill",
    "ComparedPrice",
    "Gap",
    "MeasuredRun",
    "RatioRange",
    "RentalCost",
    "TheoreticalDay",
    "TokenRates",
    "TrafficMix",
    "TrainingCost",
    "Utilization",
    "api_comparison",
    "bill",
    "blended_usd_per_million_tokens",
    "called_peak_flop_per_s",
    "chosen_rates",
    "closest_conventions",
    "compare_rates",
    "counted_gpu_hours",
    "credited_flop_per_token",
    "default_comparison",
    "gap",
    "peak_flop_per_s",
    "planned_cost",
    "positive_share",
    "preset_training_flop_per_token",
    "price_ratio",
    "published_day_cost_usd",
    "published_day_mix",
    "published_run",
    "published_stages",
    "rates",
    "ratio_range",
    "rental_cost",
    "rival_offers",
    "stated_utilization",
    "theoretical_day",
    "traffic_mix",
    "training_cost",
    "utilization",
    "v3_offers",
]
