"""What the torch model must be told beyond the sizes that counting needs.

Owns the settings read from a ``config.json`` beside
:class:`~dsv3.architecture.Architecture`: how experts are scored and chosen, and
the small constants of norms and of the first weights. Every layer is given its
own part, in plain whole numbers. Knows no tensor. The file's way in and out is
:mod:`dsv3.model.config_file`.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from dsv3.architecture import (
    Architecture,
    Experts,
    LatentAttention,
    Quantization,
    RopeScaling,
)
from explorables.arithmetic import Number, require

ScoringFunction: TypeAlias = Literal["sigmoid", "softmax"]
"""What turns the router's logits into scores; V3 has sigmoid, V2 softmax."""

TopkMethod: TypeAlias = Literal["noaux_tc", "group_limited_greedy", "greedy"]
"""How experts are chosen; the names are those of the released configs.

``noaux_tc`` adds a bias and ranks groups by their two best (V3);
``group_limited_greedy`` ranks groups by their best (V2); ``greedy`` has no
groups (V2-Lite).
"""

PUBLISHED_INITIALIZER_RANGE = 0.006
"""Standard deviation of the first weights [deepseekai2024v3]_ (section 4.2)."""

YARN_SETTINGS = (
    *("factor", "original_max_position_embeddings", "beta_fast", "beta_slow"),
    *("mscale", "mscale_all_dim"),
)
"""What a config must say about YaRN."""

RANKED_PER_GROUP = 2
"""Scores added up to rank a group in ``noaux_tc``."""

SCORING_FUNCTIONS = get_args(ScoringFunction)
"""Every allowed ``scoring_func``."""

TOPK_METHODS = get_args(TopkMethod)
"""Every allowed ``topk_method``."""


