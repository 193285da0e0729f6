"""Questions about a bill's width: accountings, conditions, quantiles, budgets.

Each is one function of the package with a default for every argument; its flags are
those arguments.
"""

import argparse
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from dsv3 import economics, uncertainty

Question = tuple[Callable[..., Any], Callable[[], Mapping[str, Any]], str]
"""A function, its default arguments, and what it answers."""

QUESTIONS: Mapping[str, Question] = {
    "accountings": (
        economics.accountings,
        economics.published_accountings,
        "one run as rent, as a slice of owned hardware, and bought outright",
    ),
    "program": (
        economics.program_cost,
        economics.published_program,
        "a run with experiments and staff, under one accounting",
    ),
    "solve": (
        economics.solve_for,
        economics.published_conditions,
        "what would have to be true for a bill of so many dollars",
    ),
    "bill-range": (
        uncertainty.bill_range,
        uncertainty.default_range,
        "the bill as a range: quantiles over the assumptions",
    ),
    "budget": (
        economics.trained_on,
        economics.published_budget,
        "the largest model that a budget can train",
    ),
}


def add_doubt_commands(
    command: Callable[..., argparse.ArgumentParser], number: Callable[[str], float]
) -> None:
    """Add one command a question, with a flag for every argument.

    Parameters
    ----------
    command
        Adds a subcommand by name, answer and summary.
    number
        Reads a number as people type it.
    """
    for name, (function, defaults, summary) in QUESTIONS.items():
        asked = command(name, _answer(function, tuple(defaults())), summary)
        for argument, value in defaults().items():
            flag = "--" + argument.replace("_", "-")
            if isinstance(value, str):
                asked.add_argument(flag, default=value, metavar="NAME")
            else:
                asked.add_argument(flag, type=number, default=value, metavar="N")


def _answer(
    function: Callable[..., Any], names: tuple[str, ...]
) -> Callable[[argparse.Namespace], Mapping[str, object]]:
    def answer(options: argparse.Namespace) -> Mapping[str, object]:
        return dataclasses.asdict(function(**{n: getattr(options, n) for n in names}))

    return answer
