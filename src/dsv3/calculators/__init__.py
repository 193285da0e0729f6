"""Every question a reader may ask, one record each.

A calculator is called with changes against its scenario, shown as a panel, and asked
at the prompt; labels, help, units, ranges and choices stand in its signature and
nowhere else. It computes nothing itself: the formulas are those of the rooms below.
A file that is added here is found; it is imported below where code with types calls it.
"""

import functools
from importlib import import_module
from pkgutil import iter_modules

from dsv3.calculators.api_prices import (
    api_price as api_price,
    api_price_on_day as api_price_on_day,
    price_over_cost as price_over_cost,
)
from dsv3.calculators.break_even import break_even as break_even
from dsv3.calculators.context_cost import context_cost as context_cost
from dsv3.calculators.cost_range import (
    cost_range as cost_range,
    cost_range_panel as cost_range_panel,
)
from dsv3.calculators.costs import (
    accountings as accountings,
    development_cost as development_cost,
    rental_cost as rental_cost,
    training_bill as training_bill,
)
from dsv3.calculators.expert_layer import expert_layer as expert_layer
from dsv3.calculators.expert_placement import (
    expert_placement as expert_placement,
    expert_placement_panel as expert_placement_panel,
)
from dsv3.calculators.export_plane import export_day_panel as export_day_panel
from dsv3.calculators.export_rules import (
    export_day as export_day,
    export_rule as export_rule,
)
from dsv3.calculators.fp8 import fp8 as fp8, fp8_panel as fp8_panel
from dsv3.calculators.grpo import grpo as grpo
from dsv3.calculators.model_counts import (
    flops as flops,
    kv_cache as kv_cache,
    parameters as parameters,
    weights as weights,
)
from dsv3.calculators.ownership import ownership as ownership
from dsv3.calculators.recipe import recipe as recipe
from dsv3.calculators.redesign import redesign as redesign
from dsv3.calculators.same_run import same_run as same_run
from dsv3.calculators.schedule import (
    schedule as schedule,
    schedule_panel as schedule_panel,
)
from dsv3.calculators.serving_cost import serving_cost as serving_cost
from dsv3.calculators.serving_memory import cache_size as cache_size, fit as fit
from dsv3.calculators.speculation import speculation as speculation
from dsv3.calculators.targets import (
    required_conditions as required_conditions,
    training_budget as training_budget,
)
from dsv3.calculators.training_cost import training_cost as training_cost
from dsv3.calculators.training_memory import (
    smallest_run as smallest_run,
    training_memory as training_memory,
)
from dsv3.calculators.utilization import (
    implied_utilization as implied_utilization,
    utilization as utilization,
)
from dsv3.calculators.yarn import yarn as yarn
from explorables import Calculator


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
