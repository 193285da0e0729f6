"""DeepSeek-V3 as a program: a small model that is read first and then run.

Only here is torch imported. The sizes come from :mod:`dsv3.architecture`; what
they add up to is counted in :mod:`dsv3.accounting`, without a look at this code,
and tests hold the two together.

Names of tensors end in the letters of their axes: B sequences, S query and T key
positions, M tokens laid end to end, D model, H heads, C key-value latent, Q query
latent, N and R head parts without and with rotary position (r pairs, R/2), V value
of a head, K = C + R kept of a token, E experts, A active ones, G groups, F inner
size of an expert, I of a dense layer, W vocabulary, L layers; X has no letter.
"""

from dsv3.model.accumulation import HOPPER, MatrixUnit, limited_matmul
from dsv3.model.arithmetic_task import (
    Sum,
    answered_share,
    demonstrations,
    reward,
    small_policy,
    sums,
    text_of,
    tokens_of,
)
from dsv3.model.attention import AttentionForm
from dsv3.model.balancing import (
    auxiliary_loss,
    expert_load,
    max_violation,
    sequence_balance_loss,
    updated_bias,
)
from dsv3.model.byte_pairs import (
    BYTES,
    learned_merges,
    spelled,
    token_bytes,
    token_end_share,
)
from dsv3.model.cache import LatentCache
from dsv3.model.checkpoint import (
    checkpoint_tensors,
    load_checkpoint,
    load_model,
    save_checkpoint,
)
from dsv3.model.config_file import config_fields, preset_settings, read_settings, tiny
from dsv3.model.configuration import ModelSettings, RoutingSettings
from dsv3.model.corpus import (
    FILL_BEGIN,
    FILL_END,
    FILL_HOLE,
    MARK,
    Corpus,
    document,
    help_texts,
    library_corpus,
)
from dsv3.model.distillation import distil, matching_loss, taught_samples
from dsv3.model.fine_tuning import (
    FineTuning,
    PackedSamples,
    Sample,
    answer_loss,
    fine_tune,
    pack,
    packed_logits,
)
from dsv3.model.float_formats import (
    E4M3,
    E5M2,
    E5M6,
    FORMATS,
    FloatFormat,
    code_values,
    decoded,
    encoded,
    rounded,
)
from dsv3.model.generation import GREEDY, Sampling, generate, stream
from dsv3.model.group_policy import (
    PolicyLoss,
    PolicySettings,
    group_advantages,
    kl_estimate,
    log_probabilities,
    policy_loss,
)
from dsv3.model.multi_token_prediction import prediction_loss, training_loss
from dsv3.model.packing import (
    Packed,
    fill_in_middle,
    filled_parts,
    packed_by_best_fit,
    packed_end_to_end,
    unfilled,
)
from dsv3.model.pipeline import PipelineStep, pipeline_step, plain_step
from dsv3.model.quantization import (
    ACTIVATION_TILE,
    WEIGHT_BLOCK,
    Quantized,
    lost_share,
    quantized,
    relative_error,
    tile_errors,
)
from dsv3.model.quantization_sandbox import QuantizedOutlier, quantized_outlier
from dsv3.model.reinforcement import Reinforced, Reinforcement, ReinforcementSettings
from dsv3.model.router_sandbox import (
    BALANCINGS,
    RouterStep,
    rerun_router,
    router_history,
    router_step,
)
from dsv3.model.routing import Gate, Routing, choose_experts, gate_values, group_scores
from dsv3.model.specialization import (
    domain_information,
    shuffled_information,
    starved_experts,
)
from dsv3.model.speculation import SpeculativeText, speculate
from dsv3.model.training_folder import trained
from dsv3.model.training_loop import Progress, Training, held_out_loss
from dsv3.model.training_settings import TrainingSettings, published_settings
from dsv3.model.transformer import Prediction, Transformer

__all__ = [
    "ACTIVATION_TILE",
    "BALANCINGS",
    "BYTES",
    "E4M3",
    "E5M2",
    "E5M6",
    "FILL_BEGIN",
    "FILL_END",
    "FILL_HOLE",
    "FORMATS",
    "GREEDY",
    "HOPPER",
    "MARK",
    "WEIGHT_BLOCK",
    "AttentionForm",
    "Corpus",
    "FineTuning",
    "FloatFormat",
    "Gate",
    "LatentCache",
    "MatrixUnit",
    "ModelSettings",
    "Packed",
    "PackedSamples",
    "PipelineStep",
    "PolicyLoss",
    "PolicySettings",
    "Prediction",
    "Progress",
    "Quantized",
    "QuantizedOutlier",
    "Reinforced",
    "Reinforcement",
    "ReinforcementSettings",
    "RouterStep",
    "Routing",
    "RoutingSettings",
    "Sample",
    "Sampling",
    "SpeculativeText",
    "Sum",
    "Training",
    "TrainingSettings",
    "Transformer",
    "answer_loss",
    "answered_share",
    "auxiliary_loss",
    "checkpoint_tensors",
    "choose_experts",
    "code_values",
    "config_fields",
    "decoded",
    "demonstrations",
    "distil",
    "document",
    "domain_information",
    "encoded",
    "expert_load",
    "fill_in_middle",
    "filled_parts",
    "fine_tune",
    "gate_values",
    "generate",
    "group_advantages",
    "group_scores",
    "held_out_loss",
    "help_texts",
    "kl_estimate",
    "learned_merges",
    "library_corpus",
    "limited_matmul",
    "load_checkpoint",
    "load_model",
    "log_probabilities",
    "lost_share",
    "matching_loss",
    "max_violation",
    "pack",
    "packed_by_best_fit",
    "packed_end_to_end",
    "packed_logits",
    "pipeline_step",
    "plain_step",
    "policy_loss",
    "prediction_loss",
    "preset_settings",
    "published_settings",
    "quantized",
    "quantized_outlier",
    "read_settings",
    "relative_error",
    "rerun_router",
    "reward",
    "rounded",
    "router_history",
    "router_step",
    "save_checkpoint",
    "sequence_balance_loss",
    "shuffled_information",
    "small_policy",
    "speculate",
    "spelled",
    "starved_experts",
    "stream",
    "sums",
    "taught_samples",
    "text_of",
    "tile_errors",
    "tiny",
    "token_bytes",
    "token_end_share",
    "tokens_of",
    "trained",
    "training_loss",
    "unfilled",
    "updated_bias",
]
