"""A panel of numbers in few bits: for each its code, bit by bit, and what comes back.

The panel's function gives for every number its value before rounding, its code and the
number the code stands for. This draws a row for each, the bits apart by what they mean,
with a rule between numbers that share no scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorables.controls import Choice
from explorables.panel import Explorable


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes(Explorable):
    """A vector, its codes, and the vector that is left of it."""

    rows: Sequence[tuple[str, str, str]]
    """For each number the outputs that hold it before, its code, and it after."""

    form: str
    """Choice whose option decides what the bits mean."""

    bits: Mapping[str, tuple[int, int, int]]
    """Bits of sign, exponent and mantissa, by that choice's options."""

    tile: str
    """Choice whose option decides how many neighbours share a scale."""

    sizes: Mapping[str, int]
    """That number, by that choice's options."""

    def __post_init__(self) -> None:
        Explorable.__post_init__(self)
        options = {c.name: set(c.argument) for c in self.controls if type(c) is Choice}
        for name, table in ((self.form, self.bits), (self.tile, self.sizes)):
            if options.get(name) != set(table):
                message = f"{name!r} of {self.id}: must be a choice of {list(table)}"
                raise ValueError(message)
        known = self.defaults()
        odd = [name for row in self.rows for name in row if name not in known]
        if odd:
            message = f"rows of {self.id} name {odd[0]!r}: no such output"
            raise ValueError(message)

    def drawing(self) -> str:
        """Return the script that draws the codes."""
        return "codes.js"

    def specification(self) -> dict[str, Any]:
        """Return everything the runtime needs, the meaning of bits included."""
        # Not super(): a class with slots is made twice, and super() knows the first.
        specification = Explorable.specification(self)
        names = [output.name for output in self.shown_outputs()]
        specification["codes"] = {
            "rows": [[names.index(name) for name in row] for row in self.rows],
            "form": self.form,
            "bits": {form: list(bits) for form, bits in self.bits.items()},
            "tile": self.tile,
            "sizes": dict(self.sizes),
        }
        return specification
