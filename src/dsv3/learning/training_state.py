"""A training run on disk: one file, written whole or not at all.

It holds what must be kept to go on exactly, and which run it belongs to; a file that is
broken or another run's is refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from dsv3.model.checkpoint import TYPE_NAMES
from dsv3.model.checkpoint_files import TensorFiles, replacing
from dsv3.model.finite import require_finite
from dsv3.model.transformer import Transformer
from explorables.arithmetic import require

STATE_NAME = "training.safetensors"
"""Weights, optimizer and chance: all that a resumption needs."""

CHECKSUM = "checksum"
"""Where the file says what its content must sum to."""

MOMENTS = ("exp_avg", "exp_avg_sq")
"""What AdamW keeps of every weight, beside its count of steps."""

Run = Mapping[str, Mapping[str, object]]
"""What tells one run from another, by kind and by name."""


def digest(text: Tensor) -> str:
    """Return a short fingerprint of a text.

    Examples
    --------
    >>> digest(torch.tensor([1, 2])) == digest(torch.tensor([1, 3]))
    False
    """
    content = text.to(torch.int32).numpy().tobytes()
    return hashlib.sha256(content).hexdigest()[:16]


AVERAGE = "average"
"""What the run keeps of every weight if it averages them."""


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """Return a fingerprint of names and values, whatever their order.

    Examples
    --------
    >>> one, other = {"w": torch.tensor([1.0])}, {"w": torch.tensor([1.5])}
    >>> checksum(one) == checksum(dict(one)), checksum(one) == checksum(other)
    (True, False)
    """
    whole = hashlib.sha256()
    for name in sorted(tensors):
        content = tensors[name].contiguous().reshape(-1).view(torch.uint8)
        whole.update(name.encode() + content.numpy().tobytes())
    return whole.hexdigest()


def _state(
    model: Transformer,
    optimizer: torch.optim.Optimizer,
    average: Mapping[str, Tensor],
) -> Iterator[tuple[str, Tensor]]:
    """Yield the weights and what is kept of each, by name."""
    yield from model.state_dict().items()
    for name, mean in average.items():
        yield f"{name}.{AVERAGE}", mean
    for name, weight in model.named_parameters():
        kept = optimizer.state[weight]
        yield f"{name}.step", kept.get("step", torch.zeros(()))
        for moment in MOMENTS:
            yield f"{name}.{moment}", kept.get(moment, torch.zeros_like(weight))


def write_state(
    file: Path,
    *,
    model: Transformer,
    optimizer: torch.optim.Optimizer,
    average: Mapping[str, Tensor],
    generator: torch.Generator,
    step: int,
    run: Run,
) -> None:
    """Write a run; the file that was there stays until the new one is whole.

    `run` tells this run from another. A weight, or what the optimizer keeps of it, that
    is not finite is refused.
    """
    state = _state(model, optimizer, average)
    tensors = {name: tensor.clone() for name, tensor in state}
    require_finite("training state", str(file), tensors)
    tensors |= {"step": torch.tensor(step), "generator": generator.get_state()}
    metadata = {kind: json.dumps(dict(part)) for kind, part in run.items()}
    metadata |= {CHECKSUM: checksum(tensors)}
    with replacing(file) as (partial,):
        save_file(tensors, partial, metadata=metadata)


def require_same_run(file: Path, run: Run) -> None:
    """Refuse the file of a run that differs from this one, naming what differs."""
    metadata = TensorFiles(file).metadata
    for kind, mine in run.items():
        theirs = _parsed(metadata.get(kind, ""))
        rule = f"does not say its {kind}; train into another folder"
        require("training state", str(file), bool(theirs), rule)
        for name, value in json.loads(json.dumps(dict(mine))).items():
            rule = (
                f"the run in {str(file.parent)!r} has {theirs.get(name)!r}; "
                "go on with that, or train into another folder"
            )
            require(name, value, theirs.get(name) == value, rule)


def _parsed(text: str) -> dict[str, object]:
    """Return what a file says of its run, nothing if that is no JSON object."""
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return {}


def read_state(
    file: Path,
    *,
    model: Transformer,
    optimizer: torch.optim.Optimizer,
    average: Mapping[str, Tensor],
    generator: torch.Generator,
    most_steps: int,
) -> int:
    """Fill a model, its optimizer and chance, and return the steps done.

    All are unchanged if the file is missing, truncated, corrupt, of another model, or
    past `most_steps`, the last step of the run.
    """
    files = TensorFiles(file)
    wanted = dict(_state(model, optimizer, average))
    chance = {"step": torch.tensor(0), "generator": generator.get_state()}
    faults = "; ".join(_faults(files, wanted | chance))
    require("training state", str(file), not faults, faults)
    tensors = dict(files.read())
    whole = checksum(tensors) == files.metadata.get(CHECKSUM)
    rule = "its content is not what was saved: the checksum differs"
    require("training state", str(file), whole, rule)
    step = int(tensors.pop("step"))
    rule = f"the run in {str(file.parent)!r} has done {step} already"
    require("steps", most_steps, step <= most_steps, rule)
    require_finite("training state", str(file), tensors)
    generator.set_state(tensors.pop("generator"))
    model.load_state_dict({name: tensors[name] for name in model.state_dict()})
    for name, mean in average.items():
        mean.copy_(tensors[f"{name}.{AVERAGE}"])
    for name, weight in model.named_parameters():
        kinds = ("step", *MOMENTS)
        optimizer.state[weight] = {kind: tensors[f"{name}.{kind}"] for kind in kinds}
    return step


def _faults(files: TensorFiles, wanted: Mapping[str, Tensor]) -> Iterator[str]:
    """Yield every way in which a file is not this model's."""
    for name, tensor in wanted.items():
        if name not in files.headers:
            yield f"{name} is missing"
            continue
        found = files.headers[name]
        if found.shape != tuple(tensor.shape):
            yield f"{name} has shape {found.shape}, must be {tuple(tensor.shape)}"
        if found.dtype != STATE_TYPES[tensor.dtype]:
            yield f"{name} has type {found.dtype}, must be {STATE_TYPES[tensor.dtype]}"
    yield from (f"{name} is extra" for name in files.headers if name not in wanted)


STATE_TYPES = {**TYPE_NAMES, torch.int64: "I64", torch.uint8: "U8"}
"""What safetensors calls the types of a state."""
