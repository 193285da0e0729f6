"""The files of a checkpoint: one, or several with an index.

Reading names the file that is missing, truncated or corrupt; writing leaves the old
ones until the new are whole.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorables.arithmetic import require

WEIGHTS_NAME = "model.safetensors"
INDEX_NAME = "model.safetensors.index.json"

PARTIAL_SUFFIX = ".partial"
"""Ending of the folder in which a file is still being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of a tensor before it is read."""

    file: Path
    shape: tuple[int, ...]

    dtype: str
    """Its type, as safetensors spells it."""


class TensorFiles:
    """The tensors of a checkpoint, known by their headers, read on demand.

    From a safetensors file, or a folder with one or with several and an index. A file
    that is missing, truncated or corrupt is refused by name, and so is an index that
    does not agree with the files.
    """

    def __init__(self, source: Path) -> None:
        self.name = str(source)
        self.metadata: dict[str, str] = {}
        self.headers: dict[str, Header] = {}
        index = source / INDEX_NAME
        if not source.is_dir():
            self.headers = _headers(source)
            self.metadata = _metadata(source)
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
        """Yield every tensor with its name, file by file."""
        for file in sorted({header.file for header in self.headers.values()}):
            with _opened(file) as tensors:
                for name in tensors.keys():  # noqa: SIM118 - no mapping
                    yield name, tensors.get_tensor(name)


def make_folder(folder: Path) -> Path:
    """Make a folder, if it is not there, and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"folder is {str(folder)!r}: it cannot be made ({reason})"
        raise ValueError(message) from None
    return folder


@contextmanager
def replacing(*files: Path) -> Iterator[tuple[Path, ...]]:
    """Lend a name for each file of a folder; what is written there takes its place.

    If the writing fails, as on a full disk, nothing is replaced and nothing new stays
    behind. Each file changes in one step; several change one after another, without a
    wait. All is written in a folder of its own, since a library may write under a name
    that it draws: what a process killed meanwhile leaves, the next writing removes.
    """
    room = files[0].with_name(files[0].name + PARTIAL_SUFFIX)
    try:
        _empty(room)
        partial = tuple(room / file.name for file in files)
        yield partial
        for written in partial:
            _keep(written)
        for written, file in zip(partial, files, strict=True):
            written.replace(file)
    except (SafetensorError, OSError) as error:
        names = ", ".join(str(file) for file in files)
        reason = " ".join(str(error).split())
        rule = f"it cannot be written, and what was there is as it was ({reason})"
        message = f"file is {names!r}: {rule}"
        raise ValueError(message) from None
    finally:
        rmtree(room, ignore_errors=True)


def _empty(room: Path) -> None:
    """Make a folder, without what an earlier process left under its name."""
    if room.is_dir():
        rmtree(room)
    room.unlink(missing_ok=True)
    room.mkdir()


def _keep(file: Path) -> None:
    """Wait until a file is on the disk: some say only then that they are full.

    It becomes readable to whom a new file is: safetensors keeps its own to the owner.
    """
    file.chmod(file.parent.stat().st_mode & 0o666)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _opened(file: Path) -> safe_open:
    """Open a file, or say which one cannot be read and why."""
    require("checkpoint", str(file), file.is_file(), "there is no such file")
    try:
        return safe_open(file, framework="pt")
    except (SafetensorError, OSError) as error:
        reason = " ".join(str(error).split())
        message = f"checkpoint is {str(file)!r}: truncated or corrupt ({reason})"
        raise ValueError(message) from None


def _metadata(file: Path) -> dict[str, str]:
    """Return the texts that a file carries beside its tensors."""
    with _opened(file) as tensors:
        found: dict[str, str] | None = tensors.metadata()
    return found or {}


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
