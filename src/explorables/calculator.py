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
from typing import Any, Generic, ParamSpec, TypedDict, TypeVar, cast

from explorables.arguments import Described, described_in
from explorables.controls import Control
from explorables.panel import Curve, Explorable, Value

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """What takes the place of a default once the scenario is not the first one."""

    why: str
    """Reason for the value, or what is missing."""

    value: Value | None = None
    """None where there is none to assume, and one must be given."""


class Parts(TypedDict):
    """What every kind of panel takes of a calculator."""

    id: str
    title: str
    function: Callable[..., object]
    controls: list[Control]
    outputs: Mapping[str, str]
    finding: str
    command: str
    in_view: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Calculator(Generic[P, R]):
    """A question: called like its function, shown as a panel, asked at a prompt.

    Examples
    --------
    >>> from typing import Annotated
    >>> from explorables import Argument
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

    in_view: Sequence[str] = ()
    """Those of them that a panel shows at once: what a reader moves first."""

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
            Described(name=name, default=one.default, about=described_in(hints[name]))
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

        One that has none outside the first scenario is refused, unless nothing reads
        it there.
        """
        defaults = self.defaults()
        if self.is_elsewhere(given):
            for name, other in self.otherwise.items():
                when = self.argument(name).about.when
                if when and not self.in_effect(when, given):
                    continue
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
        value: object = self.argument(name).default
        if name in self.otherwise and self.is_elsewhere(given):
            value = self.otherwise[name].value
        return given.get(name, value) == option

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
            "in_view": [one.name for one in asked if one.name in self.in_view],
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
    in_view: Sequence[str] = (),
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
            in_view=in_view,
        )
        # What `help` and a signature read; a frozen record cannot be assigned to.
        vars(record).update(
            {name: getattr(function, name) for name in functools.WRAPPER_ASSIGNMENTS},
            __wrapped__=function,
        )
        return record

    return made
