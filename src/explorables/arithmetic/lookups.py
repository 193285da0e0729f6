"""Reading a table at a name that may be recorded: a number, or a whole record.

Also what a wrong name is told. The table is plain; only the name may be recorded.
"""

import dataclasses
import difflib
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from explorables.arithmetic.operations import Choice, Number
from explorables.arithmetic.recorded import Recorded, RecordedChoice
from explorables.arithmetic.recorder import TracingError

FEW_NAMES = 12
"""Up to so many names are all said to a reader who gave a wrong one."""

Record = TypeVar("Record")


def lookup(
    choice: Choice, table: Mapping[str, Number], *, name: str = "choice"
) -> Number:
    """Read a table, which has a number for every name, at a chosen one.

    `name` is the argument that the choice was given as, for the message.

    Examples
    --------
    >>> lookup("b", {"a": 1.0, "b": 2.0})
    2.0
    >>> lookup("c", {"a": 1.0, "b": 2.0}, name="letter")
    Traceback (most recent call last):
        ...
    ValueError: letter is 'c': must be one of a, b
    """
    if not isinstance(choice, RecordedChoice):
        return table[known_name(choice, table, name=name)]
    entries = [table[known_name(one, table, name=name)] for one in choice.options]
    recorder = choice.recorder
    places = [recorder.operand(entry) for entry in entries]
    if len(set(places)) == 1:
        return entries[0]
    return Recorded(recorder, recorder.add("lookup", recorder.place(choice), *places))


def lookup_record(
    choice: Choice, records: Mapping[str, Record], *, name: str = "choice"
) -> Record:
    """Read a whole record at a chosen name.

    For a recorded choice the result reads like the record: its numbers, whether fields,
    properties or what methods return, are looked up when they are asked for, and a
    record inside it reads the same way. What is neither may be asked for where it is
    the same in all records.

    Examples
    --------
    >>> import fractions
    >>> halves = {"one": fractions.Fraction(1, 2), "three": fractions.Fraction(3, 2)}
    >>> lookup_record("three", halves).numerator
    3
    """
    if not isinstance(choice, RecordedChoice):
        return records[known_name(choice, records, name=name)]
    options = {
        one: records[known_name(one, records, name=name)] for one in choice.options
    }
    return cast("Record", _RecordAtChoice(choice, options))


class _RecordAtChoice:
    """A record that reads like the one the reader chose."""

    __slots__ = ("_choice", "_options")

    def __init__(self, choice: RecordedChoice, options: Mapping[str, Any]) -> None:
        self._choice = choice
        self._options = options

    def __getattr__(self, field: str) -> Any:
        found = {name: getattr(one, field) for name, one in self._options.items()}
        return _at_choice(self._choice, found, field)


def _at_choice(choice: RecordedChoice, found: Mapping[str, Any], field: str) -> Any:
    """Return one value that stands for one of each record."""
    values = list(found.values())
    first = values[0]
    if all(_is_number(one) for one in values):
        return lookup(choice, found)
    if dataclasses.is_dataclass(first) or isinstance(first, _RecordAtChoice):
        return _RecordAtChoice(choice, found)
    if isinstance(first, tuple):
        places = range(len(first))
        return tuple(
            _at_choice(choice, {name: one[place] for name, one in found.items()}, field)
            for place in places
        )
    if callable(first):

        def asked(*given: Any, **named: Any) -> Any:
            told = {name: method(*given, **named) for name, method in found.items()}
            return _at_choice(choice, told, field)

        return asked
    if all(one == first for one in values):
        return first
    message = (
        f"{field} of a recorded choice is no number: only numbers can be looked up"
    )
    raise TracingError(message)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Recorded) and not isinstance(value, bool)


def known_name(name_given: str, known: Collection[str], *, name: str) -> str:
    """Return a name if it is known; say what there is if it is not."""
    if name_given in known:
        return name_given
    if len(known) <= FEW_NAMES:
        rule = f"must be one of {', '.join(known)}"
    else:
        rule = f"there is none; {nearest_names(str(name_given), known)}"
    message = f"{name} is {name_given!r}: {rule}"
    raise ValueError(message)


def nearest_names(
    name: str, known: Collection[str], *, spelling: Callable[[str], str] = str
) -> str:
    """Name the known names that look most like a wrong one, for an error message.

    All of them are named where there are few. They are compared as `spelling` makes
    them.

    Examples
    --------
    >>> nearest_names("v3.token", ["v3.tokens", "v2.layers"])
    'nearest: v3.tokens; all: v2.layers, v3.tokens'
    >>> nearest_names("zzz", ["b", "a"])
    'known: a, b'
    """
    options = sorted(known)
    few = len(options) <= FEW_NAMES
    spelled = {spelling(option): option for option in options}
    close = difflib.get_close_matches(spelling(name), spelled, n=3, cutoff=0.5)
    if close:
        every = f"; all: {', '.join(options)}" if few else ""
        return f"nearest: {', '.join(spelled[one] for one in close)}{every}"
    return f"known: {', '.join(options if few else [*options[:8], '...'])}"
