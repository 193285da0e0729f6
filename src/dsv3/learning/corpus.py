"""Real text that every machine has: Python's own sources and help texts.

Each byte is a token, and :data:`MARK` stands before every text.
"""

import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from pydoc_data.topics import topics

import torch
from torch import Tensor

from explorables.arithmetic import require

MARK = 256
"""The token before every text; the others are the 256 bytes."""

FILL_BEGIN, FILL_HOLE, FILL_END = MARK + 1, MARK + 2, MARK + 3
"""Tokens around the parts of a text whose middle comes last; no file has them."""

HELD_OUT_EVERY = 10
"""One file in so many is kept for judging and never trained on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts as tokens, end to end."""

    training: Tensor
    """Tokens to learn from; the held-out ones are of other files."""

    held_out: Tensor


def library_files(limit_bytes: int) -> Iterator[Path]:
    """Yield the standard library's top files, by name, up to about so many bytes.

    The help texts of the language come first; tests and installed packages are left
    out. Names and contents differ a little between Python's versions.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    held = 0
    for file in (folder / "pydoc_data" / "topics.py", *sorted(folder.glob("*.py"))):
        if held >= limit_bytes:
            return
        if file.is_file() and file.stat().st_size:
            held += file.stat().st_size
            yield file


def library_corpus(limit_bytes: int = 4_000_000) -> Corpus:
    """Return Python's own sources and help texts as tokens, about so many."""
    texts = [_tokens(file) for file in library_files(limit_bytes)]
    rule = f"this Python has fewer than {HELD_OUT_EVERY} source files"
    require("corpus", len(texts), len(texts) >= HELD_OUT_EVERY, rule)
    held_out = texts[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]
    training = [t for n, t in enumerate(texts, start=1) if n % HELD_OUT_EVERY]
    return Corpus(training=torch.cat(training), held_out=torch.cat(held_out))


def help_texts() -> dict[str, Tensor]:
    """Return the help texts of the language, a document each, by their names.

    They are what ``help("with")`` and its like print.

    Examples
    --------
    >>> bytes(help_texts()["with"][1:21].tolist())
    b'The "with" statement'
    """
    return {name: document(text.encode()) for name, text in sorted(topics.items())}


def document(text: bytes) -> Tensor:
    """Return a text's bytes as tokens, with the mark before them.

    Examples
    --------
    >>> document(b"Hi").tolist()
    [256, 72, 105]
    """
    return torch.tensor([MARK, *text])


def _tokens(file: Path) -> Tensor:
    """Return a file's bytes as tokens, with the mark before them."""
    # A bytearray, because a tensor over bytes that cannot change draws a warning.
    content = torch.frombuffer(bytearray(file.read_bytes()), dtype=torch.uint8)
    return torch.cat((torch.tensor([MARK]), content.long()))


def windows(
    text: Tensor, *, batch: int, size: int, generator: torch.Generator
) -> Tensor:
    """Return pieces of a text from random places.

    The text is tokens end to end, or rows of them, which are taken whole: `size` is
    theirs then.
    """
    if text.dim() == 2:
        rule = f"must be {text.shape[1]}, as many as the rows have"
        require("size", size, size == text.shape[1], rule)
        return text[torch.randint(0, len(text), (batch,), generator=generator)]
    rule = f"must be at most the text's {len(text)} tokens"
    require("size", size, size <= len(text), rule)
    places = torch.randint(0, len(text) - size + 1, (batch, 1), generator=generator)
    return text[places + torch.arange(size)]
