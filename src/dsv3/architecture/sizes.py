"""Records of a decoder-only transformer's sizes, and the rules they must keep.

Fields are spelled as in Hugging Face's ``config.json``, each meaning one thing for
every family. A field may be a plain number or a recorded one, so a reader can redesign
a model on the page; the rules hold for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dsv3.architecture.rules import require_multiple, require_pairs, require_whole
from explorables.arithmetic import Number, require, require_option, total

if TYPE_CHECKING:
    from dsv3.architecture.sparse_attention import (
        CompressedAttention,
        SparseLatentAttention,
    )

LARGEST_EXACT_COUNT = 2**53
"""Whole numbers up to here are exact in a double, so in the page's JavaScript."""

SCORING_FUNCTIONS = ("sigmoid", "softmax", "sqrtsoftplus")
"""What can turn a router's logits into scores: V3's way, most others', and V4's."""

TOPK_METHODS = ("noaux_tc", "group_limited_greedy", "greedy")
"""How experts can be chosen; the names are those of DeepSeek's released configs.

``noaux_tc`` adds a bias and ranks groups by their two best (V3);
``group_limited_greedy`` ranks groups by their best (V2); ``greedy`` has no
groups (V2-Lite, and families outside DeepSeek).
"""


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
        return (self.num_attention_heads + 2 * self.num_key_value_heads) * self.head_dim


Attention: TypeAlias = (
    "LatentAttention | GroupedQueryAttention | SparseLatentAttention"
    " | CompressedAttention"
)
"""Every kind of attention that is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionLayers:
    """The layers of a model that attend in one way."""

    attention: Attention
    layers: Number

    window: Number | None = None
    """Positions that they attend to; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """The expert layers: routed experts, shared experts and their router."""

    n_routed_experts: Number
    """Experts among which the router chooses, per layer."""

    num_experts_per_tok: Number
    """Routed experts that work on one token."""

    moe_intermediate_size: Number
    """Inner size of one expert."""

    n_shared_experts: Number = 0
    """Experts that work on every token, per layer."""

    first_k_dense_replace: Number = 0
    """Layers with a dense feed-forward instead of experts.

    DeepSeek puts them first. A family that scatters them has the same counts,
    so only their number is kept.
    """

    moe_layer_freq: int = 1
    """Of the layers after the first dense ones, one in so many has experts."""

    n_group: Number = 1
    """Groups into which the routed experts are divided."""

    topk_group: Number = 1
    """Groups that one token may reach."""

    routed_scaling_factor: float = 1.0
    """Factor on the routed experts' joint output."""

    scoring_func: str = "softmax"
    """What makes scores of the router's logits, one of `SCORING_FUNCTIONS`."""

    topk_method: str = "greedy"
    """How experts are chosen by their scores, one of `TOPK_METHODS`."""

    norm_topk_prob: bool = True
    """Whether the chosen experts' gate values are made to add up to 1."""

    router_bias: bool = False
    """Whether the router is a linear layer with a bias."""

    expert_bias: bool = False

    num_hash_layers: Number = 0
    """Of the layers with experts, those whose experts a hash of the token names.

    They have a router, which weighs the experts, and no routing bias.
    """

    def __post_init__(self) -> None:
        require_whole("n_routed_experts", self.n_routed_experts)
        require_whole("num_experts_per_tok", self.num_experts_per_tok)
        require_whole("moe_intermediate_size", self.moe_intermediate_size)
        require_whole("n_shared_experts", self.n_shared_experts, at_least=0)
        require_whole("first_k_dense_replace", self.first_k_dense_replace, at_least=0)
        require_whole("num_hash_layers", self.num_hash_layers, at_least=0)
        require_whole("n_group", self.n_group)
        require_whole("topk_group", self.topk_group)
        experts, groups = self.n_routed_experts, self.n_group
        require_multiple("n_routed_experts", experts, "n_group", groups)
        kept = self.topk_group
        require("topk_group", kept, kept <= groups, "must be at most n_group")
        chosen = self.num_experts_per_tok
        rule = "must be at most the routed experts in topk_group of the n_group groups"
        require("num_experts_per_tok", chosen, chosen <= experts / groups * kept, rule)
        require_option("scoring_func", self.scoring_func, SCORING_FUNCTIONS)
        require_option("topk_method", self.topk_method, TOPK_METHODS)

    @property
    def routing_bias(self) -> bool:
        """Whether each expert has a bias on its score that steers the choice only."""
        return self.topk_method == "noaux_tc"


