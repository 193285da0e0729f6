"""Questions about width at the prompt: the function's digits, and one line of error."""

import dataclasses
import json
from typing import Any

import pytest

from dsv3.cli import main
from dsv3.cli.doubt import QUESTIONS


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Run a command with ``--json`` and return what it printed."""
    assert main([*words, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("name", QUESTIONS)
def test_without_flags_a_command_prints_its_function_at_its_defaults(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function, defaults, _ = QUESTIONS[name]
    assert asked(capsys, name) == dataclasses.asdict(function(**defaults()))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_argument_has_a_flag_that_carries_every_digit(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    function, defaults, _ = QUESTIONS[name]
    given = {
        argument: value if isinstance(value, str) else value * (1 + 1e-15)
        for argument, value in defaults().items()
    }
    if "run_share" in given:
        given["run_share"] = 1 / 3
    words = [
        word
        for argument, value in given.items()
        for word in (
            "--" + argument.replace("_", "-"),
            value if isinstance(value, str) else repr(value),
        )
    ]
    assert asked(capsys, name, *words) == dataclasses.asdict(function(**given))


def test_people_read_dollars(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accountings"]) == 0
    assert "$5.576M" in capsys.readouterr().out
    assert main(["solve", "--target-usd", "$1.6B"]) == 0
    assert "$573.89 per GPU-hour" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ["accountings", "--busy-share", "120%"],
            "dsv3 accountings: error: busy_share is 1.2: must be at most 1\n",
        ),
        (
            ["bill-range", "--probability", "2"],
            "dsv3 bill-range: error: probability is 2.0: must be from 0 to 1\n",
        ),
        (
            ["solve", "--target-usd", "0"],
            "dsv3 solve: error: target_usd is 0.0: must be above 0\n",
        ),
        (
            ["budget", "--utilization", "1.5"],
            "dsv3 budget: error: utilization is 1.5: must be at most 1\n",
        ),
    ],
)
def test_a_mistake_is_one_line_and_status_two(
    words: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", line)
