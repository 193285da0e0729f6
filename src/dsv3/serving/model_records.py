"""One model's record at one precision: of a preset, or of a model of one's own.

Every field of every preset stands in a table, so that a panel's choices can be looked
up as well as names.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, cast

from dsv3 import architecture
from dsv3.architecture import Architecture
from dsv3.serving.rates import WEIGHT_PRECISIONS
from explorables.arithmetic import Choice, lookup_record, require_option

Record = TypeVar("Record")
Maker = Callable[[Architecture, str], Record]


def model_record(
    make: Maker[Record],
    model: Choice | Architecture,
    precision: Choice,
    precisions: tuple[str, ...] = WEIGHT_PRECISIONS,
) -> Record:
    """Return what `make` returns for a model at a precision.

    A preset's name is looked up field by field; the precision must be a name where the
    model is one's own.

    Parameters
    ----------
    make
        Makes a dataclass of numbers, which may hold others, of a model and a
        precision; the same object at each call, since its tables are kept.
    precisions
        What weights may be held as.

    Examples
    --------
    >>> from dsv3.serving.memory_demand import counted_memory_demand
    >>> model_record(counted_memory_demand, "llama-3.1-70b", "bf16").cache_shards
    8.0
    """
    require_option("precision", precision, precisions)
    if isinstance(model, Architecture):
        return make(model, str(precision))
    by_model = {
        name: lookup_record(model, records, name="model")
        for name, records in _records(make, precisions).items()
    }
    found: Record = lookup_record(precision, by_model, name="precision")
    return found


@functools.cache
def _records(
    make: Maker[Record], precisions: tuple[str, ...]
) -> Mapping[str, Mapping[str, Record]]:
    presets = {name: architecture.preset(name) for name in architecture.preset_names()}
    return {
        precision: {
            name: _in_floats(make(model, precision)) for name, model in presets.items()
        }
        for precision in precisions
    }


def _in_floats(record: Record) -> Record:
    """Return a record whose numbers are those a page computes with."""
    parts: dict[str, Any] = {}
    for field in fields(cast("Any", record)):
        value = getattr(record, field.name)
        parts[field.name] = _in_floats(value) if is_dataclass(value) else float(value)
    return type(record)(**parts)
