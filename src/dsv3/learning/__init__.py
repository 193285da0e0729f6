"""The small model learning: pre-training, fine-tuning, reinforcement, long context.

What a chapter or a reader calls stands here; the rest is imported from its module.
"""

from dsv3.learning.arithmetic_task import (
    Addition as Addition,
    addition_reward as addition_reward,
    addition_text as addition_text,
    addition_tokens as addition_tokens,
    additions as additions,
    answered_share as answered_share,
    demonstrations as demonstrations,
    small_policy as small_policy,
)
from dsv3.learning.byte_pairs import (
    BYTES as BYTES,
    byte_pair_tokens as byte_pair_tokens,
    learned_merges as learned_merges,
    token_bytes as token_bytes,
    token_end_share as token_end_share,
)
from dsv3.learning.corpus import (
    help_texts as help_texts,
    library_corpus as library_corpus,
)
from dsv3.learning.distillation import distil as distil
from dsv3.learning.fine_tuning import (
    FineTuning as FineTuning,
    Sample as Sample,
    answer_loss as answer_loss,
    fine_tune as fine_tune,
    pack as pack,
    packed_logits as packed_logits,
)
from dsv3.learning.group_policy import (
    PolicySettings as PolicySettings,
    group_advantages as group_advantages,
    kl_estimate as kl_estimate,
)
from dsv3.learning.paired_seeds import (
    PairedDifference as PairedDifference,
    paired_difference as paired_difference,
)
from dsv3.learning.reinforcement import (
    Reinforcement as Reinforcement,
    ReinforcementSettings as ReinforcementSettings,
)
from dsv3.learning.sequence_packing import (
    best_fit_packing as best_fit_packing,
    end_to_end_packing as end_to_end_packing,
    fill_in_middle as fill_in_middle,
    fill_in_middle_parts as fill_in_middle_parts,
    original_document as original_document,
)
from dsv3.learning.specialization import (
    domain_information as domain_information,
    shuffled_information as shuffled_information,
)
from dsv3.learning.training_folder import training_run as training_run
from dsv3.learning.training_loop import Training as Training
from dsv3.learning.training_settings import (
    TrainingSettings as TrainingSettings,
    published_settings as published_settings,
)
