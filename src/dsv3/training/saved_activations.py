"""What a layer saves of a token until its backward pass, operation by operation.

One list names every saved tensor: where it arises, in which format it may be kept, and
which recomputation makes it again. The memory of training and the table of a chapter
are both read from it. Elementwise functions count as fused: SwiGLU keeps its two inputs
and its product, attention works in tiles and keeps no scores, and gate values are
multiplied in before the last product of an expert, so that no expert's output is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsv3.formats import BF16, E5M6, FP8, FP32
from dsv3.training.trained_model import TrainedModel
from explorables.arithmetic import Choice, Condition, Number, lookup, total, where

NOTHING, SELECTIVE, LAYERS = "nothing", "selective", "whole layers"
RECOMPUTATIONS: Mapping[str, str] = {
    NOTHING: "nothing",
    SELECTIVE: "selective, as V3",
    LAYERS: "whole layers",
}
"""What the backward pass makes again; the second is the report's
[deepseekai2024v3]_ (sections 3.2.3 and 3.3.3)."""

BYTES_PER_STATISTIC = FP32.element_bytes
"""Router scores, gate values, indices and softmax statistics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFormats:
    """Bytes of one number that is saved, scales of tiles included."""

    residual_bytes: Number
    """On the residual stream, in latents, queries, keys and values."""

    linear_input_bytes: Number
    """Where it is the input of a linear layer or of SwiGLU."""

    attended_bytes: Number
    """What attention gives, which its own backward reads as well."""


def _tiled(bits: int) -> float:
    return bits / 8 + FP8.scale_bytes / FP8.activation_tile


ACTIVATION_FORMATS: Mapping[str, ActivationFormats] = {
    "fp8": ActivationFormats(
        residual_bytes=float(BF16.element_bytes),
        linear_input_bytes=_tiled(FP8.bits),
        attended_bytes=_tiled(E5M6.bits),
    ),
    "bf16": ActivationFormats(
        residual_bytes=float(BF16.element_bytes),
        linear_input_bytes=float(BF16.element_bytes),
        attended_bytes=float(BF16.element_bytes),
    ),
    "fp32": ActivationFormats(
        residual_bytes=float(FP32.element_bytes),
        linear_input_bytes=float(FP32.element_bytes),
        attended_bytes=float(FP32.element_bytes),
    ),
}
"""Formats by the name of the narrowest: the report's [deepseekai2024v3]_ (section
3.3.3), with E5M6 packed into twelve bits, which it does not say; BF16; and torch's
default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTensor:
    """One tensor that the backward pass reads."""

    operation: str
    """What reads it."""

    tensor: str

    elements_per_token: Number
    bytes_per_element: Number

    remade_by: str = ""
    """The recomputation that makes it again; empty where it is always kept."""

    starts_layer: bool = False
    """Whether a whole layer can be made again from it."""

    along_stream: bool = False
    """Whether tensor parallelism copies it, unless the sequence is divided too."""

    routed: bool = False
    """Whether its size goes with the tokens that a GPU's experts are sent."""

    @property
    def bytes_per_token(self) -> Number:
        """Its bytes for one token."""
        return self.elements_per_token * self.bytes_per_element


NORMS, UP_PROJECTIONS, SWIGLU = "norms", "MLA up-projections", "SwiGLU"


def attention_tensors(
    model: TrainedModel, formats: ActivationFormats
) -> tuple[SavedTensor, ...]:
    """Return what attention and the norm before it save."""
    wide, narrow = formats.residual_bytes, formats.linear_input_bytes
    return (
        _stream("attention's norm", "layer input", model, wide, starts_layer=True),
        _stream("projections from it", "norm output", model, narrow, remade_by=NORMS),
        SavedTensor(
            operation="norms of latents",
            tensor="latents and rotary key",
            elements_per_token=model.latent_elements,
            bytes_per_element=wide,
            along_stream=True,
        ),
        SavedTensor(
            operation="up-projections",
            tensor="normed latents",
            elements_per_token=model.normed_latent_elements,
            bytes_per_element=narrow,
            remade_by=NORMS,
            along_stream=True,
        ),
        SavedTensor(
            operation="attention",
            tensor="queries, keys, values from latents",
            elements_per_token=model.rebuilt_elements,
            bytes_per_element=wide,
            remade_by=UP_PROJECTIONS,
        ),
        SavedTensor(
            operation="attention",
            tensor="queries, keys, values, projected",
            elements_per_token=model.projected_elements,
            bytes_per_element=wide,
        ),
        SavedTensor(
            operation="attention, output projection",
            tensor="attention output",
            elements_per_token=model.attended_elements,
            bytes_per_element=formats.attended_bytes,
        ),
        SavedTensor(
            operation="attention",
            tensor="softmax statistics",
            elements_per_token=model.num_attention_heads,
            bytes_per_element=float(BYTES_PER_STATISTIC),
        ),
        _stream("feed-forward's norm", "stream after attention", model, wide),
        _stream("feed-forward", "norm output", model, narrow, remade_by=NORMS),
    )


