"""What a chip is rated for at the precision in which a model's weights are held.

Owns the precisions that a service may hold weights in, which of them a chip can
multiply, and how fast. Knows no model and no time.

Functions take plain numbers or recorded ones (see `explorables.arithmetic`).
"""

import functools
from dataclasses import dataclass

from dsv3 import hardware
from explorables.arithmetic import Choice, Number, lookup, require

WEIGHT_PRECISIONS = ("fp8", "bf16", "int8", "int4")
"""How weights may be held by a service; each is a `dsv3.accounting.Precision`."""

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
    """Bandwidth of the GPU's memory."""

    node_bytes_per_s: Number
    """Bandwidth to the GPUs of its node, one direction."""

    network_bytes_per_s: Number
    """Bandwidth to other nodes, one direction."""


def rated(*, gpu: Choice, precision: Choice, network_bytes_per_s: Number) -> Rates:
    """Return a chip's rates, weights held at a precision.

    Four-bit weights are widened to BF16 before they are multiplied; eight-bit
    integers are multiplied as such, at twice the BF16 peak.

    Parameters
    ----------
    gpu
        Name of an accelerator.
    precision
        One of `WEIGHT_PRECISIONS`.
    network_bytes_per_s
        Bandwidth of one GPU to other nodes, one direction; above 0.

    Raises
    ------
    ValueError
        If a name is unknown, or the chip cannot multiply at the precision.

    Examples
    --------
    >>> a100 = rated(gpu="A100 SXM", precision="int8", network_bytes_per_s=25e9)
    >>> a100.weight_flop_per_s / a100.bf16_flop_per_s
    2.0
    """
    way = network_bytes_per_s
    require("network_bytes_per_s", way, way > 0, "must be above 0")
    require_precision(precision, gpu)
    tables = _rating_tables()
    bf16 = lookup(gpu, tables["bf16"])
    peaks = {
        "fp8": lookup(gpu, tables["fp8"]),
        "bf16": bf16,
        "int8": INT8_OVER_BF16 * bf16,
        "int4": bf16,
    }
    return Rates(
        weight_flop_per_s=lookup(precision, peaks),
        bf16_flop_per_s=bf16,
        hbm_bytes_per_s=lookup(gpu, tables["hbm"]),
        node_bytes_per_s=lookup(gpu, tables["node"]),
        network_bytes_per_s=way,
    )


def require_precision(precision: Choice, gpu: Choice) -> None:
    """Refuse FP8 weights on a chip without matrix units for them.

    Raises
    ------
    ValueError
        If the chip has no FP8 peak, or a name is unknown.

    Examples
    --------
    >>> require_precision("fp8", "A100 SXM")
    Traceback (most recent call last):
        ...
    ValueError: precision is 'fp8': the chosen GPU cannot multiply in FP8; hold bf16, \
int8 or int4
    """
    has = {
        name: 1.0 if peak > 0 else 0.0
        for name, peak in hardware.peak_table("fp8").items()
    }
    able = lookup(
        precision, {"fp8": lookup(gpu, has), "bf16": 1.0, "int8": 1.0, "int4": 1.0}
    )
    rule = "the chosen GPU cannot multiply in FP8; hold bf16, int8 or int4"
    require("precision", precision, able > 0, rule)


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
