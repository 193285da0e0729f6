"""Figures: plain data in, a picture with caption, source and text alternative out.

Only this room imports matplotlib. A figure computes nothing and reads nothing; it
draws what it is handed, as inline SVG that follows the page's theme.
"""

from dsv3.figures.api_prices import (
    PriceSpell,
    RatioSpan,
    price_history,
    ratio_spans,
)
from dsv3.figures.attention import (
    HeadMap,
    attention_map,
    cached_numbers,
    time_by_length,
)
from dsv3.figures.benchmarks import ScoreRow, scores_by_benchmark
from dsv3.figures.cost import Quote, bill_at_rates, gap_factors
from dsv3.figures.export import ChipPoint, RuleLine, Scale, chips_and_lines
from dsv3.figures.load_balance import gpu_loads
from dsv3.figures.multi_token_prediction import drafted_passage
from dsv3.figures.parameters import Part, Peer, peers, waffle
from dsv3.figures.pipeline import schedules
from dsv3.figures.quantization import ErrorCurve, error_by_length, number_grids
from dsv3.figures.roofline import (
    LinkLine,
    Mark,
    Roof,
    roofline,
    time_by_nodes,
    traced_lanes,
)
from dsv3.figures.routing import Seeds, experts_by_text, figures_by_seed
from dsv3.figures.style import Picture
from dsv3.figures.traffic import traffic
from dsv3.figures.training import TrainingCurve, training_curves

__all__ = [
    "ChipPoint",
    "ErrorCurve",
    "HeadMap",
    "LinkLine",
    "Mark",
    "Part",
    "Peer",
    "Picture",
    "PriceSpell",
    "Quote",
    "RatioSpan",
    "Roof",
    "RuleLine",
    "Scale",
    "ScoreRow",
    "Seeds",
    "TrainingCurve",
    "attention_map",
    "bill_at_rates",
    "cached_numbers",
    "chips_and_lines",
    "drafted_passage",
    "error_by_length",
    "experts_by_text",
    "figures_by_seed",
    "gap_factors",
    "gpu_loads",
    "number_grids",
    "peers",
    "price_history",
    "ratio_spans",
    "roofline",
    "schedules",
    "scores_by_benchmark",
    "time_by_length",
    "time_by_nodes",
    "traced_lanes",
    "traffic",
    "training_curves",
    "waffle",
]
