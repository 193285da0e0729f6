"""What the subcommands about the training recipe answer."""

import argparse
import dataclasses
from typing import Any

from dsv3 import accounting, economics, training
from dsv3.cli.answers import Result


def recipe(options: argparse.Namespace) -> Result:
    """Say what pre-training was set to, and had cost, at a number of tokens."""
    given = {name: getattr(options, name) for name in economics.published_moment()}
    return dataclasses.asdict(economics.recipe(**given))


def rotary(options: argparse.Namespace) -> Result:
    """Say which rotary pairs YaRN slows, and how often one of them turns."""
    given: dict[str, Any] = {
        name: getattr(options, name) for name in accounting.released_rotary()
    }
    # A size that is looped over must be a whole number.
    given["qk_rope_head_dim"] = int(given["qk_rope_head_dim"])
    return dataclasses.asdict(accounting.rotary_stretch(**given))


def group_policy(options: argparse.Namespace) -> Result:
    """Say what GRPO makes of one answer of a group."""
    given = {name: getattr(options, name) for name in training.default_answer()}
    return dataclasses.asdict(training.judged_answer(**given))
