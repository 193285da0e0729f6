"""Tiles and blocks: numbers that share a scale, in few bits.

The scales of the FP8 recipe and what they cost in accuracy. The maximum is taken
online, from the numbers themselves, with no history. The formats are those of
:mod:`dsv3.formats`; multiplying out is the checkpoint's.

Twin: accounting/memory.py counts the scales.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from dsv3.formats import E4M3, E8M23, FP8, FloatFormat
from dsv3.low_precision.float_formats import decoded, encoded, exponent_of, two_to
from dsv3.model.checkpoint import FP8_BLOCK, dequantized
from explorables.arithmetic import require

ACTIVATION_TILE = (1, FP8.activation_tile)
"""Tokens and channels that share a scale."""

WEIGHT_BLOCK = FP8_BLOCK
"""Rows and columns of a weight that share a scale, as in the released files."""

LEAST_MAXIMUM = 1e-4
"""Floor on a tile's maximum, so that a tile of zeros has a scale.

The release's kernel has it [deepseekai2024repo]_ (inference/kernel.py).
"""


SINGLE_EXPONENT, SINGLE_MANTISSA_BITS = 0x7F800000, E8M23.mantissa_bits
"""Bits of a float32's exponent, and how many of its mantissa lie below them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizedMatrix:
    """A matrix in few bits, with the scales it must be multiplied by."""

    form: FloatFormat

    tile: tuple[int, int]
    """Rows and columns that share a scale; at the edges fewer."""

    codes: Int[Tensor, "rows columns"]

    scale: Float[Tensor, "tile_rows tile_columns"]
    """One float32 factor for each tile."""

    def dequantized(self) -> Float[Tensor, "rows columns"]:
        """Return the numbers multiplied out, in float32."""
        return dequantized(decoded(self.codes, self.form), self.scale, self.tile)


def tile_maximum(
    values: Float[Tensor, "rows columns"], tile: tuple[int, int]
) -> Float[Tensor, "tile_rows tile_columns"]:
    """Return the largest magnitude in every tile; those at the edges may be cut off.

    Examples
    --------
    >>> tile_maximum(torch.tensor([[1.0, -3.0, 2.0]]), (1, 2)).tolist()
    [[3.0, 2.0]]
    """
    return _tiled(values.abs(), tile).amax(dim=(1, 3))


def _tiled(
    values: Float[Tensor, "rows columns"], tile: tuple[int, int]
) -> Float[Tensor, "tile_rows height tile_columns width"]:
    """Return a matrix cut into tiles, filled up with zeros at the edges."""
    height, width = tile
    require("tile", tile, min(tile) > 0, "must have rows and columns")
    rows, columns = values.shape
    padded = pad(values, (0, -columns % width, 0, -rows % height))
    tiled: Tensor = padded.unflatten(1, (-1, width)).unflatten(0, (-1, height))
    return tiled


@torch.no_grad()
def quantized(
    values: Float[Tensor, "rows columns"],
    *,
    tile: tuple[int, int] | None = ACTIVATION_TILE,
    form: FloatFormat = E4M3,
    power_of_two: bool = False,
    least_maximum: float = LEAST_MAXIMUM,
) -> QuantizedMatrix:
    """Return a matrix in few bits, scaled so that each tile's maximum just fits.

    The scale is the maximum, `least_maximum` at least, over the format's largest
    number. With powers of two it is the next one up, so that nothing saturates and
    scaling rounds nothing. Without a tile one scale serves all. Numbers must be finite
    in float32.

    Examples
    --------
    >>> small = quantized(torch.tensor([[448.0, 1.0, 0.25]]), tile=(1, 2))
    >>> small.dequantized().tolist()
    [[448.0, 1.0, 0.25]]
    """
    require("least_maximum", least_maximum, least_maximum > 0, "must be above 0")
    exact = values.float()
    finite = bool(exact.isfinite().all())
    require("values", "not finite everywhere", finite, "must be finite")
    rows, columns = values.shape
    tile = (max(rows, 1), max(columns, 1)) if tile is None else tile
    scale = tile_maximum(exact, tile).clamp(min=least_maximum) / form.largest
    if power_of_two:
        scale = _next_power_of_two(scale)
    # As the kernels do it: the quotient is rounded to float32, and then once more.
    ones = torch.ones_like(exact)
    quotient = exact / dequantized(ones, scale, tile)
    return QuantizedMatrix(
        form=form, tile=tile, codes=encoded(quotient, form), scale=scale
    )


