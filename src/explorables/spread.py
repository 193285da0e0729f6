"""A panel whose results are quantiles, drawn anew in the page on every move.

One draw is a traced formula like any other panel's, with a coordinate for each thing
that is uncertain. The page plays it for a fixed set of points, sorts what comes out and
reads quantiles off. The points are multiples of given steps modulo 1: nothing is
stored, and Python and the page draw the same.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorables.arithmetic import NUMBER, Tape, trace
from explorables.controls import Slider
from explorables.javascript import javascript
from explorables.panel import Explorable

_SPREAD = (
    "((draw,steps,count,fixed)=>{let key,sorted,broken;return(...given)=>{"
    "const share=given.pop(),now=given.join();"
    "if(now!==key){key=now;sorted=[];broken=undefined;"
    "for(let k=1;k<=count&&!broken;k++){"
    "const[found,rule]=draw(...given,...steps.map(step=>k*step%1));"
    "broken=rule;sorted.push(found[0])}"
    "sorted=Float64Array.from(sorted).sort()}"
    "const at=[share,...fixed].map(q=>{"
    "const place=q*(count-1),i=Math.min(Math.floor(place),count-2);"
    "return sorted[i]+(place-i)*(sorted[i+1]-sorted[i])});"
    "return[at,broken]}})"
)
"""Play one draw for every point, sort, read quantiles; keep the sorted draws while
only the share asked for moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(Explorable):
    """Quantiles of a formula over a fixed set of draws.

    The last control is the share of draws whose quantile is asked for; the first
    output is that quantile, and the others are those of `shares`, in order. `function`
    must compute the same from the controls alone.
    """

    draw: Callable[..., object]
    """One draw: a traceable function of the other controls and the coordinates."""

    steps: Mapping[str, float]
    """Step of each coordinate, by the draw's argument."""

    count: int

    shares: tuple[float, ...]
    """Quantiles that are always shown."""

    def __post_init__(self) -> None:
        Explorable.__post_init__(self)
        if not self.controls or not isinstance(self.controls[-1], Slider):
            message = f"{self.id}: the last control must be the slider of the share"
            raise ValueError(message)
        if len(self.outputs) != len(self.shares) + 1:
            message = (
                f"outputs is {list(self.outputs)!r}: must be the chosen quantile and "
                f"one for each of shares {self.shares!r}"
            )
            raise ValueError(message)

    def tape(self) -> Tape:
        """Trace one draw."""
        arguments = {control.name: control.argument for control in self.controls[:-1]}
        tape = trace(
            lambda **given: self.draw(**given, **self.fixed),
            {**arguments, **dict.fromkeys(self.steps, NUMBER)},
        )
        unused = sorted({*arguments, *self.steps} - tape.used_inputs())
        if unused or len(tape.outputs) != 1:
            message = f"draw of {self.id}: must use all of {unused} and give one number"
            raise ValueError(message)
        return tape

    def javascript(self) -> str:
        """Return a function that plays every draw and reads the quantiles off."""
        given = json.dumps([list(self.steps.values()), self.count, list(self.shares)])
        return f"{_SPREAD}({javascript(self.tape())},...{given})"
