"""One argument of a question: what it is called, what it means, what it may be.

`Argument` stands in the annotation of a function; `Described` is that with the name
and the default of the signature, and becomes a control or refuses a value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from explorables.controls import Choice, Control, Scale, Slider, Toggle
from explorables.panel import Value
from explorables.quantities import Unit, unit_of

Options = Sequence[str] | Mapping[str, str]
"""Names, or names with the words that readers see for them."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a reader needs to know of one argument; stands in its annotation.

    Examples
    --------
    >>> Argument("Rent", "Price of one GPU for one hour.", low=0.5, high=15).label
    'Rent'
    """

    label: str

    help: str
    """One sentence: what it is, and what it does not hold."""

    low: float | None = None
    """Left end of a slider; without ends a number is no control of a panel."""

    high: float | None = None

    step: float | None = None
    """Distance between the values that the slider stops at."""

    scale: Scale | None = None
    """Logarithmic or linear; decided by the span when left out."""

    options: Options | Callable[[], Options] = ()
    """Names to choose from, or a function that lists them."""

    offered: Options | Callable[[], Options] = ()
    """Those of the names that a panel offers, where it cannot offer all."""

    unit: str = ""
    """A name whose ending says the unit; the argument's own when left out."""

    when: tuple[str, str] | None = None
    """Another argument and its option without which this one changes nothing."""

    file: bool = False
    """Whether an object read from a file may take the place of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An argument of a calculator with its name and default."""

    name: str

    default: Value
    """Value in the first scenario."""

    about: Argument

    @property
    def unit(self) -> Unit:
        """Unit of a number."""
        return unit_of(self.about.unit or self.name)

    @property
    def options(self) -> Options:
        """Names to choose from; none for a number or a switch."""
        return _named(self.about.options)

    @property
    def offered(self) -> Options:
        """Names that a panel offers."""
        return _named(self.about.offered) or self.options

    @property
    def whole(self) -> bool:
        """Whether only whole numbers have a meaning, by the unit."""
        return isinstance(self.default, int | float) and self.unit.style == "integer"

    def check(self, value: object) -> None:
        """Refuse a fraction where only whole numbers have a meaning; an odd name."""
        if isinstance(self.default, bool) and not isinstance(value, bool):
            message = f"{self.name} is {value!r}: must be True or False"
            raise ValueError(message)
        fraction = isinstance(value, int | float) and value != value // 1
        if self.whole and fraction:
            message = f"{self.name} is {value}: must be a whole number"
            raise ValueError(message)
        if isinstance(value, str) and self.options and value not in self.options:
            message = f"{self.name} is {value!r}: {_choices(value, self.options)}"
            raise ValueError(message)

    def control(self) -> Control:
        """Return the control of a panel; a number without ends has none."""
        about, default = self.about, self.default
        if isinstance(default, bool):
            return Toggle(self.name, default=default, label=about.label)
        if isinstance(default, str):
            return Choice(
                self.name, options=self.offered, default=default, label=about.label
            )
        if about.low is None or about.high is None:
            message = f"{self.name} has no range: it cannot be a slider"
            raise ValueError(message)
        return Slider(
            self.name,
            low=about.low,
            high=about.high,
            default=default,
            step=about.step,
            scale=about.scale,
            label=about.label,
            unit=about.unit,
            when=about.when,
        )

    @property
    def controllable(self) -> bool:
        """Whether a panel can offer it."""
        return isinstance(self.default, bool | str) or self.about.low is not None


FEW = 12
"""Most choices that a help text lists whole."""

MOST_LISTED = 40
"""Most choices that a message lists whole, with the nearest first."""


def _choices(value: str, options: Options) -> str:
    few = len(options) <= FEW
    near = [] if few else get_close_matches(value, options, n=3, cutoff=0.4)
    others = list(options) if len(options) <= MOST_LISTED else list(options)[:FEW]
    names = near or others
    # A name that holds a comma could not be told from two.
    quoted = any("," in name for name in names)
    named = ", ".join(map(repr, names) if quoted else names)
    if few:
        return f"must be one of {named}"
    return f"no such name; {'nearest' if near else 'there are'} {named}"


def _named(options: Options | Callable[[], Options]) -> Options:
    return options() if callable(options) else options


def described_in(hint: object) -> Argument:
    """Return the `Argument` that an annotation holds.

    Raises
    ------
    TypeError
        If it holds none.
    """
    for one in getattr(hint, "__metadata__", ()):
        if isinstance(one, Argument):
            return one
    message = f"annotation is {hint!r}: must hold an Argument"
    raise TypeError(message)
