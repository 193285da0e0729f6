"""The command prints what the calculators return, with what was given and assumed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsv3 import calculators
from dsv3.cli import main
from dsv3.cli.commands import every_command, program

Asked = Callable[..., dict[str, Any]]

MIXTRAL = {
    "model_type": "mixtral",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32,
    "num_hidden_layers": 32,
    "num_key_value_heads": 8,
    "num_experts_per_tok": 2,
    "num_local_experts": 8,
    "vocab_size": 32000,
    "tie_word_embeddings": False,
}


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Return the path of a config of somebody's own."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps(MIXTRAL), encoding="utf-8")
    return str(path)


def test_cost_without_arguments_is_the_published_run(asked: Asked) -> None:
    printed = asked("cost")
    assert printed["results"]["total_usd"] == calculators.training_cost().total_usd
    assert printed["inputs"] == {}
    assert printed["assumptions"]["later_stage_gpu_hours"] == 124_000
    assert printed["units"]["total_usd"] == "usd"


def test_a_strangers_model_gets_nothing_of_the_published_run(
    asked: Asked, config: str
) -> None:
    words = ["--tokens", "1T", "--gpu", "h100", "--utilization", "40%"]
    printed = asked("cost", "--config", config, *words, "--usd-per-gpu-hour", "2")
    results, assumed = printed["results"], printed["assumptions"]
    assert results["total_usd"] == results["pretraining_usd"]
    assert assumed["later_stage_gpu_hours"] == 0
    assert assumed["cluster_gpus"] == 1
    assert set(assumed) == {"precision", "later_stage_gpu_hours", "cluster_gpus"}


def test_what_is_only_known_of_the_published_model_must_be_given(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cost", "--config", config]) == 2
    assert "tokens is missing: it must be given" in capsys.readouterr().err


def test_every_assumption_is_printed_for_people_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cost", "--model", "mixtral-8x7b", "--tokens", "1T"]) == 0
    printed = capsys.readouterr().out
    for name in ("gpu", "utilization", "usd-per-gpu-hour", "later-stage-gpu-hours"):
        assert f"--{name}" in printed
    assert "124" not in printed


def test_an_option_carries_every_digit(asked: Asked) -> None:
    rate = 0.1 + 0.2
    printed = asked("cost", "--usd-per-gpu-hour", repr(rate))
    expected = calculators.training_cost(usd_per_gpu_hour=rate)
    assert printed["results"]["total_usd"] == expected.total_usd


def test_whole_numbers_are_exact_and_noise_is_not_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["economics", "rent", "--gpu-hours", "2.788M"]) == 0
    assert "$5.576M  5,576,000" in capsys.readouterr().out
    assert main(["economics", "budget"]) == 0
    assert "0000001" not in capsys.readouterr().out


def test_the_help_of_every_command_explains_every_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) <= 25
    for path in every_command():
        assert main([*path.split(), "--help"]) == 0
        assert "Options:" in capsys.readouterr().out


def test_no_option_is_without_a_sentence() -> None:
    top = program()
    for path in every_command():
        command: Any = top
        for word in path.split():
            command = command.commands[word]
        for option in command.params:
            assert len(option.help.split()) >= 2, (path, option.name)


def test_completion_offers_commands_and_names() -> None:
    program = "import sys; from dsv3.cli import main; sys.exit(main())"
    settings = {"_DSV3_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"COMP_WORDS": "dsv3 co", "PYTHONPATH": ":".join(sys.path), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "plain,cost" in done.stdout


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["cost", "--usd-per-gpu-hour", "-2"], ["--usd-per-gpu-hour", "is -2.0"]),
        (["cost", "--gpu", "H801"], ["--gpu", "'H801'", "H800 SXM", "H800 PCIe"]),
        (["cost", "--model", "deepseek-v33"], ["--model", "deepseek-v3"]),
        (["cost", "--utilization", "120%"], ["--utilization", "1.2"]),
        (["cost", "--precision", "fp8", "--gpu", "A100 SXM"], ["precision is 'fp8'"]),
        (["cost", "--active-parameters", "8B"], ["--active-parameters", "effect"]),
        (["cost", "--cluster-gpus", "2.5"], ["--cluster-gpus", "2.5", "whole number"]),
        (["cost", "--tokens", "nan"], ["--tokens", "'nan' is not a number"]),
        (["cost", "--tokens", "many"], ["--tokens", "'many' is not a number"]),
        (["cost", "--config", "missing.json"], ["missing.json"]),
        (["cost", "--config", ""], ["config is ''"]),
        (
            ["cost", "--model", "a", "--config", "b"],
            ["--config", "--model", "only one"],
        ),
        (["cost", "--usd-per-gpu-hour", "1e308"], ["infinite"]),
        (["cost", "--toknes", "1"], ["--toknes", "--tokens"]),
        (["costs"], ["'costs'", "dsv3 cost"]),
        (["rent"], ["dsv3 economics rent"]),
        (["economics", "rnt"], ["dsv3 economics rent"]),
        ([], ["COMMAND"]),
        (["evidence", "claims", "--verdict", "true"], ["'true'", "not reproduced"]),
        (["evidence", "article", "--verdict", "wrong"], ["'wrong'", "contradicted"]),
        (["architecture", "yarn", "--rope-theta", "1"], ["--rope-theta", "above 1"]),
        (["export", "day", "--day", "1999-01-01"], ["--day", "day is 1999-01-01"]),
        (["economics", "solve", "--target-usd", "0"], ["--target-usd", "above 0"]),
        (
            ["economics", "range", "--probability", "2"],
            ["from 0 to 1"],
        ),
    ],
    ids=" ".join,
)
def test_a_mistake_ends_in_one_line_and_status_two(
    words: list[str], lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    for text in lines:
        assert text in captured.err
    assert "<" not in captured.err


def test_malformed_json_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    path.write_text("{not json", encoding="utf-8")
    assert main(["cost", "--config", str(path)]) == 2
    error = capsys.readouterr().err
    assert "config.json" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["models"], ["gpus"], ["evidence", "claims"], ["evidence", "article"]]
)
def test_every_listing_prints_for_people_and_machines(
    words: list[str], asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out
    assert asked(*words)


def test_the_hours_of_another_run_imply_its_utilisation(asked: Asked) -> None:
    # Llama 3.1 405B: 15.6T tokens in 30.84M H100-hours (its model card).
    words = ["--model", "llama-3.1-405b", "--tokens", "15.6T", "--gpu", "h100"]
    found = asked("economics", "implied-utilization", *words, "--gpu-hours", "30.84M")
    share = found["results"]["model_flop_utilization"]
    assert share == pytest.approx(0.351, abs=5e-4)


def test_article_narrows_by_verdict_and_gives_bounds(asked: Asked) -> None:
    found = asked("evidence", "article", "--verdict", "contradicted")
    assert {one["verdict"] for one in found.values()} == {"contradicted"}
    whole = asked("evidence", "article")
    assert [id for id in whole if id in found] == list(found)
    ratio = whole["c34"]["tests"]["gpt"]
    assert ratio["holds"] is True
    assert ratio["asked"] == "5 to 10 times"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_that_cannot_write_a_letter_gets_another(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "out").open("w", encoding=encoding) as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["cost"]) == 0
    text = (tmp_path / "out").read_text(encoding=encoding)
    assert ("10^24" in text) is (encoding != "utf-8")


def test_what_cannot_be_written_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", None)
        assert main(["models"]) == 2
    full = open("/dev/full", "w", encoding="utf-8")  # noqa: PTH123, SIM115
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", full)
        assert main(["models"]) == 2
    with pytest.raises(OSError, match="space"):
        full.close()
    assert capsys.readouterr().err.count("\n") == 2


def test_a_closed_pipe_is_no_mistake() -> None:
    program = "import sys; from dsv3.cli import main; sys.exit(main(['gpus']))"
    command = f'{sys.executable} -c "{program}" | head -1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"
