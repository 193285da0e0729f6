"""Questions about serving at the prompt, of a preset and of anybody's model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsv3 import calculators
from dsv3.calculators import all_calculators
from dsv3.cli import main
from dsv3.cli.options import Number, printed

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
        (["weights", "--precision", "mxfp5"], "precision is 'mxfp5': must be one of"),
        (["fit", "--sequences", "0.5"], "sequences is 0.5: must be a whole number"),
        (["fit", "--gpu", "H201"], "nearest H20 SXM"),
        (["fit", "--gpu-memory", "much"], "'much' is not a number"),
        (["params", "--config", '{"model_type": "mamba"}'], "a state-space model"),
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


def test_a_card_that_is_not_listed_is_planned_by_its_memory(asked: Asked) -> None:
    typed = asked("fit", "--gpus", "32", "--gpu-memory", "24564 MiB")["results"]
    listed = asked("fit", "--gpus", "32", "--gpu", "4090")["results"]
    assert typed == listed
    assert typed["weights_bytes"] < 24 * 1024**3 < 2 * typed["weights_bytes"]


def test_eight_h20s_hold_the_model_and_eight_h800s_do_not(asked: Asked) -> None:
    words = ("fit", "--gpus", "8", "--gpu")
    assert asked(*words, "h20")["results"]["headroom_bytes"] > 0
    assert asked(*words, "h800")["results"]["headroom_bytes"] < 0


def test_what_a_config_leaves_out_is_said(asked: Asked) -> None:
    text = '{"hidden_size": 64, "num_hidden_layers": 2}'
    wrapped = (
        '{"model_type": "gemma3", "vision_config": {"depth": 2}, "text_config": '
        + text
        + "}"
    )
    read = asked("weights", "--config", wrapped)["read_from_the_config"]
    assert read["left out"] == "vision_config"
    assert "vocab_size 262208" in read["absent, so as its class has it"]
    assert read["weights as released"] == "bf16"


def test_a_default_can_be_pasted_back() -> None:
    for calculator in all_calculators():
        for argument in calculator.arguments:
            value = argument.default
            if isinstance(value, bool | str) or argument.unit.style == "date":
                continue
            shown = printed(argument, value)
            digits = shown.partition(" (")[2].removesuffix(")") or shown
            assert Number(argument).convert(digits, None, None) == value, argument.name
