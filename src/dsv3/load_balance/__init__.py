"""How even the load of experts is: while a router learns, and by where they stand."""

from dsv3.load_balance.demand import popularity
from dsv3.load_balance.evenness import least_max_over_mean, max_over_mean
from dsv3.load_balance.placement import Placement, Policy, place_experts
from dsv3.load_balance.router_comparison import (
    RouterComparison,
    router_comparison,
    router_comparison_panel,
    router_history,
)
from dsv3.load_balance.router_run import router_run
from dsv3.load_balance.sandbox import (
    LOADS,
    WAYS,
    PlacedLoad,
    made_up_loads,
    nodes_per_token,
    placed_load,
    rerun_placed_load,
)

__all__ = [
    "LOADS",
    "WAYS",
    "PlacedLoad",
    "Placement",
    "Policy",
    "RouterComparison",
    "least_max_over_mean",
    "made_up_loads",
    "max_over_mean",
    "nodes_per_token",
    "place_experts",
    "placed_load",
    "popularity",
    "rerun_placed_load",
    "router_comparison",
    "router_comparison_panel",
    "router_history",
    "router_run",
]
