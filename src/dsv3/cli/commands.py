"""The commands: one for every calculator, in groups named for the field, and lists."""

import functools
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import click

import dsv3
from dsv3 import calculators
from dsv3.calculators.arguments import model_titles
from dsv3.cli import listings
from dsv3.cli.options import flag, given_values, options_of, printed
from dsv3.cli.pipeline import FORWARD_SECONDS, trace_options, write_trace
from dsv3.cli.placement import placement, placement_options
from dsv3.cli.printing import Answer, answer_of, print_answer
from explorables import Calculator

PROGRAM = "dsv3"

GROUPS: Mapping[str, str] = {
    "architecture": "Other sizes of DeepSeek-V3, and its rotary embedding.",
    "training": "The recipe, FP8, GRPO, pipelines, experts, other chips.",
    "serving": "KV cache, throughput, draft tokens, dollars per million.",
    "economics": "Rental, stages, ownership, range and budgets of a run.",
    "prices": "API prices beside a rival's, on any day, and beside cost.",
    "export": "Chips beside the thresholds of US export rules.",
    "evidence": "Published figures recomputed; an article's claims.",
}
"""Groups, and what is asked in each."""


class Nearest(click.Group):
    """A group that names the nearest command for a misspelt one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which was meant, wherever it stands."""
        name = args[0]
        if self.get_command(ctx, name) is not None or name.startswith("-"):
            return super().resolve_command(ctx, args)
        known = every_command()
        prefix = ctx.command_path.removeprefix(PROGRAM).strip()
        near = get_close_matches(f"{prefix} {name}".strip(), known, n=2, cutoff=0.6)
        leaves = {path.split()[-1]: path for path in known}
        near += [leaves[n] for n in get_close_matches(name, leaves, n=2, cutoff=0.6)]
        meant = ", ".join(f"{PROGRAM} {path}" for path in dict.fromkeys(near))
        message = f"command is {name[:60]!r}: no such command"
        raise click.UsageError(f"{message}; nearest: {meant}" if meant else message)


@functools.cache
def every_command() -> tuple[str, ...]:
    """Return the path of every command, without the program's name."""
    top = program()
    paths = []
    for name, command in top.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        paths += [f"{name} {one}" for one in inner] or [name]
    return tuple(paths)


def _with_json(command: click.Command) -> click.Command:
    command.params.append(
        click.Option(
            ["--json", "as_json"], is_flag=True, help="Print JSON, all digits."
        )
    )
    return command


def asking(calculator: Calculator[..., object]) -> click.Command:
    """Return the command of a calculator."""

    @click.pass_context
    def run(context: click.Context, /, **options: Any) -> None:
        given = given_values(context, calculator)
        answer = answered(calculator, given)
        print_answer(answer, as_json=options["as_json"])

    return _with_json(
        click.Command(
            calculator.command.split()[-1],
            callback=run,
            params=options_of(calculator),
            help=calculator.summary,
            short_help=calculator.summary,
        )
    )


def _command(name: str, calculator: Calculator[..., object]) -> click.Command:
    if name == "place":
        return _place()
    return _schedule(calculator) if name == "schedule" else asking(calculator)


def answered(calculator: Calculator[..., object], given: Mapping[str, Any]) -> Answer:
    """Ask a calculator, and name the option of an argument that it refuses."""
    try:
        return answer_of(calculator, given)
    except ValueError as error:
        name = str(error).split(" ")[0]
        if name not in calculator.defaults():
            raise
        says = str(error).replace(
            repr(given.get(name)), _typed(calculator, name, given)
        )
        message = f"{flag(name)}: {says}"
        raise ValueError(message) from error


def _typed(
    calculator: Calculator[..., object], name: str, given: Mapping[str, Any]
) -> str:
    """Return a value as a message repeats it: a day as a date."""
    argument = calculator.argument(name)
    if argument.unit.style == "date" and name in given:
        return printed(argument, given[name])
    return repr(given.get(name))


def _schedule(calculator: Calculator[..., object]) -> click.Command:
    """Return the command of the schedules, which can write a trace as well."""

    @click.pass_context
    def run(context: click.Context, /, **options: Any) -> None:
        path, seconds = options["trace"], options["forward_seconds"]
        if seconds is not None and path is None:
            message = f"forward_seconds is {seconds}: it takes effect only with --trace"
            raise ValueError(message)
        given = given_values(context, calculator)
        answer = answered(calculator, given)
        if path is not None:
            write_trace(
                {**calculator.defaults(), **given},
                path,
                FORWARD_SECONDS if seconds is None else seconds,
            )
        print_answer(answer, as_json=options["as_json"])

    return _with_json(
        click.Command(
            "schedule",
            callback=run,
            params=[*options_of(calculator), *trace_options()],
            help=calculator.summary,
        )
    )


def _place() -> click.Command:
    def run(*, as_json: bool, **options: Any) -> None:
        print_answer(Answer(results=placement(**options)), as_json=as_json)

    return _with_json(
        click.Command(
            "place",
            callback=run,
            params=placement_options(),
            help="Experts and redundant copies on GPUs, by load.",
        )
    )


def _listing(
    name: str,
    summary: str,
    found: Callable[..., Mapping[str, Any]],
    columns: tuple[str, ...] = (),
) -> click.Command:
    def run(*, as_json: bool, **options: Any) -> None:
        print_answer(Answer(results=found(**options), columns=columns), as_json=as_json)

    verdict = click.Option(["--verdict"], metavar="NAME", help="Only this verdict.")
    params: list[click.Parameter] = [verdict] if columns else []
    return _with_json(click.Command(name, callback=run, params=params, help=summary))


def _print_version(context: click.Context, _option: object, asked: bool) -> None:
    if asked:
        print(f"{PROGRAM} {dsv3.__version__}")
        context.exit()


@functools.cache
def program() -> click.Group:
    """Return the whole command line."""
    top = Nearest(
        PROGRAM,
        help="Count DeepSeek-V3 or a model of your own, and price it. "
        "`dsv3 COMMAND --help` explains every option.",
        context_settings={
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
        },
    )
    top.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version.",
        )
    )
    groups = {name: Nearest(name, help=says) for name, says in GROUPS.items()}
    for calculator in calculators.all_calculators():
        *path, name = calculator.command.split()[1:]
        (groups[path[0]] if path else top).add_command(_command(name, calculator))
    columns = ("published", "computed", "verdict")
    groups["evidence"].add_command(
        _listing(
            "claims", "Every published figure, recomputed.", listings.claims, columns
        )
    )
    groups["evidence"].add_command(
        _listing(
            "article",
            "An article's claims, and what the evidence makes of them.",
            listings.article,
            ("verdict", "statement"),
        )
    )
    top.add_command(_listing("models", "The models that come with it.", model_titles))
    top.add_command(
        _listing("gpus", "The accelerators and their ratings.", listings.gpus)
    )
    for group in groups.values():
        top.add_command(group)
    return top
