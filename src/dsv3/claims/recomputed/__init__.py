"""One function a published figure: how this package arrives at it.

Each function takes nothing, reads its inputs from the data files and the counting
rooms, and returns one number in base units. A row of ``data/claims/*.yaml`` names it
by module and function. The modules stand in the order in which the book asks.
"""

PARTS = (
    "model",
    "network",
    "kernels",
    "pipeline",
    "long_context",
    "post_training",
    "training",
    "placement",
    "serving",
    "deployment",
)
"""Modules of this package, and files of ``data/claims``, in the order of the book."""
