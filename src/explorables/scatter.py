"""A panel over marks in a plane that change on given days, with a slider for the day.

The numbers are a traced formula's, as in any panel. The picture beside them is data:
marks with a state for every spell of days, and edges that hold for a while.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from explorables.controls import Choice, Noun, Slider
from explorables.panel import Explorable

SHAPES = ("circle", "diamond", "square", "open square", "cross")
"""Shapes of marks: the channel beside colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkState:
    """How a mark looks while it is in one state."""

    name: str
    """Words of the legend."""

    shape: str
    """A name of :data:`SHAPES`."""

    noun: Noun

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            message = f"shape is {self.shape!r}: must be one of {', '.join(SHAPES)}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedMark:
    """One thing in the plane: where it stands, and its states over time."""

    name: str
    """Words beside it."""

    across: float

    up: tuple[float | None, ...]
    """Place on the vertical axis in each view; None where it is not known."""

    spells: Mapping[str, tuple[tuple[float, int], ...]]
    """By option of the choice that decides: first days, and states by number."""

    left: tuple[bool, ...] = ()
    """For each vertical place, whether the name stands to the left; right if empty."""

    chosen_by: str = ""
    """Option of the choice that points it out; its own name when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line with steps: the corners from which on something holds."""

    name: str

    corners: tuple[tuple[float, float], ...]
    """Where it turns, from the left; logarithms are the page's business."""

    name_at: tuple[float, float]

    name_ends: bool = False
    """Whether the name ends there instead of starting."""

    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is measured upwards from a day on, and the edges that hold."""

    from_day: float
    """First day, as days since 1970."""

    title: str

    up: int
    """Which of the vertical places is drawn."""

    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """One logarithmic axis."""

    label: str

    low: float
    """Smallest value shown, above 0."""

    high: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedScatter(Explorable):
    """A formula of a day and of choices, with a plane of marks on that day."""

    day: str
    """Names of the slider that moves through the days, and of the choice of a mark."""

    chosen: str

    decided_by: str
    """Name of the choice whose options the spells are given by."""

    states: Sequence[MarkState]
    marks: Sequence[DatedMark]

    views: Sequence[View]
    """Views, the earliest first; the first holds from the slider's start."""

    across: Ruler

    up: Sequence[Ruler]
    """Vertical axes, one a measure."""

    unplaced: str = "Not placed"
    """Words before the names of marks whose place is not known."""

    def __post_init__(self) -> None:
        Explorable.__post_init__(self)
        names = {control.name: control for control in self.controls}
        if not isinstance(names.get(self.day), Slider):
            message = f"day is {self.day!r}: must be a slider of {self.id}"
            raise ValueError(message)
        decided = names.get(self.decided_by)
        if not isinstance(decided, Choice) or self.chosen not in names:
            message = f"{self.id} must have choices {self.decided_by}, {self.chosen}"
            raise ValueError(message)
        for mark in self.marks:
            if set(mark.spells) != set(decided.argument):
                message = f"{mark.name} must have spells for {decided.argument}"
                raise ValueError(message)

    def drawing(self) -> str:
        """Return the script that draws the plane."""
        return "scatter.js"

    def specification(self) -> dict[str, Any]:
        """Return everything the runtime needs, the plane included."""
        # Not super(): a class with slots is made twice, and super() knows the first.
        specification = Explorable.specification(self)
        specification["scatter"] = {
            "day": self.day,
            "chosen": self.chosen,
            "decided": self.decided_by,
            "states": [[s.name, s.shape, s.noun] for s in self.states],
            "marks": [
                {**asdict(mark), "chosen_by": mark.chosen_by or mark.name}
                for mark in self.marks
            ],
            "views": [asdict(view) for view in self.views],
            "across": asdict(self.across),
            "up": [asdict(ruler) for ruler in self.up],
            "unplaced": self.unplaced,
        }
        return specification
