"""The command prints what the functions return and refuses mistakes in one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from dsv3 import economics, policy
from dsv3.cli import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    """Run a command with ``--json`` and return what it printed."""
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert isinstance(result, dict)
    return result


def test_cost_without_arguments_is_the_published_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = asked(capsys, "cost")
    expected = economics.training_cost(**economics.published_run())
    assert printed["total_usd"] == expected.total_usd
    assert printed["pretraining_gpu_hours"] == expected.pretraining_gpu_hours


def test_a_flag_carries_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    rate = 0.1 + 0.2
    printed = asked(capsys, "cost", "--usd-per-gpu-hour", repr(rate))
    expected = economics.training_cost(
        **(economics.published_run() | {"usd_per_gpu_hour": rate})
    )
    assert printed["total_usd"] == expected.total_usd


def test_params_of_a_config_file_equal_the_preset(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(
        json.dumps(
            {
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
        ),
        encoding="utf-8",
    )
    own = asked(capsys, "params", "--config", str(path))
    preset = asked(capsys, "params", "--model", "mixtral-8x7b")
    assert own == preset
    assert own["total_parameters"] == 46_702_792_704


def test_people_get_units_and_the_exact_value(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rent", "--gpu-hours", "2.788M", "--usd-per-gpu-hour", "$2"]) == 0
    assert capsys.readouterr().out == "total usd  $5.576M  (5576000.0)\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["cost", "--usd-per-gpu-hour", "-2"], "usd_per_gpu_hour is -2.0"),
        (["cost", "--gpu", "H801"], "H800"),
        (["cost", "--model", "deepseek-v33"], "deepseek-v3"),
        (["cost", "--utilization", "120%"], "utilization is 1.2"),
        (["cost", "--precision", "fp8", "--gpu", "A100 SXM"], "precision is 'fp8'"),
        (["params", "--config", "missing.json"], "missing.json"),
        (["claims", "--verdict", "true"], "'true'"),
        (["article", "--verdict", "wrong"], "'wrong'"),
        (["flops", "--context-tokens", "-1"], "context_tokens"),
        (["api-price", "--rival", "GPT-4"], "GPT-4o"),
        (["api-price", "--output-share", "1.5"], "output_share is 1.5"),
    ],
)
def test_a_mistake_ends_in_one_line_and_status_two(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert named in captured.err


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["cost", "--tokens", "nan"], "'nan' is not a number"),
        (["cost", "--tokens", "many"], "'many' is not a number"),
        (["costs"], "costs"),
        ([], "COMMAND"),
        (["params", "--model", "a", "--config", "b"], "not allowed with"),
    ],
)
def test_words_the_parser_refuses_end_the_same_way(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert named in captured.err


def test_malformed_json_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    path.write_text("{not json", encoding="utf-8")
    assert main(["params", "--config", str(path)]) == 2
    error = capsys.readouterr().err
    assert "config.json" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "word",
    [
        "models",
        "gpus",
        "claims",
        "article",
        "bill",
        "cache",
        "weights",
        "utilization",
        "redesign",
        "xray",
        "speculation",
        "api-price",
    ],
)
def test_every_listing_prints_for_people_and_machines(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word]) == 0
    assert capsys.readouterr().out
    assert asked(capsys, word)


def test_the_hours_of_another_run_imply_its_utilisation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Llama 3.1 405B: 15.6T tokens in 30.84M H100-hours (its model card).
    words = ["implied", "--model", "llama-3.1-405b", "--tokens", "15.6T"]
    found = asked(capsys, *words, "--gpu-hours", "30.84M", "--gpu", "h100")
    assert found["model_flop_utilization"] == pytest.approx(0.351, abs=5e-4)


def test_export_rule_gives_the_margins_of_a_chip_and_refuses_an_unknown_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = asked(capsys, "export-rule", "--rule", "November 2023")
    margins = policy.export_margins(**policy.margin_inputs(), rule="November 2023")
    assert printed["licence_ratio"] == margins.licence_ratio
    assert main(["export-rule", "--rule", "never"]) == 2
    assert "'never' is not in the table" in capsys.readouterr().err


def test_article_narrows_by_verdict_and_gives_bounds_and_functions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found: dict[str, Any] = {**asked(capsys, "article", "--verdict", "contradicted")}
    assert {one["verdict"] for one in found.values()} == {"contradicted"}
    whole: dict[str, Any] = {**asked(capsys, "article")}
    assert [id for id in whole if id in found] == list(found)
    ratio = whole["c34"]["tests"]["gpt"]
    assert ratio["holds"] is True
    assert ratio["asked"] == "5 to 10 times"
    assert ratio["origin"].startswith("dsv3.economics.api_comparison(rival='GPT-4o', ")
