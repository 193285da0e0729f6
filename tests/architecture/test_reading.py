"""A config is found as a file, in a folder, or given parsed."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dsv3.architecture import ConfigError, read_config
from dsv3.architecture.reading import LARGEST_CONFIG_BYTES

Maker = Callable[..., dict[str, object]]


def refused(source: object) -> str:
    with pytest.raises(ConfigError) as caught:
        read_config(source)  # type: ignore[arg-type] # mistakes are the subject
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_file_folder_and_mapping_read_alike(
    config_folders: dict[str, Path], tiny: Maker
) -> None:
    folder = config_folders["deepseek_v3"]
    expected = read_config(tiny("deepseek_v3"))
    assert read_config(folder) == expected
    assert read_config(str(folder)) == expected
    assert read_config(folder / "config.json") == expected


def test_a_byte_order_mark_does_no_harm(tmp_path: Path, tiny: Maker) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(tiny("llama")), encoding="utf-8-sig")
    assert read_config(path) == read_config(tiny("llama"))


def test_what_pythons_own_json_writes_is_read(tmp_path: Path, tiny: Maker) -> None:
    path = tmp_path / "config.json"
    config = tiny("llama", time_step_limit=[0.0, float("inf")], unused=float("nan"))
    path.write_text(json.dumps(config), encoding="utf-16")
    assert "Infinity" in json.dumps(config)
    assert read_config(path) == read_config(tiny("llama"))


def test_sizes_may_be_typed(tiny: Maker) -> None:
    assert read_config(json.dumps(tiny("llama"))) == read_config(tiny("llama"))
    assert refused("{").startswith("config is typed: it is not JSON")


def test_a_name_on_a_hub_is_not_a_path() -> None:
    message = refused("deepseek-ai/DeepSeek-V3")
    assert message.endswith("is not fetched: download its config.json")


def test_a_missing_file_is_a_readers_mistake(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.json").endswith("there is no such file")
    assert refused(tmp_path).endswith("there is no such file")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", "it is not JSON at line 1, column 2"),
        (b"", "it is not JSON at line 1, column 1"),
        (b"\xff\xfe\x00", "it is not text in UTF-8"),
        (b"[1, 2]", "it must hold a JSON object"),
        (b'{"model_type": "llama", "num_attention_heads": NaN}', "heads is nan: must"),
        (b'{"model_type": "llama", "num_attention_heads": Infinity}', "heads is inf"),
        (b'{"a": ' + b"9" * 5000 + b"}", "it is not a config.json"),
        (b"[" * 200_000, "it is not a config.json"),
        (b" " * (LARGEST_CONFIG_BYTES + 1), "it is not a config.json"),
    ],
    ids=["cut", "empty", "bytes", "list", "nan", "inf", "digits", "deep", "large"],
)
def test_what_is_not_a_config_is_refused(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    assert expected in refused(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refused(path).endswith("it is not a config.json")


@pytest.mark.parametrize("source", [None, 3, 2.5, b"config.json", ["a"]], ids=repr)
def test_only_paths_and_mappings_are_configs(source: object) -> None:
    assert "must be a path or a parsed config.json" in refused(source)


@pytest.mark.parametrize("source", ["a\0b", "x" * 5000], ids=["null", "long"])
def test_an_impossible_path_is_refused(source: str) -> None:
    # Python versions differ in whether such a path is an error or just absent.
    assert refused(source).startswith("config is '")
