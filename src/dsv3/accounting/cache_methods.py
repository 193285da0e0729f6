"""What each way of attending keeps of a token: four methods over one set of heads."""

from dsv3.accounting.attention import key_value_elements, latent_elements
from explorables.arithmetic import Number, require

METHODS = ("multi-head", "grouped-query", "multi-query", "latent")
"""Ways of attending, in the order they were invented, the last by DeepSeek-V2."""


def cached_elements_by_method(
    *,
    num_attention_heads: Number,
    num_key_value_heads: Number,
    head_dim: Number,
    kv_lora_rank: Number,
    qk_rope_head_dim: Number,
) -> dict[str, Number]:
    """Numbers kept of one token in one layer, by method.

    Multi-head attention keeps a key and a value for every head, grouped-query for every
    group of heads, multi-query one of each; latent attention keeps one latent and one
    rotary key for all heads (DeepSeek-V2, Table 1) [deepseekai2024v2]_.

    Examples
    --------
    >>> cached_elements_by_method(
    ...     num_attention_heads=128,
    ...     num_key_value_heads=8,
    ...     head_dim=128,
    ...     kv_lora_rank=512,
    ...     qk_rope_head_dim=64,
    ... )
    {'multi-head': 32768, 'grouped-query': 2048, 'multi-query': 256, 'latent': 576}
    """
    require(
        "num_key_value_heads",
        num_key_value_heads,
        num_key_value_heads <= num_attention_heads,
        "must be at most num_attention_heads",
    )
    return {
        "multi-head": key_value_elements(num_attention_heads, head_dim),
        "grouped-query": key_value_elements(num_key_value_heads, head_dim),
        "multi-query": key_value_elements(1, head_dim),
        "latent": latent_elements(kv_lora_rank, qk_rope_head_dim),
    }
