"""Where experts should stand: the command that reads loads from a file."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Never

import click
from numpy.typing import ArrayLike

from dsv3 import load_balance

MOST_FILE_BYTES = 16 * 2**20
"""Largest file of loads that is read."""

MOST_SLOTS = 4096
"""Most slots for experts and replicas that are placed at the prompt."""

SIZES = {
    "replicas": (288, "Slots for experts and their replicas, over all GPUs."),
    "groups": (8, "Groups of experts that stay on one node."),
    "nodes": (4, "Nodes."),
    "gpus": (32, "GPUs, the same number on each node."),
}


def placement_options() -> list[click.Parameter]:
    """Return the options: where loads come from, and how much room there is."""
    names = ", ".join(load_balance.LOADS)
    return [
        click.Option(
            ["--loads"],
            metavar="PATH",
            help="A .json or .csv file: for each layer a row, a number an expert.",
        ),
        click.Option(
            ["--load"],
            metavar="NAME",
            help="Loads made up for one layer. [default: log-normal 1; one of: "
            f"{names}]",
        ),
        *(
            click.Option(
                [f"--{name}"],
                type=int,
                default=size,
                metavar="N",
                help=f"{says} [default: {size}]",
            )
            for name, (size, says) in SIZES.items()
        ),
        click.Option(
            ["--refine"], is_flag=True, help="Improve on the published policy."
        ),
    ]


def placement(
    *,
    loads: str | None,
    load: str | None,
    replicas: int,
    groups: int,
    nodes: int,
    gpus: int,
    refine: bool,
) -> Mapping[str, Any]:
    """Place the experts of every layer of a file, or of one made-up layer.

    Raises
    ------
    ValueError
        If loads are named twice or cannot be read, or the sizes do not go together.
    """
    if loads is not None and load is not None:
        message = "--loads and --load: only one of them may be given"
        raise ValueError(message)
    if not 0 < replicas <= MOST_SLOTS:
        message = f"replicas is {replicas}: must be from 1 to {MOST_SLOTS}"
        raise ValueError(message)
    given = (
        load_balance.made_up_loads(load or "log-normal 1")
        if loads is None
        else _loads_in(Path(loads))
    )
    placed = load_balance.place_experts(
        given, replicas=replicas, groups=groups, nodes=nodes, gpus=gpus, refine=refine
    )
    layers = range(len(placed.gpu_loads))
    return {
        "policy": placed.policy,
        **{f"layer_{at + 1}": _layer(placed, at) for at in layers},
    }


def _layer(placed: load_balance.Placement, at: int) -> Mapping[str, Any]:
    gpus = placed.gpu_loads.shape[1]
    experts = placed.physical_to_logical[at].reshape(gpus, -1).tolist()
    loads = placed.gpu_loads[at].tolist()
    return {
        "max_over_mean_ratio": float(placed.max_over_mean[at]),
        "least_max_over_mean_ratio": float(placed.least_max_over_mean[at]),
        "gpu_load": {f"{gpu + 1}": load for gpu, load in enumerate(loads)},
        "experts_of_gpu": {f"{gpu + 1}": row for gpu, row in enumerate(experts)},
    }


def _loads_in(path: Path) -> ArrayLike:
    """Return the rows of a file, every cell a number."""
    if path.suffix not in {".json", ".csv"}:
        _refuse(path, "must be a .json or .csv file")
    if not path.is_file():
        _refuse(path, "there is no such file")
    if path.stat().st_size > MOST_FILE_BYTES:
        _refuse(path, f"must not be larger than {MOST_FILE_BYTES:,} bytes")
    text = path.read_text(encoding="utf-8-sig")
    try:
        if path.suffix == ".csv":
            cells = csv.reader(text.splitlines())
            return [[float(cell) for cell in row] for row in cells if row]
        rows = json.loads(text)
    except (ValueError, RecursionError, csv.Error) as error:
        _refuse(path, f"not rows of numbers ({error})")
    if not _are_numbers(rows):
        _refuse(path, "every cell must be a number")
    numbers: ArrayLike = rows
    return numbers


def _are_numbers(rows: object) -> bool:
    """Return whether JSON holds one row of numbers, or rows of them."""
    if not isinstance(rows, list):
        return False
    cells = [c for row in rows for c in (row if isinstance(row, list) else [row])]
    return all(isinstance(c, int | float) and not isinstance(c, bool) for c in cells)


def _refuse(path: Path, rule: str) -> Never:
    message = f"loads is {path.name!r}: {rule}"
    raise ValueError(message)
