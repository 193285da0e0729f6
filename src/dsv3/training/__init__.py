"""How training goes and how long it takes: a whole run, its settings, one layer.

This floor knows workloads and time. What an hour costs is `dsv3.economics`' business.
"""

from dsv3.training.adoption import TECHNIQUES as TECHNIQUES
from dsv3.training.adoption import Adopters as Adopters
from dsv3.training.adoption import Adoption as Adoption
from dsv3.training.adoption import adopters as adopters
from dsv3.training.adoption import adoption_records as adoption_records
from dsv3.training.chip_layer import LAYOUTS as LAYOUTS
from dsv3.training.chip_layer import PUBLISHED_CHIP as PUBLISHED_CHIP
from dsv3.training.chip_layer import (
    achieved_nvlink_bytes_per_s as achieved_nvlink_bytes_per_s,
)
from dsv3.training.chip_layer import all_reduce_seconds as all_reduce_seconds
from dsv3.training.chip_layer import chip_compute_flop_per_s as chip_compute_flop_per_s
from dsv3.training.chip_layer import chip_layer_seconds as chip_layer_seconds
from dsv3.training.chip_layer import default_bf16_gain_ratio as default_bf16_gain_ratio
from dsv3.training.chip_layer import has_fp8 as has_fp8
from dsv3.training.context_extension import STAGES as STAGES
from dsv3.training.context_extension import Stage as Stage
from dsv3.training.context_extension import (
    extension_hours_at_pretraining_pace as extension_hours_at_pretraining_pace,
)
from dsv3.training.context_extension import extension_tokens as extension_tokens
from dsv3.training.context_extension import flop_per_token_ratio as flop_per_token_ratio
from dsv3.training.context_extension import (
    hours_per_token_ratio as hours_per_token_ratio,
)
from dsv3.training.context_extension import stage as stage
from dsv3.training.cut_link import CutLink as CutLink
from dsv3.training.cut_link import cut_link as cut_link
from dsv3.training.expert_layer import OVERLAPS as OVERLAPS
from dsv3.training.expert_layer import ExpertLayer as ExpertLayer
from dsv3.training.expert_layer import expert_layer as expert_layer
from dsv3.training.expert_layer import (
    feeding_bytes_per_s_per_sm as feeding_bytes_per_s_per_sm,
)
from dsv3.training.expert_layer import forward_flop_per_token as forward_flop_per_token
from dsv3.training.expert_layer import (
    traced_compute_flop_per_s as traced_compute_flop_per_s,
)
from dsv3.training.expert_layer import (
    traced_network_bytes_per_s as traced_network_bytes_per_s,
)
from dsv3.training.expert_layer import (
    traced_waiting_milliseconds as traced_waiting_milliseconds,
)
from dsv3.training.group_policy import ANSWERS as ANSWERS
from dsv3.training.group_policy import AnswerUpdate as AnswerUpdate
from dsv3.training.group_policy import group_advantage as group_advantage
from dsv3.training.group_policy import judged_answer as judged_answer
from dsv3.training.group_policy import telling_share as telling_share
from dsv3.training.hours import (
    FLOP_PER_PARAMETER_PER_TOKEN as FLOP_PER_PARAMETER_PER_TOKEN,
)
from dsv3.training.hours import TOKENS_PER_TRILLION as TOKENS_PER_TRILLION
from dsv3.training.hours import Run as Run
from dsv3.training.hours import gpu_hours as gpu_hours
from dsv3.training.hours import (
    gpu_hours_per_trillion_tokens as gpu_hours_per_trillion_tokens,
)
from dsv3.training.hours import implied_utilization as implied_utilization
from dsv3.training.hours import run as run
from dsv3.training.hours import six_n_flop_per_token as six_n_flop_per_token
from dsv3.training.hours import tokens_per_day_from_step as tokens_per_day_from_step
from dsv3.training.hours import wall_clock_days as wall_clock_days
from dsv3.training.power_law import PowerLaw as PowerLaw
from dsv3.training.power_law import fit_power_law as fit_power_law
from dsv3.training.same_run import COMPARED_CHIPS as COMPARED_CHIPS
from dsv3.training.same_run import SameRun as SameRun
from dsv3.training.same_run import compute_left_share as compute_left_share
from dsv3.training.same_run import making_up_years as making_up_years
from dsv3.training.same_run import same_run as same_run
from dsv3.training.schedules import BATCH_RAMPS as BATCH_RAMPS
from dsv3.training.schedules import batch_sequences as batch_sequences
from dsv3.training.schedules import bias_update_speed as bias_update_speed
from dsv3.training.schedules import learning_rate as learning_rate
from dsv3.training.schedules import (
    learning_rate_after_warmup as learning_rate_after_warmup,
)
from dsv3.training.schedules import prediction_weight as prediction_weight
from dsv3.training.schedules import scheduled_tokens as scheduled_tokens
from dsv3.training.schedules import steps as steps
