"""A panel over a run that the reader's own machine makes, step by step.

The traced program trains in the page, one slice of steps to a frame, for each of the
settings that stand side by side. Python runs the same function; the page says so if its
numbers at the end of the first settings' run are not Python's to the last bit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorables.arrays.emission import javascript
from explorables.arrays.tracing import Program, Run, trace
from explorables.controls import Choice, Control
from explorables.panel import Explorable


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the settings that stand side by side."""

    name: str
    """What readers see: ``left``."""

    prefix: str = ""
    """What stands before the names of its own controls and of its results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun(Explorable):
    """A scan with controls, of which some are each side's own.

    An argument of the scan is set by the control of its name, with the side's prefix
    where there is one. `function` is what Python answers at the end of the run: for
    each side, and each of its measures, one result, with the same prefix.
    """

    run: Callable[..., Run]
    """Function of numbers and names that returns what `scan` returns."""

    sides: Sequence[Side]

    measures: Mapping[str, str]
    """Single numbers that a step tells, with their labels, the headline first."""

    steps: int
    """Steps of a run, given to the function as its argument ``steps``."""

    bars: str
    """What a step tells as many numbers, as multiples of their mean; below 0: none."""

    bar_label: str

    groups: str
    """Control that says how many groups the bars are in."""

    named: Sequence[str]
    """Arguments that tell one side from another."""

    now: tuple[str, str]
    """Slider that a button sets to the step that is shown, and the button's text."""

    trouble: str = "a number is too large to go on: a smaller step size keeps it small"
    """What is said after "At step 7" where a number is infinite or none."""

    def program(self) -> Program:
        """Trace the run."""
        return trace(self.run, {name: self._kind(name) for name in self._arguments()})

    def _arguments(self) -> list[str]:
        """Return the arguments of the run that a control sets, then the steps."""
        prefixes = [side.prefix for side in self.sides if side.prefix]
        own = [c.name for c in self.controls if not c.name.startswith(tuple(prefixes))]
        return [*own, "steps"]

    def _kind(self, name: str) -> str | Sequence[str]:
        if name == "steps":
            return "number"
        argument = self.control(name).argument
        numeric = all(_is_number(one) for one in argument)
        return "number" if isinstance(argument, tuple) and numeric else argument

    def _source(self, side: Side, name: str) -> int | str | list[int]:
        """Return where the page finds an argument: by a control's place, or a value.

        A place written as text stands for an option that is read as a number.
        """
        if name == "steps":
            return [self.steps]
        names = [control.name for control in self.controls]
        own = f"{side.prefix}{name}"
        at = names.index(own if own in names else name)
        control: Control = self.controls[at]
        as_number = isinstance(control, Choice) and self._kind(name) == "number"
        return str(at) if as_number else at

    def javascript(self) -> str:
        """Return the program, and what lets a panel ask it for results."""
        return f"explorables.live({javascript(self.program())})"

    def guards(self) -> list[list[Any]]:
        """Return the rules that the page checks."""
        return [[name, rule] for name, _, _, rule in self.program().guards]

    def golden(self) -> list[dict[str, Any]]:
        """Return no rows to be checked at once: a run is checked when it ends."""
        return []

    def drawing(self) -> str:
        """Return the script that plays and draws the run."""
        return "run.js"

    def specification(self) -> dict[str, Any]:
        """Return everything that the runtime needs, the run's part included."""
        # Not super(): a class with slots is made twice, and super() knows the first.
        specification = Explorable.specification(self)
        program = self.program()
        names = [control.name for control in self.controls]
        specification["run"] = {
            "steps": self.steps,
            "sides": [
                [self._source(side, one.name) for one in program.inputs]
                for side in self.sides
            ],
            "names": [side.name for side in self.sides],
            "named": [
                [names.index(f"{side.prefix}{one}") for one in self.named]
                for side in self.sides
            ],
            "measures": list(self.measures),
            "labels": list(self.measures.values()),
            "bars": self.bars,
            "barLabel": self.bar_label,
            "places": program.nodes[program.told[self.bars]].size,
            "groups": names.index(self.groups),
            "now": list(self.now),
            "trouble": self.trouble,
            "golden": list(self.defaults().values()),
        }
        return specification


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
