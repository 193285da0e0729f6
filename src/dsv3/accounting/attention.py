"""What attention stores and does in one layer.

Owns the projections, the small vectors beside them, the work of comparing a
token with those before it, and what is kept of a token for later ones. Knows
nothing of feed-forwards, and no precision.

Twin: model/attention.py.
"""

from dataclasses import dataclass

from dsv3.accounting.matrices import FLOP_PER_PARAMETER, WeightMatrix
from dsv3.architecture import Architecture, GroupedQueryAttention, LatentAttention
from explorables.arithmetic import Condition, Number, both, minimum, require, where


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionMatrices:
    """The linear layers of one layer's attention."""

    query: tuple[WeightMatrix, ...]
    """From the residual stream to the queries."""

    key_value: tuple[WeightMatrix, ...]
    """From the residual stream to the keys and values."""

    output: tuple[WeightMatrix, ...]
    """From the heads back to the residual stream."""

    @property
    def all(self) -> tuple[WeightMatrix, ...]:
        """Every linear layer."""
        return self.query + self.key_value + self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionVectors:
    """The parameters of one layer's attention that are not matrices."""

    norm_parameters: Number
    """Norms inside attention: on latents, or on queries and keys."""

    bias_parameters: Number
    """Biases of the projections."""

    sink_parameters: Number
    """Learned logits that draw attention away, one per head."""


def attention_matrices(architecture: Architecture) -> AttentionMatrices:
    """Return the linear layers of one layer's attention.

    Latent attention is DeepSeek-V3's, section 2.1.1, equations 1 to 11
    [deepseekai2024v3]_; the matrices are those of the released checkpoint.

    Parameters
    ----------
    architecture
        The model.

    Returns
    -------
    AttentionMatrices
        One layer's.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> matrices = attention_matrices(preset("deepseek-v3")).all
    >>> sum(matrix.parameters for matrix in matrices)
    187105280
    """
    attention, hidden = architecture.attention, architecture.hidden_size
    if isinstance(attention, LatentAttention):
        return _latent_matrices(attention, hidden)
    return _grouped_matrices(attention, hidden)


def _latent_matrices(attention: LatentAttention, hidden: Number) -> AttentionMatrices:
    heads, latent = attention.num_attention_heads, attention.kv_lora_rank
    queries = heads * attention.qk_head_dim
    keys_and_values = heads * (attention.qk_nope_head_dim + attention.v_head_dim)
    cached = latent + attention.qk_rope_head_dim
    if attention.q_lora_rank is None:
        query: tuple[WeightMatrix, ...] = (
            WeightMatrix(output_size=queries, input_size=hidden),
        )
    else:
        rank = attention.q_lora_rank
        query = (
            WeightMatrix(output_size=rank, input_size=hidden),
            WeightMatrix(output_size=queries, input_size=rank),
        )
    return AttentionMatrices(
        query=query,
        key_value=(
            WeightMatrix(output_size=cached, input_size=hidden),
            WeightMatrix(output_size=keys_and_values, input_size=latent),
        ),
        output=(
            WeightMatrix(output_size=hidden, input_size=heads * attention.v_head_dim),
        ),
    )


def _grouped_matrices(
    attention: GroupedQueryAttention, hidden: Number
) -> AttentionMatrices:
    queries = attention.num_attention_heads * attention.head_dim
    keys = attention.num_key_value_heads * attention.head_dim
    return AttentionMatrices(
        query=(WeightMatrix(output_size=queries, input_size=hidden),),
        key_value=(WeightMatrix(output_size=keys, input_size=hidden, copies=2),),
        output=(WeightMatrix(output_size=hidden, input_size=queries),),
    )


def attention_vectors(architecture: Architecture) -> AttentionVectors:
    """Return the small parameters of one layer's attention.

    Parameters
    ----------
    architecture
        The model.

    Returns
    -------
    AttentionVectors
        One layer's norms, biases and sinks.

    Examples
    --------
    DeepSeek-V3 normalises both latents, 1,536 and 512 wide:

    >>> from dsv3.architecture import preset
    >>> attention_vectors(preset("deepseek-v3")).norm_parameters
    2048
    """
    attention, hidden = architecture.attention, architecture.hidden_size
    if isinstance(attention, LatentAttention):
        return _latent_vectors(attention, hidden)
    return _grouped_vectors(attention, hidden)


def _latent_vectors(attention: LatentAttention, hidden: Number) -> AttentionVectors:
    rank: Number = 0 if attention.q_lora_rank is None else attention.q_lora_rank
    latent = attention.kv_lora_rank
    biases = rank + latent + attention.qk_rope_head_dim + hidden
    return AttentionVectors(
        norm_parameters=rank + latent,
        bias_parameters=biases if attention.attention_bias else 0,
        sink_parameters=0,
    )


def _grouped_vectors(
    attention: GroupedQueryAttention, hidden: Number
) -> AttentionVectors:
    heads, groups = attention.num_attention_heads, attention.num_key_value_heads
    inward = (heads + 2 * groups) * attention.head_dim
    biases: Number = inward if attention.query_key_value_bias else 0
    return AttentionVectors(
        norm_parameters=2 * attention.head_dim if attention.qk_norm else 0,
        bias_parameters=biases + (hidden if attention.output_bias else 0),
        sink_parameters=heads if attention.attention_sinks else 0,
    )


