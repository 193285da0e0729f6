"""The bytes of weights as they were released: what is stored narrow, and what is not.

A checkpoint stores linear layers in the layout that its config names, leaves wide what
the config lists, by names and patterns, and keeps everything else in the type of the
release. Names are those of Hugging Face's modules.
"""

import fnmatch
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dsv3.accounting.attention import attention_count
from dsv3.accounting.experts import (
    dense_matrices,
    routed_matrices,
    router_matrix,
    routing_biases,
    shared_matrices,
)
from dsv3.accounting.matrices import WeightMatrix
from dsv3.accounting.multi_token_prediction import projection_matrix
from dsv3.accounting.transformer import parameter_count
from dsv3.architecture import (
    Architecture,
    Attention,
    CompressedAttention,
    GroupedQueryAttention,
    LatentAttention,
    SparseLatentAttention,
)
from dsv3.formats import BF16, FP32, StoredWeights
from explorables.arithmetic import Number

ROUTING_BIAS_BYTES = int(FP32.element_bytes)
"""Biases that steer the choice of experts are kept in FP32 by those who have them."""

CASTING_METHODS = ("awq", "gptq")
"""Methods whose tools turn every number that they do not pack into one type."""

TYPE_BYTES = {"float32": 4, "float64": 8, "bfloat16": 2, "float16": 2, "half": 2}
"""Bytes of one number by torch's name of its type."""

FORMATS_BY_TYPE = {"float32": "fp32", "float16": "fp16", "half": "fp16"}
"""Our names of those types; any other is taken for BF16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedWeights:
    """The bytes of a release by what expert parallelism does with them."""

    total_bytes: int

    routed_bytes: int
    """Those of all routed experts, with their scales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linear:
    """A linear layer by the names that families give it."""

    names: tuple[str, ...]
    matrix: WeightMatrix
    routed: bool = False
    wide: bool = False
    """Whether it is kept wide, as routers are, unless a tool stores everything."""

    vocabulary: bool = False


def released_format(architecture: Architecture) -> str:
    """Return the number format of the released linear layers.

    Raises
    ------
    ValueError
        If the config names a layout that is not known here.

    Examples
    --------
    >>> from dsv3.architecture import preset
    >>> [released_format(preset(name)) for name in ("deepseek-v3", "gpt-oss-120b")]
    ['fp8', 'mxfp4']
    """
    stored = _stored(architecture)
    if stored is None:
        return FORMATS_BY_TYPE.get(_type(architecture), BF16.name)
    return stored.multiplied_as


def released_weights(
    architecture: Architecture, *, with_multi_token_prediction: bool = False
) -> ReleasedWeights:
    """Return the bytes of a model's weights as its config says they were released.

    Tables by which a hash names experts are no weights, and left out.

    Raises
    ------
    ValueError
        If the config names a layout that is not known here.

    Examples
    --------
    The published index of gpt-oss-120b says the same, to the byte:

    >>> from dsv3.architecture import preset
    >>> released_weights(preset("gpt-oss-120b")).total_bytes
    65248815744
    """
    modules = with_multi_token_prediction
    count, wide = parameter_count(architecture), _wide_bytes(architecture)
    stored = _stored(architecture)
    parameters = int(count.total)
    if modules:
        parameters += int(count.multi_token_prediction.shipped_parameters)
    extra = architecture.num_nextn_predict_layers if modules else 0
    biases = int(routing_biases(architecture, modules=extra))
    routed: float = wide * int(count.routed_experts_parameters)
    total: float = wide * parameters + (_bias_bytes(architecture) - wide) * biases
    if stored is None:
        return ReleasedWeights(total_bytes=int(total), routed_bytes=int(routed))
    narrow = _narrow(architecture)
    for linear in _linears(architecture, with_modules=modules):
        if narrow(linear):
            saved = stored_bytes(linear.matrix, _layout(architecture, linear, stored))
            saved -= wide * int(linear.matrix.parameters)
            total += saved
            routed += saved if linear.routed else 0
    return ReleasedWeights(total_bytes=math.ceil(total), routed_bytes=math.ceil(routed))


def _layout(
    architecture: Architecture, linear: "_Linear", stored: StoredWeights
) -> StoredWeights:
    quantization = architecture.quantization
    apart = None if quantization is None else quantization.experts_stored
    return stored if apart is None or not linear.routed else apart


