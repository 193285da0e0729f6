"""Checkpoints: exact both ways, under the released names, and never half read."""

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dsv3.architecture import Quantization
from dsv3.model import (
    Transformer,
    load_checkpoint,
    load_model,
    save_checkpoint,
)
from dsv3.model.checkpoint import checkpoint_tensors, dequantized

FILE = "model.safetensors"


@pytest.fixture
def saved(small: Transformer, tmp_path: Path) -> Path:
    save_checkpoint(small, tmp_path)
    return tmp_path


@pytest.fixture
def empty(small: Transformer) -> Transformer:
    return Transformer(small.architecture)


def same(one: Transformer, other: Transformer) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(left, right) for left, right in pairs)


def edited(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / FILE)
    change(tensors)
    save_file(tensors, folder / FILE)


@pytest.mark.parametrize("shard_bytes", [None, 300_000, 1])
def test_a_round_trip_is_exact(
    small: Transformer, tmp_path: Path, shard_bytes: int | None
) -> None:
    save_checkpoint(small, tmp_path, shard_bytes=shard_bytes)
    files = list(tmp_path.glob("*.safetensors"))
    assert (len(files) == 1) == (shard_bytes is None)
    again = load_model(tmp_path)
    assert again.architecture == small.architecture
    assert same(small, again)


def test_a_variant_comes_back_with_its_settings(
    variant: str, build: Callable[..., Transformer], tmp_path: Path
) -> None:
    model = build(variant)
    save_checkpoint(model, tmp_path)
    again = load_model(tmp_path)
    assert again.architecture == model.architecture
    assert same(model, again)


def test_names_are_those_of_the_release(small: Transformer) -> None:
    names = set(checkpoint_tensors(small))
    layer = "model.layers.1."
    assert {
        "model.embed_tokens.weight",
        "model.norm.weight",
        "lm_head.weight",
        "model.layers.0.mlp.down_proj.weight",
        layer + "input_layernorm.weight",
        layer + "post_attention_layernorm.weight",
        layer + "self_attn.q_a_proj.weight",
        layer + "self_attn.q_a_layernorm.weight",
        layer + "self_attn.q_b_proj.weight",
        layer + "self_attn.kv_a_proj_with_mqa.weight",
        layer + "self_attn.kv_a_layernorm.weight",
        layer + "self_attn.kv_b_proj.weight",
        layer + "self_attn.o_proj.weight",
        layer + "mlp.gate.weight",
        layer + "mlp.gate.e_score_correction_bias",
        layer + "mlp.experts.29.gate_proj.weight",
        layer + "mlp.experts.29.up_proj.weight",
        layer + "mlp.experts.29.down_proj.weight",
        layer + "mlp.shared_experts.up_proj.weight",
        # The prediction module is the layer after the last.
        "model.layers.2.enorm.weight",
        "model.layers.2.hnorm.weight",
        "model.layers.2.eh_proj.weight",
        "model.layers.2.embed_tokens.weight",
        "model.layers.2.shared_head.norm.weight",
        "model.layers.2.shared_head.head.weight",
        "model.layers.2.mlp.experts.0.gate_proj.weight",
    } <= names


def test_all_faults_are_listed_in_one_line(saved: Path, empty: Transformer) -> None:
    def spoil(tensors: dict[str, torch.Tensor]) -> None:
        del tensors["model.norm.weight"]
        tensors["model.surplus"] = torch.zeros(1)
        tensors["lm_head.weight"] = torch.zeros(3, 4)
        tensors["model.embed_tokens.weight"] = tensors[
            "model.embed_tokens.weight"
        ].half()

    edited(saved, spoil)
    before = [weight.clone() for weight in empty.parameters()]
    with pytest.raises(ValueError, match="does not fit the model") as caught:
        load_checkpoint(empty, saved)
    message = str(caught.value)
    assert "\n" not in message
    assert "model.norm.weight is missing" in message
    assert "model.surplus is extra" in message
    assert "lm_head.weight has shape (3, 4), must be (257, 96)" in message
    assert "model.embed_tokens.weight has type F16, must be F32" in message
    after = empty.parameters()
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_other_floating_types_are_converted_when_asked(
    saved: Path, empty: Transformer, small: Transformer
) -> None:
    def narrow(tensors: dict[str, torch.Tensor]) -> None:
        tensors.update({n: t.bfloat16() for n, t in tensors.items()})

    edited(saved, narrow)
    load_checkpoint(empty, saved, convert=True)
    expected = small.lm_head.weight.bfloat16().float()
    assert torch.equal(empty.lm_head.weight, expected)


def test_whole_numbers_are_never_converted(saved: Path, empty: Transformer) -> None:
    edited(saved, lambda t: t.update({"lm_head.weight": t["lm_head.weight"].int()}))
    with pytest.raises(ValueError, match=r"lm_head.weight has type I32, must be F32"):
        load_checkpoint(empty, saved, convert=True)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(
    saved: Path, empty: Transformer, value: float
) -> None:
    edited(saved, lambda t: t["model.norm.weight"].fill_(value))
    with pytest.raises(ValueError, match=r"not finite are model.norm.weight"):
        load_checkpoint(empty, saved)


def test_a_copy_that_differs_is_refused(saved: Path, empty: Transformer) -> None:
    edited(saved, lambda t: t["model.layers.2.embed_tokens.weight"].add_(1))
    with pytest.raises(ValueError, match=r"must equal model.embed_tokens.weight"):
        load_checkpoint(empty, saved)


@pytest.mark.parametrize("kept", [0, 4, 100, 100_000])
def test_a_truncated_file_is_named(saved: Path, empty: Transformer, kept: int) -> None:
    file = saved / FILE
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"model\.safetensors'.*truncated or corrupt"):
        load_checkpoint(empty, saved)


