"""What may be asked at the prompt: the subcommands, their flags and defaults."""

import argparse
from collections.abc import Callable
from typing import NoReturn

import dsv3
from dsv3 import accounting, economics, policy, serving, training
from dsv3.cli import (
    answers,
    deployment,
    doubt,
    format_answers,
    network,
    pipeline,
    placement,
    recipe_answers,
)
from dsv3.cli.answers import Result
from explorables.quantities import parse_number

USAGE_ERROR = 2
"""Exit status of a reader's mistake."""


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line, without the usage block."""

    def error(self, message: str) -> NoReturn:
        """Print the message on one line and leave with status 2."""
        self.exit(USAGE_ERROR, f"{self.prog}: error: {message}\n")


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
    add_recipe_commands(command)
    add_format_commands(command)
    doubt.add_doubt_commands(command, _number)
    deployment.add_deployment_commands(command, _number, add_model_options)
    network.add_network_commands(command, _number)
    placement.add_placement_commands(command)
    pipeline.add_pipeline_commands(command, _number)
    command("models", answers.models, "list the models that come with the package")
    exported = command(
        "export-rule", answers.export_rule, "a chip's ratios to the lines of a rule"
    )
    for name, default in policy.margin_inputs().items():
        exported.add_argument(_flag(name), type=_number, default=default, metavar="N")
    exported.add_argument("--rule", default="October 2022", metavar="TITLE")
    dated = command(
        "export-day", answers.export_day, "a chip on a day: lines in force, free days"
    )
    for name, value in policy.published_day().items():
        if isinstance(value, str):
            dated.add_argument(_flag(name), default=value, metavar="NAME")
        else:
            dated.add_argument(_flag(name), type=_number, default=value, metavar="DAY")
    command("gpus", answers.gpus, "list the accelerators and their dense peaks")
    checked = command("claims", answers.claims, "recompute every published figure")
    checked.add_argument("--verdict", help="show only claims with this verdict")
    checked.set_defaults(columns=("published", "computed", "verdict"))
    judged = command("article", answers.article, "what the evidence makes of a claim")
    judged.add_argument("--verdict", help="show only claims with this verdict")
    judged.set_defaults(columns=("verdict", "statement"))
    return top


Command = Callable[
    [str, Callable[[argparse.Namespace], Result], str], argparse.ArgumentParser
]


def add_model_commands(command: Command) -> None:
    """Add the questions that need only a model: its parameters, work and bytes."""
    params = command("params", answers.params, "parameters by component")
    flops = command("flops", answers.flops, "matmul FLOP per token by component")
    flops.add_argument(
        "--non-causal", action="store_true", help="count the full attention matrix"
    )
    cache = command("cache", answers.cache, "bytes of key-value cache")
    cache.add_argument("--bytes-per-element", type=_number, default=2.0, metavar="N")
    weights = command("weights", answers.weights, "bytes of the weights at a precision")
    weights.add_argument("--precision", default="fp8")
    redesign = command("redesign", answers.redesign, "DeepSeek-V3 with other sizes")
    for name, default in accounting.released_sizes().items():
        redesign.add_argument(_flag(name), type=_number, default=default, metavar="N")
    xray = command("xray", answers.xray, "the cache of a service, by method and sizes")
    for name, size in serving.preset_cache("deepseek-v3").items():
        if isinstance(size, str):
            xray.add_argument(_flag(name), default=size, metavar="NAME")
        else:
            xray.add_argument(_flag(name), type=_number, default=size, metavar="N")
    drafts = command(
        "speculation", answers.speculation, "what drafted tokens bring to a service"
    )
    for name, size in serving.one_module_speculation().items():
        drafts.add_argument(_flag(name), type=_number, default=size, metavar="N")
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
    """Add the questions about a run: cost, rent, bill, and how well it used chips."""
    published = economics.published_run()
    cost = command("cost", answers.cost, "a planned run from model and chip to dollars")
    add_model_options(cost)
    cost.add_argument("--gpu", default=published["gpu"], metavar="NAME")
    cost.add_argument("--precision", default=published["precision"])
    for name, default in published.items():
        if not isinstance(default, str):
            cost.add_argument(_flag(name), type=_number, default=default, metavar="N")
    rent = command("rent", answers.rent, "GPU-hours at a rental rate")
    rent.add_argument("--gpu-hours", type=_number, required=True)
    rent.add_argument("--usd-per-gpu-hour", type=_number, required=True)
    bill = command("bill", answers.bill, "the three published stages at a rate")
    for name, default in economics.published_stages().items():
        bill.add_argument(_flag(name), type=_number, default=default, metavar="N")
    stated = command(
        "utilization",
        answers.utilization,
        "DeepSeek-V3's utilisation, as one defines it",
    )
    for name, default in economics.closest_conventions().items():
        stated.add_argument(_flag(name), default=default, metavar="NAME")
    asked = command(
        "api-price", answers.api_price, "a mix of tokens at DeepSeek-V3 and at a rival"
    )
    dated = command(
        "api-price-day", answers.api_price_day, "the same at DeepSeek's model of a day"
    )
    served = command(
        "price-over-cost", answers.price_over_cost, "a list price beside its nodes"
    )
    for question, given in (
        (asked, economics.default_comparison()),
        (dated, economics.default_day_comparison()),
        (served, economics.published_day_conditions()),
    ):
        for name, value in given.items():
            if isinstance(value, str):
                question.add_argument(_flag(name), default=value, metavar="NAME")
            else:
                question.add_argument(
                    _flag(name), type=_number, default=value, metavar="N"
                )
    implied = command("implied", answers.implied, "utilisation implied by GPU-hours")
    add_model_options(implied)
    implied.add_argument("--tokens", type=_number, required=True)
    implied.add_argument("--gpu-hours", type=_number, required=True)
    implied.add_argument("--gpu", required=True, metavar="NAME")
    implied.add_argument("--precision", default="bf16")


def add_recipe_commands(command: Command) -> None:
    """Add the questions about how the model was trained."""
    asked = command(
        "recipe", recipe_answers.recipe, "pre-training's settings and meter at a point"
    )
    turned = command(
        "rotary",
        recipe_answers.rotary,
        "which rotary pairs YaRN slows, and how far",
    )
    judged = command(
        "grpo", recipe_answers.group_policy, "what GRPO makes of one answer of a group"
    )
    for added, inputs in (
        (asked, economics.published_moment()),
        (turned, accounting.released_rotary()),
        (judged, training.default_answer()),
    ):
        for name, value in inputs.items():
            if isinstance(value, str):
                added.add_argument(_flag(name), default=value, metavar="NAME")
            else:
                added.add_argument(
                    _flag(name), type=_number, default=value, metavar="N"
                )


def add_format_commands(command: Command) -> None:
    """Add the question of what eight bits leave of a vector."""
    asked = command(
        "microscope",
        format_answers.microscope,
        "eight numbers in FP8: what comes back, with which codes and scales",
    )
    for name, value in accounting.default_vector().items():
        if isinstance(value, bool):
            switch = argparse.BooleanOptionalAction
            asked.add_argument(_flag(name), action=switch, default=value)
        elif isinstance(value, str):
            asked.add_argument(_flag(name), default=value, metavar="NAME")
        else:
            asked.add_argument(_flag(name), type=_number, default=value, metavar="N")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _number(text: str) -> float:
    try:
        return parse_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
