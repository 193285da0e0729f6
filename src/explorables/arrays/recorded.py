"""Arrays that write down what is done to them, and the rules for their shapes.

Shapes are fixed when the function is traced and broadcast by NumPy's rules. There are
two kinds of entries: numbers (64-bit floats) and conditions. What a program cannot
follow raises `TracingError` on the spot and says what to use instead.
"""

import math
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, NoReturn

import numpy as np

from explorables.arithmetic.recorder import Traced, TracingError
from explorables.arithmetic.tape import Input

Shape = tuple[int, ...]

NUMBER, CONDITION = "number", "condition"

ARITHMETIC = frozenset(
    ("add", "subtract", "multiply", "divide", "negative", "absolute", "sqrt", "floor")
) | frozenset(("scaled", "exponent"))
COMPARISONS = frozenset(("less", "less_equal", "equal", "not_equal"))
LOGIC = frozenset(("both", "either", "negated"))
ELEMENTWISE = ARITHMETIC | COMPARISONS | LOGIC | {"where", "function", "copy"}
"""Operations that work entry by entry, broadcast first."""

USE_WHERE = "use where, both, either, negated of explorables.arrays"
USE_FUNCTIONS = "use the functions of explorables.arrays, such as exp, total, product"
FOREIGN = f"numpy's functions differ in bits from the page's: {USE_FUNCTIONS}"

UFUNCS = {name: name for name in ("add", "subtract", "multiply", "divide", "less")}
UFUNCS |= {name: name for name in ("less_equal", "equal", "not_equal")}
UFUNCS |= {"greater": "less", "greater_equal": "less_equal"}
"""Operators of NumPy's arrays, and the steps that they are."""


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a program; its operands are places of earlier steps."""

    operation: str
    operands: tuple[int, ...]
    attribute: tuple[Any, ...]
    """What the operation needs besides its operands: an axis, a name, a value."""

    shape: Shape
    kind: str
    inside: bool
    """Whether it depends on the state or the time of a scan."""

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)


class ArrayRecorder:
    """A program under construction: the steps so far, equal steps kept once."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.inputs = tuple(inputs)
        self.nodes: list[Node] = []
        self.guards: list[tuple[str, int, int, str]] = []
        self.scan: Any = None
        self._places: dict[Any, int] = {}

    def add(
        self,
        operation: str,
        operands: Sequence[int] = (),
        attribute: tuple[Any, ...] = (),
        *,
        shape: Shape = (),
        kind: str = NUMBER,
        inside: bool = False,
    ) -> "RecordedArray":
        """Append a step, or find the equal one made before."""
        inside = inside or any(self.nodes[at].inside for at in operands)
        node = Node(operation, tuple(operands), attribute, shape, kind, inside)
        # The text of an attribute tells 0.0 from -0.0 and makes NaN equal to itself.
        key = (operation, node.operands, repr(attribute), shape, kind)
        if key not in self._places:
            self._places[key] = len(self.nodes)
            self.nodes.append(node)
        return RecordedArray(self, self._places[key])

    def step(
        self, operation: str, operands: Sequence[object], attribute: tuple[Any, ...]
    ) -> "RecordedArray":
        """Append an operation on arrays, of which some may be plain."""
        given = [self.array(operand) for operand in operands]
        if operation in {"index", "transpose", "reshape", "product"}:
            given = [self.buffered(x) for x in given]
        shape, kind = signature(
            operation, [self.nodes[x.node] for x in given], attribute
        )
        places = [x.node for x in given]
        return self.add(operation, places, attribute, shape=shape, kind=kind)

    def array(self, value: object) -> "RecordedArray":
        """Return an array of this program, entering a plain one as a constant."""
        if isinstance(value, RecordedArray):
            if value.recorder is not self:
                message = f"{value!r} belongs to another trace: trace one at once"
                raise TracingError(message)
            return value
        if isinstance(value, Traced) or not isinstance(
            value, bool | int | float | np.ndarray | np.generic
        ):
            message = (
                f"a {type(value).__name__} cannot be combined with a recorded array: "
                "only numbers, conditions and NumPy arrays of them can"
            )
            raise TracingError(message)
        return self._constant(np.asarray(value))

    def buffered(self, x: "RecordedArray") -> "RecordedArray":
        """Return an array that has a buffer to look into."""
        bare = self.nodes[x.node].operation in {"constant", "iota", "input", "time"}
        return self.step("copy", (x,), ()) if bare else x

    def _constant(self, value: Any) -> "RecordedArray":
        kind = CONDITION if value.dtype == bool else NUMBER
        shape = value.shape
        if kind == NUMBER:
            value = value.astype(np.float64)
        flat = value.ravel().tolist()
        if len(shape) == 1 and len(flat) > 1 and flat == list(range(len(flat))):
            return self.add("iota", shape=shape)
        if len({repr(entry) for entry in flat}) == 1:
            return self.add("constant", (), (flat[0],), shape=shape, kind=kind)
        return self.add("table", (), tuple(flat), shape=shape, kind=kind)


