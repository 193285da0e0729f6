"""Every question a reader may ask, one record each.

A calculator is called with changes against its scenario, shown as a panel, and asked
at the prompt; labels, help, units, ranges and choices stand in its signature and
nowhere else. It computes nothing itself: the formulas are those of the rooms below.
"""

from dsv3.calculators.redesign import redesign
from dsv3.calculators.training_cost import training_cost
from dsv3.calculators.yarn import yarn
from explorables import Calculator

__all__ = [
    "redesign",
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
