"""Mechanism diagrams: two layouts of one drawing, states without script, links.

A drawing is one function of ``wide``. It returns a :class:`Layout`, 720 units across
for a page and 352 for a phone, made of marks; :func:`diagram` calls it twice and
joins the two with title, description, caption, note and source. Shown in a notebook
it is a figure; :meth:`Diagram.file` is the same as a file for elsewhere.

What the marks mean
-------------------
======================= =================================================
`box`                   a matrix product: bold name, sizes below
`pill`                  another operation: a norm, a softmax
`chevron`               a step of communication
`bar`, `bars`           an area to scale: ``solid`` in use, ``tint`` in the
                        running, ``hatched`` kept in memory, ``faint`` idle,
                        ``outline`` dropped
`grids`                 cells to count: GPUs, experts
`dials`                 shares of a turn, to scale
`triangles`             causal masks, to scale
`socket`                what is absent, moved or dropped
`wire`                  data; with a thickness, a link as wide as its bandwidth
`fork`, `plus`          one tensor goes two ways; two are added
`token`                 the token itself
`tick`, `cross`         chosen, refused
`device`                a GPU or a rank, with a strong outline if it takes part
`enclosure`, `frame`    a node or a group; an area singled out
`bracket`, `dimension`  the extent of rows; a length with a head at both ends
`idle_lane`             a lane that waits
`lens`, `rule`          from a part to its enlargement; between parts
`text`, `lines`         words: title, name, bold, note, strong-note, large
`linked`                marks that lead to a chapter
`only`                  marks of one state
`placed`                a part, drawn from 0, 0, moved to its place
======================= =================================================

Something in a drawing is to scale, and its caption says what. A colour is never the
only sign. Wires run along right angles, cross nothing and pass through no box.
The test in ``tests/diagrams`` measures that in a browser, in both layouts and every
state; what it cannot see is whether the picture is true and plain.

Examples
--------
>>> from explorables.diagram import Layout, box, diagram, wire
>>> def draw(*, wide: bool) -> Layout:
...     step = 160 if wide else 120
...     first = box(1, 1, 96, 44, "W_{in}", "64 -> 256")
...     second = box(1 + step, 1, 96, 44, "W_{out}", "256 -> 64")
...     return Layout(height=46, marks=(first, wire(first.right, second.left), second))
>>> shown = diagram(
...     draw, name="two-layers", page="index", title="Two layers", source="By hand.",
...     caption="Two matrices, one after the other.", description="word " * 60,
...     note="Nothing is to scale.",
... )
>>> "dg-wide" in shown.html() and "dg-narrow" in shown.html()
True
"""

from explorables.diagram.drawing import (
    NARROW,
    WIDE,
    Diagram,
    Layout,
    States,
    diagram,
)
from explorables.diagram.marks import (
    Anchor,
    Area,
    Mark,
    Noun,
    Point,
    Role,
    lines,
    linked,
    only,
    placed,
    text,
)
from explorables.diagram.shapes import (
    Texture,
    bar,
    bars,
    box,
    chevron,
    device,
    dials,
    enclosure,
    frame,
    grids,
    pill,
    plate,
    socket,
    token,
    triangles,
)
from explorables.diagram.sheet import stylesheet, without_sheets
from explorables.diagram.wires import (
    bracket,
    cross,
    dimension,
    fork,
    idle_lane,
    lens,
    plus,
    rule,
    tick,
    wire,
)

__all__ = [
    "NARROW",
    "WIDE",
    "Anchor",
    "Area",
    "Diagram",
    "Layout",
    "Mark",
    "Noun",
    "Point",
    "Role",
    "States",
    "Texture",
    "bar",
    "bars",
    "box",
    "bracket",
    "chevron",
    "cross",
    "device",
    "diagram",
    "dials",
    "dimension",
    "enclosure",
    "fork",
    "frame",
    "grids",
    "idle_lane",
    "lens",
    "lines",
    "linked",
    "only",
    "pill",
    "placed",
    "plate",
    "plus",
    "rule",
    "socket",
    "stylesheet",
    "text",
    "tick",
    "token",
    "triangles",
    "wire",
    "without_sheets",
]
