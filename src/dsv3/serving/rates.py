"""What a chip is rated for at the precision in which a model's weights are held."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from dsv3 import accounting, architecture, hardware
from dsv3.architecture import Architecture
from dsv3.formats import HELD_FORMATS, RELEASED, SERVED_FORMATS, number_formats
from dsv3.hardware import Accelerator
from explorables.arithmetic import Choice, Number, lookup, lookup_record, require

WEIGHT_PRECISIONS = SERVED_FORMATS

HELD_PRECISIONS = HELD_FORMATS

INT8_OVER_BF16 = 2.0
"""Peak for eight-bit integers over that for BF16, on every chip whose datasheet we
read both of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one GPU is rated for, and its way out of the node."""

    weight_flop_per_s: Number
    """Dense peak at the precision in which weights are multiplied."""

    bf16_flop_per_s: Number
    """Dense BF16 peak, for attention's scores."""

    hbm_bytes_per_s: Number

    node_bytes_per_s: Number
    """Bandwidth to the GPUs of its node, one direction."""

    network_bytes_per_s: Number
    """Bandwidth to other nodes, one direction."""


def rated(*, gpu: Choice, precision: Choice, network_bytes_per_s: Number) -> Rates:
    """Return a chip's rates, weights held at a precision.

    Four-bit weights are widened to BF16 before they are multiplied; eight-bit integers
    are multiplied as such, at twice the BF16 peak. `network_bytes_per_s` is one GPU's
    to other nodes, in one direction.

    Raises
    ------
    ValueError
        If the chip cannot multiply at the precision.

    Examples
    --------
    >>> a100 = rated(gpu="A100 SXM", precision="int8", network_bytes_per_s=25e9)
    >>> a100.weight_flop_per_s / a100.bf16_flop_per_s
    2.0
    """
    way = network_bytes_per_s
    require("network_bytes_per_s", way, way > 0, "must be above 0")
    require_precision(precision, gpu)
    chip = lookup_record(gpu, hardware.accelerators(), name="gpu")
    return Rates(
        weight_flop_per_s=lookup(precision, _peaks(chip), name="precision"),
        bf16_flop_per_s=chip.rated_flop_per_s("bf16"),
        hbm_bytes_per_s=chip.hbm_bytes_per_s,
        node_bytes_per_s=chip.scale_up_bytes_per_s_per_direction,
        network_bytes_per_s=way,
    )


def _peaks(chip: Accelerator) -> dict[str, Number]:
    """Return the peak of what weights are multiplied as, by how they are held."""
    named = tuple(name for name in HELD_FORMATS if name != RELEASED)
    return {
        name: INT8_OVER_BF16 * chip.rated_flop_per_s("bf16")
        if form.multiplied_as == "int8"
        else chip.rated_flop_per_s(form.multiplied_as)
        for name, form in number_formats(named).items()
    }


def require_precision(
    precision: Choice, gpu: Choice, model: Choice | Architecture | None = None
) -> None:
    """Refuse weights on a chip without the matrix units that they need.

    Weights as released are those of the `model`.

    Raises
    ------
    ValueError
        If the chip has no peak for them, or a name is unknown.

    Examples
    --------
    >>> require_precision("fp8", "A100 SXM")
    Traceback (most recent call last):
        ...
    ValueError: precision is 'fp8': the chosen GPU cannot multiply in FP8; hold bf16, \
int8 or int4
    """
    # 1 or 0 for each chip, so that chips which all have the units need no guard.
    able = {
        name: lookup(gpu, chips, name="gpu") for name, chips in _able_chips().items()
    }
    if model is not None:
        able[RELEASED] = _able_to_hold(model, able)
    has = lookup(precision, able, name="precision")
    require("precision", precision, has > 0, _precision_rule())


def _able_to_hold(model: Choice | Architecture, able: Mapping[str, Number]) -> Number:
    """Return 1 where the chip can multiply a model's weights as released, else 0."""
    if isinstance(model, Architecture):
        return able.get(accounting.released_format(model), 1)
    presets = {name: able.get(form, 1) for name, form in _released_formats().items()}
    return lookup(model, presets, name="model")


@functools.cache
def _released_formats() -> Mapping[str, str]:
    return {
        name: accounting.released_format(architecture.preset(name))
        for name in architecture.preset_names()
    }


@functools.cache
def _able_chips() -> dict[str, dict[str, float]]:
    """Say with 1 which chips have matrix units for weights, by how they are held."""
    peaks = {name: _peaks(chip) for name, chip in hardware.accelerators().items()}
    return {
        held: {chip: float(table[held] > 0) for chip, table in peaks.items()}
        for held in HELD_FORMATS
        if held != RELEASED
    }


def _precision_rule() -> str:
    """Say which formats need matrix units of their own, and which do not."""
    able = {name: all(_able_chips()[name].values()) for name in WEIGHT_PRECISIONS}
    lacking = " or ".join(
        name.upper() for name, everywhere in able.items() if not everywhere
    )
    *others, last = [name for name, everywhere in able.items() if everywhere]
    rest = f"{', '.join(others)} or {last}"
    return f"the chosen GPU cannot multiply in {lacking}; hold {rest}"
