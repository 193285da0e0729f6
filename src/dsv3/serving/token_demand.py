"""What a token costs a service: weights read, work done, and bytes sent for it."""

from dataclasses import dataclass

from dsv3 import accounting
from dsv3.architecture import Architecture
from dsv3.collectives import round_trip_bytes
from dsv3.formats import BF16, NUMBER_FORMATS
from dsv3.serving.memory_demand import MemoryDemand, counted_memory_demand
from dsv3.serving.model_records import model_record
from dsv3.serving.step import StepLoad, draft_load, step_load
from explorables.arithmetic import Choice, Number, total


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDemand:
    """What a token costs a service: in the model, in a draft, and on the network."""

    memory: MemoryDemand
    model: StepLoad

    module: StepLoad
    """A draft by a prediction module; all zero where there is none."""

    common_bytes_per_parameter: Number
    """Bytes read for a weight that every token meets, scales and all."""

    routed_bytes_per_parameter: Number
    """Bytes read for a weight of a routed expert."""

    prompt_score_flop_per_token_squared: Number
    """Attention's work for a pair of tokens of a prompt, keys and values at hand."""

    prompt_selected_score_flop: Number
    """The same for a pair of a token and one that sparse attention selects for it."""

    expert_layers: Number
    """Layers whose tokens travel to experts."""

    module_expert_layers: Number
    """The same, of a draft."""

    copy_bytes: Number
    """Bytes of one token sent to one expert of one layer and back."""

    summed_bytes: Number
    """Bytes of one token that GPUs sum where every matrix is cut: twice a layer."""

    num_experts_per_tok: Number

    topk_group: Number
    """Most groups of experts, and so nodes, that one token may visit."""


def token_demand(model: Choice | Architecture, precision: Choice) -> TokenDemand:
    """Return what a token of a model costs a service, weights at a precision.

    Examples
    --------
    A token of DeepSeek-V3 on its way to an expert in FP8, and back in BF16, is
    7168 x 3 bytes and 56 scales of 4:

    >>> token_demand("deepseek-v3", "fp8").copy_bytes
    21728.0
    """
    return model_record(counted_token_demand, model, precision)


def counted_token_demand(model: Architecture, precision: str) -> TokenDemand:
    """Count what a token costs a service; `token_demand` takes names too."""
    memory, load = counted_memory_demand(model, precision), step_load(model)
    draft = draft_load(model)
    return TokenDemand(
        memory=memory,
        model=load,
        module=draft,
        common_bytes_per_parameter=(memory.common_bytes - _looked_up_bytes(model))
        / load.common_parameters,
        routed_bytes_per_parameter=memory.routed_bytes / max(load.routed_parameters, 1),
        prompt_score_flop_per_token_squared=total(
            group.layers * one.score_flop(1)
            for group, one in accounting.attention_counts(model)
        ),
        prompt_selected_score_flop=total(
            group.layers * selection.score_flop_per_token
            for group, one in accounting.attention_counts(model)
            if (selection := one.selection()) is not None
        ),
        expert_layers=model.num_expert_layers,
        module_expert_layers=1 if draft.routed_parameters else 0,
        copy_bytes=round_trip_bytes(
            hidden_size=model.hidden_size,
            dispatch_format=NUMBER_FORMATS[precision].dispatched_as,
        ),
        summed_bytes=2
        * model.num_hidden_layers
        * BF16.element_bytes
        * model.hidden_size,
        num_experts_per_tok=_chosen_experts(model),
        topk_group=_groups_allowed(model),
    )


def _looked_up_bytes(model: Architecture) -> Number:
    """Return the bytes of an embedding that is looked up in, and not multiplied."""
    count = accounting.parameter_count(model)
    return 0 if count.tied else BF16.element_bytes * count.embedding_parameters


def _chosen_experts(model: Architecture) -> Number:
    return 0 if model.experts is None else model.experts.num_experts_per_tok


def _groups_allowed(model: Architecture) -> Number:
    """Return the limit; one group is none: a token may then visit every node."""
    if model.experts is None or model.experts.n_group <= 1:
        return _chosen_experts(model)
    return model.experts.topk_group
