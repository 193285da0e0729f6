"""Doubt: what a result is worth when its assumptions are drawn within their ranges.

Drawing of assumptions, quantiles, tornados and variance shares, and the small fixed
sample with which a page computes its own quantiles. This room is handed the formulas of
the rooms below, traces them once and plays them on arrays.
"""

from dsv3.uncertainty.bill_range import PAGE_DRAWS as PAGE_DRAWS
from dsv3.uncertainty.bill_range import BillRange as BillRange
from dsv3.uncertainty.bill_range import bill_range as bill_range
from dsv3.uncertainty.bill_range import drawn_bill as drawn_bill
from dsv3.uncertainty.bill_range import page_steps as page_steps
from dsv3.uncertainty.distributions import value_at as value_at
from dsv3.uncertainty.replay import Draws as Draws
from dsv3.uncertainty.replay import replay as replay
from dsv3.uncertainty.replay import traced as traced
from dsv3.uncertainty.sensitivity import Indices as Indices
from dsv3.uncertainty.sensitivity import Swing as Swing
from dsv3.uncertainty.sensitivity import sobol_shares as sobol_shares
from dsv3.uncertainty.sensitivity import tornado as tornado
from dsv3.uncertainty.sensitivity import variance_shares as variance_shares
from dsv3.uncertainty.simulation import MILLION_DRAWS as MILLION_DRAWS
from dsv3.uncertainty.simulation import Simulation as Simulation
from dsv3.uncertainty.simulation import simulate as simulate
from dsv3.uncertainty.simulation import unit_points as unit_points
