"""The files of a checkpoint: one, or several with an index.

Owns finding them, reading their headers and their tensors, and naming the one
that is missing, truncated or corrupt. Knows nothing of a model.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from dsv3.model.configuration import require

WEIGHTS_NAME = "model.safetensors"
INDEX_NAME = "model.safetensors.index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of a tensor before it is read."""

    file: Path
    """The file that holds it."""

    shape: tuple[int, ...]
    """Its sizes."""

    dtype: str
    """Its type, as safetensors spells it."""


class TensorFiles:
    """The tensors of a checkpoint, known by their headers, read on demand.

    Parameters
    ----------
    source
        A safetensors file, or a folder with one or with several and an index.

    Raises
    ------
    ValueError
        If a file is missing, truncated or corrupt, or the index does not agree
        with the files. The message names the file.
    """

    def __init__(self, source: Path) -> None:
        self.name = repr(str(source))
        self.headers: dict[str, Header] = {}
        index = source / INDEX_NAME
        if not source.is_dir():
            self.headers = _headers(source)
        elif not index.exists():
            self.headers = _headers(source / WEIGHTS_NAME)
        else:
            weight_map = _weight_map(index)
            for file in sorted(set(weight_map.values())):
                self.headers |= _headers(source / file)
            found = {name: header.file.name for name, header in self.headers.items()}
            wrong = sorted(
                name
                for name in weight_map.keys() | found.keys()
                if weight_map.get(name) != found.get(name)
            )
            rule = f"the files disagree about {', '.join(wrong)}"
            require("index", str(index), not wrong, rule)

    def read(self) -> Iterator[tuple[str, Tensor]]:
        """Yield every tensor with its name, file by file.

        Yields
        ------
        tuple
            Name and tensor.
        """
        for file in sorted({header.file for header in self.headers.values()}):
            with _opened(file) as tensors:
                for name in tensors.keys():  # noqa: SIM118 - no mapping
                    yield name, tensors.get_tensor(name)


def _opened(file: Path) -> safe_open:
    """Open a file, or say which one cannot be read and why."""
    require("checkpoint", str(file), file.is_file(), "there is no such file")
    try:
        return safe_open(file, framework="pt")
    except (SafetensorError, OSError) as error:
        reason = " ".join(str(error).split())
        message = f"checkpoint is {str(file)!r}: truncated or corrupt ({reason})"
        raise ValueError(message) from None


def _headers(file: Path) -> dict[str, Header]:
    headers = {}
    with _opened(file) as tensors:
        for name in tensors.keys():  # noqa: SIM118 - no mapping
            part = tensors.get_slice(name)
            shape, dtype = tuple(part.get_shape()), str(part.get_dtype())
            headers[name] = Header(file=file, shape=shape, dtype=dtype)
    return headers


def _weight_map(index: Path) -> dict[str, str]:
    """Return which file holds each tensor, as the index says."""
    rule = "must be a JSON object with a weight_map of names to file names"
    try:
        weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        files = dict(weight_map)
    except (ValueError, KeyError, TypeError):
        message = f"index is {str(index)!r}: {rule}"
        raise ValueError(message) from None
    # A name with a folder in it could reach outside the checkpoint.
    plain = all(
        isinstance(file, str) and file == Path(file).name for file in files.values()
    )
    require("index", str(index), plain, rule)
    return files
