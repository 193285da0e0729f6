"""Export rules as regions: chips as points, and what needs a licence, by date.

The finding: the H800 and then the H20 stand beside a region; each is then taken in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log

from dsv3 import policy
from explorables.diagram import (
    Anchor,
    Area,
    Diagram,
    Layout,
    Mark,
    Point,
    bar,
    bars,
    cross,
    diagram,
    frame,
    lines,
    linked,
    placed,
    text,
)

Marks = tuple[Mark, ...]

CAPTION = """
The H800 stands under the first region and inside the second; the H20 stands outside
both and was controlled by a letter that names it.
"""

NOTE = """
Both axes are logarithmic and to scale; TPP is total processing performance. The shaded
region needs a licence for China; in the dashed one a notice may do. The letter moved no
published threshold. A chip announced after a rule is judged as if it had been there.
"""

DESCRIPTION = """
Three planes of one chip's compute, as total processing performance, and a second
measure. October 2022: link speed; a licence from {tpp:,.0f} TPP and {link:.0f} GB/s
together. The A100 is on the corner and the H100 inside; the A800 and H800 lie below it,
the H20 beside it. November 2023: performance density; a licence from {tpp:,.0f} TPP, or
from {low_tpp:,.0f} with density {density}. A100, A800, H100 and H800 are inside, the
H20 outside. April 2025: the same plane, with the H20 controlled by a letter. Each
region leaves one chip outside, which a later act takes in.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A logarithmic axis and what is written along it."""

    name: str
    measure: policy.Measure
    low: float
    high: float
    ticks: tuple[float, ...]
    unit: float = 1.0
    """What one of the written numbers is in the measure's own unit."""

    def share(self, value: float) -> float:
        """Return where a value lies, from 0 to 1; a bound of 0 lies at the start."""
        ratio = max(value / self.unit, self.low) / self.low
        return log(ratio) / log(self.high / self.low)


TPP = Scale(name="TPP", measure="tpp", low=1000, high=30000, ticks=(1600, 4800))
LINK = Scale(
    name="link, GB/s, both directions",
    measure="io_bytes_per_s",
    low=260,
    high=1300,
    ticks=(400, 600, 900),
    unit=1e9,
)
DENSITY = Scale(
    name="performance density",
    measure="performance_density",
    low=1.2,
    high=36,
    ticks=(1.6, 3.2, 5.92),
)

RESERVED = 34
"""Room for the numbers on the left of a plane."""

Corners = Sequence[tuple[float, float]]

ASIDE: dict[str, tuple[float, float, Anchor]] = {
    "right": (10, 5, "start"),
    "left": (-10, 5, "end"),
    "above": (22, -10, "end"),
    "over": (4, -8, "start"),
    "below": (-5, 20, "end"),
}
"""Where a name stands from its mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A chip and where its name stands: beside its mark, or a line above or below."""

    chip: str
    name: str
    aside: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """One rule on one day, in two of a chip's measures."""

    title: str
    section: str
    day: date
    rule: str
    up: Scale
    chips: tuple[Named, ...]
    note: str = ""


FAMILIES = (
    Named(chip="A100 SXM", name="A100, A800", aside="right"),
    Named(chip="H100 SXM", name="H100, H800", aside="above"),
    Named(chip="H20 SXM", name="H20", aside="below"),
)

PLANES = (
    Plane(
        title="October 2022",
        section="october-2022-compute-and-interconnect-thresholds",
        day=date(2022, 12, 1),
        rule="October 2022",
        up=LINK,
        chips=(
            Named(chip="A100 SXM", name="A100", aside="over"),
            Named(chip="A800 SXM", name="A800", aside="left"),
            Named(chip="H100 SXM", name="H100", aside="left"),
            Named(chip="H800 SXM", name="H800", aside="left"),
            Named(chip="H20 SXM", name="H20", aside="right"),
        ),
    ),
    Plane(
        title="November 2023",
        section="october-2023-tpp-and-performance-density",
        day=date(2024, 1, 1),
        rule="November 2023",
        up=DENSITY,
        chips=FAMILIES,
    ),
    Plane(
        title="April 2025",
        section="every-chip-on-any-day",
        day=date(2025, 5, 1),
        rule="November 2023",
        up=DENSITY,
        chips=FAMILIES,
        note="letter",
    ),
)


def export_regions() -> Diagram:
    """Draw three rules as regions in planes of two measures, with five chips."""
    ((tpp, link),) = policy.rule_corners("October 2022", "io_bytes_per_s")
    _, (low_tpp, density) = policy.rule_corners("November 2023", "performance_density")
    said = {
        "tpp": tpp,
        "link": link / 1e9,
        "low_tpp": low_tpp,
        "density": density,
    }
    return diagram(
        _draw,
        name="export-regions",
        page="geopolitics/export-controls",
        title="Export rules as regions, by date",
        caption=CAPTION,
        note=NOTE,
        description=DESCRIPTION.format(**said),
        source="rules of October 2022 and 2023; letter of April 2025; dsv3.policy",
    )


