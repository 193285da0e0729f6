"""Questions about serving at the prompt, of a preset and of anybody's model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsv3 import calculators
from dsv3.cli import main

Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Return the path of a config of a mixture that one card holds."""
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
    path = tmp_path / "config.json"
    path.write_text(json.dumps(sizes), encoding="utf-8")
    return str(path)


def test_options_reach_the_function(asked: Asked) -> None:
    words = ["--gpu", "a100", "--precision", "int8", "--gpus", "16", "--drafts"]
    plan = calculators.fit(gpu="A100 SXM", precision="int8", gpus=16.0, drafts=True)
    printed = asked("fit", *words)["results"]
    assert printed["weights_bytes"] == plan.weights_bytes
    assert printed["layout_gpus"] == 16


@pytest.mark.parametrize(
    "words",
    [
        ("params",),
        ("flops",),
        ("cache",),
        ("weights",),
        ("fit", "--gpus", "2"),
        ("serving", "cost", "--decode-gpus", "8", "--sequences", "64"),
        ("serving", "break-even", "--gpus", "2", "--offer", "DeepSeek, list price"),
    ],
    ids=" ".join,
)
def test_a_config_file_is_answered_like_its_preset(
    words: tuple[str, ...], config: str, asked: Asked
) -> None:
    own = asked(*words, "--config", config)
    preset = asked(*words, "--model", "mixtral-8x7b")
    assert own["results"] == preset["results"]
    assert own["assumptions"] == preset["assumptions"]


def test_parameters_of_a_config_are_counted_exactly(config: str, asked: Asked) -> None:
    counted = asked("params", "--config", config)["results"]
    assert counted["total_parameters"] == 46_702_792_704


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fit", "--precision", "fp8", "--gpu", "A100"], "cannot multiply in FP8"),
        (["fit", "--gpus", "1.5"], "gpus is 1.5"),
        (["fit", "--layout", "foo"], "must be one of tensor parallel, expert parallel"),
        (["fit", "--config", "nowhere/config.json"], "nowhere"),
        (["weights", "--precision", "mxfp4"], "precision is 'mxfp4': must be one of"),
        (["flops", "--context-tokens", "-1"], "context_tokens"),
        (["serving", "cost", "--sequences", "1e9"], "must leave room"),
        (["serving", "break-even", "--busy-share", "0"], "busy_share is 0.0"),
        (["serving", "break-even", "--offer", "nobody"], "offer is 'nobody'"),
        (["prices", "api", "--rival", "GPT-4"], "GPT-4o"),
        (["prices", "api", "--output-share", "1.5"], "output_share is 1.5"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_what_never_fits_is_said_and_not_printed_as_a_number(asked: Asked) -> None:
    words = ["--layout", "expert parallel", "--model", "llama-3.1-405b"]
    printed = asked("fit", *words, "--gpu", "H100")["results"]
    assert printed["minimum_gpus"] is None
    assert printed["headroom_bytes"] < 0
