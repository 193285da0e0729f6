"""Arrays of fixed shape in a trace: one function, bit for bit, on NumPy and in a page.

A function of single settings that uses the operations of this room runs on NumPy arrays
as it stands. Traced, it becomes JavaScript: loops over typed arrays, with no library.
Both add, multiply and draw random numbers in one order, so that a whole run is equal to
the last bit, and a test compares bits.

This room needs NumPy, and nothing else of the engine imports it.
"""

from explorables.arrays.emission import javascript as javascript
from explorables.arrays.functions import (
    exp as exp,
    log as log,
    normal_quantile as normal_quantile,
    sigmoid as sigmoid,
    softmax as softmax,
    softplus as softplus,
    tanh as tanh,
)
from explorables.arrays.operations import (
    absolute as absolute,
    both as both,
    count as count,
    cumulative as cumulative,
    either as either,
    expand as expand,
    floor as floor,
    iota as iota,
    largest as largest,
    maximum as maximum,
    mean as mean,
    minimum as minimum,
    negated as negated,
    one_hot as one_hot,
    order as order,
    product as product,
    ranks as ranks,
    require as require,
    reshape as reshape,
    sign as sign,
    sorted_down as sorted_down,
    sqrt as sqrt,
    take as take,
    take_along as take_along,
    top_k as top_k,
    total as total,
    transpose as transpose,
    where as where,
)
from explorables.arrays.plain import Array as Array
from explorables.arrays.randoms import (
    normal as normal,
    threefry as threefry,
    uniform as uniform,
)
from explorables.arrays.recorded import RecordedArray as RecordedArray
from explorables.arrays.tracing import (
    Program as Program,
    Run as Run,
    scan as scan,
    trace as trace,
)
