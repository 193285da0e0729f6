"""How training goes and how long it takes: a whole run, its settings, one layer.

This floor knows workloads and time. What an hour costs is `dsv3.economics`' business.
"""

from dsv3.training.adoption import (
    TECHNIQUES as TECHNIQUES,
    Adopters as Adopters,
    Adoption as Adoption,
    adopters as adopters,
    adoption_records as adoption_records,
)
from dsv3.training.chip_layer import (
    LAYOUTS as LAYOUTS,
    PUBLISHED_CHIP as PUBLISHED_CHIP,
    achieved_nvlink_bytes_per_s as achieved_nvlink_bytes_per_s,
    all_reduce_seconds as all_reduce_seconds,
    chip_compute_flop_per_s as chip_compute_flop_per_s,
    chip_layer_seconds as chip_layer_seconds,
    default_bf16_gain_ratio as default_bf16_gain_ratio,
    has_fp8 as has_fp8,
)
from dsv3.training.context_extension import (
    STAGES as STAGES,
    Stage as Stage,
    extension_hours_at_pretraining_pace as extension_hours_at_pretraining_pace,
    extension_tokens as extension_tokens,
    flop_per_token_ratio as flop_per_token_ratio,
    hours_per_token_ratio as hours_per_token_ratio,
    stage as stage,
)
from dsv3.training.cut_link import CutLink as CutLink, cut_link as cut_link
from dsv3.training.expert_layer import (
    OVERLAPS as OVERLAPS,
    ExpertLayer as ExpertLayer,
    expert_layer as expert_layer,
    feeding_bytes_per_s_per_sm as feeding_bytes_per_s_per_sm,
    forward_flop_per_token as forward_flop_per_token,
    traced_compute_flop_per_s as traced_compute_flop_per_s,
    traced_network_bytes_per_s as traced_network_bytes_per_s,
    traced_waiting_milliseconds as traced_waiting_milliseconds,
)
from dsv3.training.group_policy import (
    ANSWERS as ANSWERS,
    AnswerUpdate as AnswerUpdate,
    group_advantage as group_advantage,
    judged_answer as judged_answer,
    telling_share as telling_share,
)
from dsv3.training.hours import (
    FLOP_PER_PARAMETER_PER_TOKEN as FLOP_PER_PARAMETER_PER_TOKEN,
    TOKENS_PER_TRILLION as TOKENS_PER_TRILLION,
    Run as Run,
    gpu_hours as gpu_hours,
    gpu_hours_per_trillion_tokens as gpu_hours_per_trillion_tokens,
    implied_utilization as implied_utilization,
    run as run,
    six_n_flop_per_token as six_n_flop_per_token,
    tokens_per_day_from_step as tokens_per_day_from_step,
    wall_clock_days as wall_clock_days,
)
from dsv3.training.measured_rates import (
    TrainingRate as TrainingRate,
    newest_training_rates as newest_training_rates,
    published_tokens_per_s_per_gpu as published_tokens_per_s_per_gpu,
    training_rate as training_rate,
)
from dsv3.training.memory import (
    ZERO_STAGES as ZERO_STAGES,
    TrainingMemory as TrainingMemory,
    training_memory as training_memory,
)
from dsv3.training.memory_recipe import (
    MEMORY_RECIPES as MEMORY_RECIPES,
    METHODS as METHODS,
    MemoryRecipe as MemoryRecipe,
)
from dsv3.training.pipeline_share import (
    PIPELINES as PIPELINES,
    in_flight_count as in_flight_count,
)
from dsv3.training.power_law import PowerLaw as PowerLaw, fit_power_law as fit_power_law
from dsv3.training.published_memory import (
    Saving as Saving,
    fullest_rank as fullest_rank,
    memory_by_rank as memory_by_rank,
    published_layout as published_layout,
    published_memory as published_memory,
    savings as savings,
)
from dsv3.training.same_run import (
    COMPARED_CHIPS as COMPARED_CHIPS,
    SameRun as SameRun,
    compute_left_share as compute_left_share,
    making_up_years as making_up_years,
    same_run as same_run,
)
from dsv3.training.saved_activations import (
    ACTIVATION_FORMATS as ACTIVATION_FORMATS,
    RECOMPUTATIONS as RECOMPUTATIONS,
    SavedTensor as SavedTensor,
    dense_tensors as dense_tensors,
    expert_tensors as expert_tensors,
)
from dsv3.training.schedules import (
    BATCH_RAMPS as BATCH_RAMPS,
    batch_sequences as batch_sequences,
    bias_update_speed as bias_update_speed,
    learning_rate as learning_rate,
    learning_rate_after_warmup as learning_rate_after_warmup,
    prediction_weight as prediction_weight,
    scheduled_tokens as scheduled_tokens,
    steps as steps,
)
from dsv3.training.smallest_run import (
    SmallestRun as SmallestRun,
    smallest_run as smallest_run,
)
from dsv3.training.trained_model import (
    TrainedModel as TrainedModel,
    trained_model as trained_model,
    trained_model_names as trained_model_names,
)
