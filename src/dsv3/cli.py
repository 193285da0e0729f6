"""The ``dsv3`` command: the same functions as the pages, at a prompt.

Every subcommand calls one function of the package and prints its result, for
people or (``--json``) for machines, with the digits the function returned. A
reader's mistake ends in one line on standard error and exit status 2.
"""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import dsv3
from dsv3 import accounting, architecture, claims, economics, hardware
from dsv3.architecture import Architecture
from dsv3.quantities import format_quantity, parse_number, unit_of

USAGE_ERROR = 2
Result = Mapping[str, object]


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage block."""

    def error(self, message: str) -> NoReturn:
        """Print the message on one line and leave with status 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


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
    run: Callable[[argparse.Namespace], Result] = options.run
    try:
        result = run(options)
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


def parser() -> argparse.ArgumentParser:
    """Build the parser, one subcommand a question."""
    top = OneLineParser(
        prog="dsv3",
        description="Count DeepSeek-V3 or a model of your own, and price its training.",
    )
    top.add_argument("--version", action="version", version=f"dsv3 {dsv3.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], Result], summary: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.add_argument("--json", action="store_true", help="print JSON")
        added.set_defaults(run=run, columns=())
        return added

    add_model_commands(command)
    add_cost_commands(command)
    command("models", _models, "list the models that come with the package")
    command("gpus", _gpus, "list the accelerators and their dense peaks")
    checked = command("claims", _claims, "recompute every published figure")
    checked.add_argument("--verdict", help="show only claims with this verdict")
    checked.set_defaults(columns=("published", "computed", "verdict"))
    return top


Command = Callable[
    [str, Callable[[argparse.Namespace], Result], str], argparse.ArgumentParser
]


def add_model_commands(command: Command) -> None:
    """Add the questions that need only a model: params, flops, cache, weights."""
    params = command("params", _params, "parameters by component, total and active")
    flops = command("flops", _flops, "matmul FLOP per token by component")
    flops.add_argument(
        "--non-causal", action="store_true", help="count the full attention matrix"
    )
    cache = command("cache", _cache, "bytes of key-value cache")
    cache.add_argument("--bytes-per-element", type=_number, default=2.0, metavar="N")
    weights = command("weights", _weights, "bytes of the weights at a precision")
    weights.add_argument("--precision", default="fp8")
    for asked in (params, flops, cache, weights):
        add_model_options(asked)
    for asked in (flops, cache):
        asked.add_argument("--context-tokens", type=_number, default=4096.0)


def add_model_options(asked: argparse.ArgumentParser) -> None:
    """Let a reader name a preset or point at a config.json."""
    which = asked.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        default="deepseek-v3",
        metavar="NAME",
        help="a preset; `dsv3 models` lists them",
    )
    which.add_argument(
        "--config", metavar="PATH", help="a Hugging Face config.json, or its folder"
    )


def add_cost_commands(command: Command) -> None:
    """Add the questions about money: rent, bill, cost."""
    published = economics.published_run()
    cost = command("cost", _cost, "a planned run from model and chip to dollars")
    add_model_options(cost)
    cost.add_argument("--gpu", default=published["gpu"], metavar="NAME")
    cost.add_argument("--precision", default=published["precision"])
    for name, default in published.items():
        if not isinstance(default, str):
            cost.add_argument(_flag(name), type=_number, default=default, metavar="N")
    rent = command("rent", _rent, "GPU-hours at a rental rate")
    rent.add_argument("--gpu-hours", type=_number, required=True)
    rent.add_argument("--usd-per-gpu-hour", type=_number, required=True)
    bill = command("bill", _bill, "the three stages of the published bill at a rate")
    for name, default in economics.published_stages().items():
        bill.add_argument(_flag(name), type=_number, default=default, metavar="N")


