"""Eight-bit arithmetic of the small model: formats, scales, a limited accumulator."""

from dsv3.formats import E4M3, E5M2, E5M6, FloatFormat
from dsv3.formats import FLOAT_FORMATS as FORMATS
from dsv3.low_precision.accumulation import HOPPER, MatrixUnit, limited_matmul
from dsv3.low_precision.float_formats import (
    code_values,
    decoded,
    encoded,
    rounded,
)
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE,
    WEIGHT_BLOCK,
    Quantized,
    lost_share,
    quantized,
    relative_error,
    tile_errors,
)
from dsv3.low_precision.quantization_sandbox import QuantizedOutlier, quantized_outlier

__all__ = [
    "ACTIVATION_TILE",
    "E4M3",
    "E5M2",
    "E5M6",
    "FORMATS",
    "HOPPER",
    "WEIGHT_BLOCK",
    "FloatFormat",
    "MatrixUnit",
    "Quantized",
    "QuantizedOutlier",
    "code_values",
    "decoded",
    "encoded",
    "limited_matmul",
    "lost_share",
    "quantized",
    "quantized_outlier",
    "relative_error",
    "rounded",
    "tile_errors",
]