def _draw(*, wide: bool) -> Layout:
    width, height = (200, 190) if wide else (318, 150)
    step = height + 92
    planes = [
        placed(index * 243 if wide else 0, 0 if wide else index * step, *marks)
        for index, marks in enumerate(_plane(one, width, height) for one in PLANES)
    ]
    below = (height + 80) if wide else 3 * step - 6
    return Layout(
        height=below + (24 if wide else 56),
        marks=(*planes, *_legend(below + 8, wide=wide)),
    )


Place = Callable[[float, float], Point]
"""Where a chip of one TPP and one other measure stands."""


def _plane(plane: Plane, width: float, height: float) -> Marks:
    """Draw one plane with its title above and its axes on two sides."""
    top = 44

    def at(tpp: float, other: float) -> Point:
        x = RESERVED + width * TPP.share(tpp)
        return x, top + height * (1 - plane.up.share(other))

    return (
        linked(
            f"#{plane.section}",
            f"{plane.title}: the rule",
            text(0, 16, plane.title, "title"),
            target=(0, 0, 130, 24),
        ),
        text(0, 36, plane.up.name, "note"),
        *_regions(plane, at),
        frame(RESERVED, top, width, height),
        *_ticks(plane.up, at, (RESERVED + width, top + height)),
        *(mark for one in plane.chips for mark in _chip(one, plane, at)),
    )


def _regions(plane: Plane, at: Place) -> Marks:
    """Draw what needs a licence, and dashed what needs a licence or a notice."""
    measure: policy.Measure = plane.up.measure
    licence, either = (
        policy.rule_corners(plane.rule, measure, notice=notice)
        for notice in (False, True)
    )
    unit = plane.up.unit
    shaded = bars(_strips(licence, plane.up.high * unit, at), "tint", noun="soft")
    if either == licence:
        return (shaded,)
    return bars(_strips(either, plane.up.high, at), "outline", noun="soft"), shaded


def _strips(corners: Corners, high: float, at: Place) -> Iterator[Area]:
    """Cut a region into upright strips, one from each TPP at which it begins."""
    begins = sorted({tpp for tpp, _ in corners})
    for left, right in pairwise([*begins, TPP.high]):
        floor = min(other for tpp, other in corners if tpp <= left)
        (x, y), (end, top) = at(left, floor), at(right, high)
        yield x, top, end - x, y - top


def _ticks(up: Scale, at: Place, corner: Point) -> Marks:
    right, bottom = corner
    return (
        *(
            text(
                RESERVED - 5,
                at(1, tick * up.unit)[1] + 4,
                f"{tick:g}",
                "note",
                anchor="end",
            )
            for tick in up.ticks
        ),
        *(
            text(at(tick, 0)[0], bottom + 17, f"{tick:,}", "note", anchor="middle")
            for tick in TPP.ticks
        ),
        text(right, bottom + 17, "TPP", "note", anchor="end"),
    )


def _chip(one: Named, plane: Plane, at: Place) -> Marks:
    """Draw a chip as a square, or as a cross where it needs a licence; name it."""
    measured = policy.measured_chip(one.chip)
    other = measured.measure(plane.up.measure)
    if other is None:
        message = f"{one.chip} has no {plane.up.name} on record: it has no place"
        raise ValueError(message)
    x, y = at(measured.tpp, other)
    is_controlled = policy.verdict(one.chip, plane.day).status == "controlled"
    mark = cross(x, y) if is_controlled else bar(x - 4, y - 4, 8, 8)
    dx, dy, anchor = ASIDE[one.aside]
    words = (
        (one.name, plane.note) if one.aside == "below" and plane.note else (one.name,)
    )
    return mark, lines(x + dx, y + dy, words, "name", anchor=anchor)


def _legend(y: float, *, wide: bool) -> Marks:
    """Say what the marks and the dashed line mean."""
    places = (0, 190, 350) if wide else (0, 0, 0)
    down = (0, 0, 0) if wide else (0, 20, 40)
    (first, second, third) = zip(places, down, strict=True)
    return (
        bar(first[0] + 1, y + first[1] - 9, 8, 8),
        text(first[0] + 16, y + first[1], "no licence needed", "note"),
        cross(second[0] + 5, y + second[1] - 5),
        text(second[0] + 16, y + second[1], "licence needed", "note"),
        bar(third[0] + 1, y + third[1] - 10, 12, 10, "outline", noun="soft"),
        text(third[0] + 20, y + third[1], "licence or notice", "note"),
    )
