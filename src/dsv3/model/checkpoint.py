"""Weights to and from safetensors, under the names of the released checkpoint.

On disk every expert has tensors of its own, and the prediction modules are the layers
after the last, with their own copies of embedding and head. FP8 weights with block
scales can be read. Nothing is ever unpickled.

Twin: accounting/memory.py.
"""

import json
from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from dsv3.architecture import Architecture, read_config
from dsv3.architecture.reading import CONFIG_NAME
from dsv3.formats import FP8
from dsv3.model.checkpoint_files import (
    INDEX_NAME,
    WEIGHTS_NAME,
    TensorFiles,
    make_folder,
    replacing,
)
from dsv3.model.configuration import config_fields
from dsv3.model.finite import require_finite
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

SCALE_SUFFIX = "_scale_inv"
"""Ending of the name of an FP8 weight's block scales, in the released files."""

FP8_BLOCK = FP8.weight_block
"""Rows and columns that share a scale, where the config does not say."""


def checkpoint_tensors(model: Transformer) -> dict[str, Tensor]:
    """Return the model's weights by their names on disk.

    They are views: what is written into them is in the model. Embedding and head appear
    once more for each prediction module.
    """
    layers = len(model.layers)
    tensors: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        tensors.update(_on_disk(_released_name(name, layers), tensor))
    for depth in range(len(model.multi_token_prediction)):
        prefix = f"model.layers.{layers + depth}."
        tensors[prefix + "embed_tokens.weight"] = model.embed_tokens.weight.detach()
        tensors[prefix + "shared_head.head.weight"] = model.lm_head.weight.detach()
    return tensors


def _released_name(name: str, layers: int) -> str:
    """Return a parameter's name on disk; modules come after the last layer."""
    if not name.startswith("multi_token_prediction."):
        return name if name.startswith("lm_head.") else f"model.{name}"
    _, depth, rest = name.split(".", 2)
    if rest.startswith("norm."):
        rest = f"shared_head.{rest}"
    return f"model.layers.{layers + int(depth)}.{rest.removeprefix('block.')}"