def print_for_people(result: Result, columns: Sequence[str] = ()) -> None:
    """Print a result as aligned lines: name, value with unit, exact value.

    Parameters
    ----------
    result
        What a command returned; nested results are unfolded into dotted names.
    columns
        For results whose values are records: the fields to print, one line a record.
    """
    if columns:
        rows = [(name, *_fields(record, columns)) for name, record in result.items()]
    else:
        rows = [(_words(name), *_shown(name, value)) for name, value in _flat(result)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def _fields(record: object, columns: Sequence[str]) -> tuple[str, ...]:
    assert isinstance(record, Mapping)
    return tuple(str(record[column]) for column in columns)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _number(text: str) -> float:
    try:
        return parse_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _flat(result: Result, prefix: str = "") -> list[tuple[str, object]]:
    """Unfold nested results into dotted names."""
    rows: list[tuple[str, object]] = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(name: str, value: object) -> tuple[str, str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value), ""
    return format_quantity(float(value), unit_of(name)), f"({value!r})"


def _asked_architecture(options: argparse.Namespace) -> Architecture:
    if options.config is not None:
        return architecture.read_config(options.config)
    return architecture.preset(options.model)


def _record(value: object) -> dict[str, object]:
    assert dataclasses.is_dataclass(value)
    assert not isinstance(value, type)
    return dataclasses.asdict(value)


def _params(options: argparse.Namespace) -> Result:
    count = accounting.parameter_count(_asked_architecture(options))
    active = {
        f"active_{convention.name.lower()}_parameters": count.active(convention)
        for convention in accounting.ActiveConvention
    }
    predictions = _record(count.multi_token_prediction)
    parts = {name: value for name, value in count.parts().items() if value}
    return {
        **parts,
        "total_parameters": count.total_parameters,
        **active,
        **(
            {"multi_token_prediction": predictions} if any(predictions.values()) else {}
        ),
    }


def _flops(options: argparse.Namespace) -> Result:
    count = accounting.flop_per_token(
        _asked_architecture(options),
        context_tokens=options.context_tokens,
        causal=not options.non_causal,
    )
    return {**_record(count), "training_flop_per_token": count.training_flop_per_token}


def _cache(options: argparse.Namespace) -> Result:
    asked = _asked_architecture(options)
    width = options.bytes_per_element
    return {
        "kv_cache_bytes_per_token": accounting.kv_cache_bytes_per_token(asked, width),
        "multi_head_kv_cache_bytes_per_token": (
            accounting.multi_head_kv_cache_bytes_per_token(asked, width)
        ),
        "kv_cache_bytes": accounting.kv_cache_bytes(
            asked, options.context_tokens, bytes_per_element=width
        ),
    }


def _weights(options: argparse.Namespace) -> Result:
    weight_bytes = accounting.weight_bytes(
        _asked_architecture(options), options.precision
    )
    return {"precision": options.precision, "weight_bytes": weight_bytes}


def _cost(options: argparse.Namespace) -> Result:
    names = economics.published_run()
    given = {name: getattr(options, name) for name in names}
    given["gpu"] = hardware.accelerator(options.gpu).name
    if options.config is None:
        return _record(economics.training_cost(**given))
    flop = accounting.flop_per_token(
        architecture.read_config(options.config),
        context_tokens=economics.PRETRAINING_CONTEXT_TOKENS,
    )
    for name in ("model", "active_parameters"):
        del given[name]
    return _record(
        economics.planned_cost(
            training_flop_per_token=flop.training_flop_per_token, **given
        )
    )


def _rent(options: argparse.Namespace) -> Result:
    return _record(
        economics.rental_cost(
            gpu_hours=options.gpu_hours, usd_per_gpu_hour=options.usd_per_gpu_hour
        )
    )


def _bill(options: argparse.Namespace) -> Result:
    given = {name: getattr(options, name) for name in economics.published_stages()}
    return _record(economics.bill(**given))


def _models(_options: argparse.Namespace) -> Result:
    return {
        name: architecture.preset_record(name).title
        for name in architecture.preset_names()
    }


def _gpus(_options: argparse.Namespace) -> Result:
    return {
        name: {
            f"{precision}_dense_flop_per_s": peak
            for precision, peak in hardware.accelerator(name).dense_peaks.items()
        }
        for name in hardware.accelerator_names()
    }


def _claims(options: argparse.Namespace) -> Result:
    checked = [claims.check(claim) for claim in claims.claims()]
    if options.verdict is not None:
        known = sorted({result.verdict for result in checked})
        if options.verdict not in known:
            message = f"verdict is {options.verdict!r}: must be one of {known}"
            raise ValueError(message)
        checked = [one for one in checked if one.verdict == options.verdict]
    return {one.claim.id: one.summary() for one in checked}


if __name__ == "__main__":
    sys.exit(main())
