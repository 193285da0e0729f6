"""What the subcommands about the training recipe answer."""

import argparse
import dataclasses

from dsv3 import economics, training
from dsv3.cli.answers import Result


def recipe(options: argparse.Namespace) -> Result:
    """Say what pre-training was set to, and had cost, at a number of tokens."""
    given = {name: getattr(options, name) for name in economics.published_moment()}
    return dataclasses.asdict(economics.recipe(**given))


def group_policy(options: argparse.Namespace) -> Result:
    """Say what GRPO makes of one answer of a group."""
    given = {name: getattr(options, name) for name in training.default_answer()}
    return dataclasses.asdict(training.judged_answer(**given))
