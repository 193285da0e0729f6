"""A linear layer's weight, seen from every side that costs something.

The same record gives parameters to store, scales to store beside low-precision weights,
and multiply-adds to do for a token, so the three cannot disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from explorables.arithmetic import Number, is_recorded, total

FLOP_PER_PARAMETER = 2
"""One multiplication and one addition for every weight that meets a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightMatrix:
    """The weight of one linear layer, or of several of one shape.

    Rows are what comes out, columns what goes in.
    """

    output_size: Number
    input_size: Number
    copies: Number = 1

    @property
    def parameters(self) -> Number:
        """Weights in all copies.

        Examples
        --------
        >>> WeightMatrix(output_size=3, input_size=5, copies=2).parameters
        30
        """
        return self.copies * self.output_size * self.input_size

    def scales(self, block: tuple[int, int]) -> Number:
        """Return the scales of all copies when each block of rows by columns has one.

        Blocks are rounded up along both axes: an edge block may be smaller.

        Examples
        --------
        A 576 by 7,168 matrix in blocks of 128 by 128 has 5 by 56 of them:

        >>> WeightMatrix(output_size=576, input_size=7168).scales((128, 128))
        280
        """
        rows, columns = block
        # -(-a // b) rounds up and keeps plain whole numbers whole.
        down, across = -(-self.output_size // rows), -(-self.input_size // columns)
        return self.copies * down * across


def parameters_of(matrices: Iterable[WeightMatrix]) -> Number:
    """Return the weights of several matrices.

    Examples
    --------
    >>> parameters_of([WeightMatrix(output_size=2, input_size=3)])
    6
    """
    return total(matrix.parameters for matrix in matrices)


def gated_matrices(
    *, hidden_size: Number, inner_size: Number, copies: Number = 1
) -> tuple[WeightMatrix, WeightMatrix, WeightMatrix]:
    """Return gate, up and down projection of a gated feed-forward (SwiGLU).

    Examples
    --------
    One routed expert of DeepSeek-V3, 3 times 7,168 times 2,048:

    >>> parameters_of(gated_matrices(hidden_size=7168, inner_size=2048))
    44040192
    """
    inward = WeightMatrix(output_size=inner_size, input_size=hidden_size, copies=copies)
    outward = WeightMatrix(
        output_size=hidden_size, input_size=inner_size, copies=copies
    )
    return inward, inward, outward


def plain_matrices(
    *, hidden_size: Number, inner_size: Number, copies: Number = 1
) -> tuple[WeightMatrix, WeightMatrix]:
    """Return up and down projection of a feed-forward without a gate.

    Examples
    --------
    >>> parameters_of(plain_matrices(hidden_size=3, inner_size=5))
    30
    """
    _, inward, outward = gated_matrices(
        hidden_size=hidden_size, inner_size=inner_size, copies=copies
    )
    return inward, outward


def require_sum(name: str, parts: Iterable[Number], whole: Number) -> None:
    """Refuse a record whose parts do not add up to its whole.

    Recorded numbers pass: the plain twin has been checked.

    Examples
    --------
    >>> require_sum("total_parameters", [1, 2], 4)
    Traceback (most recent call last):
        ...
    ValueError: total_parameters is 4: its parts add up to 3
    """
    added = total(parts)
    if is_recorded(added) or is_recorded(whole):
        return
    if added != whole:
        message = f"{name} is {whole!r}: its parts add up to {added!r}"
        raise ValueError(message)
