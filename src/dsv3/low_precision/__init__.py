"""Eight-bit arithmetic of the small model: formats, scales, a limited accumulator."""

from dsv3.formats import E4M3, E5M2, FloatFormat
from dsv3.formats import FLOAT_FORMATS as FORMATS
from dsv3.low_precision.accumulation import MatrixUnit, limited_matmul
from dsv3.low_precision.float_formats import (
    code_values,
    rounded,
)
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE,
    WEIGHT_BLOCK,
    quantized,
    tile_errors,
)
from dsv3.low_precision.quantization_sandbox import quantized_outlier

__all__ = [
    "ACTIVATION_TILE",
    "E4M3",
    "E5M2",
    "FORMATS",
    "WEIGHT_BLOCK",
    "FloatFormat",
    "MatrixUnit",
    "code_values",
    "limited_matmul",
    "quantized",
    "quantized_outlier",
    "rounded",
    "tile_errors",
]
