"""The small model learning: pre-training, fine-tuning, reinforcement, long context.

What a chapter or a reader calls stands here; the rest is imported from its module.
"""

from dsv3.learning.arithmetic_task import (
    Addition,
    addition_reward,
    addition_text,
    addition_tokens,
    additions,
    answered_share,
    demonstrations,
    small_policy,
)
from dsv3.learning.byte_pairs import (
    BYTES,
    byte_pair_tokens,
    learned_merges,
    token_bytes,
    token_end_share,
)
from dsv3.learning.corpus import help_texts, library_corpus
from dsv3.learning.distillation import distil
from dsv3.learning.fine_tuning import (
    FineTuning,
    Sample,
    answer_loss,
    fine_tune,
    pack,
    packed_logits,
)
from dsv3.learning.group_policy import PolicySettings, group_advantages, kl_estimate
from dsv3.learning.reinforcement import Reinforcement, ReinforcementSettings
from dsv3.learning.router_balance import (
    BALANCINGS,
    rerun_router,
    router_panel,
    router_step,
)
from dsv3.learning.sequence_packing import (
    fill_in_middle,
    filled_parts,
    packed_by_best_fit,
    packed_end_to_end,
    unfilled,
)
from dsv3.learning.specialization import domain_information, shuffled_information
from dsv3.learning.training_folder import trained
from dsv3.learning.training_loop import Training
from dsv3.learning.training_settings import TrainingSettings, published_settings

__all__ = [
    "BALANCINGS",
    "BYTES",
    "Addition",
    "FineTuning",
    "PolicySettings",
    "Reinforcement",
    "ReinforcementSettings",
    "Sample",
    "Training",
    "TrainingSettings",
    "addition_reward",
    "addition_text",
    "addition_tokens",
    "additions",
    "answer_loss",
    "answered_share",
    "byte_pair_tokens",
    "demonstrations",
    "distil",
    "domain_information",
    "fill_in_middle",
    "filled_parts",
    "fine_tune",
    "group_advantages",
    "help_texts",
    "kl_estimate",
    "learned_merges",
    "library_corpus",
    "pack",
    "packed_by_best_fit",
    "packed_end_to_end",
    "packed_logits",
    "published_settings",
    "rerun_router",
    "router_panel",
    "router_step",
    "shuffled_information",
    "small_policy",
    "token_bytes",
    "token_end_share",
    "trained",
    "unfilled",
]
