"""Where experts should stand: the question at the prompt, and its answer."""

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from numpy.typing import ArrayLike

from dsv3 import load_balance
from dsv3.cli.answers import Result

Command: TypeAlias = Callable[
    [str, Callable[[argparse.Namespace], Result], str], argparse.ArgumentParser
]


def add_placement_commands(command: Command) -> None:
    """Add the question of where experts and copies of the busy ones should stand."""
    asked = command("place", place, "experts and their replicas on GPUs, by load")
    loads = asked.add_mutually_exclusive_group()
    loads.add_argument(
        "--loads",
        metavar="PATH",
        help="a .json or .csv file: a row of numbers for each layer, one an expert",
    )
    names = ", ".join(load_balance.LOADS)
    loads.add_argument(
        "--load", default="log-normal 1", metavar="NAME", help=f"made up: {names}"
    )
    sizes = {"replicas": 288, "groups": 8, "nodes": 4, "gpus": 32}
    for name, size in sizes.items():
        asked.add_argument(f"--{name}", type=int, default=size, metavar="N")
    asked.add_argument(
        "--refine", action="store_true", help="improve on the published policy"
    )


def place(options: argparse.Namespace) -> Result:
    """Place the experts of every layer of a file, or of one made-up layer."""
    loads = (
        load_balance.made_up_loads(options.load)
        if options.loads is None
        else _loads_in(Path(options.loads))
    )
    placed = load_balance.place_experts(
        loads,
        replicas=options.replicas,
        groups=options.groups,
        nodes=options.nodes,
        gpus=options.gpus,
        refine=options.refine,
    )
    layers = range(len(placed.gpu_loads))
    return {
        "policy": placed.policy,
        **{f"layer_{at + 1}": _layer(placed, at) for at in layers},
    }


def _layer(placed: load_balance.Placement, at: int) -> Result:
    gpus = placed.gpu_loads.shape[1]
    held = placed.physical_to_logical[at].reshape(gpus, -1).tolist()
    loads = placed.gpu_loads[at].tolist()
    return {
        "max_over_mean_ratio": float(placed.max_over_mean[at]),
        "least_max_over_mean_ratio": float(placed.least_max_over_mean[at]),
        "gpu_load": {f"{gpu + 1}": load for gpu, load in enumerate(loads)},
        "experts_of_gpu": {f"{gpu + 1}": row for gpu, row in enumerate(held)},
    }


def _loads_in(path: Path) -> ArrayLike:
    """Return what a file says of the loads; whether they are loads is not asked."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".json":
            rows: ArrayLike = json.loads(text)
            return rows
        if path.suffix == ".csv":
            cells = csv.reader(text.splitlines())
            return [[float(cell) for cell in row] for row in cells if row]
    except ValueError as error:
        message = f"loads is {path.name!r}: not rows of numbers ({error})"
        raise ValueError(message) from error
    message = f"loads is {path.name!r}: must be a .json or .csv file"
    raise ValueError(message)
