"""Print a tape as one JavaScript function.

The function printed takes the inputs in order (a choice as its position, a toggle as a
truth value) and returns ``[[outputs], broken]``, where ``broken`` is 0, or the position
of the first broken guard with the value to show. It is a literal: nothing is ever
compiled from text in the page.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorables.arithmetic import Node, Tape

ATOM = 20
"""Binding strength of names, numbers and calls, which never need parentheses."""

BINARY: Mapping[str, tuple[str, int]] = {
    "add": ("+", 12),
    "subtract": ("-", 12),
    "multiply": ("*", 13),
    "divide": ("/", 13),
    "less": ("<", 10),
    "less_equal": ("<=", 10),
    "equal": ("===", 9),
    "not_equal": ("!==", 9),
    "both": ("&&", 5),
    "either": ("||", 4),
}
"""JavaScript's operators and how strongly they bind."""

CALLS: Mapping[str, str] = {
    "absolute": "Math.abs",
    "minimum": "Math.min",
    "maximum": "Math.max",
    "exp": "Math.exp",
    "cos": "Math.cos",
    "log": "Math.log",
    "log2": "Math.log2",
    "log10": "Math.log10",
    "sqrt": "Math.sqrt",
    "floor": "Math.floor",
    "ceil": "Math.ceil",
    "power": "power",
    "modulo": "modulo",
    "floor_divide": "floorDivide",
}
"""Functions of JavaScript, and three of our own where Python differs."""

DEFINITIONS: Mapping[str, str] = {
    # A remainder takes the divisor's sign in Python, the dividend's in JavaScript.
    "modulo": "const modulo=(a,b)=>{const r=a%b;return r&&r<0!==b<0?r+b:r};",
    "floor_divide": (
        "const floorDivide=(a,b)=>{const r=a%b;"
        "let q=(a-r)/b;if(r&&r<0!==b<0)q-=1;"
        "const f=Math.floor(q);return q-f>.5?f+1:f};"
    ),
    # In Python 1 to any power is 1, and so is -1 to an infinite one.
    "power": (
        "const power=(a,b)=>a===1||a===-1&&(b===Infinity||b===-Infinity)?1:a**b;"
    ),
}

RESERVED = frozenset(
    [
        "arguments",
        "await",
        "case",
        "catch",
        "const",
        "debugger",
        "default",
        "delete",
        "do",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "function",
        "implements",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "typeof",
        "undefined",
        "var",
        "void",
        "with",
        "yield",
        "Math",
        "Infinity",
        "NaN",
        "power",
        "modulo",
        "floorDivide",
    ]
)
"""Words a parameter may not be called."""

LONGEST_INLINE = 160
"""Characters above which an expression gets a name even if used once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A piece of JavaScript and how strongly its outermost operator binds."""

    text: str
    strength: int = ATOM

    def inside(self, strength: int) -> str:
        """Return the text as an operand of an operator that binds this strongly."""
        return self.text if self.strength >= strength else f"({self.text})"


def javascript(tape: Tape) -> str:
    """Return a tape as the text of a JavaScript function.

    Examples
    --------
    >>> from explorables.arithmetic import trace
    >>> tape = trace(lambda a, b: (a + b) * a, {"a": "number", "b": "number"})
    >>> javascript(tape)
    '(a,b)=>[[(a+b)*a],0]'
    """
    parameters = _parameters(tape)
    statements: list[str] = []
    expressions: list[Expression] = []
    uses = _uses(tape)
    for place, node in enumerate(tape.nodes):
        expression = _expression(node, expressions, parameters)
        simple = node.operation in {"input", "constant"}
        if not simple and (uses[place] > 1 or len(expression.text) > LONGEST_INLINE):
            name = f"${len(statements)}"
            statements.append(f"{name}={expression.text}")
            expression = Expression(text=name)
        expressions.append(expression)
    result = f"[{_outputs(tape, expressions)},{_guards(tape, expressions)}]"
    operations = {node.operation for node in tape.nodes}
    helpers = "".join(text for name, text in DEFINITIONS.items() if name in operations)
    head = f"({','.join(parameters)})=>"
    if not statements and not helpers:
        return head + result
    body = f"const {','.join(statements)};" if statements else ""
    return f"{head}{{{helpers}{body}return {result}}}"


def _parameters(tape: Tape) -> list[str]:
    names = [spec.name for spec in tape.inputs]
    for name in names:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            message = f"argument is {name!r}: must be a plain ASCII name"
            raise ValueError(message)
    return [f"{name}_" if name in RESERVED else name for name in names]


def _uses(tape: Tape) -> Counter[int]:
    uses: Counter[int] = Counter(tape.outputs.values())
    for node in tape.nodes:
        uses.update(node.operands)
    for guard in tape.guards:
        uses.update((guard.value, guard.condition))
    return uses


def _expression(
    node: Node, expressions: Sequence[Expression], parameters: Sequence[str]
) -> Expression:
    operands = [expressions[place] for place in node.operands]
    strength = ATOM
    match node.operation:
        case "input":
            text = parameters[int(node.constant)]
        case "constant":
            return number(node.constant)
        case "negative" | "negated" as operation:
            sign = "-" if operation == "negative" else "!"
            text, strength = f"{sign}{operands[0].inside(ATOM)}", 14
        case "where":
            condition, a, b = (operand.inside(3) for operand in operands)
            text, strength = f"{condition}?{a}:{b}", 2
        case "lookup":
            entries = ",".join(entry.inside(1) for entry in operands[1:])
            text = f"[{entries}][{operands[0].text}]"
        case operation if operation in BINARY:
            text, strength = binary(operation, *operands)
        case operation:
            inner = ",".join(operand.inside(1) for operand in operands)
            text = f"{CALLS[operation]}({inner})"
    return Expression(text=text, strength=strength)


def binary(operation: str, left: Expression, right: Expression) -> tuple[str, int]:
    """Return an operator between two expressions, and how strongly it binds."""
    sign, strength = BINARY[operation]
    # The right operand keeps its parentheses: a+(b+c) rounds differently, and
    # a--b is another operator.
    after = right.inside(strength + 1)
    after = f"({after})" if after.startswith("-") else after
    return f"{left.inside(strength)}{sign}{after}", strength


def number(value: float) -> Expression:
    """Return the shortest literal that JavaScript reads as exactly this number."""
    if math.isnan(value):
        return Expression(text="NaN")
    if math.isinf(value):
        return Expression(text="Infinity" if value > 0 else "-Infinity", strength=14)
    text = repr(value).removesuffix(".0")
    if value == int(value) and abs(value) >= 1000:
        digits = str(int(value)).rstrip("0")
        zeros = len(str(int(value))) - len(digits)
        short = f"{digits}e{zeros}" if zeros else digits
        exact = float(short) == value
        text = short if exact and len(short) < len(text) else text
    return Expression(text=text, strength=14 if text.startswith("-") else ATOM)


def _outputs(tape: Tape, expressions: Sequence[Expression]) -> str:
    return f"[{','.join(expressions[p].inside(1) for p in tape.outputs.values())}]"


def _guards(tape: Tape, expressions: Sequence[Expression]) -> str:
    chain = ""
    for position, guard in enumerate(tape.guards):
        condition = expressions[guard.condition].inside(ATOM)
        chain += f"!{condition}?[{position},{expressions[guard.value].inside(1)}]:"
    return f"{chain}0"
