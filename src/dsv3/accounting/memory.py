"""Bytes that a model's weights and its cache take.

Activations, gradients and optimizer states belong to the rooms that know how training
is laid out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dsv3.accounting.attention import attention_count, attention_counts
from dsv3.accounting.experts import (
    dense_matrices,
    routed_matrices,
    routing_biases,
    shared_matrices,
)
from dsv3.accounting.matrices import WeightMatrix, parameters_of, require_sum
from dsv3.accounting.released import released_weights
from dsv3.accounting.transformer import parameter_count
from dsv3.architecture import Architecture
from dsv3.formats import BF16, FP8, FP32, RELEASED, WEIGHT_FORMATS, number_formats
from explorables.arithmetic import Choice, Number, lookup, require, total

LayerMatrices: TypeAlias = Sequence[tuple[Number, Sequence[WeightMatrix]]]
"""Matrices with the number of layers that have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointElements:
    """The numbers in a released checkpoint, by the type they are stored in."""

    f8_e4m3_elements: Number
    bf16_elements: Number

    f32_elements: Number
    """Scales and routing biases."""

    total_elements: Number

    def __post_init__(self) -> None:
        parts = (self.f8_e4m3_elements, self.bf16_elements, self.f32_elements)
        require_sum("total_elements", parts, self.total_elements)

    @property
    def total_bytes(self) -> Number:
        """The checkpoint's tensors in bytes."""
        return (
            FP8.element_bytes * self.f8_e4m3_elements
            + BF16.element_bytes * self.bf16_elements
            + FP32.element_bytes * self.f32_elements
        )


def checkpoint_elements(architecture: Architecture) -> CheckpointElements:
    """Return what the released checkpoint holds, modules after the model included.

    Linear layers of attention, feed-forwards and experts are in FP8 with one scale for
    each block where the config's ``quantization_config`` says so. The router, the
    multi-token prediction projection, embeddings, heads, norms and biases stay in BF16,
    the routing bias in F32 [deepseekai2024repo]_ (README_WEIGHTS.md). Each multi-token
    prediction module repeats embedding and head. Another layout than FP8 blocks is
    refused.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> checkpoint_elements(preset("deepseek-v3")).total_elements
    684531386000
    """
    count = parameter_count(architecture)
    shipped = count.total + count.multi_token_prediction.shipped_parameters
    bias = routing_biases(architecture, modules=architecture.num_nextn_predict_layers)
    block = _released_block(architecture)
    linear, scales = (
        (0, 0)
        if block is None
        else _linear(_linear_groups(architecture, with_modules=True), block)
    )
    return CheckpointElements(
        f8_e4m3_elements=linear,
        bf16_elements=shipped - linear - bias,
        f32_elements=scales + bias,
        total_elements=shipped + scales,
    )


def _released_block(architecture: Architecture) -> tuple[int, int] | None:
    quantization = architecture.quantization
    if quantization is None:
        return None
    block = quantization.weight_block_size
    if quantization.experts_stored is not None:
        found = f"routed experts are in {quantization.experts_stored.multiplied_as}"
        message = f"{found}: elements are counted of one layout, bytes of any"
        raise ValueError(message)
    if quantization.quant_method != "fp8" or block is None:
        message = (
            f"quant_method is {quantization.quant_method!r} with weight_block_size "
            f"{block!r}: only fp8 in blocks has a known layout"
        )
        raise ValueError(message)
    return block


def weight_bytes(
    architecture: Architecture,
    precision: Choice,
    *,
    with_multi_token_prediction: bool = False,
) -> Number:
    """Return the bytes that the main model's weights take.

    `precision` is one of `dsv3.formats.WEIGHT_FORMATS`, or `dsv3.formats.RELEASED` for
    the layout that the config names. The modules of multi-token prediction, when asked
    for, each bring their own copies of embedding and head, as released.

    Examples
    --------
    DeepSeek-V3's release takes 688.6 GB:

    >>> from dsv3.architecture import preset
    >>> weight_bytes(preset("deepseek-v3"), "fp8", with_multi_token_prediction=True)
    688574839360
    """
    modules = with_multi_token_prediction
    if precision == RELEASED:
        return released_weights(
            architecture, with_multi_token_prediction=modules
        ).total_bytes
    count = parameter_count(architecture)
    stored = count.total
    if modules:
        stored = stored + count.multi_token_prediction.shipped_parameters
    groups = _linear_groups(architecture, with_modules=modules)
    extra: Number = architecture.num_nextn_predict_layers if modules else 0
    biases = routing_biases(architecture, modules=extra)
    linear, _ = _linear(groups, FP8.weight_block)
    table = _bytes_by_format(groups, stored - linear - biases, biases)
    return lookup(precision, table, name="precision")


def routed_expert_bytes(architecture: Architecture, precision: Choice) -> Number:
    """Return the bytes of the routed experts alone, which expert parallelism divides.

    Examples
    --------
    DeepSeek-V3: 58 layers of 256 experts of three matrices 7168 x 2048, a scale of
    four bytes for every 128 x 128 weights:

    >>> from dsv3.architecture import preset
    >>> routed_expert_bytes(preset("deepseek-v3"), "fp8")
    654068416512
    >>> 58 * 256 * 3 * 7168 * 2048 * (1 + 4 / 128**2)
    654068416512.0
    """
    experts, hidden = architecture.experts, architecture.hidden_size
    if experts is None:
        return 0
    if precision == RELEASED:
        return released_weights(architecture).routed_bytes
    matrices = routed_matrices(experts, hidden, copies=experts.n_routed_experts)
    groups = ((architecture.num_expert_layers, matrices),)
    linear, _ = _linear(groups, FP8.weight_block)
    biases = parameter_count(architecture).routed_experts_parameters - linear
    return lookup(precision, _bytes_by_format(groups, biases, 0), name="precision")


