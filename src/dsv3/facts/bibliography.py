"""The bibliography of the book, written from the sources in BibTeX."""

from collections.abc import Iterable

from dsv3.facts.schema import Source

_HEADER = (
    "% Written by `python -m dsv3.facts`; edit src/dsv3/data/sources.yaml instead.\n"
)

_ESCAPES = {"&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_"}
_REFUSED = "$\\{}~^"


def _escaped(text: str) -> str:
    r"""Escape what BibTeX would take for markup.

    Readers of BibTeX disagree on how to escape the remaining signs, so a source is
    written without them.

    Examples
    --------
    >>> _escaped("R&D, 5%")
    'R\\&D, 5\\%'
    """
    for letter in _REFUSED:
        if letter in text:
            message = f"text is {text!r}: write it without {letter!r} in a source"
            raise ValueError(message)
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def _authors(source: Source) -> str:
    """Join authors; braces keep an organisation's name from being taken apart."""
    names = [
        _escaped(name) if "," in name or name == "others" else f"{{{_escaped(name)}}}"
        for name in source.authors
    ]
    return " and ".join(names)


def _note(source: Source) -> str:
    read = f"Read {source.read}"
    return f"{read} via {source.via}" if source.via else read


def _entry(source: Source) -> str:
    fields = {
        "author": _authors(source),
        "title": "{" + _escaped(source.title) + "}",
        "howpublished": _escaped(source.publisher),
        "year": str(source.year or "undated"),
        "url": source.url,
        "note": _escaped(_note(source)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{source.key},", *lines, "}"])


def bibtex(sources: Iterable[Source]) -> str:
    """Write sources as a BibTeX file, sorted by key.

    The same sources always give the same text.
    """
    entries = [_entry(source) for source in sorted(sources, key=lambda one: one.key)]
    return "\n\n".join([_HEADER.rstrip(), *entries]) + "\n"
