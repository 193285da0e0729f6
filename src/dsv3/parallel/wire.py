"""What a row of numbers is on the wire: bytes, and back.

Rows travel in three forms: as they are, in BF16, or as E4M3 codes followed by the
float32 scales of their tiles.
"""

from typing import Literal, TypeAlias, get_args

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from dsv3.formats import E4M3
from dsv3.low_precision.quantization import ACTIVATION_TILE, LEAST_MAXIMUM, tile_maximum
from dsv3.model.checkpoint import dequantized
from explorables.arithmetic import require_option

WireForm: TypeAlias = Literal["exact", "bf16", "fp8"]
"""How rows travel: in their own type, in BF16, or in E4M3 with a scale a tile."""

WIRE_FORMS = get_args(WireForm)
"""Every form."""


def wire_bytes(rows: Float[Tensor, "X D"], form: WireForm) -> UInt8[Tensor, "X bytes"]:
    """Return rows as the bytes that travel; in ``fp8`` they must be finite.

    Examples
    --------
    A row of 256 channels in BF16, and as codes with two scales:

    >>> row = torch.ones(1, 256)
    >>> wire_bytes(row, "bf16").shape[1], wire_bytes(row, "fp8").shape[1]
    (512, 264)
    """
    require_option("form", form, WIRE_FORMS)
    if form == "exact":
        return _bytes(rows)
    if form == "bf16":
        return _bytes(rows.bfloat16())
    exact = rows.float()
    if not bool(exact.isfinite().all()):
        message = "rows is not finite everywhere: must be finite to travel in fp8"
        raise ValueError(message)
    scales = tile_maximum(exact, ACTIVATION_TILE).clamp(min=LEAST_MAXIMUM)
    scales = scales / E4M3.largest
    quotients = exact / dequantized(torch.ones_like(exact), scales, ACTIVATION_TILE)
    codes = quotients.to(torch.float8_e4m3fn)
    return torch.cat((_bytes(codes), _bytes(scales)), dim=1)


def _bytes(rows: Float[Tensor, "X D"]) -> UInt8[Tensor, "X bytes"]:
    """Return rows seen as bytes."""
    width = rows.shape[1] * rows.element_size()
    return rows.contiguous().view(torch.uint8).view(len(rows), width)


def wire_rows(
    travelled: UInt8[Tensor, "X bytes"], form: WireForm, like: Float[Tensor, "M D"]
) -> Float[Tensor, "X D"]:
    """Return the rows that bytes stand for, of the length and type of `like`."""
    size = like.shape[1]
    if form == "exact":
        return travelled.view(like.dtype).view(-1, size)
    if form == "bf16":
        return travelled.view(torch.bfloat16).view(-1, size).to(like.dtype)
    codes = travelled[:, :size].contiguous().view(torch.float8_e4m3fn)
    scales = travelled[:, size:].contiguous().view(torch.float32)
    tiles = -(-size // ACTIVATION_TILE[1])
    scales = scales.view(-1, tiles)
    return dequantized(codes.view(-1, size), scales, ACTIVATION_TILE).to(like.dtype)
