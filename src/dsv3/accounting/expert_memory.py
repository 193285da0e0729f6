"""Bytes of the routed experts alone: what expert parallelism divides among chips.

Owns the split of a model's weights into those every token meets and those only
some tokens are sent to. Knows no chip and no service.
"""

from dsv3.accounting.experts import routed_matrices
from dsv3.accounting.matrices import parameters_of
from dsv3.accounting.memory import (
    BF16_BYTES,
    F8_BYTES,
    F32_BYTES,
    FP8_BLOCK,
    INT4_BLOCK,
    INT4_BYTES,
    Precision,
)
from dsv3.accounting.transformer import parameter_count
from dsv3.architecture import Architecture
from explorables.arithmetic import Choice, Number, lookup, total


def routed_expert_bytes(architecture: Architecture, precision: Choice) -> Number:
    """Return the bytes that the main model's routed experts take.

    Parameters
    ----------
    architecture
        The model; one without experts has none.
    precision
        How weights are stored; see :class:`Precision`.

    Returns
    -------
    Number
        Bytes, scales included; a part of `weight_bytes`.

    Raises
    ------
    ValueError
        If the precision is unknown.

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
    experts = architecture.experts
    if experts is None:
        return 0
    layers = architecture.num_expert_layers
    matrices = routed_matrices(
        experts, architecture.hidden_size, copies=experts.n_routed_experts
    )
    linear = layers * parameters_of(matrices)
    biases = parameter_count(architecture).routed_experts_parameters - linear
    blocks, rows = (
        layers * total(matrix.scales(block) for matrix in matrices)
        for block in (FP8_BLOCK, INT4_BLOCK)
    )
    rest = BF16_BYTES * biases
    in_one_byte = F8_BYTES * linear + F32_BYTES * blocks + rest
    return lookup(
        precision,
        {
            Precision.FP32: F32_BYTES * (linear + biases),
            Precision.BF16: BF16_BYTES * (linear + biases),
            Precision.FP8: in_one_byte,
            Precision.INT8: in_one_byte,
            Precision.INT4: INT4_BYTES * linear + BF16_BYTES * rows + rest,
        },
    )
