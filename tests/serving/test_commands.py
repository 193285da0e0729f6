"""The commands of deployment print what the functions return, for any model."""

import json
from pathlib import Path
from typing import Any

import pytest

from dsv3 import economics, serving
from dsv3.cli import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_flags_each_prints_its_defaults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = serving.fit(**serving.preset_fit())
    assert asked(capsys, "fit")["headroom_bytes"] == plan.headroom_bytes
    cost = economics.serve_cost(**economics.published_serve_cost())
    printed = asked(capsys, "serve-cost")
    assert printed["usd_per_million_tokens"] == cost.usd_per_million_tokens
    found = economics.break_even(**economics.default_break_even())
    printed = asked(capsys, "break-even")
    assert printed["break_even_busy_share"] == found.break_even_busy_share


def test_flags_reach_the_function(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--gpu", "a100", "--precision", "int8", "--gpus", "16", "--drafts"]
    changed = {"gpu": "A100 SXM", "precision": "int8", "gpus": 16.0, "drafts": True}
    plan = serving.fit(**serving.preset_fit() | changed)
    printed = asked(capsys, "fit", *words)
    assert printed["weights_bytes"] == plan.weights_bytes
    assert printed["layout_gpus"] == 16


def a_small_config(folder: Path) -> str:
    """Write a config of a mixture that one card holds."""
    sizes = {
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
    path = folder / "config.json"
    path.write_text(json.dumps(sizes), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        ("fit", "--gpus", "2", "--precision", "bf16"),
        ("serve-cost", "--decode-gpus", "8", "--sequences", "64"),
        ("break-even", "--gpus", "2"),
    ],
)
def test_a_config_file_is_answered_like_its_preset(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = asked(capsys, *words, "--config", a_small_config(tmp_path))
    assert own == asked(capsys, *words, "--model", "mixtral-8x7b")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fit", "--precision", "fp8", "--gpu", "A100"], "cannot multiply in FP8"),
        (["fit", "--gpus", "1.5"], "gpus is 1.5"),
        (["fit", "--config", "nowhere/config.json"], "nowhere"),
        (["serve-cost", "--sequences", "1e9"], "must leave room"),
        (["break-even", "--busy-share", "0"], "busy_share is 0.0"),
        (["break-even", "--offer", "nobody"], "offer is 'nobody': must be one of"),
    ],
)
def test_a_mistake_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_what_never_fits_is_said_and_not_printed_as_a_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["--layout", "expert parallel", "--model", "llama-3.1-405b"]
    printed = asked(capsys, "fit", *words, "--gpu", "H100")
    assert printed["minimum_gpus"] is None
    assert printed["headroom_bytes"] < 0
