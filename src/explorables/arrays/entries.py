"""Entries of a program's arrays as JavaScript expressions, and which need a loop.

Entry-wise steps that are used once are written into the loop that uses them; views are
no more than an offset and strides.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import mul

from explorables.arrays.recorded import ELEMENTWISE, Node, Shape
from explorables.javascript import BINARY, Expression, binary, number

Index = Sequence[str] | str
"""Text of an index for every axis; a single text where entries are counted through."""

VIEWS = frozenset(("reshape", "transpose", "index"))
LEAVES = frozenset(("constant", "input", "time", "iota", "state"))
REDUCTIONS = frozenset(("total", "largest"))
FUNCTIONS = {"absolute": "Math.abs", "sqrt": "Math.sqrt", "floor": "Math.floor"}


def strides_of(shape: Shape) -> tuple[int, ...]:
    """Return how far entries of each axis lie apart where all lie in order.

    Examples
    --------
    >>> strides_of((2, 3, 4))
    (12, 4, 1)
    """
    return tuple(accumulate(shape[:0:-1], mul, initial=1))[::-1] if shape else ()


def names(shape: Sequence[int]) -> list[str]:
    """Return a variable for each axis; an axis of one entry needs none."""
    return ["0" if size == 1 else "ijklmn"[at] for at, size in enumerate(shape)]


def counted(shape: Shape, index: Sequence[str]) -> str:
    """Return the place of an entry among all, counted through."""
    terms = [
        one if stride == 1 else f"{one}*{stride}"
        for one, stride in zip(index, strides_of(shape), strict=True)
        if one != "0"
    ]
    return "+".join(terms) or "0"


class Entries:
    """Statements for those nodes of a program that its ends need."""

    def __init__(
        self, nodes: Sequence[Node], kept: frozenset[int], ends: Sequence[int]
    ) -> None:
        self.nodes, self.kept = nodes, kept
        self.uses: Counter[int] = Counter(ends)
        self.users: dict[int, Node] = {}
        for place in range(len(nodes) - 1, -1, -1):
            if self.uses[place]:
                self.uses.update(nodes[place].operands)
                self.users |= dict.fromkeys(nodes[place].operands, nodes[place])

    def reached(self) -> list[Node]:
        """Return the nodes that the ends need."""
        return [node for place, node in enumerate(self.nodes) if self.uses[place]]

    def inlined(self, place: int) -> bool:
        """Say whether a node is written into the one loop that uses it."""
        node, user = self.nodes[place], self.users.get(place)
        if node.operation not in ELEMENTWISE | {"uniform"} or place in self.kept:
            return False
        if user is None or self.uses[place] != 1 or user.inside != node.inside:
            return False
        if user.operation in REDUCTIONS:
            return True
        return user.operation in ELEMENTWISE and user.size == node.size

    def scalar(self, place: int) -> bool:
        """Say whether a node is a constant of JavaScript rather than a buffer."""
        return not self.nodes[place].shape and place not in self.kept

    def written(self) -> list[int]:
        """Return the nodes that take a statement, in order."""
        bare = VIEWS | LEAVES
        return [
            place
            for place, node in enumerate(self.nodes)
            if self.uses[place]
            and node.operation not in bare
            and not self.inlined(place)
        ]

    def text(self, place: int) -> str:
        """Return the text of a single number."""
        return self.element(place, ["0"] * len(self.nodes[place].shape)).text

    def strided(self, place: int) -> tuple[str, int, Sequence[int]]:
        """Return the buffer of an array, the place of its first entry, its strides."""
        node = self.nodes[place]
        if node.operation not in VIEWS:
            name = f"{node.attribute[0]}_" if node.operation == "state" else f"x{place}"
            return name, 0, strides_of(node.shape)
        name, offset, strides = self.strided(node.operands[0])
        if node.operation == "reshape":
            return name, offset, strides_of(node.shape)
        if node.operation == "transpose":
            return name, offset, [strides[axis] for axis in node.attribute]
        axes, result = iter(strides), []
        for entry in node.attribute:
            stride = 0 if entry is None else next(axes)
            if isinstance(entry, tuple):
                offset += entry[0] * stride
                result.append(entry[1] * stride)
            elif entry is None:
                result.append(0)
            else:
                offset += entry * stride
        return name, offset, result

    def at(self, place: int, index: Sequence[str]) -> str:
        """Return where in its buffer an entry lies."""
        _, offset, strides = self.strided(place)
        terms = [
            one if stride == 1 else f"{one}*{stride}"
            for one, stride in zip(index, strides, strict=True)
            if one != "0" and stride
        ]
        if offset or not terms:
            terms.append(str(offset))
        return "+".join(terms)

    def aligned(self, place: int, index: Index) -> Index:
        """Return the index of an operand from that of the result it is broadcast to."""
        if isinstance(index, str):
            return index
        shape = self.nodes[place].shape
        last = index[len(index) - len(shape) :]
        return [
            "0" if size == 1 else one for one, size in zip(last, shape, strict=True)
        ]

    def element(self, place: int, index: Index) -> Expression:
        """Return one entry as an expression."""
        node = self.nodes[place]
        index = self.aligned(place, index)
        if node.operation in LEAVES - {"state"}:
            return self.leaf(node, index)
        if self.inlined(place):
            return self.expression(place, index)
        if self.scalar(place) and node.operation not in VIEWS | {"state"}:
            return Expression(text=f"x{place}")
        if isinstance(index, str):
            index = [index] if node.size > 1 else []
            name, offset, _ = self.strided(place)
            return Expression(text=f"{name}[{index[0] if index else offset}]")
        return Expression(text=f"{self.strided(place)[0]}[{self.at(place, index)}]")

    def leaf(self, node: Node, index: Index) -> Expression:
        """Return an entry of what takes no buffer."""
        if node.operation == "constant":
            return number(float(node.attribute[0]))
        if node.operation == "input":
            return Expression(text=f"{node.attribute[0]}$")
        return Expression(text="t" if node.operation == "time" else index[0])

    def expression(self, place: int, index: Index) -> Expression:
        """Return one entry of an entry-wise node by its operation."""
        node = self.nodes[place]
        if node.operation == "uniform":
            flat = index if isinstance(index, str) else counted(node.shape, index)
            seed, step = (self.text(at) for at in node.operands)
            return Expression(text=f"uniform({seed},{node.attribute[0]},{step},{flat})")
        operands = [self.element(at, index) for at in node.operands]
        match node.operation:
            case "copy":
                return operands[0]
            case "negative" | "negated" as operation:
                sign = "-" if operation == "negative" else "!"
                return Expression(text=f"{sign}{operands[0].inside(20)}", strength=14)
            case "where":
                condition, a, b = (one.inside(3) for one in operands)
                return Expression(text=f"{condition}?{a}:{b}", strength=2)
            case operation if operation in BINARY:
                text, strength = binary(operation, *operands)
                return Expression(text=text, strength=strength)
            case operation:
                name = node.attribute[0] if operation == "function" else operation
                inner = ",".join(one.inside(1) for one in operands)
                return Expression(text=f"{FUNCTIONS.get(name, name)}({inner})")

    def counted_through(self, place: int, shape: Shape) -> bool:
        """Say whether all entries below a node lie in the order of its own."""
        node = self.nodes[place]
        if self.inlined(place) or node.operation == "uniform":
            return all(self.counted_through(at, shape) for at in node.operands)
        if node.operation == "iota":
            return len(shape) == 1
        if node.operation in LEAVES - {"state"} or node.size == 1:
            return True
        _, offset, strides = self.strided(place)
        same = node.shape == shape[len(shape) - len(node.shape) :]
        straight = tuple(strides) == strides_of(node.shape) and offset == 0
        return same and straight and node.size == math.prod(shape)
