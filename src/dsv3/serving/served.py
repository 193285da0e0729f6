"""What a token costs a service, and what a chip is rated for.

Owns the two sides that meet in a step: a model's weights, work and travelling tokens,
and a chip's rates at the precision its weights are multiplied in. Knows no time.

Functions take plain numbers or recorded ones (see `dsv3.arithmetic`).
"""

import functools
from dataclasses import dataclass

from dsv3 import accounting, architecture, hardware
from dsv3.architecture import Architecture
from dsv3.arithmetic import Choice, Number, lookup, require
from dsv3.serving.step import StepLoad, released_loads, step_load

DISPATCH_BYTES, COMBINE_BYTES = 1, 2
"""Width of a number on its way to an expert (FP8) and back (BF16)."""

WEIGHT_WIDTHS = {"fp8": 1.0, "bf16": 2.0, "int4": 0.5}
"""Bytes of a weight; scales, and what stays wider, are left out."""

NO_MODULE = StepLoad(
    common_parameters=0.0,
    routed_parameters=0.0,
    chosen_share=0.0,
    cache_bytes_per_token=0.0,
    score_flop_per_token_squared=0.0,
)
"""The draft of a model without prediction modules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """What a token costs a service: in the model, in a draft, and on the network."""

    model: StepLoad
    """A step of the model."""

    module: StepLoad
    """A draft by a prediction module; all zero where there is none."""

    prompt_score_flop_per_token_squared: Number
    """Attention's work for a pair of tokens of a prompt, keys and values at hand."""

    expert_layers: Number
    """Layers whose tokens travel."""

    module_expert_layers: Number
    """The same, of a draft."""

    copy_bytes: Number
    """Bytes of one token sent to one expert of one layer and back."""

    num_experts_per_tok: Number
    """Experts that a token is sent to in a layer."""

    topk_group: Number
    """Most groups of experts, and so nodes, that one token may visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one GPU is rated for, and its way out of the node."""

    weight_flop_per_s: Number
    """Dense peak at the precision in which weights are multiplied."""

    bf16_flop_per_s: Number
    """Dense BF16 peak, for attention's scores."""

    hbm_bytes_per_s: Number
    """Bandwidth of the GPU's memory."""

    node_bytes_per_s: Number
    """Bandwidth to the GPUs of its node, one direction."""

    network_bytes_per_s: Number
    """Bandwidth to other nodes, one direction."""


def served_model(model: Architecture) -> ServedModel:
    """Return what a token of a model costs a service.

    Parameters
    ----------
    model
        The model; its own drafts are counted for DeepSeek-V3 only.

    Examples
    --------
    A token of DeepSeek-V3 on its way to an expert and back is 7168 x 3 bytes:

    >>> served_model(architecture.preset("deepseek-v3")).copy_bytes
    21504
    """
    experts = model.experts
    naive = accounting.decode_flop_per_token(model, 1).attention_scores_flop_per_token
    released = model == architecture.preset("deepseek-v3")
    width = DISPATCH_BYTES + COMBINE_BYTES
    chosen = 0 if experts is None else experts.num_experts_per_tok
    # One group is no limit: a token may then visit every node its experts are on.
    limited = experts is not None and experts.n_group > 1
    groups = experts.topk_group if experts is not None and limited else chosen
    return ServedModel(
        model=step_load(model),
        module=released_loads().module if released else NO_MODULE,
        prompt_score_flop_per_token_squared=naive,
        expert_layers=model.num_expert_layers,
        module_expert_layers=1 if released else 0,
        copy_bytes=width * model.hidden_size,
        num_experts_per_tok=chosen,
        topk_group=groups,
    )


@functools.cache
def released_model() -> ServedModel:
    """Return `served_model` of DeepSeek-V3."""
    return served_model(architecture.preset("deepseek-v3"))


def rated(*, gpu: Choice, precision: Choice, network_bytes_per_s: Number) -> Rates:
    """Return a chip's rates, weights held at a precision.

    Four-bit weights are widened to BF16 before they are multiplied.

    Parameters
    ----------
    gpu
        Name of an accelerator.
    precision
        A name of `WEIGHT_WIDTHS`.
    network_bytes_per_s
        Bandwidth of one GPU to other nodes, one direction; above 0.

    Raises
    ------
    ValueError
        If a name is unknown, or the chip cannot multiply at the precision.

    Examples
    --------
    >>> rated(
    ...     gpu="A100 SXM", precision="int4", network_bytes_per_s=25e9
    ... ).weight_flop_per_s
    312000000000000.0
    """
    way = network_bytes_per_s
    require("network_bytes_per_s", way, way > 0, "must be above 0")
    tables = _rating_tables()
    bf16 = lookup(gpu, tables["bf16"])
    peak = lookup(
        precision, {"fp8": lookup(gpu, tables["fp8"]), "bf16": bf16, "int4": bf16}
    )
    rule = "the chosen GPU cannot multiply in FP8; hold bf16 or int4"
    require("precision", precision, peak > 0, rule)
    return Rates(
        weight_flop_per_s=peak,
        bf16_flop_per_s=bf16,
        hbm_bytes_per_s=lookup(gpu, tables["hbm"]),
        node_bytes_per_s=lookup(gpu, tables["node"]),
        network_bytes_per_s=way,
    )


@functools.cache
def _rating_tables() -> dict[str, dict[str, float]]:
    chips = {name: hardware.accelerator(name) for name in hardware.accelerator_names()}
    return {
        "bf16": hardware.peak_table("bf16"),
        "fp8": hardware.peak_table("fp8"),
        "hbm": {name: chip.hbm_bytes_per_s for name, chip in chips.items()},
        "node": {
            name: chip.scale_up_bytes_per_s_per_direction
            for name, chip in chips.items()
        },
    }
