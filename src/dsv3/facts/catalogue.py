"""Records by name: read once, kept in order, and the nearest for a wrong name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from explorables.arithmetic import nearest_names

Record = TypeVar("Record")


def _no_aliases(_record: object) -> Iterable[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Catalogue(Generic[Record]):
    """Records of one kind by name; they are read when the first is asked for.

    Examples
    --------
    >>> sizes = Catalogue(noun="size", read=lambda: {"small": 1, "large": 9})
    >>> sizes.names, sizes.record("large")
    (('small', 'large'), 9)
    >>> sizes.record("larger")
    Traceback (most recent call last):
        ...
    ValueError: size is 'larger': there is none; nearest: large; all: large, small
    """

    noun: str
    """What a record is, for the message."""

    read: Callable[[], Mapping[str, Record]]
    """Reads the records, in the order in which they are listed."""

    spelling: Callable[[str], str] = str
    """Brings names to the form in which they are compared."""

    aliases: Callable[[Record], Iterable[str]] = _no_aliases

    @cached_property
    def by_name(self) -> Mapping[str, Record]:
        """Every record by its name."""
        return self.read()

    @cached_property
    def _by_spelling(self) -> Mapping[str, Record]:
        names: dict[str, Record] = {}
        for name, record in self.by_name.items():
            for known in (name, *self.aliases(record)):
                names.setdefault(self.spelling(known), record)
        return names

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(self.by_name)

    def record(self, name: str) -> Record:
        """Return the record of a name or alias; a wrong name is told the nearest."""
        spelled = self.spelling(name)
        if spelled not in self._by_spelling:
            near = nearest_names(name, self.by_name, spelling=self.spelling)
            message = f"{self.noun} is {name!r}: there is none; {near}"
            raise ValueError(message)
        return self._by_spelling[spelled]
