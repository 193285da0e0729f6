"""Records of a decoder-only transformer's sizes, and the rules they must keep.

Fields are spelled as in Hugging Face's ``config.json``, each meaning one thing for
every family. A field may be a plain number or a recorded one, so a reader can redesign
a model on the page; the rules hold for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dsv3.architecture.cached_attention import GroupedQueryAttention, LatentAttention
from dsv3.architecture.recurrence import GatedDeltaNet, KimiDeltaAttention, Mamba2
from dsv3.architecture.rules import require_multiple, require_whole
from dsv3.architecture.sparse_attention import (
    CompressedAttention,
    SparseLatentAttention,
)
from dsv3.formats import StoredWeights
from explorables.arithmetic import Number, require, require_option, total

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


CachedAttention: TypeAlias = (
    LatentAttention
    | GroupedQueryAttention
    | SparseLatentAttention
    | CompressedAttention
)
"""Attention that keeps something of every token."""

Attention: TypeAlias = CachedAttention | GatedDeltaNet | KimiDeltaAttention | Mamba2
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

    shared_expert_intermediate_size: Number | None = None
    """Inner size of the shared experts together; None for that of as many experts."""

    shared_expert_gate: bool = False
    """Whether a learned gate, one number a token, weighs the shared expert."""

    moe_latent_size: Number | None = None
    """Size to which a token is projected for the routed experts; None for no
    projection."""

    zero_expert_num: Number = 0
    """Experts that the router may choose besides, and that do nothing."""

    gated: bool = True
    """Whether an expert has a gate beside its up-projection."""

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
        require_whole("zero_expert_num", self.zero_expert_num, at_least=0)
        for name in ("shared_expert_intermediate_size", "moe_latent_size"):
            size: Number | None = getattr(self, name)
            if size is not None:
                require_whole(name, size)

    @property
    def shared_size(self) -> Number:
        """Inner size of all shared experts together; 0 without any."""
        if self.shared_expert_intermediate_size is not None:
            return self.shared_expert_intermediate_size
        return self.n_shared_experts * self.moe_intermediate_size

    @property
    def scored_experts(self) -> Number:
        """Rows of the router: the routed experts, and those that do nothing."""
        return self.n_routed_experts + self.zero_expert_num

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

    stored: StoredWeights | None = None
    """How weights of linear layers are stored; None where the method's way is not
    known."""

    wide_modules: tuple[str, ...] = ()
    """Names and patterns of the modules that are left as wide as before."""

    embeddings_stored: bool = False
    """Whether embedding and head are stored in the same way."""

    experts_only: bool = False
    """Whether only the routed experts are."""

    experts_stored: StoredWeights | None = None
    """How routed experts are stored where that is another way; None if the same."""


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

    attention: CachedAttention
    """The attention of every layer, or of the full ones where `attention_layers` says
    more; and of the modules after the main model."""

    intermediate_size: Number | None
    """Inner size of a dense feed-forward; None when no layer is dense."""

    experts: Experts | None = None

    attention_layers: tuple[AttentionLayers, ...] = ()
    """The layers of the main model by the kind of their attention; empty where
    `attention` says it all."""

    dense_layers: Number | None = None
    """Layers with a dense feed-forward; None for all that have no experts."""

    expert_layers: Number | None = None
    """Layers with experts; None for all that have no dense feed-forward."""

    norms_per_layer: Number = 2
    """Norms of the residual stream in a layer."""

    mlp_bias: bool = False
    """Whether dense feed-forwards and shared experts have biases."""

    mlp_gated: bool = True
    """Whether dense feed-forwards have a gate beside their up-projection."""

    num_nextn_predict_layers: Number = 0
    """Multi-token prediction modules after the main model."""

    mtp_shared_vocabulary: bool = False
    """Whether the checkpoint's modules leave embedding and head to the main model."""
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

    torch_dtype: str = "bfloat16"
    """Type of the numbers that are released in full, by the name that torch has."""

    quantization: Quantization | None = None
    """Layout of the released weights; None when released unquantised."""

    defaulted: tuple[tuple[str, object], ...] = field(default=(), compare=False)
    """Sizes that the config left out, with the values of its family's class."""

    left_out: tuple[str, ...] = field(default=(), compare=False)
    """Parts of the config that are not counted, such as ``vision_config``."""

    def __post_init__(self) -> None:
        require_whole("vocab_size", self.vocab_size)
        require_whole("hidden_size", self.hidden_size)
        require_whole("num_hidden_layers", self.num_hidden_layers)
        require_whole("norms_per_layer", self.norms_per_layer)
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
        for name in ("dense_layers", "expert_layers"):
            count: Number | None = getattr(self, name)
            if count is not None:
                require_whole(name, count, at_least=0)
        for group in self.attention_layers:
            require_whole("layers of a kind", group.layers, at_least=0)
        sliding, window = self.attention.windowed_layers
        if window is not None:
            require("num_sliding_layers", sliding, sliding <= layers, rule)

    def _size_bound(self) -> Number:
        """Return a generous bound on the parameters, to refuse absurd models."""
        hidden = self.hidden_size
        inner = 0 if self.intermediate_size is None else self.intermediate_size
        if self.experts is not None:
            experts = self.experts.scored_experts
            inner = inner + experts * (self.experts.moe_intermediate_size + 1)
            latent = self.experts.moe_latent_size
            inner = inner + self.experts.shared_size + (0 if latent is None else latent)
        kinds = [self.attention, *(one.attention for one in self.attention_layers)]
        width = hidden + total(kind.widest_elements for kind in kinds)
        streams = 0 if self.hc_mult is None else self.hc_mult
        layers = self.num_hidden_layers + self.num_nextn_predict_layers
        layers = layers + total(one.layers for one in self.attention_layers)
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
        if self.dense_layers is not None:
            return self.dense_layers
        if self.experts is None:
            return self.num_hidden_layers
        return self.experts.first_k_dense_replace

    @property
    def num_expert_layers(self) -> Number:
        """Layers with experts."""
        if self.expert_layers is not None:
            return self.expert_layers
        return self.num_hidden_layers - self.num_dense_layers
