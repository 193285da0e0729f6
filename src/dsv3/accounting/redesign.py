"""DeepSeek-V3 with some of its sizes changed: what grows and what does not."""

import dataclasses
from dataclasses import dataclass

from dsv3.accounting.memory import kv_cache_bytes_per_token
from dsv3.accounting.transformer import ActiveConvention, parameter_count
from dsv3.accounting.work import flop_per_token
from dsv3.architecture import preset
from explorables.arithmetic import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSize:
    """The sums that a choice of sizes leads to."""

    total_parameters: Number
    """Weights stored, multi-token prediction left out."""

    active_parameters: Number
    """Weights used per token, the input embedding left out."""

    active_share: Number

    routed_experts_share: Number
    """Routed experts' weights over all weights stored."""

    training_flop_per_token: Number
    """Forward and backward FLOP per token at 4,096 tokens of context, causal."""

    kv_cache_bytes_per_token: Number
    """Bytes cached per token in BF16."""


def redesign(
    *,
    num_hidden_layers: Number,
    hidden_size: Number,
    n_routed_experts: Number,
    num_experts_per_tok: Number,
    moe_intermediate_size: Number,
    num_attention_heads: Number,
    kv_lora_rank: Number,
) -> ModelSize:
    """Count DeepSeek-V3 with these sizes in place of its own.

    Names are those of ``config.json``. Every other size stays as released: three
    dense layers, one shared expert, eight expert groups of which four are kept, the
    vocabulary.

    Examples
    --------
    >>> as_released = redesign(
    ...     num_hidden_layers=61,
    ...     hidden_size=7168,
    ...     n_routed_experts=256,
    ...     num_experts_per_tok=8,
    ...     moe_intermediate_size=2048,
    ...     num_attention_heads=128,
    ...     kv_lora_rank=512,
    ... )
    >>> as_released.total_parameters, as_released.kv_cache_bytes_per_token
    (671026419200, 70272)
    """
    released = preset("deepseek-v3")
    assert released.experts is not None
    changed = dataclasses.replace(
        released,
        num_hidden_layers=num_hidden_layers,
        hidden_size=hidden_size,
        attention=dataclasses.replace(
            released.latent_attention,
            num_attention_heads=num_attention_heads,
            kv_lora_rank=kv_lora_rank,
        ),
        experts=dataclasses.replace(
            released.experts,
            n_routed_experts=n_routed_experts,
            num_experts_per_tok=num_experts_per_tok,
            moe_intermediate_size=moe_intermediate_size,
        ),
    )
    count = parameter_count(changed)
    active = count.active(ActiveConvention.WITHOUT_INPUT_EMBEDDING)
    return ModelSize(
        total_parameters=count.total_parameters,
        active_parameters=active,
        active_share=active / count.total_parameters,
        routed_experts_share=count.routed_experts_parameters / count.total_parameters,
        training_flop_per_token=flop_per_token(changed).training_flop_per_token,
        kv_cache_bytes_per_token=kv_cache_bytes_per_token(changed),
    )
