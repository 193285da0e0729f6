"""Figures: plain data in, a picture with caption, source and text alternative out.

Only this room imports matplotlib. A figure computes nothing and reads nothing; it
draws what it is handed, as inline SVG that follows the page's theme.
"""

from dsv3.figures.attention import cached_numbers
from dsv3.figures.cost import Quote, bill_at_rates, gap_factors
from dsv3.figures.parameters import Part, Peer, peers, waffle
from dsv3.figures.style import Picture

__all__ = [
    "Part",
    "Peer",
    "Picture",
    "Quote",
    "bill_at_rates",
    "cached_numbers",
    "gap_factors",
    "peers",
    "waffle",
]
