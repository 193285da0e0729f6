"""Figures: plain data in, a picture with caption, source and text alternative out.

Only this room imports matplotlib. A figure computes nothing and reads nothing; it
draws what it is handed, as inline SVG that follows the page's theme.
"""

from dsv3.figures.attention import (
    HeadMap,
    attention_map,
    cached_numbers,
    time_by_length,
)
from dsv3.figures.cost import Quote, bill_at_rates, gap_factors
from dsv3.figures.multi_token_prediction import (
    TrainingCurve,
    drafted_passage,
    training_curves,
)
from dsv3.figures.parameters import Part, Peer, peers, waffle
from dsv3.figures.routing import Seeds, experts_by_text, figures_by_seed
from dsv3.figures.style import Picture

__all__ = [
    "HeadMap",
    "Part",
    "Peer",
    "Picture",
    "Quote",
    "Seeds",
    "TrainingCurve",
    "attention_map",
    "bill_at_rates",
    "cached_numbers",
    "drafted_passage",
    "experts_by_text",
    "figures_by_seed",
    "gap_factors",
    "peers",
    "time_by_length",
    "training_curves",
    "waffle",
]
