"""What the subcommands about numbers of few bits answer."""

import argparse
import dataclasses
from typing import Any

from dsv3 import accounting
from dsv3.cli.answers import Result


def microscope(options: argparse.Namespace) -> Result:
    """Say what few bits and shared scales leave of eight numbers."""
    given: dict[str, Any] = {
        name: getattr(options, name) for name in accounting.default_vector()
    }
    return dataclasses.asdict(accounting.microscope(**given))
