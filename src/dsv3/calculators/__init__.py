"""Every question a reader may ask, one record each.

A calculator is called with changes against its scenario, shown as a panel, and asked
at the prompt; labels, help, units, ranges and choices stand in its signature and
nowhere else. It computes nothing itself: the formulas are those of the rooms below.
"""

from dsv3.calculators.expert_layer import expert_layer
from dsv3.calculators.expert_placement import expert_placement, expert_placement_panel
from dsv3.calculators.export_plane import export_day_panel
from dsv3.calculators.export_rules import export_day, export_rule
from dsv3.calculators.fp8 import fp8, fp8_panel
from dsv3.calculators.grpo import grpo
from dsv3.calculators.recipe import recipe
from dsv3.calculators.redesign import redesign
from dsv3.calculators.same_run import same_run
from dsv3.calculators.schedule import schedule, schedule_panel
from dsv3.calculators.training_cost import training_cost
from dsv3.calculators.yarn import yarn
from explorables import Calculator

__all__ = [
    "expert_layer",
    "expert_placement",
    "expert_placement_panel",
    "export_day",
    "export_day_panel",
    "export_rule",
    "fp8",
    "fp8_panel",
    "grpo",
    "recipe",
    "redesign",
    "same_run",
    "schedule",
    "schedule_panel",
    "training_cost",
    "yarn",
]


def all_calculators() -> tuple[Calculator[..., object], ...]:
    """Return every calculator, in the order of their commands.

    Examples
    --------
    >>> training_cost in all_calculators()
    True
    """
    found = [one for one in globals().values() if isinstance(one, Calculator)]
    return tuple(sorted(found, key=lambda one: one.command))
