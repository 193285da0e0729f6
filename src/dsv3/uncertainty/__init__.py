"""Doubt: what a result is worth when its assumptions are drawn within their ranges.

Drawing of assumptions, quantiles, tornados and variance shares, and the small fixed
sample with which a page computes its own quantiles. This room is handed the formulas of
the rooms below, traces them once and plays them on arrays.
"""

from dsv3.uncertainty.bill_range import (
    PAGE_DRAWS as PAGE_DRAWS,
    BillRange as BillRange,
    bill_range as bill_range,
    drawn_bill as drawn_bill,
    page_steps as page_steps,
)
from dsv3.uncertainty.distributions import value_at as value_at
from dsv3.uncertainty.replay import Draws as Draws, replay as replay, traced as traced
from dsv3.uncertainty.sensitivity import (
    Indices as Indices,
    Swing as Swing,
    sobol_shares as sobol_shares,
    tornado as tornado,
    variance_shares as variance_shares,
)
from dsv3.uncertainty.simulation import (
    MILLION_DRAWS as MILLION_DRAWS,
    Simulation as Simulation,
    simulate as simulate,
    unit_points as unit_points,
)
