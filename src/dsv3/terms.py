"""The words of the book: what each means, how it is written, and where it is explained.

The glossary, the definitions that a page shows, the entries of the search and the check
of the book's words all read them.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from dsv3.facts import RECORD_RULES, read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of the field."""

    __pydantic_config__: ClassVar[dict[str, object]] = dict(RECORD_RULES)
    name: str
    definition: str
    """One plain sentence."""

    chapter: str
    """Page of the book that explains it, without ``book/`` and ending."""

    abbreviation: str = ""
    aliases: tuple[str, ...] = ()
    """Other spellings that a page may use."""

    searches: tuple[str, ...] = ()
    """What a reader may type who looks for it."""

    pages: tuple[str, ...] = ()
    """Pages on which the word has this meaning; empty for all."""

    replaces: tuple[str, ...] = ()
    """Home-made words that the book does not use for it."""

    def __post_init__(self) -> None:
        """Refuse a definition that is no single sentence."""
        if not re.fullmatch(r"[A-Z0-9][^.]*(?:\.\d[^.]*)*\.", self.definition):
            message = (
                f"definition of {self.name} is {self.definition!r}: "
                "one sentence, with a capital first and a full stop last"
            )
            raise ValueError(message)

    @property
    def anchor(self) -> str:
        """Address on the page of the glossary.

        Examples
        --------
        >>> find_term("MLA").anchor
        'term-multi-head-latent-attention'
        """
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def spellings(self) -> tuple[str, ...]:
        """All that stands for the term in a text: name, abbreviation, aliases.

        Examples
        --------
        >>> find_term("KV cache").spellings
        ('KV cache', 'key-value cache')
        """
        return tuple(filter(None, [self.name, self.abbreviation, *self.aliases]))

    def is_meant_on(self, page: str) -> bool:
        """Tell whether the word has this meaning on a page."""
        return not self.pages or page in self.pages


@cache
def terms() -> tuple[Term, ...]:
    """Return every term, in the order of the alphabet.

    Examples
    --------
    >>> [term.name for term in terms()][:3]
    ['1F1B', 'ablation', 'acceptance rate']
    """
    found = read_records("terms.yaml", Term, name_field="name")
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def find_term(spelling: str) -> Term:
    """Return the term that a name, an abbreviation or an alias stands for.

    Raises
    ------
    ValueError
        If no term is spelt so.
    """
    for term in terms():
        if spelling in term.spellings:
            return term
    message = f"spelling is {spelling!r}: no term of the book is spelt so"
    raise ValueError(message)
