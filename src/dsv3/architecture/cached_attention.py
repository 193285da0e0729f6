"""Kinds of attention that cache something of every token of a context.

Fields are spelled as in Hugging Face's ``config.json``.
"""

from dataclasses import dataclass

from dsv3.architecture.rules import require_multiple, require_pairs, require_whole
from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention:
    """Multi-head latent attention: one small vector per token is cached.

    DeepSeek-V2 (section 2.1) [deepseekai2024v2]_, kept in DeepSeek-V3
    (section 2.1.1) [deepseekai2024v3]_.
    """

    num_attention_heads: Number
    """Heads; every head has its own keys and values, rebuilt from the latent."""

    q_lora_rank: Number | None
    """Size of the query latent; None when queries are projected directly."""

    kv_lora_rank: Number
    """Size of the key-value latent, the larger part of the cache."""

    qk_nope_head_dim: Number
    """Part of a head's query and key without position."""

    qk_rope_head_dim: Number
    """Part of a head's query and key with rotary position; the key's is shared."""

    v_head_dim: Number

    attention_bias: bool = False
    """Whether the two down-projections and the output projection have a bias."""

    rope_interleave: bool = True
    """Whether neighbouring parts of a vector turn as a pair, not its two halves."""

    def __post_init__(self) -> None:
        require_whole("num_attention_heads", self.num_attention_heads)
        if self.q_lora_rank is not None:
            require_whole("q_lora_rank", self.q_lora_rank)
        require_whole("kv_lora_rank", self.kv_lora_rank)
        require_whole("qk_nope_head_dim", self.qk_nope_head_dim)
        require_whole("qk_rope_head_dim", self.qk_rope_head_dim)
        require_whole("v_head_dim", self.v_head_dim)
        require_pairs("qk_rope_head_dim", self.qk_rope_head_dim)

    @property
    def windowed_layers(self) -> tuple[Number, Number | None]:
        """Layers that attend through a window, and its positions: none."""
        return 0, None

    @property
    def qk_head_dim(self) -> Number:
        """Size of a head's query, and of its key: both parts together."""
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        query_rank = 0 if self.q_lora_rank is None else self.q_lora_rank
        per_head = self.qk_head_dim + self.qk_nope_head_dim + self.v_head_dim * 2
        heads = self.num_attention_heads * per_head
        return heads + query_rank + self.kv_lora_rank + self.qk_rope_head_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedQueryAttention:
    """Grouped-query attention: several query heads share a key and a value head.

    With as many key-value heads as heads it is plain multi-head attention; with
    one, multi-query attention.
    """

    num_attention_heads: Number

    num_key_value_heads: Number
    """Key heads, and value heads; divides the query heads."""

    head_dim: Number
    """Size of one head's query, key and value."""

    query_key_value_bias: bool = False
    """Whether the query, key and value projections have a bias."""

    output_bias: bool = False

    qk_norm: bool = False
    """Whether one RMS norm of ``head_dim`` weights follows queries, one keys."""

    qk_norm_over_heads: bool = False
    """Whether these norms have a weight for every channel of every head."""

    output_gate: bool = False
    """Whether the query projection gives a gate on the heads' sums as well."""

    attention_sinks: bool = False
    """Whether every head has one learned logit that takes attention away."""

    sliding_window: Number | None = None
    """Positions that a windowed layer attends to; None when no layer is."""

    num_sliding_layers: Number = 0

    def __post_init__(self) -> None:
        heads, groups = self.num_attention_heads, self.num_key_value_heads
        require_whole("num_attention_heads", heads)
        require_whole("num_key_value_heads", groups)
        require_whole("head_dim", self.head_dim)
        require_pairs("head_dim", self.head_dim)
        require_multiple("num_attention_heads", heads, "num_key_value_heads", groups)
        require_whole("num_sliding_layers", self.num_sliding_layers, at_least=0)
        if self.sliding_window is None:
            rule = "must be 0 when sliding_window is null"
            count = self.num_sliding_layers
            require("num_sliding_layers", count, count == 0, rule)
        else:
            require_whole("sliding_window", self.sliding_window)

    @property
    def windowed_layers(self) -> tuple[Number, Number | None]:
        """Layers that attend through a window, and its positions."""
        return self.num_sliding_layers, self.sliding_window

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        queries = self.num_attention_heads * (2 if self.output_gate else 1)
        return (queries + 2 * self.num_key_value_heads) * self.head_dim
