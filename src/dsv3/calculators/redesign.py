"""DeepSeek-V3 with other sizes: what grows and what does not."""

from typing import Annotated

from dsv3 import accounting
from dsv3.calculators.defaults import published
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Number


@calculator(
    command="dsv3 architecture redesign",
    title="Redesign DeepSeek-V3",
    summary="Parameters, FLOP and KV cache of DeepSeek-V3 with some sizes changed.",
    finding="As released, one parameter in eighteen is active for a token.",
    outputs={
        "total_parameters": "Stored",
        "active_parameters": "Active per token",
        "active_share": "Active over stored",
        "routed_experts_share": "Routed experts' share",
        "training_flop_per_token": "Training work",
        "kv_cache_bytes_per_token": "KV cache",
    },
    curve=Curve(x="n_routed_experts", y="total_parameters"),
)
def redesign(
    *,
    n_routed_experts: Annotated[
        Number,
        Argument(
            "Routed experts",
            "Experts of a layer that the router chooses from, without the shared one.",
            8,
            1024,
            step=8,
        ),
    ] = published("v3.n_routed_experts"),
    num_experts_per_tok: Annotated[
        Number,
        Argument(
            "Experts per token",
            "Routed experts that a token is sent to, without the shared one.",
            1,
            32,
            step=1,
        ),
    ] = published("v3.num_experts_per_tok"),
    moe_intermediate_size: Annotated[
        Number,
        Argument(
            "Expert width",
            "Numbers between an expert's two matrix products.",
            256,
            8192,
            step=256,
        ),
    ] = published("v3.moe_intermediate_size"),
    num_hidden_layers: Annotated[
        Number,
        Argument(
            "Layers",
            "Layers with the three dense ones, without multi-token prediction.",
            4,
            128,
            step=1,
        ),
    ] = published("v3.num_hidden_layers"),
    hidden_size: Annotated[
        Number,
        Argument(
            "Hidden size",
            "Numbers of a token's vector from layer to layer.",
            1024,
            16384,
            step=256,
        ),
    ] = published("v3.hidden_size"),
    num_attention_heads: Annotated[
        Number,
        Argument("Attention heads", "Heads of a layer's attention.", 8, 256, step=8),
    ] = published("v3.num_attention_heads"),
    kv_lora_rank: Annotated[
        Number,
        Argument(
            "KV latent size",
            "Numbers that a layer caches for a token, without the rotary key.",
            64,
            2048,
            step=64,
        ),
    ] = published("v3.kv_lora_rank"),
) -> accounting.ModelSize:
    """Count DeepSeek-V3 with these sizes; see `accounting.redesign`.

    Examples
    --------
    >>> redesign().total_parameters, redesign().kv_cache_bytes_per_token
    (671026419200.0, 70272.0)
    """
    return accounting.redesign(
        n_routed_experts=n_routed_experts,
        num_experts_per_tok=num_experts_per_tok,
        moe_intermediate_size=moe_intermediate_size,
        num_hidden_layers=num_hidden_layers,
        hidden_size=hidden_size,
        num_attention_heads=num_attention_heads,
        kv_lora_rank=kv_lora_rank,
    )