def _on_disk(name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield a tensor, or the parts of a stack of experts, by name."""
    prefix, stacked, kind = name.partition(".experts.")
    if not stacked:
        yield name, tensor
        return
    for expert, weight in enumerate(tensor.unbind()):
        place = f"{prefix}.experts.{expert}."
        if kind == "down_proj":
            yield f"{place}down_proj.weight", weight
        else:
            gate, up = weight.chunk(2)
            yield f"{place}gate_proj.weight", gate
            yield f"{place}up_proj.weight", up


def save_checkpoint(
    model: Transformer, folder: str | PathLike[str], *, shard_bytes: int | None = None
) -> None:
    """Write a model's weights and its ``config.json`` into a folder.

    A file has at most `shard_bytes`, unless one tensor is larger; None for one file.
    With several an index says which tensor is where. If a weight is not finite, what
    the folder held before is untouched.
    """
    positive = shard_bytes is None or shard_bytes > 0
    require("shard_bytes", shard_bytes, positive, "must be above 0")
    path = Path(fspath(folder))
    tensors = checkpoint_tensors(model)
    require_finite("folder", str(path), tensors)
    make_folder(path)
    place = _places(_shards(tensors, shard_bytes))
    _write_weights(path, tensors, place)
    if len(set(place.values())) == 1:
        # An index that an earlier save left would name files that are not there.
        (path / INDEX_NAME).unlink(missing_ok=True)
    with replacing(path / CONFIG_NAME) as (config,):
        text = json.dumps(config_fields(model.architecture), indent=2)
        config.write_text(text + "\n", encoding="utf-8")


def _places(shards: list[list[str]]) -> dict[str, str]:
    """Return the name of the file that each tensor goes into."""
    count = len(shards)
    files = [WEIGHTS_NAME]
    if count > 1:
        numbers = range(1, count + 1)
        files = [f"model-{number:05d}-of-{count:05d}.safetensors" for number in numbers]
    return {
        name: file for names, file in zip(shards, files, strict=True) for name in names
    }


def _write_weights(
    path: Path, tensors: Mapping[str, Tensor], place: Mapping[str, str]
) -> None:
    """Write every file, and with several of them the index, and only then rename."""
    files = list(dict.fromkeys(place.values()))
    index = [path / INDEX_NAME] if len(files) > 1 else []
    with replacing(*(path / file for file in files), *index) as partial:
        for file, written in zip(files, partial, strict=False):
            names = [name for name in tensors if place[name] == file]
            # Copies, because safetensors refuses views that share memory.
            shard = {name: tensors[name].clone().contiguous() for name in names}
            save_file(shard, written, metadata={"format": "pt"})
        if index:
            size = sum(tensor.nbytes for tensor in tensors.values())
            content = {"metadata": {"total_size": size}, "weight_map": dict(place)}
            text = json.dumps(content, indent=2)
            partial[-1].write_text(text + "\n", encoding="utf-8")


def _shards(tensors: Mapping[str, Tensor], limit: int | None) -> list[list[str]]:
    """Return the names that go into each file, in order."""
    shards: list[list[str]] = [[]]
    held = 0
    for name, tensor in tensors.items():
        if limit is not None and shards[-1] and held + tensor.nbytes > limit:
            shards.append([])
            held = 0
        shards[-1].append(name)
        held += tensor.nbytes
    return shards


def load_model(
    folder: str | PathLike[str], *, dtype: torch.dtype = torch.float32
) -> Transformer:
    """Return the model that a folder of weights and a ``config.json`` describes.

    It computes in `dtype`, and weights of other floating-point types are converted.
    """
    model = Transformer(read_config(folder)).to(dtype)
    load_checkpoint(model, folder, convert=True)
    return model


@torch.no_grad()
def load_checkpoint(
    model: Transformer, source: str | PathLike[str], *, convert: bool = False
) -> None:
    """Read a model's weights; the model is unchanged if they do not fit.

    From a safetensors file, or a folder with one or with several and an index. With
    `convert` weights of another floating-point type are converted to the model's,
    otherwise refused. FP8 weights are always multiplied out.

    Raises
    ------
    ValueError
        If a file is missing, truncated or corrupt; if tensors are missing, extra,
        of another shape or type, which lists all of them; or if weights are not
        finite or a module's copy of embedding or head differs from the model's.
    """
    files = TensorFiles(Path(fspath(source)))
    targets = checkpoint_tensors(model)
    scaled = {
        name: name + SCALE_SUFFIX
        for name, header in files.headers.items()
        if header.dtype == "F8_E4M3"
    }
    block = _block(model.architecture)
    faults = list(_faults(files, targets, scaled, block, convert=convert))
    if faults:
        where = f"checkpoint is {files.name!r}"
        message = f"{where}: it does not fit the model: {'; '.join(faults)}"
        raise ValueError(message)
    loaded = dict(files.read())
    for name, scale in scaled.items():
        loaded[name] = dequantized(loaded[name], loaded.pop(scale), block)
    _require_sound(files.name, loaded, model)
    for name, target in targets.items():
        target.copy_(loaded[name])


def _block(architecture: Architecture) -> tuple[int, int]:
    quantization = architecture.quantization
    if quantization is None or quantization.weight_block_size is None:
        return FP8_BLOCK
    return quantization.weight_block_size


def dequantized(weight: Tensor, scale: Tensor, block: tuple[int, int]) -> Tensor:
    """Return an FP8 weight multiplied out with its block scales, in float32.

    `scale` is the released ``weight_scale_inv``; blocks at the edges may be smaller.
    """
    rows, columns = weight.shape
    factors = scale.repeat_interleave(block[0], 0)[:rows]
    factors = factors.repeat_interleave(block[1], 1)[:, :columns]
    return weight.to(torch.float32) * factors


def _faults(
    files: TensorFiles,
    targets: Mapping[str, Tensor],
    scaled: Mapping[str, str],
    block: tuple[int, int],
    *,
    convert: bool,
) -> Iterator[str]:
    """Yield every way in which the files do not fit."""
    wanted = {name: tuple(tensor.shape) for name, tensor in targets.items()}
    for name in scaled:
        if len(wanted.get(name, ())) == 2:
            rows, columns = wanted[name]
            wanted[scaled[name]] = (-(-rows // block[0]), -(-columns // block[1]))
    for name, shape in wanted.items():
        if name not in files.headers:
            yield f"{name} is missing"
        elif files.headers[name].shape != shape:
            yield f"{name} has shape {files.headers[name].shape}, must be {shape}"
    for name, header in files.headers.items():
        if name not in wanted:
            yield f"{name} is extra"
        elif name not in scaled and name in targets:
            type_name = TYPE_NAMES.get(targets[name].dtype, "unknown")
            floating = convert and header.dtype in TYPE_NAMES.values()
            if header.dtype != type_name and not floating:
                yield f"{name} has type {header.dtype}, must be {type_name}"


TYPE_NAMES: Mapping[torch.dtype, str] = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
}
"""What safetensors calls the types that a model can compute in."""


def _require_sound(
    where: str, loaded: Mapping[str, Tensor], model: Transformer
) -> None:
    """Refuse weights that are not finite, and copies that are none."""
    require_finite("checkpoint", where, loaded)
    layers = len(model.layers)
    copies = {
        "embed_tokens.weight": "model.embed_tokens.weight",
        "shared_head.head.weight": "lm_head.weight",
    }
    for depth in range(len(model.multi_token_prediction)):
        for copy, original in copies.items():
            name = f"model.layers.{layers + depth}.{copy}"
            rule = f"{name} must equal {original}, which it shares"
            same = torch.equal(loaded[name], loaded[original])
            require("checkpoint", where, same, rule)
