"""A model's sizes as the memory of training asks for them, of a preset or of one's own.

Parameters of one layer by what divides them, and numbers of one token by where they
arise. All are plain numbers, so that a panel can look a preset up field by field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, singledispatch

from dsv3 import architecture
from dsv3.accounting.attention import attention_count
from dsv3.accounting.experts import (
    dense_feed_forward_parameters,
    dense_matrices,
    expert_layer_parameters,
    routed_matrices,
    shared_matrices,
)
from dsv3.accounting.matrices import WeightMatrix
from dsv3.architecture import (
    Architecture,
    Attention,
    GroupedQueryAttention,
    LatentAttention,
)
from dsv3.formats import FP8
from explorables.arithmetic import Choice, Number, lookup_record


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSizes:
    """Linear layers of one kind in one layer, seen from each side that takes memory."""

    parameters: Number

    scale_count: Number
    """Scales of an FP8 copy, one for each block of weights."""

    adapter_rows: Number
    """Inputs and outputs added up: an adapter has its rank times as many numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """What one model asks of the memory of training."""

    num_hidden_layers: Number
    num_dense_layers: Number
    num_modules: Number
    hidden_size: Number
    vocab_size: Number

    head_parameters: Number
    """The output head; 0 where it is the embedding."""

    attention: MatrixSizes
    """Matrices of attention that tensor parallelism divides."""

    copied_attention: MatrixSizes
    """Down-projections to latents, of which every tensor-parallel rank has a copy."""

    vector_parameters: Number
    """Norms, biases and sinks of attention and a block's two norms."""

    dense: MatrixSizes
    shared: MatrixSizes

    routed: MatrixSizes
    """All routed experts of one layer."""

    router_parameters: Number
    """Router, with the biases of shared experts."""

    routing_bias_parameters: Number
    """Biases of a router, which a rule sets and no gradient."""

    expert_bias_parameters: Number
    """Biases of all routed experts of one layer."""

    projection_parameters: Number
    """A prediction module's projection of two joined vectors."""

    latent_elements: Number
    """Latents and rotary key of one token, before their norms; 0 without latents."""

    normed_latent_elements: Number

    rebuilt_elements: Number
    """Queries, keys and values that up-projections make of latents."""

    projected_elements: Number
    """Queries, keys and values that are projected directly."""

    attended_elements: Number
    """What attention gives: one value for each head."""

    num_attention_heads: Number

    intermediate_size: Number
    """Inner size of a dense feed-forward; 0 without one."""

    shared_inner_size: Number
    """Inner size of all shared experts together."""

    n_routed_experts: Number
    num_experts_per_tok: Number
    moe_intermediate_size: Number


def trained_model(model: Choice | Architecture) -> TrainedModel:
    """Return what a model asks of the memory of training.

    Examples
    --------
    >>> model = trained_model("deepseek-v3")
    >>> model.routed.parameters == 256 * 3 * 7168 * 2048
    True
    """
    if isinstance(model, Architecture):
        return counted_model(model)
    return lookup_record(model, _presets(), name="model")


@cache
def _presets() -> Mapping[str, TrainedModel]:
    return {
        name: counted_model(architecture.preset(name)) for name in trained_model_names()
    }


def trained_model_names() -> tuple[str, ...]:
    """Return the presets whose saved activations can be counted.

    Examples
    --------
    >>> found = trained_model_names()
    >>> "deepseek-v3" in found, "deepseek-v4-pro" in found
    (True, False)
    """
    unknown = _token_numbers.dispatch(object)
    return tuple(
        name
        for name in architecture.preset_names()
        if _token_numbers.dispatch(type(architecture.preset(name).attention))
        is not unknown
    )


