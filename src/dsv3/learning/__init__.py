"""The small model learning: pre-training, fine-tuning, reinforcement, long context."""

from dsv3.learning.arithmetic_task import (
    Sum,
    answered_share,
    demonstrations,
    reward,
    small_policy,
    sums,
    text_of,
    tokens_of,
)
from dsv3.learning.byte_pairs import (
    BYTES,
    learned_merges,
    spelled,
    token_bytes,
    token_end_share,
)
from dsv3.learning.corpus import (
    FILL_BEGIN,
    FILL_END,
    FILL_HOLE,
    MARK,
    Corpus,
    document,
    help_texts,
    library_corpus,
)
from dsv3.learning.distillation import distil, matching_loss, taught_samples
from dsv3.learning.fine_tuning import (
    FineTuning,
    PackedSamples,
    Sample,
    answer_loss,
    fine_tune,
    pack,
    packed_logits,
)
from dsv3.learning.group_policy import (
    PolicyLoss,
    PolicySettings,
    group_advantages,
    kl_estimate,
    log_probabilities,
    policy_loss,
)
from dsv3.learning.reinforcement import Reinforced, Reinforcement, ReinforcementSettings
from dsv3.learning.router_balance import (
    BALANCINGS,
    rerun_router,
    router_panel,
    router_step,
)
from dsv3.learning.router_sandbox import RouterStep, router_history
from dsv3.learning.sequence_packing import (
    Packed,
    fill_in_middle,
    filled_parts,
    packed_by_best_fit,
    packed_end_to_end,
    unfilled,
)
from dsv3.learning.specialization import (
    domain_information,
    shuffled_information,
    starved_experts,
)
from dsv3.learning.training_folder import trained
from dsv3.learning.training_loop import Progress, Training, held_out_loss
from dsv3.learning.training_settings import TrainingSettings, published_settings

__all__ = [
    "BALANCINGS",
    "BYTES",
    "FILL_BEGIN",
    "FILL_END",
    "FILL_HOLE",
    "MARK",
    "Corpus",
    "FineTuning",
    "Packed",
    "PackedSamples",
    "PolicyLoss",
    "PolicySettings",
    "Progress",
    "Reinforced",
    "Reinforcement",
    "ReinforcementSettings",
    "RouterStep",
    "Sample",
    "Sum",
    "Training",
    "TrainingSettings",
    "answer_loss",
    "answered_share",
    "demonstrations",
    "distil",
    "document",
    "domain_information",
    "fill_in_middle",
    "filled_parts",
    "fine_tune",
    "group_advantages",
    "held_out_loss",
    "help_texts",
    "kl_estimate",
    "learned_merges",
    "library_corpus",
    "log_probabilities",
    "matching_loss",
    "pack",
    "packed_by_best_fit",
    "packed_end_to_end",
    "packed_logits",
    "policy_loss",
    "published_settings",
    "rerun_router",
    "reward",
    "router_history",
    "router_panel",
    "router_step",
    "shuffled_information",
    "small_policy",
    "spelled",
    "starved_experts",
    "sums",
    "taught_samples",
    "text_of",
    "token_bytes",
    "token_end_share",
    "tokens_of",
    "trained",
    "unfilled",
]
