"""Bytes that few bits save in training: optimizer states, activations, traffic.

Twin: low_precision/quantization.py.
"""

from dsv3.formats import BF16, FP8, FP32, NumberFormat
from explorables.arithmetic import Number, ceil


def tiled_bytes(elements: Number, form: NumberFormat = FP8) -> Number:
    """Return the bytes of a token's numbers in a format, with the scales they share.

    The last tile may be filled in part.

    Examples
    --------
    >>> tiled_bytes(256)
    264.0
    """
    scales = ceil(elements / form.activation_tile)
    return elements * form.element_bytes + scales * form.scale_bytes


def optimizer_bytes_per_parameter(*, moment_bytes: float = BF16.element_bytes) -> float:
    """Return what the optimizer keeps of one parameter: master weight and moments.

    AdamW keeps two moments; the published recipe keeps them in BF16 and the master
    weight in FP32 [deepseekai2024v3]_ (section 3.3.3).

    Examples
    --------
    >>> optimizer_bytes_per_parameter(), optimizer_bytes_per_parameter(moment_bytes=4)
    (8, 12)
    """
    return FP32.element_bytes + 2 * moment_bytes


def swiglu_input_elements_per_token(
    *, moe_intermediate_size: Number, experts_per_token: Number
) -> Number:
    """Return the numbers a layer keeps of a token to recompute its experts' SwiGLU.

    Two for each inner number of an expert, shared experts included: what the gate and
    the up-projection gave.

    Examples
    --------
    >>> swiglu_input_elements_per_token(moe_intermediate_size=2, experts_per_token=3)
    12
    """
    return 2 * moe_intermediate_size * experts_per_token
