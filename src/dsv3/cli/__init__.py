"""The ``dsv3`` command: the same functions as the pages, at a prompt.

Every subcommand calls one function of the package and prints its result, for
people or (``--json``) for machines, with the digits the function returned. A
reader's mistake ends in one line on standard error and exit status 2.
"""

import json
import os
import sys
from collections.abc import Sequence

from dsv3.cli.printing import print_for_people
from dsv3.cli.questions import USAGE_ERROR, parser

__all__ = ["main", "parser"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status.

    Parameters
    ----------
    arguments
        Words after the program's name; those of the process when left out.

    Examples
    --------
    >>> main(["rent", "--gpu-hours", "2.788M", "--usd-per-gpu-hour", "2"])
    total usd  $5.576M  (5576000.0)
    0
    """
    options = parser().parse_args(arguments)
    try:
        result = options.run(options)
    except (ValueError, OSError) as error:
        line = " ".join(str(error).split())
        print(f"dsv3 {options.command}: error: {line}", file=sys.stderr)
        return USAGE_ERROR
    try:
        if options.json:
            print(json.dumps(result, indent=2, allow_nan=False))
        else:
            print_for_people(result, columns=options.columns)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what is left must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
