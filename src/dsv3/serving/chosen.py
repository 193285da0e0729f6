"""One preset's record at one precision, for choices of a panel as well as for names.

Owns the tables behind that: every field of every preset. Knows no field by name.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from dsv3 import architecture
from dsv3.architecture import Architecture
from dsv3.serving.rates import WEIGHT_PRECISIONS
from explorables.arithmetic import Choice, lookup

Record = TypeVar("Record")
Maker = Callable[[Architecture, str], Record]


def chosen_record(make: Maker[Record], model: Choice, precision: Choice) -> Record:
    """Return what `make` returns for a preset at a precision, looked up by field.

    Parameters
    ----------
    make
        Makes a dataclass of numbers, which may hold others, of a model and a
        precision; the same object at each call, since its tables are kept.
    model
        Name of a preset.
    precision
        One of `dsv3.serving.WEIGHT_PRECISIONS`.

    Raises
    ------
    ValueError
        If a name is unknown; names the nearest ones.

    Examples
    --------
    >>> from dsv3.serving import held_model
    >>> chosen_record(held_model, "llama-3.1-70b", "bf16").cache_shards
    8.0
    """
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
