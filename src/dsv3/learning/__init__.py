"""The small model learning: pre-training, fine-tuning, reinforcement, long context.

What a chapter or a reader calls stands here; the rest is imported from its module.
"""

from dsv3.learning.arithmetic_task import Addition as Addition
from dsv3.learning.arithmetic_task import addition_reward as addition_reward
from dsv3.learning.arithmetic_task import addition_text as addition_text
from dsv3.learning.arithmetic_task import addition_tokens as addition_tokens
from dsv3.learning.arithmetic_task import additions as additions
from dsv3.learning.arithmetic_task import answered_share as answered_share
from dsv3.learning.arithmetic_task import demonstrations as demonstrations
from dsv3.learning.arithmetic_task import small_policy as small_policy
from dsv3.learning.byte_pairs import BYTES as BYTES
from dsv3.learning.byte_pairs import byte_pair_tokens as byte_pair_tokens
from dsv3.learning.byte_pairs import learned_merges as learned_merges
from dsv3.learning.byte_pairs import token_bytes as token_bytes
from dsv3.learning.byte_pairs import token_end_share as token_end_share
from dsv3.learning.corpus import help_texts as help_texts
from dsv3.learning.corpus import library_corpus as library_corpus
from dsv3.learning.distillation import distil as distil
from dsv3.learning.fine_tuning import FineTuning as FineTuning
from dsv3.learning.fine_tuning import Sample as Sample
from dsv3.learning.fine_tuning import answer_loss as answer_loss
from dsv3.learning.fine_tuning import fine_tune as fine_tune
from dsv3.learning.fine_tuning import pack as pack
from dsv3.learning.fine_tuning import packed_logits as packed_logits
from dsv3.learning.group_policy import PolicySettings as PolicySettings
from dsv3.learning.group_policy import group_advantages as group_advantages
from dsv3.learning.group_policy import kl_estimate as kl_estimate
from dsv3.learning.reinforcement import Reinforcement as Reinforcement
from dsv3.learning.reinforcement import ReinforcementSettings as ReinforcementSettings
from dsv3.learning.router_balance import BALANCINGS as BALANCINGS
from dsv3.learning.router_balance import rerun_router as rerun_router
from dsv3.learning.router_balance import router_panel as router_panel
from dsv3.learning.router_balance import router_step as router_step
from dsv3.learning.sequence_packing import best_fit_packing as best_fit_packing
from dsv3.learning.sequence_packing import end_to_end_packing as end_to_end_packing
from dsv3.learning.sequence_packing import fill_in_middle as fill_in_middle
from dsv3.learning.sequence_packing import fill_in_middle_parts as fill_in_middle_parts
from dsv3.learning.sequence_packing import original_document as original_document
from dsv3.learning.specialization import domain_information as domain_information
from dsv3.learning.specialization import shuffled_information as shuffled_information
from dsv3.learning.training_folder import training_run as training_run
from dsv3.learning.training_loop import Training as Training
from dsv3.learning.training_settings import TrainingSettings as TrainingSettings
from dsv3.learning.training_settings import published_settings as published_settings