@dataclass(frozen=True, slots=True, kw_only=True)
class RopeScaling:
    """How rotary position is stretched beyond the length trained first."""

    rope_type: str

    settings: tuple[tuple[str, float], ...]
    """The method's numbers by name, sorted by name."""

    @property
    def numbers(self) -> Mapping[str, float]:
        """The same, to be looked up."""
        return dict(self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantization:
    """The low-precision layout in which the weights were released."""

    quant_method: str
    """The method's name: ``fp8``, ``mxfp4``, ..."""

    weight_block_size: tuple[int, int] | None = None
    """Rows and columns of a weight block that shares a scale; None if not blocks."""

    expert_dtype: str | None = None
    """The format of routed experts where it is another: ``fp4``; None if the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A decoder-only transformer: all that counting or running it must know."""

    model_type: str

    vocab_size: Number
    """Rows of the embedding matrix, and of the output head."""

    hidden_size: Number
    """Size of the residual stream."""

    num_hidden_layers: Number
    """Transformer layers of the main model."""

    attention: Attention
    """The attention of every layer, and of the modules after the main model."""

    attention_layers: tuple[AttentionLayers, ...] = ()
    """The layers of the main model by their attention; empty where all have one."""

    intermediate_size: Number | None
    """Inner size of a dense feed-forward; None when no layer is dense."""

    experts: Experts | None = None

    mlp_bias: bool = False
    """Whether dense feed-forwards and shared experts have biases."""

    num_nextn_predict_layers: Number = 0
    """Multi-token prediction modules after the main model."""

    hc_mult: Number | None = None
    """Copies of the residual stream that hyper-connections mix; None without them."""

    tie_word_embeddings: bool = False
    """Whether the output head is the embedding matrix."""

    hidden_act: str = "silu"
    """The function between a feed-forward's projections."""

    rms_norm_eps: float = 1e-6
    """Added to the mean square in every norm."""

    initializer_range: float = 0.02
    """Standard deviation of the first weights."""

    max_position_embeddings: int = 4096
    """Longest context in tokens."""

    rope_theta: float = 10000.0
    rope_scaling: RopeScaling | None = None

    quantization: Quantization | None = None
    """Layout of the released weights; None when released unquantised."""

    def __post_init__(self) -> None:
        require_whole("vocab_size", self.vocab_size)
        require_whole("hidden_size", self.hidden_size)
        require_whole("num_hidden_layers", self.num_hidden_layers)
        modules = self.num_nextn_predict_layers
        require_whole("num_nextn_predict_layers", modules, at_least=0)
        if self.intermediate_size is None:
            rule = "must be 0 when there is no intermediate_size"
            dense = self.num_dense_layers
            require("first_k_dense_replace", dense, dense == 0, rule)
        else:
            require_whole("intermediate_size", self.intermediate_size)
        for name in ("rms_norm_eps", "initializer_range"):
            value: float = getattr(self, name)
            require(name, value, 0 < value < 1, "must be above 0 and below 1")
        if self.hc_mult is not None:
            require_whole("hc_mult", self.hc_mult)
        self._require_layers()
        size = self._size_bound()
        rule = "must be below 2**53, where whole numbers stop being exact"
        require("the model's size", size, size <= LARGEST_EXACT_COUNT, rule)

    def _require_layers(self) -> None:
        layers = self.num_hidden_layers
        rule = "must be at most num_hidden_layers"
        if self.experts is not None:
            dense = self.experts.first_k_dense_replace
            require("first_k_dense_replace", dense, dense <= layers, rule)
            hashed, sparse = self.experts.num_hash_layers, self.num_expert_layers
            require("num_hash_layers", hashed, hashed <= sparse, rule)
        if self.attention_layers:
            listed = total(group.layers for group in self.attention_layers)
            rule_of_sum = "must add up to num_hidden_layers"
            require("attention_layers", listed, listed == layers, rule_of_sum)
        sliding, window = self.attention.windowed_layers
        if window is not None:
            require("num_sliding_layers", sliding, sliding <= layers, rule)

    def _size_bound(self) -> Number:
        """Return a generous bound on the parameters, to refuse absurd models."""
        hidden = self.hidden_size
        inner = 0 if self.intermediate_size is None else self.intermediate_size
        if self.experts is not None:
            experts = self.experts.n_routed_experts + self.experts.n_shared_experts
            inner = inner + experts * (self.experts.moe_intermediate_size + 1)
        kinds = (self.attention, *(group.attention for group in self.attention_layers))
        width = hidden + total(kind.widest_elements for kind in kinds)
        streams = 0 if self.hc_mult is None else self.hc_mult
        layers = self.num_hidden_layers + self.num_nextn_predict_layers
        # The last 10 covers norms and biases, which are vectors of those widths.
        layer = width * width + 3 * hidden * inner + 10 * (width + inner)
        layer = layer + 3 * streams * streams * (streams + 2) * (hidden + 1)
        return 2 * self.vocab_size * hidden + layers * layer

    @property
    def layer_attention(self) -> tuple[AttentionLayers, ...]:
        """The layers of the main model by the way in which they attend.

        What is counted over layers is counted over these: a model whose layers
        differ in kind says so here.
        """
        if self.attention_layers:
            return self.attention_layers
        kind, (windowed, window) = self.attention, self.attention.windowed_layers
        if window is None:
            return (AttentionLayers(attention=kind, layers=self.num_hidden_layers),)
        full = self.num_hidden_layers - windowed
        return (
            AttentionLayers(attention=kind, layers=full),
            AttentionLayers(attention=kind, layers=windowed, window=window),
        )

    @property
    def latent_attention(self) -> LatentAttention:
        """The attention of a model where it is latent; another kind is refused."""
        if not isinstance(self.attention, LatentAttention):
            message = f"model_type is {self.model_type!r}: must have latent attention"
            raise ValueError(message)
        return self.attention

    @property
    def num_dense_layers(self) -> Number:
        """Layers with a dense feed-forward."""
        if self.experts is None:
            return self.num_hidden_layers
        return self.experts.first_k_dense_replace

    @property
    def num_expert_layers(self) -> Number:
        """Layers with experts."""
        return self.num_hidden_layers - self.num_dense_layers
