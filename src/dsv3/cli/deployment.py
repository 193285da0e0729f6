"""Questions about serving a model: does it fit, what does it cost, when does it pay.

Each is one function of the package with a default for every argument; its flags are
those arguments. The model is a preset or a reader's own ``config.json``.
"""

import argparse
import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

from dsv3 import architecture, economics, hardware, serving

Question = tuple[
    Callable[..., Any],
    Callable[..., Any],
    Callable[..., Any],
    Callable[[], Mapping[str, Any]],
    str,
]
"""A function of a preset, the same of any model, what makes that model ready for it,
default arguments, and what it answers."""

QUESTIONS: Mapping[str, Question] = {
    "fit": (
        serving.fit,
        serving.planned_fit,
        serving.held_model,
        serving.preset_fit,
        "memory of a service by part, and how many GPUs hold it",
    ),
    "serve-cost": (
        economics.serve_cost,
        economics.planned_serve_cost,
        serving.served_model,
        economics.published_serve_cost,
        "tokens per second of a service, and dollars for a million of them",
    ),
    "break-even": (
        economics.break_even,
        economics.planned_break_even,
        serving.served_model,
        economics.default_break_even,
        "own servers against an API's price, at a share of use",
    ),
}


def add_deployment_commands(
    command: Callable[..., argparse.ArgumentParser],
    number: Callable[[str], float],
    add_model_options: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Add one command a question, with a flag for every argument.

    Parameters
    ----------
    command
        Adds a subcommand by name, answer and summary.
    number
        Reads a number as people type it.
    add_model_options
        Adds the flags that name a preset or a ``config.json``.
    """
    for name, question in QUESTIONS.items():
        asked = command(name, _answer(question), question[-1])
        add_model_options(asked)
        for argument, value in question[3]().items():
            flag = "--" + argument.replace("_", "-")
            if argument == "model":
                continue
            if isinstance(value, bool):
                switch = argparse.BooleanOptionalAction
                asked.add_argument(flag, action=switch, default=value)
            elif isinstance(value, str):
                asked.add_argument(flag, default=value, metavar="NAME")
            else:
                asked.add_argument(flag, type=number, default=value, metavar="N")


def _answer(
    question: Question,
) -> Callable[[argparse.Namespace], Mapping[str, object]]:
    function, planned, make, defaults, _ = question

    def answer(options: argparse.Namespace) -> Mapping[str, object]:
        given = {name: getattr(options, name) for name in defaults()}
        given["gpu"] = hardware.accelerator(options.gpu).name
        if options.config is None:
            return _record(function(**given))
        del given["model"]
        ready = make(architecture.read_config(options.config), options.precision)
        return _record(planned(ready, **given))

    return answer


def _record(found: Any) -> dict[str, object]:
    """Return a result by field; what does not exist (NaN) as nothing."""
    return {
        name: None if math.isnan(value) else value
        for name, value in dataclasses.asdict(found).items()
    }
