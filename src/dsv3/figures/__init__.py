"""Figures: plain data in, a picture with caption, source and text alternative out.

Only this room imports matplotlib. A figure computes nothing and reads nothing; it
draws what it is handed, as inline SVG that follows the page's theme.
"""

from dsv3.figures.api_prices import (
    PriceSpell as PriceSpell,
    RatioSpan as RatioSpan,
    price_history as price_history,
    ratio_spans as ratio_spans,
)
from dsv3.figures.attention import (
    HeadMap as HeadMap,
    attention_map as attention_map,
    cached_numbers as cached_numbers,
    time_by_length as time_by_length,
)
from dsv3.figures.benchmarks import (
    ScoreRow as ScoreRow,
    scores_by_benchmark as scores_by_benchmark,
)
from dsv3.figures.cost import (
    Quote as Quote,
    bill_at_rates as bill_at_rates,
    gap_factors as gap_factors,
)
from dsv3.figures.cost_trends import (
    CostPoint as CostPoint,
    TrendLine as TrendLine,
    compute_against_cost as compute_against_cost,
    cost_over_time as cost_over_time,
)
from dsv3.figures.deployment import (
    BoundedSpeed as BoundedSpeed,
    MemoryBar as MemoryBar,
    PriceLine as PriceLine,
    memory_plans as memory_plans,
    price_and_speed as price_and_speed,
    speeds_and_bounds as speeds_and_bounds,
)
from dsv3.figures.diffusion import (
    HardwareFactor as HardwareFactor,
    ProgressLine as ProgressLine,
    progress_fan as progress_fan,
)
from dsv3.figures.doubt import (
    BillBar as BillBar,
    SwingBar as SwingBar,
    bill_bars as bill_bars,
    swing_bars as swing_bars,
)
from dsv3.figures.export import (
    ChipPoint as ChipPoint,
    RuleLine as RuleLine,
    Scale as Scale,
    chips_and_lines as chips_and_lines,
)
from dsv3.figures.export_time import (
    ChipRow as ChipRow,
    DatedDirection as DatedDirection,
    StateSpell as StateSpell,
    directions as directions,
    sale_periods as sale_periods,
)
from dsv3.figures.load_balance import gpu_loads as gpu_loads
from dsv3.figures.long_context import (
    Grid as Grid,
    Turns as Turns,
    loss_by_place as loss_by_place,
    needle_grids as needle_grids,
    pair_turns as pair_turns,
)
from dsv3.figures.long_context_cost import (
    ContextLine as ContextLine,
    by_context as by_context,
)
from dsv3.figures.mixes import (
    MixMark as MixMark,
    MixPanel as MixPanel,
    ScoredPrice as ScoredPrice,
    mix_triangles as mix_triangles,
    price_and_scores as price_and_scores,
)
from dsv3.figures.multi_token_prediction import drafted_passage as drafted_passage
from dsv3.figures.parameters import (
    Part as Part,
    Peer as Peer,
    peers as peers,
    waffle as waffle,
)
from dsv3.figures.pipeline import schedules as schedules
from dsv3.figures.pretraining import (
    LossFamily as LossFamily,
    RunStrip as RunStrip,
    TextPiece as TextPiece,
    loss_by_compute as loss_by_compute,
    run_strips as run_strips,
    text_pieces as text_pieces,
)
from dsv3.figures.quantization import (
    ErrorCurve as ErrorCurve,
    error_by_length as error_by_length,
    number_grids as number_grids,
)
from dsv3.figures.roofline import (
    LinkLine as LinkLine,
    Mark as Mark,
    Roof as Roof,
    roofline as roofline,
    time_by_nodes as time_by_nodes,
    traced_lanes as traced_lanes,
)
from dsv3.figures.routing import (
    Seeds as Seeds,
    experts_by_text as experts_by_text,
    figures_by_seed as figures_by_seed,
)
from dsv3.figures.style import Picture as Picture
from dsv3.figures.traffic import traffic as traffic
from dsv3.figures.training import (
    DifferenceInterval as DifferenceInterval,
    TrainingCurve as TrainingCurve,
    difference_intervals as difference_intervals,
    training_curves as training_curves,
)
from dsv3.figures.training_memory import memory_of_ranks as memory_of_ranks
