"""Figures: plain data in, a picture with caption, source and text alternative out.

Only this room imports matplotlib. A figure computes nothing and reads nothing; it
draws what it is handed, as inline SVG that follows the page's theme.
"""

from dsv3.figures.api_prices import PriceSpell, RatioSpan, price_history, ratio_spans
from dsv3.figures.attention import (
    HeadMap,
    attention_map,
    cached_numbers,
    time_by_length,
)
from dsv3.figures.benchmarks import ScoreRow, scores_by_benchmark
from dsv3.figures.cost import Quote, bill_at_rates, gap_factors
from dsv3.figures.cost_trends import (
    CostPoint,
    TrendLine,
    compute_against_cost,
    cost_over_time,
)
from dsv3.figures.deployment import (
    BoundedSpeed,
    MemoryBar,
    PriceLine,
    memory_plans,
    price_and_speed,
    speeds_and_bounds,
)
from dsv3.figures.diffusion import HardwareFactor, ProgressLine, progress_fan
from dsv3.figures.doubt import BillBar, SwingBar, bill_bars, swing_bars
from dsv3.figures.export import ChipPoint, RuleLine, Scale, chips_and_lines
from dsv3.figures.export_time import (
    ChipRow,
    DatedDirection,
    StateSpell,
    directions,
    sale_periods,
)
from dsv3.figures.load_balance import gpu_loads
from dsv3.figures.long_context import (
    Grid,
    Turns,
    loss_by_place,
    needle_grids,
    pair_turns,
)
from dsv3.figures.mixes import (
    MixMark,
    MixPanel,
    ScoredPrice,
    mix_triangles,
    price_and_scores,
)
from dsv3.figures.multi_token_prediction import drafted_passage
from dsv3.figures.parameters import Part, Peer, peers, waffle
from dsv3.figures.pipeline import schedules
from dsv3.figures.pretraining import (
    LossFamily,
    RunStrip,
    TextPiece,
    loss_by_compute,
    run_strips,
    text_pieces,
)
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
    "BillBar",
    "BoundedSpeed",
    "ChipPoint",
    "ChipRow",
    "CostPoint",
    "DatedDirection",
    "ErrorCurve",
    "Grid",
    "HardwareFactor",
    "HeadMap",
    "LinkLine",
    "LossFamily",
    "Mark",
    "MemoryBar",
    "MixMark",
    "MixPanel",
    "Part",
    "Peer",
    "Picture",
    "PriceLine",
    "PriceSpell",
    "ProgressLine",
    "Quote",
    "RatioSpan",
    "Roof",
    "RuleLine",
    "RunStrip",
    "Scale",
    "ScoreRow",
    "ScoredPrice",
    "Seeds",
    "StateSpell",
    "SwingBar",
    "TextPiece",
    "TrainingCurve",
    "TrendLine",
    "Turns",
    "attention_map",
    "bill_at_rates",
    "bill_bars",
    "cached_numbers",
    "chips_and_lines",
    "compute_against_cost",
    "cost_over_time",
    "directions",
    "drafted_passage",
    "error_by_length",
    "experts_by_text",
    "figures_by_seed",
    "gap_factors",
    "gpu_loads",
    "loss_by_compute",
    "loss_by_place",
    "memory_plans",
    "mix_triangles",
    "needle_grids",
    "number_grids",
    "pair_turns",
    "peers",
    "price_and_scores",
    "price_and_speed",
    "price_history",
    "progress_fan",
    "ratio_spans",
    "roofline",
    "run_strips",
    "sale_periods",
    "schedules",
    "scores_by_benchmark",
    "speeds_and_bounds",
    "swing_bars",
    "text_pieces",
    "time_by_length",
    "time_by_nodes",
    "traced_lanes",
    "traffic",
    "training_curves",
    "waffle",
]