def stored_bytes(matrix: WeightMatrix, stored: StoredWeights) -> float:
    """Return the bytes of all copies of a matrix, with scales and what else is kept.

    Examples
    --------
    >>> from dsv3.formats import MXFP4_BLOCKS
    >>> stored_bytes(WeightMatrix(output_size=2, input_size=64), MXFP4_BLOCKS)
    68.0
    """
    rows, columns = int(matrix.output_size), int(matrix.input_size)
    high, wide = stored.block
    blocks = math.ceil(rows / (high or max(rows, 1)))
    blocks *= math.ceil(columns / (wide or max(columns, 1)))
    codes = rows * columns * stored.bits / 8
    others = stored.tensor_bytes + columns * stored.column_bytes
    return int(matrix.copies) * (codes + blocks * stored.scale_bytes + others)


def _stored(architecture: Architecture) -> StoredWeights | None:
    quantization = architecture.quantization
    if quantization is None:
        return None
    if quantization.stored is None:
        message = (
            f"quantization_config is {quantization.quant_method!r}: how its weights "
            "are stored is not known here; choose a --precision"
        )
        raise ValueError(message)
    return quantization.stored


def _type(architecture: Architecture) -> str:
    return architecture.torch_dtype.removeprefix("torch.")


def _wide_bytes(architecture: Architecture) -> int:
    return TYPE_BYTES.get(_type(architecture), 2)


def _bias_bytes(architecture: Architecture) -> int:
    quantization = architecture.quantization
    if quantization is not None and quantization.quant_method in CASTING_METHODS:
        return _wide_bytes(architecture)
    return ROUTING_BIAS_BYTES


def _narrow(architecture: Architecture) -> Callable[[_Linear], bool]:
    """Return a test of whether a linear layer is stored in the narrow layout."""
    quantization = architecture.quantization
    assert quantization is not None
    patterns = [_pattern(one) for one in quantization.wide_modules]
    all_stored = quantization.embeddings_stored

    def narrow(linear: _Linear) -> bool:
        if quantization.experts_only and not linear.routed:
            return False
        if (linear.vocabulary or linear.wide) and not all_stored:
            return False
        return not any(match(name) for match in patterns for name in linear.names)

    return narrow


def _pattern(text: str) -> Callable[[str], bool]:
    """Return a test of whether a list of wide modules means one of a name.

    Tools write names, parts of names, patterns with ``*``, or expressions after
    ``re:``. What stands before the layers differs from class to class.
    """
    if text.startswith("re:"):
        try:
            expression = re.compile(text.removeprefix("re:"))
        except re.error:
            return lambda _: False
        return lambda name: expression.match(name) is not None
    bare = re.sub(r"^(model\.)?(language_model\.)(model\.)?", "model.", text)
    bare = re.sub(r"^backbone\.", "model.", bare).removesuffix(".weight")
    if bare == "model.lm_head":
        bare = "lm_head"
    if "*" in bare or "?" in bare:
        return lambda name: (
            fnmatch.fnmatchcase(name, bare) or fnmatch.fnmatchcase(name, f"{bare}.*")
        )
    return lambda name: f".{bare}." in f".{name}."


LATENT_NAMES = ("q_a_proj", "q_b_proj", "kv_a_proj_with_mqa", "kv_b_proj", "o_proj")
LATENT_NAMES_WITHOUT_RANK = ("q_proj", *LATENT_NAMES[2:])
GROUPED_NAMES = ("q_proj", "k_proj", "v_proj", "o_proj")
INDEXER_NAMES = ("indexer.wq_b", "indexer.wk", "indexer.weights_proj")
COMPRESSOR_NAMES = ("compressor.kv_proj", "compressor.gate_proj")
COMPRESSED_INDEXER_NAMES = tuple(
    f"compressor.indexer.{name}"
    for name in ("kv_proj", "gate_proj", "q_b_proj", "scorer.weights_proj")
)

FEED_FORWARDS = ("mlp", "block_sparse_moe", "feed_forward", "mixer")
"""What families call the part of a layer after attention."""

GATED_NAMES, PLAIN_NAMES = (
    ("gate_proj", "up_proj", "down_proj"),
    ("up_proj", "down_proj"),
)