@torch.no_grad()
def after_quantization(
    values: Float[Tensor, "rows columns"],
    *,
    tile: tuple[int, int] | None = ACTIVATION_TILE,
    form: FloatFormat = E4M3,
    power_of_two: bool = False,
    least_maximum: float = LEAST_MAXIMUM,
) -> Float[Tensor, "rows columns"]:
    """Return what :func:`quantized` would give multiplied out, faster: no codes.

    Training quantises every operand of every product; this is what it calls. That
    numbers are finite is not checked.

    Examples
    --------
    >>> after_quantization(torch.tensor([[448.0, 1.06]])).tolist()
    [[448.0, 1.0]]
    """
    rows, columns = values.shape
    tile = (max(rows, 1), max(columns, 1)) if tile is None else tile
    tiled = _tiled(values.float(), tile)
    maximum = tiled.abs().amax(dim=(1, 3), keepdim=True)
    scale = maximum.clamp(min=least_maximum) / form.largest
    if power_of_two:
        scale = _next_power_of_two(scale)
    made = _on_grid(tiled / scale, form).mul_(scale)
    return made.flatten(2, 3).flatten(0, 1)[:rows, :columns]


def _on_grid(
    quotient: Float[Tensor, "*axes"], form: FloatFormat
) -> Float[Tensor, "*axes"]:
    """Return the nearest numbers of a format, for none above its largest."""
    exponent = quotient.view(torch.int32) & SINGLE_EXPONENT
    power = exponent.view(torch.float32).clamp_(min=form.smallest_normal)
    # Beside a number so large, the last place of float32 is the format's: adding it
    # rounds, and taking it away again is exact.
    large = power.mul_(1.5 * 2.0 ** (SINGLE_MANTISSA_BITS - form.mantissa_bits))
    return (quotient + large).sub_(large)


def _next_power_of_two(scale: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
    """Return the least power of two that is not below each number."""
    power = two_to(exponent_of(scale))
    return torch.where(power < scale, 2 * power, power).to(scale.dtype)


def relative_error(
    exact: Float[Tensor, "*axes"], approximate: Float[Tensor, "*axes"]
) -> float:
    """Return the length of the error over that of the exact numbers; 0 if both are.

    Examples
    --------
    >>> relative_error(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 4.5]))
    0.1
    """
    error = (approximate.double() - exact.double()).norm()
    length = exact.double().norm()
    return float(error / length) if length > 0 else float(error)


def tile_errors(
    exact: Float[Tensor, "rows columns"],
    approximate: Float[Tensor, "rows columns"],
    tile: tuple[int, int] = ACTIVATION_TILE,
) -> Float[Tensor, "tile_rows tile_columns"]:
    """Return every tile's relative error; 0 for a tile of zeros that was kept."""
    error = _tiled(approximate.double() - exact.double(), tile).square().sum((1, 3))
    length = _tiled(exact.double(), tile).square().sum((1, 3))
    return torch.where(length > 0, error / length, error).sqrt()


def lost_share(
    exact: Float[Tensor, "*axes"], approximate: Float[Tensor, "*axes"]
) -> float:
    """Return the share of the numbers that became 0 and were not; 0 if all were.

    Examples
    --------
    >>> lost_share(torch.tensor([1.0, 2.0, 0.0]), torch.tensor([1.0, 0.0, 0.0]))
    0.5
    """
    there = exact != 0
    lost = there & (approximate == 0)
    return float(lost.sum() / there.sum().clamp(min=1))
