"""Mechanism diagrams of DeepSeek-V3: one file for each drawing, numbers counted here.

A drawing is the last line of a cell: ``diagrams.model_map()``. Marks, layouts, states
and the sheet are those of ``explorables.diagram``, which says what each mark means.

``python -m dsv3.diagrams > book/_static/model-map.svg`` writes the drawing of the
README.
"""

from dsv3.diagrams.gate import GatedToken, gate
from dsv3.diagrams.latent_attention import latent_attention
from dsv3.diagrams.model_map import model_map
from dsv3.diagrams.overlapped_layers import overlapped_layers
from dsv3.diagrams.two_hops import two_hops

__all__ = [
    "GatedToken",
    "gate",
    "latent_attention",
    "model_map",
    "overlapped_layers",
    "two_hops",
]
