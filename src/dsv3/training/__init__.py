"""How training goes and how long it takes: a whole run, its settings, one layer.

This floor knows workloads and time. What an hour costs is `dsv3.economics`' business.
"""

from dsv3.training.cut_link import (
    LAYOUTS,
    CutLink,
    achieved_nvlink_bytes_per_s,
    all_reduce_seconds,
    cut_link,
)
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
from dsv3.training.group_policy import (
    ANSWERS,
    AnswerUpdate,
    JudgedAnswer,
    default_answer,
    group_advantage,
    judged_answer,
    telling_share,
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
    "ANSWERS",
    "BATCH_RAMPS",
    "FLOP_PER_PARAMETER_PER_TOKEN",
    "LAYOUTS",
    "OVERLAPS",
    "TOKENS_PER_TRILLION",
    "AnswerUpdate",
    "CutLink",
    "ExpertLayer",
    "JudgedAnswer",
    "PowerLaw",
    "Run",
    "achieved_nvlink_bytes_per_s",
    "all_reduce_seconds",
    "batch_sequences",
    "bias_update_speed",
    "cut_link",
    "default_answer",
    "expert_layer",
    "feeding_bytes_per_s_per_sm",
    "fit_power_law",
    "forward_flop_per_token",
    "gpu_hours",
    "gpu_hours_per_trillion_tokens",
    "group_advantage",
    "implied_utilization",
    "judged_answer",
    "learning_rate",
    "prediction_weight",
    "published_layer",
    "run",
    "scheduled_tokens",
    "six_n_flop_per_token",
    "steps",
    "telling_share",
    "tokens_per_day_from_step",
    "traced_compute_flop_per_s",
    "traced_network_bytes_per_s",
    "traced_waiting_milliseconds",
    "wall_clock_days",
]