def _linears(architecture: Architecture, *, with_modules: bool) -> Iterator[_Linear]:
    """Return every linear layer that could be stored narrow."""
    hidden = architecture.hidden_size
    kinds = [
        group.attention
        for group in architecture.layer_attention
        for _ in range(int(group.layers))
    ]
    modules = int(architecture.num_nextn_predict_layers) if with_modules else 0
    for layer, kind in enumerate([*kinds, *[architecture.attention] * modules]):
        yield from _attention(kind, hidden, f"model.layers.{layer}")
    layers = int(architecture.num_hidden_layers)
    dense = int(architecture.num_dense_layers)
    for layer in range(dense):
        names = _under(f"model.layers.{layer}", "")
        yield from _named(dense_matrices(architecture), names)
    sparse = int(architecture.num_expert_layers)
    first = min(dense, layers - sparse) if sparse <= layers else 0
    if architecture.experts is not None:
        for layer in range(first, first + sparse + modules):
            yield from _expert_layer(architecture, f"model.layers.{layer}")
    vocabulary = WeightMatrix(output_size=architecture.vocab_size, input_size=hidden)
    named = (
        ("model.embed_tokens",)
        if architecture.tie_word_embeddings
        else (*("model.embed_tokens", "lm_head"),)
    )
    for name in named:
        yield _Linear(names=(name,), matrix=vocabulary, vocabulary=True)
    for module in range(modules):
        name = f"model.layers.{layers + module}.eh_proj"
        # DeepSeek and those who follow keep the joining projection wide.
        yield _Linear(names=(name,), matrix=projection_matrix(hidden), wide=True)


def _attention(kind: Attention, hidden: Number, at: str) -> Iterator[_Linear]:
    matrices = attention_count(kind).matrices(hidden)
    single = [one for one in matrices.all for _ in range(int(one.copies))]
    parts = ("self_attn", "mixer", "linear_attn")
    for name, one in zip(_attention_names(kind, len(single)), single, strict=True):
        yield _Linear(
            names=tuple(f"{at}.{part}.{name}" for part in parts),
            matrix=replace(one, copies=1),
            wide=any(one is kept for kept in matrices.wide),
        )


def _attention_names(kind: Attention, count: int) -> tuple[str, ...]:
    """Name the linear layers of a kind of attention, in the order of its matrices."""
    if isinstance(kind, SparseLatentAttention):
        latent = _attention_names(kind.latent, count)
        return latent if kind.shared_selection else latent + INDEXER_NAMES
    if isinstance(kind, LatentAttention):
        ranked = kind.q_lora_rank is not None
        return LATENT_NAMES if ranked else LATENT_NAMES_WITHOUT_RANK
    if isinstance(kind, GroupedQueryAttention):
        return GROUPED_NAMES
    if isinstance(kind, CompressedAttention):
        compressor = () if kind.compress_rate is None else COMPRESSOR_NAMES
        outputs = ("o_a_proj",) * int(kind.o_groups) + ("o_b_proj",)
        indexer = () if kind.indexer is None else COMPRESSED_INDEXER_NAMES
        return ("q_a_proj", "q_b_proj", "kv_proj", *compressor, *outputs, *indexer)
    return ("in_proj",) * (count - 1) + ("out_proj",)


def _under(at: str, inner: str) -> tuple[str, ...]:
    return tuple(f"{at}.{part}{inner}" for part in FEED_FORWARDS)


def _named(
    matrices: tuple[WeightMatrix, ...], names: tuple[str, ...], *, routed: bool = False
) -> Iterator[_Linear]:
    endings = GATED_NAMES if len(matrices) == 3 else PLAIN_NAMES
    for ending, matrix in zip(endings, matrices, strict=False):
        yield _Linear(
            names=tuple(f"{name}.{ending}" for name in names),
            matrix=matrix,
            routed=routed,
        )


def _expert_layer(architecture: Architecture, at: str) -> Iterator[_Linear]:
    experts, hidden = architecture.experts, architecture.hidden_size
    assert experts is not None
    routed = routed_matrices(experts, hidden, copies=experts.n_routed_experts)
    yield from _named(routed, _under(at, ".experts.0"), routed=True)
    if experts.shared_size:
        shared = shared_matrices(experts, hidden)[: 3 if experts.gated else 2]
        inner = (".shared_experts", ".shared_expert", ".shared_mlp")
        names = tuple(name for one in inner for name in _under(at, one))
        yield from _named(shared, names)
    names = (*_under(at, ".gate"), *_under(at, ".router"))
    yield _Linear(names=names, matrix=router_matrix(experts, hidden), wide=True)