def _stream(
    operation: str,
    tensor: str,
    model: TrainedModel,
    size: Number,
    *,
    remade_by: str = "",
    starts_layer: bool = False,
) -> SavedTensor:
    return SavedTensor(
        operation=operation,
        tensor=tensor,
        elements_per_token=model.hidden_size,
        bytes_per_element=size,
        remade_by=remade_by,
        starts_layer=starts_layer,
        along_stream=True,
    )


def _gated(
    name: str, inner: Number, size: Number, *, routed: bool = False
) -> tuple[SavedTensor, SavedTensor]:
    return (
        SavedTensor(
            operation=f"SwiGLU of {name}",
            tensor="gate and up",
            elements_per_token=2 * inner,
            bytes_per_element=size,
            routed=routed,
        ),
        SavedTensor(
            operation=f"down-projection of {name}",
            tensor="SwiGLU output",
            elements_per_token=inner,
            bytes_per_element=size,
            remade_by=SWIGLU,
            routed=routed,
        ),
    )


def dense_tensors(
    model: TrainedModel, formats: ActivationFormats
) -> tuple[SavedTensor, ...]:
    """Return what a layer with a dense feed-forward saves."""
    inner = _gated(
        "the feed-forward", model.intermediate_size, formats.linear_input_bytes
    )
    return *attention_tensors(model, formats), *inner


def expert_tensors(
    model: TrainedModel, formats: ActivationFormats
) -> tuple[SavedTensor, ...]:
    """Return what a layer with experts saves; of routed ones for a balanced load."""
    narrow, visits = formats.linear_input_bytes, model.num_experts_per_tok
    return (
        *attention_tensors(model, formats),
        SavedTensor(
            operation="router",
            tensor="scores, gate values, indices",
            # A score for each expert; a gate value and an index for each visit.
            elements_per_token=model.n_routed_experts + 2 * visits,
            bytes_per_element=float(BYTES_PER_STATISTIC),
            along_stream=True,
        ),
        SavedTensor(
            operation="routed experts",
            tensor="dispatched tokens",
            elements_per_token=visits * model.hidden_size,
            bytes_per_element=narrow,
            routed=True,
        ),
        *_gated(
            "routed experts", visits * model.moe_intermediate_size, narrow, routed=True
        ),
        *_gated("shared experts", model.shared_inner_size, narrow),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLayout:
    """What divides the saved numbers of a token over the GPUs that hold its layer."""

    tensor_parallel_ways: Number
    sequence_parallel: Condition

    expert_load_ratio: Number
    """Tokens that a GPU's experts are sent, over the mean."""


def saved_bytes_per_token(
    tensors: Iterable[SavedTensor], recomputed: Choice, layout: TokenLayout
) -> Number:
    """Return the bytes that one GPU saves of a token in one layer.

    Examples
    --------
    An expert layer of DeepSeek-V3, as the report keeps it and in BF16 with nothing
    recomputed:

    >>> from dsv3.training.trained_model import trained_model
    >>> alone = TokenLayout(
    ...     tensor_parallel_ways=1, sequence_parallel=False, expert_load_ratio=1
    ... )
    >>> model = trained_model("deepseek-v3")
    >>> kept = expert_tensors(model, ACTIVATION_FORMATS["fp8"])
    >>> saved_bytes_per_token(kept, "selective", alone)
    156736.0
    >>> wide = expert_tensors(model, ACTIVATION_FORMATS["bf16"])
    >>> saved_bytes_per_token(wide, "nothing", alone)
    456384.0
    """
    parts = [(one, _divided_bytes(one, layout)) for one in tensors]
    always = total(size for one, size in parts if not one.remade_by)
    everything = total(size for _, size in parts)
    first = total(size for one, size in parts if one.starts_layer)
    table = {NOTHING: everything, SELECTIVE: always, LAYERS: first}
    return lookup(recomputed, table, name="recomputed")


def _divided_bytes(one: SavedTensor, layout: TokenLayout) -> Number:
    ways, size = layout.tensor_parallel_ways, one.bytes_per_token
    if one.along_stream:
        return where(layout.sequence_parallel, size / ways, size)
    if one.routed:
        size = size * layout.expert_load_ratio
    return size / ways
