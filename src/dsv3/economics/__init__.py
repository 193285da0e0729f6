"""What a training run costs: GPU-hours and a rate to dollars, stage by stage.

This is the first floor that knows money. It owns the multiplication behind the
report's headline, the bill by stage, the run planned from a model and a chip down to
dollars, utilisation under each convention, and the comparison of two runs factor by
factor. It does not know which prices are right: `dsv3.prices` has dated ones, and
every rate here is an argument.

Functions take plain numbers or recorded ones (see `dsv3.arithmetic`).
"""

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
    "PRECISIONS",
    "PRETRAINING_CONTEXT_TOKENS",
    "Bill",
    "Gap",
    "MeasuredRun",
    "RentalCost",
    "TrainingCost",
    "Utilization",
    "bill",
    "called_peak_flop_per_s",
    "closest_conventions",
    "counted_gpu_hours",
    "credited_flop_per_token",
    "gap",
    "peak_flop_per_s",
    "planned_cost",
    "preset_training_flop_per_token",
    "published_run",
    "published_stages",
    "rental_cost",
    "stated_utilization",
    "training_cost",
    "utilization",
]
