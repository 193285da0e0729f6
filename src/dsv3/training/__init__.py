"""How training goes and how long it takes: a whole run, its settings, one layer.

This floor knows workloads and time. What an hour costs is `dsv3.economics`' business.
"""

from dsv3.training.adoption import (
    TECHNIQUES,
    Adopters,
    Adoption,
    adopters,
    adoption_records,
)
from dsv3.training.chip_layer import (
    LAYOUTS,
    achieved_nvlink_bytes_per_s,
    all_reduce_seconds,
    chip_compute_flop_per_s,
    chip_layer_seconds,
    default_bf16_gain_ratio,
    has_fp8,
)
from dsv3.training.cut_link import CutLink, cut_link
from dsv3.training.expert_layer import (
    OVERLAPS,
    ExpertLayer,
    expert_layer,
    feeding_bytes_per_s_per_sm,
    forward_flop_per_token,
    published_layer,
    traced_compute_flop_per_s,
    traced_network_bytes_per_s,
    traced_waiting_milliseconds,
)
from dsv3.training.hours import (
    FLOP_PER_PARAMETER_PER_TOKEN,
    TOKENS_PER_TRILLION,
    Run,
    gpu_hours,
    gpu_hours_per_trillion_tokens,
    implied_utilization,
    run,
    six_n_flop_per_token,
    tokens_per_day_from_step,
    wall_clock_days,
)
from dsv3.training.power_law import PowerLaw, fit_power_law
from dsv3.training.same_run import (
    COMPARED_CHIPS,
    SameRun,
    compute_left_share,
    making_up_years,
    published_conditions_of_run,
    same_run,
)
from dsv3.training.schedules import (
    BATCH_RAMPS,
    batch_sequences,
    bias_update_speed,
    learning_rate,
    prediction_weight,
    scheduled_tokens,
    steps,
)

__all__ = [
    "BATCH_RAMPS",
    "COMPARED_CHIPS",
    "FLOP_PER_PARAMETER_PER_TOKEN",
    "LAYOUTS",
    "OVERLAPS",
    "TECHNIQUES",
    "TOKENS_PER_TRILLION",
    "Adopters",
    "Adoption",
    "CutLink",
    "ExpertLayer",
    "PowerLaw",
    "Run",
    "SameRun",
    "achieved_nvlink_bytes_per_s",
    "adopters",
    "adoption_records",
    "all_reduce_seconds",
    "batch_sequences",
    "bias_update_speed",
    "chip_compute_flop_per_s",
    "chip_layer_seconds",
    "compute_left_share",
    "cut_link",
    "default_bf16_gain_ratio",
    "expert_layer",
    "feeding_bytes_per_s_per_sm",
    "fit_power_law",
    "forward_flop_per_token",
    "gpu_hours",
    "gpu_hours_per_trillion_tokens",
    "has_fp8",
    "implied_utilization",
    "learning_rate",
    "making_up_years",
    "prediction_weight",
    "published_conditions_of_run",
    "published_layer",
    "run",
    "same_run",
    "scheduled_tokens",
    "six_n_flop_per_token",
    "steps",
    "tokens_per_day_from_step",
    "traced_compute_flop_per_s",
    "traced_network_bytes_per_s",
    "traced_waiting_milliseconds",
    "wall_clock_days",
]
