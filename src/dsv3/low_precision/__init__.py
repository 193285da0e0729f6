"""Eight-bit arithmetic of the small model: formats, scales, a limited accumulator."""

from dsv3.formats import E4M3 as E4M3
from dsv3.formats import E5M2 as E5M2
from dsv3.formats import FLOAT_FORMATS as FLOAT_FORMATS
from dsv3.formats import FloatFormat as FloatFormat
from dsv3.low_precision.accumulation import MatrixUnit as MatrixUnit
from dsv3.low_precision.accumulation import limited_matmul as limited_matmul
from dsv3.low_precision.float_formats import code_values as code_values
from dsv3.low_precision.float_formats import rounded as rounded
from dsv3.low_precision.quantization import ACTIVATION_TILE as ACTIVATION_TILE
from dsv3.low_precision.quantization import WEIGHT_BLOCK as WEIGHT_BLOCK
from dsv3.low_precision.quantization import quantized as quantized
from dsv3.low_precision.quantization import tile_errors as tile_errors
from dsv3.low_precision.quantization_sandbox import (
    quantized_outlier as quantized_outlier,
)
