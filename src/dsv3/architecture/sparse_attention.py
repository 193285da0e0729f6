"""Records of attention to a part of the context: sparse, compressed, or both.

DeepSeek-V3.2 lets an indexer select the tokens that latent attention attends to;
DeepSeek-V4 compresses several tokens into one entry, and selects among the entries.
"""

from dataclasses import dataclass

from dsv3.architecture.cached_attention import LatentAttention
from dsv3.architecture.rules import require_multiple, require_pairs, require_whole
from explorables.arithmetic import Number, require


@dataclass(frozen=True, slots=True, kw_only=True)
class LightningIndexer:
    """Scores every earlier key cheaply, so that attention may read only the best.

    A score is a weighted sum over heads of rectified products of a query with the one
    key that all heads share (DeepSeek-V3.2, equation 1) [deepseekai2025v32]_.
    """

    index_n_heads: Number
    """Heads of the indexer's queries."""

    index_head_dim: Number
    """Size of its queries, and of the key that is cached of every entry."""

    index_topk: Number
    """Entries with the highest scores, which attention attends to."""

    def __post_init__(self) -> None:
        require_whole("index_n_heads", self.index_n_heads)
        require_whole("index_head_dim", self.index_head_dim)
        require_whole("index_topk", self.index_topk)

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of the indexer is wider than this."""
        return (self.index_n_heads + 4) * (self.index_head_dim + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseLatentAttention:
    """Latent attention to the tokens that an indexer selects.

    DeepSeek Sparse Attention (DSA) of DeepSeek-V3.2 (section 2.1)
    [deepseekai2025v32]_.
    """

    latent: LatentAttention
    indexer: LightningIndexer

    shared_selection: bool = False
    """Whether the layer attends to an earlier layer's selection, and has no indexer."""

    def __post_init__(self) -> None:
        rank, rule = self.latent.q_lora_rank, "must be given: the indexer reads it"
        require("q_lora_rank", rank, rank is not None, rule)

    @property
    def num_attention_heads(self) -> Number:
        """Heads of the latent attention."""
        return self.latent.num_attention_heads

    @property
    def windowed_layers(self) -> tuple[Number, Number | None]:
        """Layers that attend through a window, and its positions: none."""
        return 0, None

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        return self.latent.widest_elements + self.indexer.widest_elements


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressedAttention:
    """Multi-query attention to a window of tokens, and to entries of several tokens.

    Key and value are one vector. DeepSeek-V4 (section 2.3) [deepseekai2026v4]_ has
    three kinds of layer: with an indexer it is compressed sparse attention (CSA),
    without one heavily compressed attention (HCA), and without a ``compress_rate``
    sliding-window attention.
    """

    num_attention_heads: Number

    head_dim: Number
    """Size of a head's query, and of an entry, which is key and value."""

    q_lora_rank: Number
    """Size of the query latent."""

    qk_rope_head_dim: Number
    """Part of query and entry with rotary position."""

    sliding_window: Number
    """Latest tokens that are attended to one by one, in every layer."""

    o_groups: Number
    """Groups of heads whose outputs are projected down apart."""

    o_lora_rank: Number
    """Size to which a group's output is projected down."""

    compress_rate: Number | None = None
    """Tokens in a compressed entry; None when only the window is attended to."""

    indexer: LightningIndexer | None = None
    """Selects among the compressed entries; None when all are attended to."""

    def __post_init__(self) -> None:
        heads, groups = self.num_attention_heads, self.o_groups
        require_whole("num_attention_heads", heads)
        require_whole("head_dim", self.head_dim)
        require_whole("q_lora_rank", self.q_lora_rank)
        require_whole("qk_rope_head_dim", self.qk_rope_head_dim)
        require_pairs("qk_rope_head_dim", self.qk_rope_head_dim)
        require_whole("sliding_window", self.sliding_window)
        require_whole("o_groups", groups)
        require_whole("o_lora_rank", self.o_lora_rank)
        require_multiple("num_attention_heads", heads, "o_groups", groups)
        if self.compress_rate is None:
            rule = "must be None without a compress_rate"
            require("indexer", self.indexer, self.indexer is None, rule)
        else:
            require_whole("compress_rate", self.compress_rate)

    @property
    def windowed_layers(self) -> tuple[Number, Number | None]:
        """Layers of a kind that keeps its window alone: none."""
        return 0, None

    @property
    def widest_elements(self) -> Number:
        """The sizes added up: no projection of a layer is wider than this."""
        heads = self.num_attention_heads * self.head_dim
        indexer = 0 if self.indexer is None else self.indexer.widest_elements
        positions = 0 if self.compress_rate is None else self.compress_rate
        inner = self.q_lora_rank + self.o_groups * self.o_lora_rank
        return heads + inner + 5 * self.head_dim + indexer + positions
