"""Numbers that can be plain or recorded, so that one formula serves two homes.

A formula called with plain numbers computes. The same formula called with recorded
numbers writes down its steps, which the page then runs as JavaScript.

In a formula use the functions of this room instead of ``if``, ``min``, ``max``,
``math`` and dictionary access. Loops over a fixed Python sequence are fine.
"""

from explorables.arithmetic.lookups import lookup, lookup_record, nearest_names
from explorables.arithmetic.operations import (
    Choice,
    Condition,
    Number,
    absolute,
    both,
    ceil,
    cos,
    either,
    exp,
    floor,
    is_recorded,
    log,
    log2,
    log10,
    maximum,
    minimum,
    negated,
    power,
    require,
    require_option,
    sqrt,
    total,
    where,
)
from explorables.arithmetic.recorded import Recorded, RecordedChoice, RecordedCondition
from explorables.arithmetic.recorder import TracingError
from explorables.arithmetic.tape import Evaluation, Guard, Input, Node, Tape, evaluate
from explorables.arithmetic.tracing import (
    NUMBER,
    TOGGLE,
    public_name,
    result_numbers,
    trace,
)

__all__ = [
    "NUMBER",
    "TOGGLE",
    "Choice",
    "Condition",
    "Evaluation",
    "Guard",
    "Input",
    "Node",
    "Number",
    "Recorded",
    "RecordedChoice",
    "RecordedCondition",
    "Tape",
    "TracingError",
    "absolute",
    "both",
    "ceil",
    "cos",
    "either",
    "evaluate",
    "exp",
    "floor",
    "is_recorded",
    "log",
    "log2",
    "log10",
    "lookup",
    "lookup_record",
    "maximum",
    "minimum",
    "nearest_names",
    "negated",
    "power",
    "public_name",
    "require",
    "require_option",
    "result_numbers",
    "sqrt",
    "total",
    "trace",
    "where",
]
