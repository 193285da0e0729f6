"""The ``dsv3`` command: the same functions as the pages, at a prompt.

Every subcommand asks one calculator and prints its result with what was given and
what was assumed, for people or (``--json``) for machines. A reader's mistake ends in
one line on standard error and exit status 2.

The commands are made of Click, not of Typer, Cyclopts or tyro: those read a function's
signature and its types, and here every option is already a record with its sentence,
unit, range and choices. Click takes them as they are, and brings completion.
"""

import io
import os
import sys
from collections.abc import Sequence

import click

from dsv3.cli.commands import PROGRAM, program

COMPLETION = "_DSV3_COMPLETE"
"""Variable in which a shell asks what may follow."""

USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status.

    Without `arguments` they are the words of the process after the program's name.

    Examples
    --------
    >>> main(["economics", "rent", "--gpu-hours", "1M", "--usd-per-gpu-hour", "2"])
    Total  $2.000M  2,000,000
    <BLANKLINE>
    Given
    --gpu-hours         1M GPU-hours        GPU-hours
    --usd-per-gpu-hour  $2.00 per GPU-hour  Rental price
    0
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if sys.stdout is None:
            message = "there is no standard output to write to"
            raise OSError(message)
        if COMPLETION in os.environ:
            program().main(words, prog_name=PROGRAM)
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Help may hold a letter that the terminal cannot write.
            sys.stdout.reconfigure(errors="replace")
        # Not main(): it would end a closed pipe with status 1.
        with program().make_context(PROGRAM, words) as context:
            program().invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        return left.exit_code
    except BrokenPipeError:
        # The reader of a pipe has seen enough; what is left must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (click.ClickException, ValueError, ArithmeticError, OSError) as error:
        path = " ".join([PROGRAM, *_command_words(words)])
        print(f"{path}: error: {_message(error)}", file=sys.stderr)
        return USAGE_ERROR
    return 0


def _message(error: Exception) -> str:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return "COMMAND is missing: --help lists them"
    if isinstance(error, click.ClickException):
        says = error.format_message()
    elif isinstance(error, ArithmeticError):
        says = "an input is so large, or so small, that there is no result"
    elif isinstance(error, OSError) and error.strerror:
        says = ": ".join(filter(None, (str(error.filename or ""), error.strerror)))
    else:
        says = str(error) or type(error).__name__
    return " ".join(says.split())


def _command_words(words: Sequence[str]) -> list[str]:
    found: list[str] = []
    command: click.Command = program()
    for word in words:
        inner = command.commands.get(word) if isinstance(command, click.Group) else None
        if inner is None:
            break
        found.append(word)
        command = inner
    return found