def attended_tokens(
    context_tokens: Number, window: Number | None, causal: Condition
) -> Number:
    """Return the positions that a token attends to, on average over a context.

    With the causal mask, T/2: half of the full square, the convention that
    reproduces the ISCA paper's figures (Table 2) [zhao2025insights]_; the exact
    mean is (T + 1)/2. Through a window of W positions it is W - W²/2T, which is
    T/2 again when the window covers the context.

    Parameters
    ----------
    context_tokens
        Length of the context, above 0.
    window
        Positions in a sliding window; None for full attention.
    causal
        Whether only earlier positions are counted; otherwise all the positions
        that a full square, or a full band of the window's width, has.

    Returns
    -------
    Number
        Positions.

    Examples
    --------
    >>> attended_tokens(4096, None, causal=True)
    2048.0
    >>> attended_tokens(4096, 1024, causal=True)
    896.0
    """
    rule = "must be above 0 and at most 2**53"
    condition = both(context_tokens > 0, context_tokens <= 2**53)
    require("context_tokens", context_tokens, condition, rule)
    if window is None:
        return where(causal, context_tokens / 2, context_tokens)
    reach = minimum(window, context_tokens)
    # Two halvings rather than a square over 2T, which could pass 2**53.
    return where(causal, reach - reach / 2 * (reach / context_tokens), reach)


def score_flop_per_token_per_layer(
    architecture: Architecture, attended: Number
) -> Number:
    """Return the forward FLOP of scores and weighted values in one layer.

    For every attended position, each head multiplies a query with a key and a
    weight with a value: 2 (d_qk + d_v) FLOP.

    Parameters
    ----------
    architecture
        The model.
    attended
        Positions that the token attends to.

    Returns
    -------
    Number
        FLOP per token in one layer.

    Examples
    --------
    DeepSeek-V3 spends 2 x 128 x (192 + 128) on each position:

    >>> from dsv3.architecture import preset
    >>> score_flop_per_token_per_layer(preset("deepseek-v3"), 1)
    81920
    """
    attention = architecture.attention
    if isinstance(attention, LatentAttention):
        sizes = attention.qk_head_dim + attention.v_head_dim
    else:
        sizes = 2 * attention.head_dim
    return FLOP_PER_PARAMETER * attended * attention.num_attention_heads * sizes


def absorbed_score_flop_per_token_per_layer(
    attention: LatentAttention, attended: Number
) -> Number:
    """Return the same work done on the latents, without rebuilding keys.

    The up-projections are absorbed into the query and the output, so a head
    compares latents, d_c + d_R wide, and adds up latents, d_c wide
    [deepseekai2024v2]_ (section 2.1.2).

    Parameters
    ----------
    attention
        Latent attention.
    attended
        Positions that the token attends to.

    Returns
    -------
    Number
        FLOP per token in one layer.

    Examples
    --------
    3.4 times the work of ready-made keys and values in DeepSeek-V3:

    >>> from dsv3.architecture import preset
    >>> absorbed_score_flop_per_token_per_layer(preset("deepseek-v3").attention, 1)
    278528
    """
    sizes = 2 * attention.kv_lora_rank + attention.qk_rope_head_dim
    return FLOP_PER_PARAMETER * attended * attention.num_attention_heads * sizes


def cached_elements_per_token_per_layer(architecture: Architecture) -> Number:
    """Return the numbers kept of one token in one layer.

    Latent attention keeps the latent and the rotary key; grouped-query
    attention a key and a value for each key-value head.

    Parameters
    ----------
    architecture
        The model.

    Returns
    -------
    Number
        Elements.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> cached_elements_per_token_per_layer(preset("deepseek-v3"))
    576
    """
    attention = architecture.attention
    if isinstance(attention, LatentAttention):
        return attention.kv_lora_rank + attention.qk_rope_head_dim
    return 2 * attention.num_key_value_heads * attention.head_dim


def multi_head_elements_per_token_per_layer(architecture: Architecture) -> Number:
    """Return what plain multi-head attention of the same heads would keep.

    Every head keeps its own key and value. For latent attention the key counted
    is the part without position, since plain attention would turn that part
    rather than carry a second one.

    Parameters
    ----------
    architecture
        The model.

    Returns
    -------
    Number
        Elements.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> multi_head_elements_per_token_per_layer(preset("deepseek-v3"))
    32768
    """
    attention = architecture.attention
    if isinstance(attention, LatentAttention):
        sizes = attention.qk_nope_head_dim + attention.v_head_dim
    else:
        sizes = 2 * attention.head_dim
    return attention.num_attention_heads * sizes


def sliding_layers(architecture: Architecture) -> tuple[Number, Number | None]:
    """Return how many layers attend through a window, and the window.

    Parameters
    ----------
    architecture
        The model.

    Returns
    -------
    tuple of Number
        Layers and positions; 0 and None when there are none.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> sliding_layers(preset("gpt-oss-120b"))
    (18, 128)
    """
    attention = architecture.attention
    if isinstance(attention, LatentAttention):
        return 0, None
    return attention.num_sliding_layers, attention.sliding_window
