"""Every question a reader may ask, one record each.

A calculator is called with changes against its scenario, shown as a panel, and asked
at the prompt; labels, help, units, ranges and choices stand in its signature and
nowhere else. It computes nothing itself: the formulas are those of the rooms below.
"""

from dsv3.calculators.api_prices import api_price, api_price_on_day, price_over_cost
from dsv3.calculators.break_even import break_even
from dsv3.calculators.model_counts import flops, kv_cache, parameters, weights
from dsv3.calculators.serving_cost import serving_cost
from dsv3.calculators.serving_memory import cache_size, fit
from dsv3.calculators.speculation import speculation
from dsv3.calculators.training_cost import training_cost
from explorables import Calculator

__all__ = [
    "api_price",
    "api_price_on_day",
    "break_even",
    "cache_size",
    "fit",
    "flops",
    "kv_cache",
    "parameters",
    "price_over_cost",
    "serving_cost",
    "speculation",
    "training_cost",
    "weights",
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
