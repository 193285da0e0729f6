"""The ``place`` command prints what the function returns, from a file or made up."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsv3.cli import main
from dsv3.facts import fact
from dsv3.load_balance import made_up_loads, place_experts

EXAMPLE = ["--replicas", "16", "--groups", "4", "--nodes", "2", "--gpus", "8"]


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["training", "place", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_a_file_of_loads_is_placed_layer_by_layer(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.array(fact("eplb.example_loads").value).tolist()
    text = "\n".join(",".join(map(str, row)) for row in rows)
    path = tmp_path / f"loads.{ending}"
    path.write_text(json.dumps(rows) if ending == "json" else text, encoding="utf-8")
    printed = asked(capsys, "--loads", str(path), *EXAMPLE)
    assert printed["policy"] == "hierarchical"
    published = np.array(fact("eplb.example_placement").value).reshape(2, 8, 2).tolist()
    for layer in (0, 1):
        held = printed[f"layer_{layer + 1}"]["experts_of_gpu"]
        assert list(held.values()) == published[layer]


def test_made_up_loads_give_the_functions_digits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = asked(capsys, "--load", "zipf 1", "--nodes", "8", "--refine")
    placed = place_experts(
        made_up_loads("zipf 1"), replicas=288, groups=8, nodes=8, gpus=32, refine=True
    )
    layer = printed["layer_1"]
    assert layer["max_over_mean_ratio"] == placed.max_over_mean[0]
    assert layer["least_max_over_mean_ratio"] == placed.least_max_over_mean[0]
    assert list(layer["gpu_load"].values()) == placed.gpu_loads[0].tolist()


def test_people_get_a_line_for_every_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["training", "place"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("gpu load." in line for line in lines) == 32


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--load", "odd"], "load is 'odd': must be one of even"),
        (["--gpus", "7"], "replicas is 288: must divide by gpus, 7"),
        (["--replicas", "128"], "replicas is 128: must be at least"),
        (["--loads", "missing.json"], "missing.json"),
        (["--loads", "{folder}/loads.txt"], "must be a .json or .csv file"),
        (["--loads", "{folder}/broken.json"], "'broken.json': not rows of numbers"),
        (["--loads", "{folder}/words.csv"], "'words.csv': not rows of numbers"),
        (["--replicas", "1000000000", "--gpus", "8"], "replicas is 1000000000"),
        (["--loads", "{folder}/text.json"], "every cell must be a number"),
        (["--loads", "{folder}/ragged.csv"], "loads are not rows of numbers"),
        (["--loads", "{folder}/table.json"], "every cell must be a number"),
    ],
)
def test_a_mistake_ends_in_one_line_and_status_two(
    words: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {
        "loads.txt": "1,2",
        "broken.json": "[1,",
        "words.csv": "many,few",
        "ragged.csv": "1,2\n3",
        "text.json": '[[1, "2"]]',
        "table.json": '{"a": 1}',
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert (
        main(["training", "place", *(word.format(folder=tmp_path) for word in words)])
        == 2
    )
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert named in captured.err
