"""Make one small stylesheet out of many large ones.

Owns the reading of CSS text into rules, and the removal of rules that can match
nothing in the book. It knows nothing of Sphinx, of themes or of files.

A selector stays when each of its classes and ids is a word somewhere in the pages or
in their scripts. That keeps too much rather than too little: a class that a script
adds later is a word of that script.
"""

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LICENCE = re.compile(r"/\*!.*?\*/", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_STATE = re.compile(r":(?:not|is|where|has)\(.*?\)|\[[^\]]*\]")
_NAME = re.compile(r"[.#]((?:\\.|[\w-])+)")
_DROPPED_AT_RULES = ("@font-face", "@charset", "@import")


def words(text: str) -> set[str]:
    """Return every word that could be a class name or an id.

    Examples
    --------
    >>> sorted(words('<p class="bd-article x1">'))
    ['bd-article', 'class', 'p', 'x1']
    """
    return set(_WORD.findall(text))


def pruned(css: str, used: set[str]) -> str:
    """Return the stylesheet without the rules that match nothing.

    Parameters
    ----------
    css
        A stylesheet.
    used
        Every word of the pages and of their scripts.

    Returns
    -------
    str
        The same rules in the same order, less those whose classes or ids are not
        used, less web fonts and imports. Licences, whose commas would look like
        those between selectors, come first.

    Examples
    --------
    >>> pruned(".a{x:1}.b,.a b{x:2}@media print{.b{x:3}}", {"a"})
    '.a{x:1}.a b{x:2}'
    >>> pruned("/*! (c) A, B #c */ .a{x:1}", {"a"})
    '/*! (c) A, B #c */.a{x:1}'
    """
    licences = "".join(_LICENCE.findall(css))
    return licences + "".join(_kept(_COMMENT.sub("", css), used))


def _kept(css: str, used: set[str]) -> Iterator[str]:
    """Yield the rules to keep, each as text."""
    for prelude, body in _rules(css):
        if prelude.startswith(_DROPPED_AT_RULES):
            continue
        if body is None:
            yield f"{prelude};"
        elif prelude.startswith(("@media", "@supports", "@container", "@layer")):
            inner = "".join(_kept(body, used))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        else:
            selectors = [s for s in _split(prelude) if _can_match(s, used)]
            if selectors and body.strip():
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield each top-level rule as its prelude and its body."""
    start = 0
    while start < len(css):
        brace, semicolon = _find(css, "{", start), _find(css, ";", start)
        if brace == semicolon:
            return
        if semicolon < brace:
            prelude = css[start:semicolon].strip()
            start = semicolon + 1
            if prelude:
                yield prelude, None
            continue
        end = _closing_brace(css, brace)
        yield css[start:brace].strip(), css[brace + 1 : end].strip()
        start = end + 1


def _find(css: str, mark: str, start: int) -> int:
    """Return where a mark stands next, or the length of the text."""
    position = css.find(mark, start)
    return len(css) if position < 0 else position


def _closing_brace(css: str, opening: int) -> int:
    """Return the position of the brace that closes another, minding quotes."""
    depth, quote = 0, ""
    for position in range(opening, len(css)):
        sign = css[position]
        if quote:
            quote = "" if sign == quote and css[position - 1] != "\\" else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return position
    return len(css)


def _split(prelude: str) -> Iterator[str]:
    """Yield the selectors of a list, minding the commas inside brackets."""
    depth, start = 0, 0
    for position, sign in enumerate(prelude):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield prelude[start:position].strip()
            start = position + 1
    yield prelude[start:].strip()


def _can_match(selector: str, used: set[str]) -> bool:
    """Return whether every class and id of a selector is in use."""
    names = _NAME.findall(_STATE.sub("", selector))
    return all(name.replace("\\", "") in used for name in names)
