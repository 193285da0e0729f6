"""Questions about links and chips: a layer of experts, and the run on another chip."""

import argparse
import dataclasses
from collections.abc import Callable

from dsv3 import hardware, training


def add_network_commands(
    command: Callable[..., argparse.ArgumentParser], number: Callable[[str], float]
) -> None:
    """Add the commands, with a flag for every argument of their functions."""
    asked = command(
        "expert-layer", layer, "a layer of experts in training: compute and all-to-all"
    )
    again = command(
        "same-run", same_run, "DeepSeek-V3's pre-training on another chip, years later"
    )
    flags = [(asked, name, value) for name, value in training.published_layer().items()]
    published = training.published_conditions_of_run()
    flags += [(again, name, value) for name, value in published.items()]
    for question, name, value in flags:
        flag = "--" + name.replace("_", "-")
        if isinstance(value, str):
            question.add_argument(flag, default=value, metavar="NAME")
        else:
            question.add_argument(flag, type=number, default=value, metavar="N")


def layer(options: argparse.Namespace) -> dict[str, object]:
    """Time a layer of experts."""
    given = {name: getattr(options, name) for name in training.published_layer()}
    return dataclasses.asdict(training.expert_layer(**given))


def same_run(options: argparse.Namespace) -> dict[str, object]:
    """Plan the published pre-training on another chip and another day."""
    names = training.published_conditions_of_run()
    given = {name: getattr(options, name) for name in names}
    given["gpu"] = hardware.accelerator(options.gpu).name
    return dataclasses.asdict(training.same_run(**given))