ACTIVE: ContextVar[ArrayRecorder | None] = ContextVar("program", default=None)
"""The program that is being recorded, if one is."""


def _refuser(rule: str) -> Callable[..., NoReturn]:
    def refuse(self: "RecordedArray", *_given: object, **_named: object) -> NoReturn:
        raise self._refusal(rule=rule)

    return refuse


def _operator(operation: str, *, swapped: bool = False) -> Callable[..., Any]:
    def operate(self: "RecordedArray", other: object) -> "RecordedArray":
        operands = (other, self) if swapped else (self, other)
        return self.recorder.step(operation, operands, ())

    return operate


class RecordedArray(Traced):
    """An array in a program; NumPy's operators and basic indexing add steps to it."""

    __slots__ = ()
    recorder: ArrayRecorder  # type: ignore[assignment]
    __hash__ = Traced.__hash__

    def __init__(self, recorder: ArrayRecorder, node: int) -> None:
        self.recorder: ArrayRecorder = recorder
        self.node = node

    @property
    def shape(self) -> Shape:
        """Sizes of the axes."""
        return self.recorder.nodes[self.node].shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __repr__(self) -> str:
        node = self.recorder.nodes[self.node]
        named = node.operation in {"input", "state"}
        what = node.attribute[0] if named else f"result of {node.operation}"
        return f"<array {what} of shape {node.shape}>"

    def __len__(self) -> int:
        if not self.shape:
            raise self._refusal(rule="a single number has no length")
        return self.shape[0]

    __add__, __radd__ = _operator("add"), _operator("add", swapped=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", swapped=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", swapped=True)
    __truediv__, __rtruediv__ = _operator("divide"), _operator("divide", swapped=True)
    __lt__, __gt__ = _operator("less"), _operator("less", swapped=True)
    __le__, __ge__ = _operator("less_equal"), _operator("less_equal", swapped=True)
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")

    def __neg__(self) -> "RecordedArray":
        return self.recorder.step("negative", (self,), ())

    def __abs__(self) -> "RecordedArray":
        return self.recorder.step("absolute", (self,), ())

    def __getitem__(self, key: object) -> "RecordedArray":
        return self.recorder.step("index", (self,), basic_index(self, key))

    __bool__ = _refuser(f"`if`, `and`, `or` and `not` need a plain value: {USE_WHERE}")
    __and__ = __or__ = __xor__ = __invert__ = __rand__ = __ror__ = _refuser(
        f"& | ~ are not recorded: {USE_WHERE}"
    )
    __matmul__ = __rmatmul__ = _refuser(
        "@ adds up in an order of its own: use product of explorables.arrays"
    )
    __pow__ = __rpow__ = _refuser(
        "** differs between machines: write x * x, or exp(y * log(x)) with exp and log "
        "of explorables.arrays"
    )
    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = _refuser(
        "% and // are not recorded: use floor(a / b) of explorables.arrays"
    )
    __iadd__ = __isub__ = __imul__ = __itruediv__ = __setitem__ = _refuser(
        "a step changes no array in place: write x = x + y, or where(mask, a, x)"
    )
    __float__ = __int__ = __round__ = __trunc__ = __floor__ = __ceil__ = _refuser(
        f"float(), int(), round() and math need a plain value: {USE_FUNCTIONS}"
    )
    __index__ = _refuser(
        "range() and positions need a plain value: use scan to loop, take for a place"
    )
    __iter__ = _refuser("it cannot be looped over: work on whole axes, or use scan")
    __array__ = __array_function__ = _refuser(FOREIGN)

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **options: Any
    ) -> "RecordedArray":
        """Let the operators of NumPy's arrays through, and refuse its functions."""
        operands = inputs
        if ufunc.__name__ in {"greater", "greater_equal"}:
            operands = inputs[::-1]
        operation = UFUNCS.get(ufunc.__name__)
        if ufunc.__name__ == "matmul":
            self.__matmul__()
        if operation is None or method != "__call__" or options:
            raise self._refusal(rule=FOREIGN)
        return self.recorder.step(operation, operands, ())


