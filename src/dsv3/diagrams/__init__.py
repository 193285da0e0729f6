"""Mechanism diagrams of DeepSeek-V3: one file for each drawing, numbers counted here.

A drawing is the last line of a cell: ``diagrams.model_map()``. Marks, layouts, states
and the sheet are those of ``explorables.diagram``, which says what each mark means.

A new drawing
-------------
1. One sentence first: the finding. If no length, place or count in the drawing changes
   when it is false, there is nothing to draw.
2. A file here with one public function, its name that of the thing. It calls
   ``diagram(draw, name=..., page=..., title=..., caption=..., note=...,
   description=..., source=...)``; the caption is the finding, ``page`` is where it
   stands, from which its links are made.
3. ``draw(*, wide)`` returns a ``Layout``: 720 units across for a page, 352 for a phone.
   The phone is composed anew: time runs down, columns become rows, words go and the
   mark stays. Parts are drawn from 0, 0 and moved with ``placed``; wires run between
   the edges of marks (``wire(one.right, other.left)``).
4. Sizes are in `dsv3.diagrams.sizes`, facts and counts in the rooms below; words stand
   in triple quotes and take numbers by name. What a notebook computes is handed in, as
   `gate` takes a `GatedToken`.
5. Two or three states: ``States(question=..., names=..., default=...)``, and around
   what differs ``only(0, ...)``. What leaves a state leaves a ``socket``.
6. Its name below, and in ``tests/diagrams/examples.py``: from there every test runs.

``python -m dsv3.diagrams > book/_static/model-map.svg`` writes the drawing of the
README.
"""

from dsv3.diagrams.bill_coverage import bill_coverage
from dsv3.diagrams.chip_windows import chip_windows
from dsv3.diagrams.chips_by_rule import chips_by_rule
from dsv3.diagrams.cost_steps import cost_steps
from dsv3.diagrams.export_regions import export_regions
from dsv3.diagrams.gate import GatedToken, gate
from dsv3.diagrams.latent_attention import latent_attention
from dsv3.diagrams.model_map import model_map
from dsv3.diagrams.overlapped_layers import overlapped_layers
from dsv3.diagrams.serving_units import serving_units
from dsv3.diagrams.two_hops import two_hops

__all__ = [
    "GatedToken",
    "bill_coverage",
    "chip_windows",
    "chips_by_rule",
    "cost_steps",
    "export_regions",
    "gate",
    "latent_attention",
    "model_map",
    "overlapped_layers",
    "serving_units",
    "two_hops",
]