def test_a_header_that_is_not_json_is_named(saved: Path, empty: Transformer) -> None:
    file = saved / FILE
    (size,) = struct.unpack("<Q", file.read_bytes()[:8])
    file.write_bytes(struct.pack("<Q", size) + b"x" * size + b"\0" * 8)
    with pytest.raises(ValueError, match=r"model\.safetensors'.*truncated or corrupt"):
        load_checkpoint(empty, saved)


def test_a_pickle_is_not_read(tmp_path: Path, empty: Transformer) -> None:
    torch.save({"lm_head.weight": torch.zeros(1)}, tmp_path / FILE)
    with pytest.raises(ValueError, match="truncated or corrupt"):
        load_checkpoint(empty, tmp_path)


def test_a_missing_file_is_named(tmp_path: Path, empty: Transformer) -> None:
    with pytest.raises(ValueError, match=r"model\.safetensors'.*there is no such"):
        load_checkpoint(empty, tmp_path)


@pytest.fixture
def sharded(small: Transformer, tmp_path: Path) -> Path:
    save_checkpoint(small, tmp_path, shard_bytes=2_000_000)
    return tmp_path


def test_a_missing_shard_is_named(sharded: Path, empty: Transformer) -> None:
    sorted(sharded.glob("*.safetensors"))[1].unlink()
    with pytest.raises(ValueError, match=r"model-00002-of-.*there is no such file"):
        load_checkpoint(empty, sharded)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("model-00002-of-00002.safetensors", "the files disagree about lm_head.weight"),
        ("../outside.safetensors", "must be a JSON object with a weight_map"),
        (7, "must be a JSON object with a weight_map"),
    ],
)
def test_an_index_that_is_wrong_is_refused(
    sharded: Path, empty: Transformer, place: object, message: str
) -> None:
    index = sharded / "model.safetensors.index.json"
    content = json.loads(index.read_text())
    files = sorted(set(content["weight_map"].values()))
    if isinstance(place, str) and place.startswith("model-"):
        held = content["weight_map"]["lm_head.weight"]
        place = next(file for file in files if file != held)
    content["weight_map"]["lm_head.weight"] = place
    index.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=message):
        load_checkpoint(empty, sharded)


def test_an_index_that_is_not_json_is_refused(
    sharded: Path, empty: Transformer
) -> None:
    (sharded / "model.safetensors.index.json").write_text("{")
    with pytest.raises(ValueError, match="must be a JSON object with a weight_map"):
        load_checkpoint(empty, sharded)


def test_a_single_file_replaces_what_an_earlier_save_left(
    sharded: Path, small: Transformer
) -> None:
    with torch.no_grad():
        small.lm_head.weight.zero_()
    save_checkpoint(small, sharded)
    assert load_model(sharded).lm_head.weight.abs().max() == 0


def quantized(weight: torch.Tensor, block: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return an FP8 weight and one scale for each block, written as loops."""
    rows, columns = weight.shape
    scales = torch.zeros(-(-rows // block), -(-columns // block))
    small = torch.zeros(rows, columns, dtype=torch.float8_e4m3fn)
    for row in range(len(scales)):
        for column in range(scales.shape[1]):
            place = (
                slice(row * block, (row + 1) * block),
                slice(column * block, (column + 1) * block),
            )
            scales[row, column] = weight[place].abs().max() / 448
            small[place] = (weight[place] / scales[row, column]).to(small.dtype)
    return small, scales


def test_fp8_weights_with_block_scales_are_multiplied_out(
    small: Transformer, tmp_path: Path
) -> None:
    layout = Quantization(quant_method="fp8", weight_block_size=(32, 32))
    architecture = replace(small.architecture, quantization=layout)
    tensors = {n: t.clone() for n, t in checkpoint_tensors(small).items()}
    for name in list(tensors):
        if "_proj" in name and "eh_proj" not in name:
            tensors[name], scale = quantized(tensors[name], 32)
            tensors[name + "_scale_inv"] = scale
    save_file(tensors, tmp_path / FILE)
    model = Transformer(architecture)
    load_checkpoint(model, tmp_path)
    assert torch.equal(model.lm_head.weight, small.lm_head.weight)
    pairs = zip(model.parameters(), small.parameters(), strict=True)
    # e4m3 keeps three bits after the first: half a step is 1/16 of a value, and
    # values below a block's smallest normal number lose a little more.
    for one, other in pairs:
        error = (one - other).detach().abs()
        assert (error <= other.abs() / 16 + other.abs().max() / 2**15).all()
    changed = model.layers[0].mlp.up_proj.weight - small.layers[0].mlp.up_proj.weight
    assert changed.detach().abs().max() > 0


def test_blocks_at_the_edge_may_be_smaller() -> None:
    weight = torch.ones(3, 5).to(torch.float8_e4m3fn)
    scale = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    expected = [[1, 1, 2, 2, 3], [1, 1, 2, 2, 3], [4, 4, 5, 5, 6]]
    assert dequantized(weight, scale, (2, 2)).tolist() == expected


def test_an_fp8_weight_without_its_scale_is_refused(
    saved: Path, empty: Transformer
) -> None:
    def narrow(tensors: dict[str, torch.Tensor]) -> None:
        weight = tensors["lm_head.weight"]
        tensors["lm_head.weight"] = weight.to(torch.float8_e4m3fn)

    edited(saved, narrow)
    with pytest.raises(ValueError, match=r"lm_head.weight_scale_inv is missing"):
        load_checkpoint(empty, saved)


def test_an_impossible_shard_is_refused(small: Transformer, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shard_bytes is 0: must be above 0"):
        save_checkpoint(small, tmp_path, shard_bytes=0)