def counted_model(model: Architecture) -> TrainedModel:
    """Count the sizes of one model; `trained_model` takes names too.

    Raises
    ------
    ValueError
        If it is not known which numbers its kind of attention saves.
    """
    kinds = {type(one.attention).__name__ for one in model.layer_attention}
    if kinds != {type(model.attention).__name__}:
        message = (
            f"attention is {', '.join(sorted(kinds))}: the activations of one kind in "
            "all layers can be counted"
        )
        raise ValueError(message)
    hidden, experts = model.hidden_size, model.experts
    divided, copied = _attention_matrices(model)
    vectors = attention_count(model.attention).vectors(hidden)
    numbers = _token_numbers(model.attention)
    routed, shared = _expert_matrices(model)
    layer = expert_layer_parameters(model)
    made = TrainedModel(
        num_hidden_layers=model.num_hidden_layers,
        num_dense_layers=model.num_dense_layers,
        num_modules=model.num_nextn_predict_layers,
        hidden_size=hidden,
        vocab_size=model.vocab_size,
        head_parameters=0 if model.tie_word_embeddings else model.vocab_size * hidden,
        attention=divided,
        copied_attention=copied,
        vector_parameters=vectors.norm_parameters
        + vectors.bias_parameters
        + vectors.sink_parameters
        + 2 * hidden,
        dense=_dense_sizes(model),
        shared=shared,
        routed=routed,
        router_parameters=layer.router_parameters
        + layer.shared_experts_parameters
        - shared.parameters,
        routing_bias_parameters=layer.routing_bias_parameters,
        expert_bias_parameters=layer.routed_experts_parameters - routed.parameters,
        projection_parameters=2 * hidden * hidden,
        **numbers,
        num_attention_heads=model.attention.num_attention_heads,
        intermediate_size=model.intermediate_size or 0,
        shared_inner_size=0
        if experts is None
        else experts.n_shared_experts * experts.moe_intermediate_size,
        n_routed_experts=0 if experts is None else experts.n_routed_experts,
        num_experts_per_tok=0 if experts is None else experts.num_experts_per_tok,
        moe_intermediate_size=0 if experts is None else experts.moe_intermediate_size,
    )
    return _in_floats(made)


def _sizes(matrices: Iterable[WeightMatrix]) -> MatrixSizes:
    matrices = tuple(matrices)
    return MatrixSizes(
        parameters=sum(one.parameters for one in matrices),
        scale_count=sum(one.scales(FP8.weight_block) for one in matrices),
        adapter_rows=sum(
            one.copies * (one.output_size + one.input_size) for one in matrices
        ),
    )


def _attention_matrices(model: Architecture) -> tuple[MatrixSizes, MatrixSizes]:
    """Return matrices that heads divide, and those that make latents for all heads."""
    attention = model.attention
    found = attention_count(attention).matrices(model.hidden_size)
    if not isinstance(attention, LatentAttention):
        return _sizes(found.all), _sizes(())
    down: tuple[WeightMatrix, ...] = (found.key_value[0],)
    if attention.q_lora_rank is not None:
        down = (found.query[0], *down)
    return _sizes(one for one in found.all if one not in down), _sizes(down)


@singledispatch
def _token_numbers(kind: Attention) -> dict[str, Number]:
    """Return the numbers of one token in attention, by where they arise."""
    name = type(kind).__name__
    message = f"attention is {name}: which activations it saves is not known here"
    raise ValueError(message)


@_token_numbers.register
def _(kind: LatentAttention) -> dict[str, Number]:
    heads, rank = kind.num_attention_heads, kind.q_lora_rank or 0
    queries = keys = heads * kind.qk_head_dim
    values = heads * kind.v_head_dim
    return {
        "latent_elements": rank + kind.kv_lora_rank + kind.qk_rope_head_dim,
        "normed_latent_elements": rank + kind.kv_lora_rank,
        "rebuilt_elements": keys + values + (queries if rank else 0),
        "projected_elements": 0 if rank else queries,
        "attended_elements": values,
    }


@_token_numbers.register
def _(kind: GroupedQueryAttention) -> dict[str, Number]:
    heads, groups, size = (
        kind.num_attention_heads,
        kind.num_key_value_heads,
        kind.head_dim,
    )
    # A norm of queries and keys keeps what came in beside what came out.
    normed = (heads + groups) * size if kind.qk_norm else 0
    return {
        "latent_elements": 0,
        "normed_latent_elements": 0,
        "rebuilt_elements": 0,
        "projected_elements": (heads + 2 * groups) * size + normed,
        "attended_elements": heads * size,
    }


def _dense_sizes(model: Architecture) -> MatrixSizes:
    sizes = _sizes(dense_matrices(model))
    # Biases are few, and stored with the weights that they belong to.
    return MatrixSizes(
        parameters=dense_feed_forward_parameters(model),
        scale_count=sizes.scale_count,
        adapter_rows=sizes.adapter_rows,
    )


def _expert_matrices(model: Architecture) -> tuple[MatrixSizes, MatrixSizes]:
    """Return the sizes of all routed experts of a layer, and of its shared ones."""
    experts, hidden = model.experts, model.hidden_size
    if experts is None:
        return _sizes(()), _sizes(())
    copies = experts.n_routed_experts
    routed = _sizes(routed_matrices(experts, hidden, copies=copies))
    return routed, _sizes(shared_matrices(experts, hidden))


def _in_floats(record: TrainedModel) -> TrainedModel:
    """Return the numbers as a page computes with them."""
    parts: dict[str, object] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, MatrixSizes):
            inner = {one.name: float(getattr(value, one.name)) for one in fields(value)}
            parts[field.name] = MatrixSizes(**inner)
        else:
            parts[field.name] = float(value)
    return TrainedModel(**parts)  # type: ignore[arg-type]
