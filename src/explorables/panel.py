"""A panel: one Python function that a reader can explore in the page."""

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from explorables import markup
from explorables.arithmetic import Tape, public_name, result_numbers, trace
from explorables.controls import (
    Choice,
    Control,
    Noun,
    Scale,
    Slider,
    Toggle,
    label_of,
    noun_of,
    unit_specification,
)
from explorables.javascript import javascript
from explorables.quantities import Unit, format_number, format_quantity, unit_of

GOLDEN_ROWS = 4
"""Rows computed by Python that the page checks itself against when it mounts."""

_ID = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)

MOST_IN_VIEW = 4
"""Controls that a panel shows before a reader asks for more."""

Value = float | bool | str
"""What a control can be set to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One result drawn over the travel of one slider."""

    x: str
    """Slider on the horizontal axis at first."""

    y: str
    """Result on the vertical axis at first."""

    y_scale: Scale | None = None
    """Decided by the curve when left out."""

    fixed: bool = False
    """Whether readers may not choose another slider and another result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One result as the panel shows it."""

    name: str
    label: str
    unit: Unit

    noun: Noun

    def shown(self, value: float, *, bare: bool = False) -> str:
        """Return a value as the panel writes it, bare without its unit."""
        write = format_number if bare else format_quantity
        return write(value, self.unit)

    def specification(self) -> dict[str, Any]:
        """Return what the runtime needs to know."""
        unit = unit_specification(self.unit)
        return {"name": self.name, "label": self.label, "unit": unit, "noun": self.noun}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorable:
    """A function with controls, live wherever its HTML is shown.

    As the last expression of a notebook cell it shows itself: in JupyterLab, on
    the built page, and in a file opened from disk, with no kernel and no
    network. Without JavaScript, and in print, a table of values is left.

    Examples
    --------
    >>> from explorables import Explorable, Slider
    >>> def rent(*, gpu_hours, usd_per_gpu_hour):
    ...     return {"total_usd": gpu_hours * usd_per_gpu_hour}
    >>> panel = Explorable(
    ...     id="rent",
    ...     title="Rent",
    ...     function=rent,
    ...     controls=[
    ...         Slider("gpu_hours", low=1e5, high=1e7, default=2.788e6),
    ...         Slider("usd_per_gpu_hour", low=0.5, high=10, default=2),
    ...     ],
    ... )
    >>> panel.defaults()["total_usd"]
    5576000.0
    >>> print(panel)
    Rent
      GPU hours             2.788M GPU-hours
      Price per GPU-hour    $2.00 per GPU-hour
      Total                 $5.576M
    """

    id: str
    """Name of the panel in links, unique in the book."""

    title: str

    function: Callable[..., object]
    """Function of keyword arguments that returns numbers with unit-bearing names."""

    controls: Sequence[Control]
    """What readers can move, in order; one control per argument."""

    outputs: Sequence[str] | Mapping[str, str] = ()
    """Results to show, the headline first, with labels if a mapping; all if empty."""

    in_view: Sequence[str] = ()
    """Controls that are shown at once, the others below "More settings"; the first
    `MOST_IN_VIEW` if empty. One that only another's option shows counts there alone."""

    curve: Curve | None = None

    finding: str = ""
    """What the default state shows, as one sentence; readers who scroll read this."""

    sentence: str = ""
    """Text with ``{name}`` for each control or result set into it; ``{name:number}``
    leaves out the unit."""

    presets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """Named scenarios: values for some controls, the others at their defaults."""

    fixed: Mapping[str, object] = field(default_factory=dict)
    """Arguments of the function that no control moves."""

    command: str = ""
    """Command that computes the same, such as ``rent``."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            message = f"id is {self.id!r}: must be lower-case words joined by hyphens"
            raise ValueError(message)
        names = [control.name for control in self.controls]
        if len(set(names)) < len(names):
            message = f"controls of {self.id} repeat a name: {', '.join(names)}"
            raise ValueError(message)
        for control in self.controls:
            if isinstance(control, Slider) and control.when:
                self._check_condition(control.when)
        self._check_in_view(names)
        for preset, values in self.presets.items():
            for name, value in values.items():
                if name not in names:
                    message = f"preset {preset!r} sets {name!r}: no such control"
                    raise ValueError(message)
                self.control(name).check(value)

    def _check_condition(self, when: tuple[str, str]) -> None:
        options = {c.name: c.argument for c in self.controls if isinstance(c, Choice)}
        name, option = when
        if option not in options.get(name, ()):
            message = f"when is {when!r} in {self.id}: must be a choice and its option"
            raise ValueError(message)

    def _check_in_view(self, names: Sequence[str]) -> None:
        for name in self.in_view:
            if name not in names:
                message = f"in_view of {self.id} names {name!r}: no such control"
                raise ValueError(message)
        shown = [name for name in self.in_view if self._is_offered(name)]
        if len(shown) > MOST_IN_VIEW:
            message = (
                f"in_view of {self.id} names {len(shown)} controls: must be "
                f"{MOST_IN_VIEW} at most"
            )
            raise ValueError(message)

    def _is_offered(self, name: str) -> bool:
        """Return whether a control is shown in the default state."""
        control = self.control(name)
        when = control.when if isinstance(control, Slider) else None
        return when is None or self.control(when[0]).default == when[1]

    def under_more(self) -> list[str]:
        """Return the controls that a reader must ask for.

        Those of the sentence stand there, and are in view.
        """
        spoken = {name for _, name, _ in self.sentence_parts()}
        names = [c.name for c in self.controls if c.name not in spoken]
        shown = self.in_view or names[:MOST_IN_VIEW]
        return [name for name in names if name not in shown]

    def control(self, name: str) -> Control:
        """Return the control of an argument."""
        return next(control for control in self.controls if control.name == name)

    def call(self, state: Mapping[str, Value]) -> dict[str, float]:
        """Call the function with plain numbers and return the results shown."""
        numbers = result_numbers(self.function(**state, **self.fixed))
        return {name: float(numbers[name]) for name in self.outputs or numbers}

    def state(self, preset: str = "") -> dict[str, Value]:
        """Return the value of every control, at its default or in a scenario."""
        values = self.presets[preset] if preset else {}
        return {c.name: values.get(c.name, c.default) for c in self.controls}

    def defaults(self) -> dict[str, float]:
        """Return the results of the default state, computed by Python."""
        return self.call(self.state())

    def shown_outputs(self) -> list[Output]:
        """Return the results with their labels and units, the headline first."""
        labels = self.outputs if isinstance(self.outputs, Mapping) else {}
        made = []
        for name in self.defaults():
            unit = unit_of(name)
            label = labels.get(name) or label_of(name, unit)
            made.append(Output(name=name, label=label, unit=unit, noun=noun_of(name)))
        return made

    def tape(self) -> Tape:
        """Trace the function; a control that changes nothing is refused."""
        tape = trace(
            lambda **arguments: self.function(**arguments, **self.fixed),
            {control.name: control.argument for control in self.controls},
            outputs=list(self.outputs),
        )
        for control in self.controls:
            single = isinstance(control, Choice) and len(control.argument) == 1
            if control.name not in tape.used_inputs() and not single:
                message = f"control {control.name!r} of {self.id} changes nothing"
                raise ValueError(message)
        return tape

    def javascript(self) -> str:
        """Return the traced function as the page runs it."""
        return javascript(self.tape())

    def random_state(self, source: random.Random) -> dict[str, Value]:
        """Return values inside every control's range, for tests of parity."""
        return {
            control.name: _random_value(control, source) for control in self.controls
        }

    def specification(self) -> dict[str, Any]:
        """Return everything the runtime needs besides the traced function."""
        outputs = [output.specification() for output in self.shown_outputs()]
        return {
            "id": self.id,
            "controls": [control.specification() for control in self.controls],
            "more": self.under_more(),
            "outputs": outputs,
            "guards": self.guards(),
            "golden": self.golden(),
            "presets": [[name, dict(values)] for name, values in self.presets.items()],
            "curve": self._curve_specification(outputs),
            "command": self.command,
            "call": _dotted_name(self.function),
            "fixed": [f"{name}={value!r}" for name, value in self.fixed.items()],
        }

    def guards(self) -> list[list[Any]]:
        """Return the rules that the page checks: name, rule, options."""
        tape = self.tape()
        return [_guard(tape, position) for position in range(len(tape.guards))]

    def golden(self) -> list[dict[str, Any]]:
        """Return a few rows computed by Python: the defaults, then random states."""
        source = random.Random(self.id)
        states = [self.state()]
        states += [self.random_state(source) for _ in range(GOLDEN_ROWS - 1)]
        return [
            {"given": list(state.values()), "found": self._found(state)}
            for state in states
        ]

    def _found(self, state: Mapping[str, Value]) -> list[float | None] | None:
        """Return results, None for one that does not exist or where none does."""
        try:
            found = self.call(state).values()
        except (ValueError, ArithmeticError):
            return None
        return [value if math.isfinite(value) else None for value in found]

    def _curve_specification(
        self, outputs: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any] | None:
        if self.curve is None:
            return None
        sliders = [c.name for c in self.controls if isinstance(c, Slider)]
        if self.curve.x not in sliders:
            message = f"curve.x is {self.curve.x!r}: must be one of {sliders}"
            raise ValueError(message)
        names = [output["name"] for output in outputs]
        if self.curve.y not in names:
            message = f"curve.y is {self.curve.y!r}: must be one of {names}"
            raise ValueError(message)
        return {
            "x": self.curve.x,
            "y": self.curve.y,
            "scale": self.curve.y_scale or "",
            "fixed": self.curve.fixed,
        }

    def sentence_parts(self) -> list[tuple[str, str, bool]]:
        """Split the sentence: text, name set after it, whether without its unit."""
        known = {control.name for control in self.controls} | set(self.defaults())
        parts = []
        for text, name, how, _ in Formatter().parse(self.sentence):
            if name is not None and name not in known:
                message = f"sentence names {name!r}: no such control or output"
                raise ValueError(message)
            if name and any(
                c.name == name and isinstance(c, Toggle) for c in self.controls
            ):
                message = (
                    f"sentence names {name!r}: a toggle cannot stand in a sentence"
                )
                raise ValueError(message)
            parts.append((text, name or "", how == "number"))
        return parts

    def drawing(self) -> str:
        """Return the script beside this file that draws more than a curve, if any."""
        return ""

    def html(self) -> str:
        """Return the panel as self-contained HTML."""
        return markup.panel_html(self)

    def __str__(self) -> str:
        values = self.defaults()
        rows = [(c.title, c.shown(c.default)) for c in self.controls]
        rows += [(o.label, o.shown(values[o.name])) for o in self.shown_outputs()]
        width = max(len(label) for label, _ in rows)
        return "\n".join(
            [self.title, *(f"  {label:<{width}}    {text}" for label, text in rows)]
        )

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        """Return HTML for pages and notebooks, text for terminals."""
        del include, exclude
        return {"text/html": self.html(), "text/plain": str(self)}


def _guard(tape: Tape, position: int) -> list[Any]:
    guard = tape.guards[position]
    node = tape.nodes[guard.value]
    if node.operation == "input":
        options = tape.inputs[int(node.constant)].options
        if options:
            return [guard.name, guard.rule, list(options)]
    return [guard.name, guard.rule]


def _dotted_name(function: Callable[..., object]) -> str:
    name = getattr(function, "__qualname__", "<")
    module = getattr(function, "__module__", "")
    if "<" in name or module in ("", "__main__"):
        return ""
    return public_name(function)


def _random_value(control: Control, source: random.Random) -> Value:
    match control:
        case Choice():
            return source.choice(control.argument)
        case Toggle():
            return source.random() < 0.5
        case Slider():
            share = source.random()
            if control.scale_used == "log":
                value = control.low * (control.high / control.low) ** share
            else:
                value = control.low + share * (control.high - control.low)
            step = control.step or (1 if control.measure.style == "integer" else 0)
            value = round(value / step) * step if step else float(f"{value:.4g}")
            return float(min(max(value, control.low), control.high))
