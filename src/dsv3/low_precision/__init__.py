"""Eight-bit arithmetic of the small model: formats, scales, a limited accumulator."""

from dsv3.formats import (
    E4M3 as E4M3,
    E5M2 as E5M2,
    FLOAT_FORMATS as FLOAT_FORMATS,
    FloatFormat as FloatFormat,
)
from dsv3.low_precision.accumulation import (
    MatrixUnit as MatrixUnit,
    limited_matmul as limited_matmul,
)
from dsv3.low_precision.float_formats import (
    code_values as code_values,
    rounded as rounded,
)
from dsv3.low_precision.quantization import (
    ACTIVATION_TILE as ACTIVATION_TILE,
    WEIGHT_BLOCK as WEIGHT_BLOCK,
    quantized as quantized,
    tile_errors as tile_errors,
)
from dsv3.low_precision.quantization_sandbox import (
    quantized_outlier as quantized_outlier,
)
