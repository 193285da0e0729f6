"""Words of a picture or a table, and the box around them: finding, note, source.

A picture or a table that is wider than a phone scrolls in a box of its own, which the
keyboard reaches and which its caption names. The caption stays outside of it, so that
it is whole at every width.
"""

import hashlib
import html
import re
from typing import Literal

Kind = Literal["figure", "table"]

_SENTENCE_END = re.compile(r"(?<=[a-z0-9%)”])(?<!\bvs)(?<!\be\.g)[.!?] (?=[A-Z“])")


def parts(caption: str) -> tuple[str, str]:
    """Split a caption into its finding, the first sentence, and the note after it.

    Examples
    --------
    >>> parts("Most is experts. One square is a billion.")
    ('Most is experts.', 'One square is a billion.')
    >>> parts("Rules of the U.S. Department by day")
    ('Rules of the U.S. Department by day', '')
    """
    end = _SENTENCE_END.search(caption)
    if end is None:
        return caption, ""
    return caption[: end.end()].rstrip(), caption[end.end() :]


def framed(kind: Kind, content: str, *, caption: str, source: str = "") -> str:
    """Return a picture or a table in its scrolling box, with its caption outside.

    The caption of a picture stands below it, that of a table above. `content` is HTML;
    caption and source are escaped.

    Examples
    --------
    >>> print(framed("table", "<table></table>", caption="Two & two."))
    <figure class="ex-figure" data-kind="table"><figcaption id="table-d65c9543">\
<span class="ex-finding">Two &amp; two.</span></figcaption>\
<div class="ex-scroll" role="region" tabindex="0" aria-labelledby="table-d65c9543">\
<table></table></div></figure>
    """
    digest = hashlib.sha256(f"{caption}{source}".encode()).hexdigest()[:8]
    name = f"{kind}-{digest}"
    words = f'<figcaption id="{name}">{_words(caption, source)}</figcaption>'
    box = (
        '<div class="ex-scroll" role="region" tabindex="0"'
        f' aria-labelledby="{name}">{content}</div>'
    )
    inside = words + box if kind == "table" else box + words
    return f'<figure class="ex-figure" data-kind="{kind}">{inside}</figure>'


def _words(caption: str, source: str) -> str:
    finding, note = parts(caption)
    named = source and not source.startswith("Source")
    whence = f"Source: {source}" if named else source
    said = {"finding": finding, "note": note, "source": whence}
    return " ".join(
        f'<span class="ex-{part}">{html.escape(text)}</span>'
        for part, text in said.items()
        if text
    )
