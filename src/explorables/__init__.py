"""Panels: Python functions that a reader explores in the page, with no kernel.

A panel names a function, its controls and its results. Shown in a notebook it becomes
one piece of HTML: the function traced to JavaScript, a small runtime, and a static
table.
"""

from explorables.arguments import Argument
from explorables.calculator import Calculator, Otherwise, calculator
from explorables.codes import Codes
from explorables.controls import Choice, Control, Slider, Toggle, trimmed
from explorables.javascript import javascript
from explorables.markup import panel_ids, runtime, stylesheet
from explorables.panel import Curve, Explorable, Output
from explorables.recording import Map, Recording
from explorables.scatter import (
    DatedMark,
    DatedScatter,
    Edge,
    MarkState,
    Ruler,
    View,
)
from explorables.spread import Spread
from explorables.timeline import BlockKind, Timeline

__all__ = [
    "Argument",
    "BlockKind",
    "Calculator",
    "Choice",
    "Codes",
    "Control",
    "Curve",
    "DatedMark",
    "DatedScatter",
    "Edge",
    "Explorable",
    "Map",
    "MarkState",
    "Otherwise",
    "Output",
    "Recording",
    "Ruler",
    "Slider",
    "Spread",
    "Timeline",
    "Toggle",
    "View",
    "calculator",
    "javascript",
    "panel_ids",
    "runtime",
    "stylesheet",
    "trimmed",
]