def _bytes_by_format(
    linear: LayerMatrices, others: Number, routing_biases: Number
) -> dict[str, Number]:
    """Return the bytes of linear layers and other numbers, by format of the first.

    Where a format has scales, it is for linear layers alone.
    """
    table: dict[str, Number] = {}
    for name, form in number_formats(WEIGHT_FORMATS).items():
        weights, scales = _linear(linear, form.weight_block)
        biases = form.routing_bias_bytes * routing_biases
        if form.scale_bytes:
            shared = form.scale_bytes * scales + BF16.element_bytes * others
            table[name] = form.element_bytes * weights + shared + biases
        else:
            table[name] = form.element_bytes * (weights + others) + biases
    return table


def _linear(groups: LayerMatrices, block: tuple[int, int]) -> tuple[Number, Number]:
    weights = total(layers * parameters_of(matrices) for layers, matrices in groups)
    scales = total(
        layers * total(matrix.scales(block) for matrix in matrices)
        for layers, matrices in groups
    )
    return weights, scales


def _linear_groups(architecture: Architecture, *, with_modules: bool) -> LayerMatrices:
    """Return the matrices that a low precision is for."""
    experts, hidden = architecture.experts, architecture.hidden_size
    modules: Number = architecture.num_nextn_predict_layers if with_modules else 0
    attention = [
        *((group.layers, one) for group, one in attention_counts(architecture)),
        (modules, attention_count(architecture.attention)),
    ]
    matrices = [
        (layers, one.matrices(hidden).low_precision) for layers, one in attention
    ]
    if experts is None:
        blocks = architecture.num_hidden_layers + modules
        return *matrices, (blocks, dense_matrices(architecture))
    sparse = architecture.num_expert_layers + modules
    routed = routed_matrices(experts, hidden, copies=experts.n_routed_experts)
    return (
        *matrices,
        (architecture.num_dense_layers, dense_matrices(architecture)),
        (sparse, routed),
        (sparse, shared_matrices(experts, hidden)),
    )


def kv_cache_bytes_per_token(
    architecture: Architecture, bytes_per_element: Number = 2
) -> Number:
    """Return the bytes that attention keeps of one token, over all layers.

    A layer with a sliding window keeps as much of each token as another, only
    for fewer tokens: :func:`kv_cache_bytes` counts them. Of entries that stand for
    several tokens each token has its share.

    Examples
    --------
    The ISCA paper's Table 1 [zhao2025insights]_:

    >>> from dsv3.architecture import preset
    >>> for name in ("deepseek-v3", "qwen2.5-72b", "llama-3.1-405b"):
    ...     print(kv_cache_bytes_per_token(preset(name)))
    70272
    327680
    516096
    """
    _require_positive("bytes_per_element", bytes_per_element)
    elements = total(
        group.layers * one.cached_elements
        for group, one in attention_counts(architecture)
    )
    return elements * bytes_per_element


def kv_cache_bytes(
    architecture: Architecture,
    context_tokens: Number,
    *,
    sequences: Number = 1,
    bytes_per_element: Number = 2,
    index_bytes_per_element: Number | None = None,
) -> Number:
    """Return the bytes that attention keeps of whole contexts.

    A windowed layer keeps at most its window. `index_bytes_per_element` is the width of
    an indexer's keys where they have another.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> kv_cache_bytes(preset("deepseek-v3"), 1000)
    70272000
    """
    _require_positive("context_tokens", context_tokens)
    _require_positive("sequences", sequences)
    _require_positive("bytes_per_element", bytes_per_element)
    elements = total(
        group.layers * one.kept_elements(context_tokens, group.window)
        for group, one in attention_counts(architecture)
    )
    if index_bytes_per_element is None:
        return sequences * elements * bytes_per_element
    keys = total(
        group.layers * one.kept_key_elements(context_tokens)
        for group, one in attention_counts(architecture)
    )
    narrow = keys * (bytes_per_element - index_bytes_per_element)
    return sequences * (elements * bytes_per_element - narrow)


def state_bytes(architecture: Architecture, bytes_per_element: Number = 2) -> Number:
    """Return the bytes that attention keeps of one sequence, however long it is.

    A part of `kv_cache_bytes`; none where every layer caches its tokens.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> state_bytes(preset("deepseek-v3"))
    0
    """
    _require_positive("bytes_per_element", bytes_per_element)
    elements = total(
        group.layers * one.state_elements
        for group, one in attention_counts(architecture)
    )
    return elements * bytes_per_element


def multi_head_kv_cache_bytes_per_token(
    architecture: Architecture, bytes_per_element: Number = 2
) -> Number:
    """Return what plain multi-head attention of the same shape would keep.

    Examples
    --------
    57 times DeepSeek-V3's cache:

    >>> from dsv3.architecture import preset
    >>> v3 = preset("deepseek-v3")
    >>> multi_head_kv_cache_bytes_per_token(v3)
    3997696
    >>> round(multi_head_kv_cache_bytes_per_token(v3) / kv_cache_bytes_per_token(v3))
    57
    """
    _require_positive("bytes_per_element", bytes_per_element)
    elements = total(
        group.layers * one.multi_head_elements
        for group, one in attention_counts(architecture)
    )
    return elements * bytes_per_element


def _require_positive(name: str, value: Number) -> None:
    require(name, value, value > 0, "must be above 0")
