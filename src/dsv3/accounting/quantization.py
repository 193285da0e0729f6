"""Bytes that few bits save in training: optimizer states, activations, traffic.

Owns what is stored and sent in which precision in the published FP8 recipe, and
the scales that go with it. Knows no chip and no time.

Twin: model/quantization.py.
"""

from dsv3.accounting.memory import BF16_BYTES, F8_BYTES, F32_BYTES
from explorables.arithmetic import Number, require

ACTIVATION_TILE_ELEMENTS = 128
"""Channels of a token that share a scale [deepseekai2024v3]_ (section 3.3.2)."""


def tiled_bytes(
    elements: Number,
    *,
    element_bytes: float = F8_BYTES,
    tile_elements: Number = ACTIVATION_TILE_ELEMENTS,
    scale_bytes: float = F32_BYTES,
) -> Number:
    """Return the bytes of numbers that share scales.

    Parameters
    ----------
    elements
        Numbers, a multiple of the tile.
    element_bytes
        Bytes of one number.
    tile_elements
        Numbers that share a scale.
    scale_bytes
        Bytes of one scale.

    Returns
    -------
    Number
        Bytes of numbers and scales.

    Raises
    ------
    ValueError
        If a tile has no element.

    Examples
    --------
    >>> tiled_bytes(256)
    264.0
    """
    require("tile_elements", tile_elements, tile_elements > 0, "must be above 0")
    return elements * (element_bytes + scale_bytes / tile_elements)


def optimizer_bytes_per_parameter(*, moment_bytes: float = BF16_BYTES) -> float:
    """Return what the optimizer keeps of one parameter: master weight and moments.

    AdamW keeps two moments; the published recipe keeps them in BF16 and the master
    weight in FP32 [deepseekai2024v3]_ (section 3.3.3).

    Parameters
    ----------
    moment_bytes
        Bytes of one moment.

    Returns
    -------
    float
        Bytes.

    Examples
    --------
    >>> optimizer_bytes_per_parameter(), optimizer_bytes_per_parameter(moment_bytes=4)
    (8, 12)
    """
    return F32_BYTES + 2 * moment_bytes


def swiglu_input_elements_per_token(
    *, moe_intermediate_size: Number, experts_per_token: Number
) -> Number:
    """Return the numbers a layer keeps of a token to recompute its experts' SwiGLU.

    Two for each inner number of an expert: what the gate and the up-projection gave.

    Parameters
    ----------
    moe_intermediate_size
        Inner size of an expert.
    experts_per_token
        Experts that work on a token, shared ones included.

    Returns
    -------
    Number
        Numbers for each token and layer.

    Examples
    --------
    >>> swiglu_input_elements_per_token(moe_intermediate_size=2, experts_per_token=3)
    12
    """
    return 2 * moe_intermediate_size * experts_per_token
