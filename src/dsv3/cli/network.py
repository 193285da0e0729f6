"""The question about links: a layer of experts in training, with its links as knobs."""

import argparse
import dataclasses
from collections.abc import Callable

from dsv3 import training


def add_network_commands(
    command: Callable[..., argparse.ArgumentParser], number: Callable[[str], float]
) -> None:
    """Add the command, with a flag for every argument of the function."""
    asked = command(
        "expert-layer", layer, "a layer of experts in training: compute and all-to-all"
    )
    for name, value in training.published_layer().items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, str):
            asked.add_argument(flag, default=value, metavar="NAME")
        else:
            asked.add_argument(flag, type=number, default=value, metavar="N")


def layer(options: argparse.Namespace) -> dict[str, object]:
    """Time a layer of experts."""
    given = {name: getattr(options, name) for name in training.published_layer()}
    return dataclasses.asdict(training.expert_layer(**given))
