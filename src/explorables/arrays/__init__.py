"""Arrays of fixed shape in a trace: one function, bit for bit, on NumPy and in a page.

A function of single settings that uses the operations of this room runs on NumPy arrays
as it stands. Traced, it becomes JavaScript: loops over typed arrays, with no library.
Both add, multiply and draw random numbers in one order, so that a whole run is equal to
the last bit, and a test compares bits.

This room needs NumPy, and nothing else of the engine imports it.
"""

from explorables.arrays.emission import javascript
from explorables.arrays.functions import (
    exp,
    log,
    normal_quantile,
    sigmoid,
    softmax,
    softplus,
    tanh,
)
from explorables.arrays.operations import (
    absolute,
    both,
    count,
    cumulative,
    either,
    expand,
    floor,
    iota,
    largest,
    maximum,
    mean,
    minimum,
    negated,
    one_hot,
    order,
    product,
    ranks,
    require,
    reshape,
    sign,
    sorted_down,
    sqrt,
    take,
    take_along,
    top_k,
    total,
    transpose,
    where,
)
from explorables.arrays.plain import Array
from explorables.arrays.randoms import normal, threefry, uniform
from explorables.arrays.recorded import RecordedArray
from explorables.arrays.tracing import Program, Run, scan, trace

__all__ = [
    "Array",
    "Program",
    "RecordedArray",
    "Run",
    "absolute",
    "both",
    "count",
    "cumulative",
    "either",
    "exp",
    "expand",
    "floor",
    "iota",
    "javascript",
    "largest",
    "log",
    "maximum",
    "mean",
    "minimum",
    "negated",
    "normal",
    "normal_quantile",
    "one_hot",
    "order",
    "product",
    "ranks",
    "require",
    "reshape",
    "scan",
    "sigmoid",
    "sign",
    "softmax",
    "softplus",
    "sorted_down",
    "sqrt",
    "take",
    "take_along",
    "tanh",
    "threefry",
    "top_k",
    "total",
    "trace",
    "transpose",
    "uniform",
    "where",
]
