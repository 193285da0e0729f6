"""Diagrams as the book calls them: those that draw what they are handed get it here."""

from collections.abc import Callable, Mapping

from dsv3 import diagrams
from explorables.diagram import Diagram

TOKEN = diagrams.GatedToken(
    scores=[0.58, 0.45, 0.58, 0.3, 0.8, 0.21, 0.56, 0.48, 0.62, 0.66, 0.39, 0.69],
    biases=[-0.3, -0.3, 0, 0, 0, 0, 0, 0.3, 0, 0, 0, 0],
    group_values=[0.86, 1.1, 1.4, 1.35],
    kept_groups=2,
    weights={7: 0.66, 9: 0.9, 11: 0.94},
    chosen_without_bias={8, 9, 11},
)

DRAWN: Mapping[str, Callable[[], Diagram]] = {
    "bill_coverage": diagrams.bill_coverage,
    "chip_windows": diagrams.chip_windows,
    "chips_by_rule": diagrams.chips_by_rule,
    "cost_steps": diagrams.cost_steps,
    "export_regions": diagrams.export_regions,
    "gate": lambda: diagrams.gate(TOKEN),
    "latent_attention": diagrams.latent_attention,
    "model_map": diagrams.model_map,
    "overlapped_layers": diagrams.overlapped_layers,
    "serving_units": diagrams.serving_units,
    "two_hops": diagrams.two_hops,
}
