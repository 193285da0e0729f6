"""Doubt: what a result is worth when its assumptions are drawn within their ranges.

This room owns the drawing of assumptions (`dsv3.facts` keeps them), quantiles,
tornados and variance shares, and the small fixed sample with which a page computes
its own quantiles. It must not know a formula of its own: it is handed those of the
rooms below, traces them once and plays them on arrays.
"""

from dsv3.uncertainty.bill_range import (
    PAGE_DRAWS,
    BillRange,
    bill_range,
    drawn_bill,
    page_steps,
)
from dsv3.uncertainty.distributions import value_at
from dsv3.uncertainty.replay import Draws, replay, traced
from dsv3.uncertainty.sensitivity import (
    Indices,
    Swing,
    sobol_shares,
    tornado,
    variance_shares,
)
from dsv3.uncertainty.simulation import (
    MILLION_DRAWS,
    Simulation,
    simulate,
    unit_points,
)

__all__ = [
    "MILLION_DRAWS",
    "PAGE_DRAWS",
    "BillRange",
    "Draws",
    "Indices",
    "Simulation",
    "Swing",
    "bill_range",
    "drawn_bill",
    "page_steps",
    "replay",
    "simulate",
    "sobol_shares",
    "tornado",
    "traced",
    "unit_points",
    "value_at",
    "variance_shares",
]
