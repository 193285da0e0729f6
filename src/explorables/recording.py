"""A panel over what cannot be traced: a run, recorded for each of a few options.

Torch, and loops that depend on a control, leave no straight line of arithmetic. Such a
function is run for every option when its notebook executes, its steps are kept in the
page, and a reader moves through them; in a live kernel the same object reruns it.
"""

import base64
import importlib
import importlib.util
import itertools
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorables.arithmetic import require
from explorables.controls import Choice, Slider, Toggle
from explorables.panel import Explorable, Value

DIGITS = 4
"""Significant digits that are kept of a number: as many as a panel shows."""

LEVELS = 15
"""Shades of a map; more would weigh more and look the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Many numbers a step, drawn over time: one row for each, darker for more."""

    field: str
    """Field of the function's result: a number for every row."""

    label: str

    row: str
    """What a row is, in one word, as `group` is for some rows together."""

    group: str

    rows_per_group: int
    """Rows between two rules."""

    full_ratio: float = 4.0
    """Multiple of the mean that is drawn full."""

    mark_step: float = 0.0
    """Step at which something happens; none if 0."""

    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Explorable):
    """A function of options and of a step, recorded for the page.

    Every control but the step's slider has few values: choices and switches. The
    function must give the same result whenever it is called with the same values.
    As the last expression of a cell it shows the panel; in a live kernel with
    ipywidgets also the controls that run it anew.
    """

    step: str
    """Name of the slider that moves through the run."""

    map: Map | None = None

    rerun: Callable[..., Callable[..., object]] | None = None
    """Given values of the live controls, the function to record in place of this."""

    live: Sequence[Slider] = ()

    def __post_init__(self) -> None:
        Explorable.__post_init__(self)
        names = [control.name for control in self.controls]
        steps = [c for c in self.controls if isinstance(c, Slider)]
        if [c.name for c in steps] != [self.step]:
            message = f"step is {self.step!r}: must be the one slider among {names}"
            raise ValueError(message)
        if not steps[0].step or not self.outputs:
            message = f"{self.id} must say its slider's step and its outputs"
            raise ValueError(message)

    def call(self, state: Mapping[str, Value]) -> dict[str, float]:
        """Return one step's results to the digits that are kept."""
        result = self.function(**state, **self.fixed)
        return {
            name: float(f"{getattr(result, name):.{DIGITS}g}") for name in self.outputs
        }

    @property
    def slider(self) -> Slider:
        """The slider that moves through the run."""
        slider = self.control(self.step)
        assert isinstance(slider, Slider)
        return slider

    @property
    def pace(self) -> float:
        """Steps from one recorded step to the next."""
        return self.slider.step or 1.0

    @property
    def last_frame(self) -> int:
        """Place of the last recorded step."""
        return round((self.slider.high - self.slider.low) / self.pace)

    def frames(self) -> list[float]:
        """Return the recorded steps."""
        low = self.slider.low
        return [low + at * self.pace for at in range(self.last_frame + 1)]

    def variants(self) -> Iterator[dict[str, Value]]:
        """Yield every combination of options, the last control's changing first."""
        options = [c for c in self.controls if c.name != self.step]
        values: list[Sequence[Value]] = [
            c.argument if isinstance(c, Choice) else (False, True) for c in options
        ]
        for combination in itertools.product(*values):
            yield {c.name: value for c, value in zip(options, combination, strict=True)}

    def javascript(self) -> str:
        """Return a function that looks the results up, as the page runs it."""
        tables = [self._columns(options) for options in self.variants()]
        names = [f"x{at}" for at in range(len(self.controls))]
        at_step = [c.name for c in self.controls].index(self.step)
        place = "0"
        for name, control in zip(names, self.controls, strict=True):
            if control.name != self.step:
                size = len(control.argument) if isinstance(control, Choice) else 2
                place = f"({place})*{size}+ +{name}"
        frame = f"Math.round(({names[at_step]}-{self.slider.low})/{self.pace})"
        return (
            f"((t)=>({','.join(names)})=>"
            f"[t[{place}].map((c)=>c[Math.min({self.last_frame},Math.max(0,{frame}))]),"
            "undefined])"
            f"({json.dumps(tables, separators=(',', ':'), allow_nan=False)})"
        )

    def _columns(self, options: Mapping[str, Value]) -> list[list[float]]:
        """Return each output over the recorded steps, whole numbers without a point."""
        rows = [self.call({**options, self.step: at}).values() for at in self.frames()]
        return [
            [int(value) if value.is_integer() else value for value in column]
            for column in zip(*rows, strict=True)
        ]

    def drawing(self) -> str:
        """Return the script that draws the map, if there is one."""
        return "recording.js" if self.map is not None else ""

    def guards(self) -> list[list[Any]]:
        """Return the rules the page checks: none, since only options are offered."""
        return []

    def specification(self) -> dict[str, Any]:
        """Return everything the runtime needs, the map's shades included."""
        # Not super(): a class with slots is made twice, and super() knows the first.
        specification = Explorable.specification(self)
        if self.map is not None:
            specification["map"] = self._map_specification(self.map)
        return specification

    def _map_specification(self, drawn: Map) -> dict[str, Any]:
        shades = bytearray()
        rows = 0
        for options in self.variants():
            frames = []
            for at in self.frames():
                result = self.function(**options, **{self.step: at}, **self.fixed)
                values = getattr(result, drawn.field)
                rows = len(values)
                full = drawn.full_ratio * sum(values) / rows
                frames.append([min(LEVELS, round(LEVELS * v / full)) for v in values])
            # Row by row: what changes little from step to step compresses best.
            for row in zip(*frames, strict=True):
                shades += bytes(row)
        return {
            "rows": rows,
            "levels": LEVELS,
            "full": drawn.full_ratio,
            "label": drawn.label,
            "row": drawn.row,
            "group": drawn.group,
            "size": drawn.rows_per_group,
            "mark": [drawn.mark_step, drawn.mark],
            "step": self.step,
            "shades": base64.b64encode(zlib.compress(bytes(shades), 9)).decode(),
        }

    def again(self, options: Mapping[str, Value], **given: float) -> "Recording":
        """Run the function anew for values of its options and of the live controls.

        What comes back is a panel of that run alone.
        """
        if self.rerun is None:
            message = f"{self.id} is a recording without a way to rerun it"
            raise ValueError(message)
        for control in self.live:
            value = given[control.name]
            control.check(value)
            whole = not control.counts or float(value).is_integer()
            require(control.name, value, whole, "must be a whole number")
        return replace(
            self,
            id=f"{self.id}-again",
            function=self.rerun(**given),
            controls=[self._held(control, options) for control in self.controls],
            finding="",
            live=(),
            rerun=None,
        )

    def _held(
        self, control: Slider | Choice | Toggle, options: Mapping[str, Value]
    ) -> Slider | Choice | Toggle:
        """Return a control that offers one value only, unless it is the step's."""
        if isinstance(control, Choice):
            name = str(options[control.name])
            return replace(control, options={name: control.shown(name)}, default=name)
        if isinstance(control, Toggle):
            return replace(control, default=bool(options[control.name]))
        return control

    def _ipython_display_(self) -> None:
        """Show the panel; under it, where a kernel can run it, the live controls."""
        # Loaded here, because a page or a test needs neither.
        publish = importlib.import_module("IPython.display").publish_display_data
        publish(self._repr_mimebundle_())
        if self.live and importlib.util.find_spec("ipywidgets"):
            publish(importlib.import_module("explorables.live").live_bundle(self))
