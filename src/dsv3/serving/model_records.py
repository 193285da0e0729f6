"""One model's record at one precision: of a preset, or of a model of one's own.

Owns the tables behind presets, so that a panel's choices can be looked up as well as
names: every field of every preset. Knows no field by name.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from dsv3 import architecture
from dsv3.architecture import Architecture
from dsv3.serving.rates import WEIGHT_PRECISIONS
from explorables.arithmetic import Choice, lookup, require_option

Record = TypeVar("Record")
Maker = Callable[[Architecture, str], Record]


def model_record(
    make: Maker[Record], model: Choice | Architecture, precision: Choice
) -> Record:
    """Return what `make` returns for a model at a precision.

    Parameters
    ----------
    make
        Makes a dataclass of numbers, which may hold others, of a model and a
        precision; the same object at each call, since its tables are kept.
    model
        Name of a preset, looked up field by field, or a model.
    precision
        One of `dsv3.serving.WEIGHT_PRECISIONS`; a name where the model is one's own.

    Raises
    ------
    ValueError
        If a name is unknown.

    Examples
    --------
    >>> from dsv3.serving.memory_demand import counted_memory_demand
    >>> model_record(counted_memory_demand, "llama-3.1-70b", "bf16").cache_shards
    8.0
    """
    require_option("precision", precision, WEIGHT_PRECISIONS)
    if isinstance(model, Architecture):
        return make(model, str(precision))
    found: Record = _looked_up(model, precision, _records(make))
    return found


@functools.cache
def _records(make: Maker[Record]) -> Mapping[str, Mapping[str, Record]]:
    presets = {name: architecture.preset(name) for name in architecture.preset_names()}
    return {
        precision: {name: make(model, precision) for name, model in presets.items()}
        for precision in WEIGHT_PRECISIONS
    }


def _looked_up(
    model: Choice, precision: Choice, records: Mapping[str, Mapping[str, Any]]
) -> Any:
    first, *others = records.values()
    sample = next(iter(first.values()))
    if is_dataclass(sample) and not isinstance(sample, type):
        return type(sample)(
            **{
                field.name: _looked_up(model, precision, _field(records, field.name))
                for field in fields(sample)
            }
        )
    # Most fields are the same at every precision: one table does for them.
    if all(table == first for table in others):
        return lookup(model, {name: float(value) for name, value in first.items()})
    return lookup(
        precision,
        {
            name: lookup(model, {one: float(value) for one, value in table.items()})
            for name, table in records.items()
        },
    )


def _field(
    records: Mapping[str, Mapping[str, Any]], field: str
) -> dict[str, dict[str, Any]]:
    return {
        precision: {name: getattr(one, field) for name, one in table.items()}
        for precision, table in records.items()
    }
