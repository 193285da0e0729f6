"""DeepSeek-V3 as a program: a small model that is read first and then run.

What is built stands in an :class:`~dsv3.architecture.Architecture`; what it adds up
to is counted in :mod:`dsv3.accounting`, without a look at this code, and tests hold
the two together. Torch is needed here, and in the rooms that train, round or spread
this network.

Names of tensors end in the letters of their axes: B sequences, S query and T key
positions, M tokens laid end to end, D model, H heads, C key-value latent, Q query
latent, N and R head parts without and with rotary position (r pairs, R/2), V value
of a head, K = C + R kept of a token, E experts, A active ones, G groups, F inner
size of an expert, I of a dense layer, W vocabulary, L layers; X has no letter.
"""

from dsv3.model.attention import AttentionForm as AttentionForm
from dsv3.model.balancing import (
    auxiliary_loss as auxiliary_loss,
    expert_load as expert_load,
    max_violation as max_violation,
    sequence_balance_loss as sequence_balance_loss,
    updated_bias as updated_bias,
)
from dsv3.model.cache import LatentCache as LatentCache
from dsv3.model.checkpoint import (
    load_checkpoint as load_checkpoint,
    load_model as load_model,
    save_checkpoint as save_checkpoint,
)
from dsv3.model.configuration import tiny as tiny
from dsv3.model.generation import (
    GREEDY as GREEDY,
    Sampling as Sampling,
    generate as generate,
    stream as stream,
)
from dsv3.model.multi_token_prediction import (
    prediction_loss as prediction_loss,
    training_loss as training_loss,
)
from dsv3.model.routing import (
    Gate as Gate,
    Routing as Routing,
    choose_experts as choose_experts,
    gate_values as gate_values,
    group_scores as group_scores,
)
from dsv3.model.speculation import (
    SpeculativeText as SpeculativeText,
    speculate as speculate,
)
from dsv3.model.transformer import Prediction as Prediction, Transformer as Transformer