def basic_index(array: RecordedArray, key: object) -> tuple[Any, ...]:
    """Return a basic index as NumPy reads it, one entry for every axis.

    Each is None for a new axis, a place, or (start, step, size).
    """
    entries: list[Any] = list(key) if isinstance(key, tuple) else [key]
    if any(isinstance(entry, RecordedArray | np.ndarray | list) for entry in entries):
        message = f"{array!r} is indexed by an array: use take, or where with a mask"
        raise TracingError(message)
    named = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if Ellipsis not in entries:
        entries.append(Ellipsis)
    at = next(i for i, entry in enumerate(entries) if isinstance(entry, EllipsisType))
    entries[at : at + 1] = [slice(None)] * (array.ndim - named)
    sizes = iter(array.shape)
    read: list[Any] = []
    for entry in entries:
        if entry is None:
            read.append(None)
            continue
        size = next(sizes, None)
        if size is None:
            message = f"index {key!r}: {array!r} has fewer axes"
            raise TracingError(message)
        if isinstance(entry, slice):
            places = range(*entry.indices(size))
            read.append((places.start, places.step, len(places)))
        elif -size <= (place := int(entry)) < size:
            read.append(place % size)
        else:
            message = f"index {key!r}: an axis of {array!r} ends at {size - 1}"
            raise TracingError(message)
    return tuple(read)


def signature(
    operation: str, given: Sequence[Node], attribute: tuple[Any, ...]
) -> tuple[Shape, str]:
    """Return shape and kind of a result, or say what does not fit."""
    shapes = [node.shape for node in given]
    numeric = given[1:] if operation == "where" else given
    if operation in LOGIC or (operation == "where" and given[0].kind != CONDITION):
        wrong = [x for x in given[:1] if x.kind != CONDITION]
        wrong += [x for x in given if operation in LOGIC and x.kind != CONDITION]
        if wrong:
            message = f"{operation} is given a number: compare it, as in x > 0"
            raise TracingError(message)
    elif operation not in {"where", "copy", "index", "reshape", "transpose"}:
        plain = numeric[:2] if operation == "product" else numeric
        if any(node.kind != NUMBER for node in plain):
            message = f"{operation} of a condition: use where(condition, 1, 0)"
            raise TracingError(message)
    if operation == "where" and len({node.kind for node in numeric}) > 1:
        message = "where between a number and a condition: use both and either"
        raise TracingError(message)
    if operation in ELEMENTWISE:
        kind = numeric[0].kind
        if operation in COMPARISONS | LOGIC:
            kind = CONDITION
        return _broadcast(operation, shapes), kind
    return _SHAPES[operation](shapes, attribute), given[0].kind


def _broadcast(operation: str, shapes: Sequence[Shape]) -> Shape:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        message = (
            f"{operation} of shapes {', '.join(map(str, shapes))}: they do not fit"
        )
        raise TracingError(message) from None


def _product(shapes: Sequence[Shape], attribute: tuple[Any, ...]) -> Shape:
    a, b = shapes[:2]
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-2]:
        message = (
            f"product of shapes {a} and {b}: must be matrices, the first with as many "
            "columns as the second has rows; for vectors use total(a * b)"
        )
        raise TracingError(message)
    batch = _broadcast("product", [a[:-2], b[:-2]])
    del attribute
    return (*batch, a[-2], b[-1])


def _indexed(shapes: Sequence[Shape], entries: tuple[Any, ...]) -> Shape:
    del shapes
    axes = [1 if entry is None else entry for entry in entries]
    return tuple(
        axis[2] if isinstance(axis, tuple) else axis
        for axis, entry in zip(axes, entries, strict=True)
        if not isinstance(entry, int)
    )


def _taken(shapes: Sequence[Shape], attribute: tuple[Any, ...]) -> Shape:
    (axis,) = attribute
    return shapes[0][:axis] + shapes[1] + shapes[0][axis + 1 :]


def _without(shapes: Sequence[Shape], attribute: tuple[Any, ...]) -> Shape:
    (axis,) = attribute
    return shapes[0][:axis] + shapes[0][axis + 1 :]


_SHAPES: dict[str, Callable[[Sequence[Shape], tuple[Any, ...]], Shape]] = {
    "total": _without,
    "largest": _without,
    "cumulative": lambda shapes, _: shapes[0],
    "ranks": lambda shapes, _: shapes[0],
    "order": lambda shapes, _: shapes[0],
    "take": _taken,
    "take_along": lambda shapes, _: shapes[1],
    "product": _product,
    "reshape": lambda _, attribute: attribute,
    "transpose": lambda shapes, axes: tuple(shapes[0][axis] for axis in axes),
    "index": _indexed,
    "uniform": lambda _, attribute: attribute[1],
}
