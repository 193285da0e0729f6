"""Every question a reader may ask, one record each.

A calculator is called with changes against its scenario, shown as a panel, and asked
at the prompt; labels, help, units, ranges and choices stand in its signature and
nowhere else. It computes nothing itself: the formulas are those of the rooms below.
A file that is added here is found; it is imported below where code with types calls it.
"""

import functools
from importlib import import_module
from pkgutil import iter_modules

from dsv3.calculators.api_prices import api_price, api_price_on_day, price_over_cost
from dsv3.calculators.break_even import break_even
from dsv3.calculators.cost_range import cost_range, cost_range_panel
from dsv3.calculators.costs import (
    accountings,
    development_cost,
    rental_cost,
    required_conditions,
    training_bill,
    training_budget,
)
from dsv3.calculators.expert_layer import expert_layer
from dsv3.calculators.expert_placement import expert_placement, expert_placement_panel
from dsv3.calculators.export_plane import export_day_panel
from dsv3.calculators.export_rules import export_day, export_rule
from dsv3.calculators.fp8 import fp8, fp8_panel
from dsv3.calculators.grpo import grpo
from dsv3.calculators.model_counts import flops, kv_cache, parameters, weights
from dsv3.calculators.recipe import recipe
from dsv3.calculators.redesign import redesign
from dsv3.calculators.same_run import same_run
from dsv3.calculators.schedule import schedule, schedule_panel
from dsv3.calculators.serving_cost import serving_cost
from dsv3.calculators.serving_memory import cache_size, fit
from dsv3.calculators.speculation import speculation
from dsv3.calculators.training_cost import training_cost
from dsv3.calculators.utilization import implied_utilization, utilization
from dsv3.calculators.yarn import yarn
from explorables import Calculator

__all__ = [
    "accountings",
    "all_calculators",
    "api_price",
    "api_price_on_day",
    "break_even",
    "cache_size",
    "cost_range",
    "cost_range_panel",
    "development_cost",
    "expert_layer",
    "expert_placement",
    "expert_placement_panel",
    "export_day",
    "export_day_panel",
    "export_rule",
    "fit",
    "flops",
    "fp8",
    "fp8_panel",
    "grpo",
    "implied_utilization",
    "kv_cache",
    "parameters",
    "price_over_cost",
    "recipe",
    "redesign",
    "rental_cost",
    "required_conditions",
    "same_run",
    "schedule",
    "schedule_panel",
    "serving_cost",
    "speculation",
    "training_bill",
    "training_budget",
    "training_cost",
    "utilization",
    "weights",
    "yarn",
]


@functools.cache
def all_calculators() -> tuple[Calculator[..., object], ...]:
    """Return every calculator of every file here, in the order of their commands.

    Examples
    --------
    >>> training_cost in all_calculators()
    True
    """
    files = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    found = {
        id(one): one  # a file may import another's
        for file in files
        for one in vars(file).values()
        if isinstance(one, Calculator)
    }
    return tuple(sorted(found.values(), key=lambda one: one.command))


# Last, so that a calculator stands before a file of its name.
globals().update({one.name: one for one in all_calculators()})
