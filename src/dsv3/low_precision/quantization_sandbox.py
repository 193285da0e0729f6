"""One outlier among ordinary numbers, under every format and scale rule.

In a small matrix of normal numbers one is made larger and larger. The errors are those
of the ordinary numbers: the outlier itself is always kept well, and would hide them.
"""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from dsv3.formats import FLOAT_FORMATS
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE,
    lost_share,
    quantized,
    relative_error,
    tile_errors,
)
from explorables.arithmetic import require

TOKENS, TILES = 4, 4
"""Rows of the matrix, and tiles in each."""

OUTLIER_TILE = 5
"""The tile that the outlier lies in, counted from 0."""

LARGEST_OUTLIER_EXPONENT = 24

SCALE_RULES = ("tile", "tensor")
"""Quantization granularity: the numbers of a tile, or all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantizedOutlier:
    """What one outlier does to the ordinary numbers."""

    error_share: float
    """Length of the error of all ordinary numbers over their length."""

    own_tile_error_share: float
    """The same in the outlier's tile."""

    other_tiles_error_share: float
    """The same in all other tiles together."""

    lost_share: float
    """Ordinary numbers that became 0."""

    outlier: float
    """What was put in."""

    error_by_tile: tuple[float, ...]
    """Error of every tile, one token after the other."""


@cache
def _ordinary() -> Float[Tensor, "M D"]:
    source = torch.Generator().manual_seed(0)
    return torch.randn(TOKENS, TILES * ACTIVATION_TILE[1], generator=source)


def quantized_outlier(
    *,
    form: str,
    scales: str,
    power_of_two: bool,
    outlier_exponent: float,
) -> QuantizedOutlier:
    """Quantise normal numbers and one outlier, and return what the numbers lost.

    The outlier is two to `outlier_exponent`, 0 to 24; the ordinary numbers are about 1.
    `scales` is ``tile`` for one scale for each tile of 1 x 128, ``tensor`` for one in
    all.
    """
    require(
        "form",
        form,
        form in FLOAT_FORMATS,
        f"must be one of {', '.join(FLOAT_FORMATS)}",
    )
    rule = f"must be one of {', '.join(SCALE_RULES)}"
    require("scales", scales, scales in SCALE_RULES, rule)
    possible = 0 <= outlier_exponent <= LARGEST_OUTLIER_EXPONENT
    require("outlier_exponent", outlier_exponent, possible, "must be from 0 to 24")
    row, column = divmod(OUTLIER_TILE, TILES)
    place = row, column * ACTIVATION_TILE[1]
    values = _ordinary().clone()
    values[place] = 2.0**outlier_exponent
    made = quantized(
        values,
        tile=ACTIVATION_TILE if scales == "tile" else None,
        form=FLOAT_FORMATS[form],
        power_of_two=power_of_two,
    ).dequantized()
    values[place] = made[place] = 0.0
    return _told(values, made, 2.0**outlier_exponent)


def _told(
    values: Float[Tensor, "M D"], made: Float[Tensor, "M D"], outlier: float
) -> QuantizedOutlier:
    width = ACTIVATION_TILE[1]
    exact, got = values.reshape(-1, width), made.reshape(-1, width)
    others = torch.arange(len(exact)) != OUTLIER_TILE
    return QuantizedOutlier(
        error_share=relative_error(exact, got),
        own_tile_error_share=relative_error(exact[~others], got[~others]),
        other_tiles_error_share=relative_error(exact[others], got[others]),
        lost_share=lost_share(exact, got),
        outlier=outlier,
        error_by_tile=tuple(tile_errors(values, made).flatten().tolist()),
    )
