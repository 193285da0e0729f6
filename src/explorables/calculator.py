"""A question a reader may ask, as one record: a function and what to say about it.

The signature of the function is the record. Each argument has its default, which is the
scenario that the question is asked of first, and its `Argument`. Panels, commands,
reference pages and tests read them from here, so that no label is written twice.
"""

import functools
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar, cast

from explorables.controls import Choice, Control, Scale, Slider, Toggle
from explorables.panel import Curve, Explorable, Value
from explorables.quantities import Unit, unit_of

P = ParamSpec("P")
R = TypeVar("R")

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
class Otherwise:
    """What takes the place of a default once the scenario is not the first one."""

    why: str
    """Reason for the value, or what is missing."""

    value: Value | None = None
    """None where there is none to assume, and one must be given."""


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


class Parts(TypedDict):
    """What every kind of panel takes of a calculator."""

    id: str
    title: str
    function: Callable[..., object]
    controls: list[Control]
    outputs: Mapping[str, str]
    finding: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Calculator(Generic[P, R]):
    """A question: called like its function, shown as a panel, asked at a prompt.

    Examples
    --------
    >>> from typing import Annotated
    >>> @calculator(command="demo rent", title="Rent", summary="Hours at a rate.")
    ... def rent(
    ...     *,
    ...     gpu_hours: Annotated[float, Argument("Hours", "Sum.", 1e5, 1e7)] = 1e6,
    ...     usd_per_gpu_hour: Annotated[float, Argument("Rate", "Rent.", 0.5, 9)] = 2.0,
    ... ) -> dict[str, float]:
    ...     return {"total_usd": gpu_hours * usd_per_gpu_hour}
    >>> rent(usd_per_gpu_hour=3.0)
    {'total_usd': 3000000.0}
    >>> [argument.about.label for argument in rent.arguments]
    ['Hours', 'Rate']
    >>> rent.panel().defaults()
    {'total_usd': 2000000.0}
    """

    function: Callable[P, R]
    """Function of keyword arguments, each with a default and an `Argument`."""

    command: str
    """Command that answers the same, the program's name first."""

    title: str

    summary: str
    """One line that says what is answered."""

    outputs: Mapping[str, str] = field(default_factory=dict)
    """Results that a panel shows, the headline first, with their labels."""

    finding: str = ""
    curve: Curve | None = None

    presets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Other scenarios by name: values for some arguments."""

    page: str = ""
    """Page of the book that shows the panel, from its root and without an ending."""

    scenario_of: str = ""
    """Argument whose default the other defaults belong to, if one is."""

    otherwise: Mapping[str, Otherwise] = field(default_factory=dict)
    """What takes the place of defaults once that argument is not at its own."""

    controls: Sequence[str] = ()
    """Arguments that a panel offers, in order; all that it can if empty."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer, for changes against the scenario."""
        self.check(kwargs)
        answer = cast("Callable[..., R]", self.function)
        return answer(*args, **self.assumptions(kwargs), **kwargs)

    @functools.cached_property
    def arguments(self) -> tuple[Described, ...]:
        """The arguments in order."""
        hints = typing.get_type_hints(self.function, include_extras=True)
        return tuple(
            Described(name=name, default=one.default, about=_about(hints[name]))
            for name, one in inspect.signature(self.function).parameters.items()
        )

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    def argument(self, name: str) -> Described:
        """Return an argument by its name."""
        return next(one for one in self.arguments if one.name == name)

    def defaults(self) -> dict[str, Any]:
        """Return the first scenario."""
        return {one.name: one.default for one in self.arguments}

    def assumptions(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Return a value for every argument that was not given.

        One that has none outside the first scenario is refused.
        """
        defaults = self.defaults()
        if self.is_elsewhere(given):
            for name, other in self.otherwise.items():
                if other.value is None and name not in given:
                    message = f"{name} is missing: it must be given, since {other.why}"
                    raise ValueError(message)
                defaults[name] = other.value
        return {name: value for name, value in defaults.items() if name not in given}

    def is_elsewhere(self, given: Mapping[str, object]) -> bool:
        """Return whether the scenario is another than the first."""
        if not self.scenario_of:
            return False
        first = self.argument(self.scenario_of).default
        value = given.get(self.scenario_of, first)
        return not isinstance(value, str) or value != first

    def check(self, given: Mapping[str, object]) -> None:
        """Refuse what no argument can be, and what would change nothing."""
        for one in self.arguments:
            if one.name not in given:
                continue
            value = given[one.name]
            one.check(value)
            if one.about.when and not self.in_effect(one.about.when, given):
                name, option = one.about.when
                message = (
                    f"{one.name} is {value}: it takes effect only where {name} is "
                    f"{option!r}"
                )
                raise ValueError(message)

    def in_effect(self, when: tuple[str, str], given: Mapping[str, object]) -> bool:
        """Return whether an argument that another one's option reads is read."""
        name, option = when
        return given.get(name, self.argument(name).default) == option

    def out_of_reach(self) -> dict[str, Value]:
        """Return the defaults of arguments that no panel can offer."""
        return {one.name: one.default for one in self.arguments if not one.controllable}

    def parts(self, *names: str, start: Mapping[str, Value] | None = None) -> Parts:
        """Return what any kind of panel needs: all controls, or those named.

        ``start`` gives controls another value to begin with than the scenario's.
        """
        begin = start or {}
        asked = [self.argument(name) for name in names or self.controls] or [
            one for one in self.arguments if one.controllable
        ]
        return {
            "id": self.name.replace("_", "-"),
            "title": self.title,
            "function": self.function,
            "controls": [
                replace(one, default=begin.get(one.name, one.default)).control()
                for one in asked
            ],
            "outputs": self.outputs,
            "finding": self.finding,
            "command": self.command,
        }

    def panel(
        self,
        *names: str,
        start: Mapping[str, Value] | None = None,
        presets: Mapping[str, Mapping[str, Value]] | None = None,
    ) -> Explorable:
        """Return the panel, with its controls or those named."""
        return Explorable(
            **self.parts(*names, start=start),
            curve=self.curve,
            presets=self.presets if presets is None else presets,
        )

    def sentence(self, id: str, title: str, text: str) -> Explorable:
        """Return a panel whose controls and results stand in a sentence."""
        parts = self.parts()
        parts["id"], parts["title"], parts["finding"] = id, title, ""
        return Explorable(**parts, sentence=text)


FEW = 12
"""Most choices that a message lists whole."""


def _choices(value: str, options: Options) -> str:
    few = len(options) <= FEW
    near = [] if few else get_close_matches(value, options, n=3, cutoff=0.4)
    names = near or list(options)[:FEW]
    # A name that holds a comma could not be told from two.
    quoted = any("," in name for name in names)
    named = ", ".join(map(repr, names) if quoted else names)
    if few:
        return f"must be one of {named}"
    return f"no such name; {'nearest' if near else 'there are'} {named}"


def _named(options: Options | Callable[[], Options]) -> Options:
    return options() if callable(options) else options


def _about(hint: object) -> Argument:
    for one in getattr(hint, "__metadata__", ()):
        if isinstance(one, Argument):
            return one
    message = f"annotation is {hint!r}: must hold an Argument"
    raise TypeError(message)


def calculator(
    *,
    command: str,
    title: str,
    summary: str,
    outputs: Mapping[str, str] | None = None,
    finding: str = "",
    curve: Curve | None = None,
    presets: Mapping[str, Mapping[str, Value]] | None = None,
    page: str = "",
    scenario_of: str = "",
    otherwise: Mapping[str, Otherwise] | None = None,
    controls: Sequence[str] = (),
) -> Callable[[Callable[P, R]], Calculator[P, R]]:
    """Make a calculator of a function whose arguments are described.

    The parameters are the fields of `Calculator`.
    """

    def made(function: Callable[P, R]) -> Calculator[P, R]:
        record = Calculator(
            function=function,
            command=command,
            title=title,
            summary=summary,
            outputs=outputs or {},
            finding=finding,
            curve=curve,
            presets=presets or {},
            page=page,
            scenario_of=scenario_of,
            otherwise=otherwise or {},
            controls=controls,
        )
        # What `help` and a signature read; a frozen record cannot be assigned to.
        vars(record).update(
            {name: getattr(function, name) for name in functools.WRAPPER_ASSIGNMENTS},
            __wrapped__=function,
        )
        return record

    return made