def require_word(name: str, value: object, *words: str) -> None:
    """Refuse a setting that is none of the words it may be.

    Parameters
    ----------
    name
        The field, for the message.
    value
        Its value.
    words
        What it may be.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    require(name, value, value in words, f"must be one of {', '.join(words)}")


def whole(name: str, value: Number | None) -> int:
    """Return a size as a plain whole number, which tensors need.

    Parameters
    ----------
    name
        The field, for the message.
    value
        Its value, already checked by the architecture.

    Returns
    -------
    int
        The same number.

    Raises
    ------
    ValueError
        If it is a recorded number or absent.

    Examples
    --------
    >>> whole("hidden_size", 7168)
    7168
    """
    if isinstance(value, int | float):
        return int(value)
    message = f"{name} is {value!r}: a model that runs needs a plain number"
    raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class YarnSettings:
    """How YaRN stretches rotary position [peng2023yarn]_ (section 3)."""

    factor: float
    """How many times the trained length is reached, V3's 40."""

    original_max_position_embeddings: float
    """The length trained first, in tokens."""

    beta_fast: float
    """Turns over that length above which a pair keeps its frequency."""

    beta_slow: float
    """Turns below which a pair's frequency is divided by the factor."""

    mscale_all_dim: float
    """Coefficient of the logarithm in the temperature of attention's scores."""

    @property
    def temperature(self) -> float:
        """Factor on the scores' scale, the square of 0.1 m ln(s) + 1.

        Examples
        --------
        DeepSeek-V3's 1.3689 squared:

        >>> yarn = YarnSettings(
        ...     factor=40,
        ...     original_max_position_embeddings=4096,
        ...     beta_fast=32,
        ...     beta_slow=1,
        ...     mscale_all_dim=1,
        ... )
        >>> round(yarn.temperature, 4)
        1.8739
        """
        if self.factor <= 1:
            return 1.0
        return (0.1 * self.mscale_all_dim * math.log(self.factor) + 1) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionSettings:
    """What one layer's attention must know; fields as in ``config.json``."""

    hidden_size: int
    num_attention_heads: int
    q_lora_rank: int | None
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int
    attention_bias: bool
    softmax_scale: float
    """Factor on the scores, 1/sqrt(d_qk), times YaRN's temperature."""

    def __post_init__(self) -> None:
        """Check that the rotary part is made of pairs."""
        size = self.qk_rope_head_dim
        rule = "must be even, because rotary position turns pairs"
        require("qk_rope_head_dim", size, size % 2 == 0, rule)

    @property
    def qk_head_dim(self) -> int:
        """Size of a head's query and key, both parts together."""
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    @property
    def cached_size(self) -> int:
        """Numbers kept of one token in one layer: latent and rotary key."""
        return self.kv_lora_rank + self.qk_rope_head_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettings:
    """What the gate must know; fields as in ``config.json``."""

    n_routed_experts: int
    num_experts_per_tok: int
    n_group: int
    topk_group: int
    scoring_func: ScoringFunction
    topk_method: TopkMethod
    norm_topk_prob: bool
    routed_scaling_factor: float

    def __post_init__(self) -> None:
        """Check that the experts can be chosen as the fields say."""
        require("n_group", self.n_group, self.n_group >= 1, "must be at least 1")
        size, rest = divmod(self.n_routed_experts, self.n_group)
        rule = f"must be a multiple of n_group, {self.n_group}"
        require("n_routed_experts", self.n_routed_experts, rest == 0, rule)
        kept = self.topk_group
        rule = f"must be from 1 to n_group, {self.n_group}"
        require("topk_group", kept, 1 <= kept <= self.n_group, rule)
        chosen, left = self.num_experts_per_tok, kept * size
        rule = f"must be from 1 to the {left} experts that the group limit leaves"
        require("num_experts_per_tok", chosen, 1 <= chosen <= left, rule)
        require_word("scoring_func", self.scoring_func, *SCORING_FUNCTIONS)
        require_word("topk_method", self.topk_method, *TOPK_METHODS)
        rule = f"must leave at least {RANKED_PER_GROUP} experts to a group"
        ranked = self.topk_method != "noaux_tc" or size >= RANKED_PER_GROUP
        require("n_group", self.n_group, ranked, rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsSettings:
    """What one expert layer must know; fields as in ``config.json``."""

    hidden_size: int
    moe_intermediate_size: int
    n_shared_experts: int
    first_k_dense_replace: int
    routing: RoutingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """A model that can be built: its sizes, and what counting does not need."""

    architecture: Architecture
    """The sizes; latent attention and an untied head."""

    scoring_func: ScoringFunction = "sigmoid"
    """What makes scores of the router's logits."""

    topk_method: TopkMethod = "noaux_tc"
    """How experts are chosen."""

    norm_topk_prob: bool = True
    """Whether the chosen experts' gate values are made to add up to 1."""

    rms_norm_eps: float = 1e-6
    """Added to the mean square in every norm."""

    initializer_range: float = PUBLISHED_INITIALIZER_RANGE
    """Standard deviation of the first weights."""

    def __post_init__(self) -> None:
        """Check that this is a model that the code beside can build."""
        sizes = self.architecture
        rule = "the torch model has latent attention only"
        latent = isinstance(sizes.attention, LatentAttention)
        require("model_type", sizes.model_type, latent, rule)
        rule = "the head has weights of its own"
        tied = sizes.tie_word_embeddings
        require("tie_word_embeddings", tied, not tied, rule)
        rule = "feed-forwards have no biases here"
        require("mlp_bias", sizes.mlp_bias, not sizes.mlp_bias, rule)
        # Below 1 the slowest pair would turn fastest, and YaRN's ramp has no place.
        require("rope_theta", self.rope_theta, self.rope_theta > 1, "must be above 1")
        _require_yarn(sizes.rope_scaling)
        for name in ("rms_norm_eps", "initializer_range"):
            value: float = getattr(self, name)
            require(name, value, 0 < value < 1, "must be above 0 and below 1")
        require_word("scoring_func", self.scoring_func, *SCORING_FUNCTIONS)
        require_word("topk_method", self.topk_method, *TOPK_METHODS)
        if sizes.experts is not None:
            rule = "must be noaux_tc exactly when experts have a routing bias"
            steered = self.topk_method == "noaux_tc"
            agree = steered == sizes.experts.routing_bias
            require("topk_method", self.topk_method, agree, rule)
            assert self.experts is not None

    @property
    def hidden_size(self) -> int:
        """Size of the residual stream."""
        return whole("hidden_size", self.architecture.hidden_size)

    @property
    def vocab_size(self) -> int:
        """Tokens in the vocabulary."""
        return whole("vocab_size", self.architecture.vocab_size)

    @property
    def num_hidden_layers(self) -> int:
        """Transformer layers of the main model."""
        return whole("num_hidden_layers", self.architecture.num_hidden_layers)

    @property
    def num_nextn_predict_layers(self) -> int:
        """Multi-token prediction modules."""
        modules = self.architecture.num_nextn_predict_layers
        return whole("num_nextn_predict_layers", modules)

    @property
    def intermediate_size(self) -> int:
        """Inner size of a dense feed-forward."""
        return whole("intermediate_size", self.architecture.intermediate_size)

    @property
    def max_position_embeddings(self) -> int:
        """Longest context in tokens; 4,096 where the config states none."""
        return self.architecture.max_position_embeddings or 4096

    @property
    def rope_theta(self) -> float:
        """Base of the rotary frequencies; 10,000 where the config states none."""
        return self.architecture.rope_theta or 10000.0

    @property
    def yarn(self) -> YarnSettings | None:
        """The stretching of rotary position, None for none."""
        scaling = self.architecture.rope_scaling
        if scaling is None:
            return None
        numbers = dict(scaling.settings)
        return YarnSettings(
            **{name: numbers[name] for name in YARN_SETTINGS if name != "mscale"}
        )

    @property
    def attention(self) -> AttentionSettings:
        """The part that one layer's attention is given."""
        sizes = self.architecture.attention
        assert isinstance(sizes, LatentAttention)
        rank = sizes.q_lora_rank
        temperature = 1.0 if self.yarn is None else self.yarn.temperature
        return AttentionSettings(
            hidden_size=self.hidden_size,
            num_attention_heads=whole("num_attention_heads", sizes.num_attention_heads),
            q_lora_rank=None if rank is None else whole("q_lora_rank", rank),
            kv_lora_rank=whole("kv_lora_rank", sizes.kv_lora_rank),
            qk_nope_head_dim=whole("qk_nope_head_dim", sizes.qk_nope_head_dim),
            qk_rope_head_dim=whole("qk_rope_head_dim", sizes.qk_rope_head_dim),
            v_head_dim=whole("v_head_dim", sizes.v_head_dim),
            attention_bias=sizes.attention_bias,
            softmax_scale=temperature / math.sqrt(whole("", sizes.qk_head_dim)),
        )

    @property
    def experts(self) -> ExpertsSettings | None:
        """The part that an expert layer is given, None for a dense model."""
        sizes = self.architecture.experts
        if sizes is None:
            return None
        inner = whole("moe_intermediate_size", sizes.moe_intermediate_size)
        dense = whole("first_k_dense_replace", sizes.first_k_dense_replace)
        return ExpertsSettings(
            hidden_size=self.hidden_size,
            moe_intermediate_size=inner,
            n_shared_experts=whole("n_shared_experts", sizes.n_shared_experts),
            first_k_dense_replace=dense,
            routing=self._routing(sizes),
        )

    def _routing(self, sizes: Experts) -> RoutingSettings:
        chosen = whole("num_experts_per_tok", sizes.num_experts_per_tok)
        return RoutingSettings(
            n_routed_experts=whole("n_routed_experts", sizes.n_routed_experts),
            num_experts_per_tok=chosen,
            n_group=whole("n_group", sizes.n_group),
            topk_group=whole("topk_group", sizes.topk_group),
            scoring_func=self.scoring_func,
            topk_method=self.topk_method,
            norm_topk_prob=self.norm_topk_prob,
            routed_scaling_factor=sizes.routed_scaling_factor,
        )

    @property
    def quantization(self) -> Quantization | None:
        """Layout of the released weights, None for plain tensors."""
        return self.architecture.quantization


def _require_yarn(scaling: RopeScaling | None) -> None:
    if scaling is None:
        return
    rule = "yarn is the only stretching that DeepSeek's models have"
    require("rope_type", scaling.rope_type, scaling.rope_type == "yarn", rule)
    numbers = dict(scaling.settings)
    missing = [name for name in YARN_SETTINGS if name not in numbers]
    require("rope_scaling", sorted(numbers), not missing, f"must give {missing}")
    factor, slow = numbers["factor"], numbers["beta_slow"]
    require("factor", factor, factor >= 1, "must be at least 1: YaRN only stretches")
    fast = numbers["beta_fast"]
    require("beta_fast", fast, fast > slow, f"must be above beta_slow, {slow}")
    # Public codes disagree by whole logits where these two differ.
    both = numbers["mscale_all_dim"]
    equal = numbers["mscale"] == both
    require("mscale", numbers["mscale"], equal, f"must equal mscale_all_dim, {both}")
