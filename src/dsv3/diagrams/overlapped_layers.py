"""DualPipe's overlap: a layer forward and a layer backward, in two lanes over time.

The finding: the same boxes, in two fifths less time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dsv3.measurements import record
from explorables.diagram import (
    WIDE,
    Diagram,
    Layout,
    Mark,
    Noun,
    Point,
    bar,
    box,
    chevron,
    diagram,
    dimension,
    idle_lane,
    linked,
    text,
)

Marks = tuple[Mark, ...]

SERIAL_ORDER = (
    "attention F",
    "dispatch F",
    "MLP F",
    "combine F",
    "combine B",
    "MLP B",
    "MLP W",
    "dispatch B",
    "attention B",
    "attention W",
)
"""What needs what: a layer forward, then a layer backward."""

EXCHANGES = ("dispatch", "combine")
BAND = 5
"""Thickness of the hatched band that marks a backward."""

CAPTION = """
Overlapped, a layer forward and a layer backward take {saved:.0%} less time than end to
end.
"""

NOTE = """
F: forward of one micro-batch. B and W: backward of another, gradients of inputs and of
weights. The length of a box is the time it took in the published trace, on one of
{ranks} GPUs. The order is that of the report's Figure 4; the attention F at the end
belongs to the next layer. Sends between pipeline ranks are not in the trace.
"""

DESCRIPTION = """
Two panels with two lanes each, compute and network, to one scale of time. One after the
other: attention, dispatch, MLP and combine of a forward, then combine, MLP, dispatch
and attention of a backward, with the gradients of weights. Each lane waits while the
other works, {serial:.1f} milliseconds in all. Overlapped: the compute lane runs MLP
backward, its weights, MLP forward, attention backward, its weights and attention
forward without a pause; below it run dispatch forward, dispatch backward, combine
forward and combine backward. That takes {overlapped:.1f} milliseconds, {saved:.0%}
less.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part of a layer: its name, and when it ran, in milliseconds."""

    name: str
    start: float
    end: float

    @property
    def kind(self) -> str:
        """What is done: MLP, attention, dispatch or combine."""
        return self.name.split()[0]

    @property
    def letter(self) -> str:
        """F, B or W."""
        return self.name.split()[1]

    @property
    def is_exchange(self) -> bool:
        """Whether it moves tokens between GPUs."""
        return self.kind in EXCHANGES


def overlapped_layers() -> Diagram:
    """Draw one layer forward and one backward, one after the other and overlapped."""
    overlapped, serial = traced_steps(), serial_steps()
    said = {
        "serial": serial[-1].end,
        "overlapped": _end(overlapped),
        "saved": 1 - _end(overlapped) / serial[-1].end,
        "ranks": record("training_trace").settings["ranks"],
    }
    return diagram(
        _draw,
        name="overlapped-layers",
        page="training-system/pipeline",
        title="Forward and backward of a layer, overlapped as in DualPipe",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek's train.json, read by experiments/training_trace.py; "
        "DeepSeek-V3 report, Figure 4",
    )


def traced_steps() -> tuple[Step, ...]:
    """Return the parts of a layer pair as they ran in the published trace.

    Examples
    --------
    >>> [step.name for step in traced_steps()][:3]
    ['MLP B', 'MLP W', 'MLP F']
    """
    pair = record("training_trace").measures["layer pair"]
    return tuple(
        Step(name=name, start=start, end=end)
        for rows in pair.values()
        for name, start, end in rows
    )


def serial_steps() -> tuple[Step, ...]:
    """Return the same parts end to end, each after what it needs."""
    lasts = {step.name: step.end - step.start for step in traced_steps()}
    now, steps = 0.0, []
    for name in SERIAL_ORDER:
        steps.append(Step(name=name, start=now, end=now + lasts[name]))
        now += lasts[name]
    return tuple(steps)


def _end(steps: Sequence[Step]) -> float:
    return max(step.end for step in steps)


def _draw(*, wide: bool) -> Layout:
    return _page() if wide else _phone()


def _page() -> Layout:
    serial, overlapped = serial_steps(), traced_steps()
    scale = (WIDE - 2) / serial[-1].end
    end = 1 + _end(overlapped) * scale
    return Layout(
        height=384,
        marks=(
            *_heading((0, 16), "One after the other", _end(serial)),
            *_lanes((1, 30), serial, scale, WIDE - 1),
            *_heading((0, 176), "Overlapped, as traced", _end(overlapped)),
            *_lanes((1, 190), overlapped, scale, end),
            dimension((end + 12, 234), (WIDE - 8, 234)),
            text((end + WIDE + 4) / 2, 222, _saved(), "bold", anchor="middle"),
            text(
                (end + WIDE + 4) / 2,
                254,
                "exchanges run under compute",
                "note",
                anchor="middle",
            ),
            *_key(344, (0, 170, 352), 0),
            *_links(376, (0, 250), 0),
        ),
    )


def _phone() -> Layout:
    serial, overlapped = serial_steps(), traced_steps()
    top, scale, second = 62, 9.6, 186
    end = top + _end(overlapped) * scale
    last = top + _end(serial) * scale
    middle = second + 78
    half = (end + last) / 2
    return Layout(
        height=last + 148,
        marks=(
            *_heading((0, 16), "One after the other", _end(serial), below=True),
            *_columns((0, top), serial, scale),
            *_heading(
                (second, 16), "Overlapped, as traced", _end(overlapped), below=True
            ),
            *_columns((second, top), overlapped, scale),
            dimension((middle, end + 10), (middle, last)),
            text(middle - 12, half, _saved(), "bold", anchor="end"),
            *_key(last + 28, (0, 0, 0), 22),
            *_links(last + 100, (0, 0), 30),
        ),
    )


def _saved() -> str:
    return f"{1 - _end(traced_steps()) / _end(serial_steps()):.0%} less time"


def _heading(place: Point, name: str, spent: float, *, below: bool = False) -> Marks:
    x, y = place
    if below:
        return (text(x, y, name, "bold"), text(x, y + 17, f"{spent:.1f} ms", "note"))
    return (text(x, y, name, "title"), text(x + 212, y, f"{spent:.1f} ms", "note"))


def _lanes(place: Point, steps: Sequence[Step], scale: float, end: float) -> Marks:
    """Draw steps from left to right: compute above, exchanges below."""
    left, top = place
    height, lower = 46, top + 56
    marks: list[Mark] = [
        *_idle((left, top + height / 2), end, _lane(steps, exchanges=False), scale),
        *_idle((left, lower + 14), end, _lane(steps, exchanges=True), scale),
    ]
    for step in steps:
        x, width = left + step.start * scale, (step.end - step.start) * scale - 3
        middle = x + width / 2
        if step.is_exchange:
            marks += [
                chevron(x, lower, width, 28),
                *_band(step, (x + 2, lower + 1.5, width - 8)),
                text(middle + 1, lower + 20, step.letter, "bold", anchor="middle"),
                text(middle, lower + 44, step.kind, "note", anchor="middle"),
            ]
        else:
            marks += [
                box(x, top, width, height, ""),
                *_band(step, (x + 1, top + 1.5, width - 2)),
                text(middle, top + 23, _short(step), "note", anchor="middle"),
                text(middle, top + 39, step.letter, "bold", anchor="middle"),
            ]
    return tuple(marks)


def _columns(place: Point, steps: Sequence[Step], scale: float) -> Marks:
    """Draw steps from the top down: compute in one column, exchanges in the other."""
    left, top = place
    width, right = 76, left + 82
    marks: list[Mark] = [
        text(left + width / 2, top - 12, "compute", "note", anchor="middle"),
        text(right + width / 2, top - 12, "network", "note", anchor="middle"),
    ]
    for step in steps:
        y, height = top + step.start * scale, (step.end - step.start) * scale - 3
        x = right if step.is_exchange else left + 1
        name = f"{_short(step)} {step.letter}"
        shape = (
            chevron(x, y, width, height, down=True)
            if step.is_exchange
            else box(x, y, width - 2, height, "")
        )
        inset = 6 if step.is_exchange else 1
        upright = (x + 1.5, y + inset, height - 2 * inset)
        marks += [
            shape,
            *_band(step, upright, down=True),
            text(x + width / 2 + 3, y + height / 2 + 5, name, anchor="middle"),
        ]
    return tuple(marks)


def _short(step: Step) -> str:
    return "attn" if step.kind == "attention" else step.kind


def _lane(steps: Sequence[Step], *, exchanges: bool) -> list[Step]:
    lane = [step for step in steps if step.is_exchange == exchanges]
    return sorted(lane, key=lambda step: step.start)


def _idle(place: Point, end: float, lane: Sequence[Step], scale: float) -> Marks:
    """Draw a dotted line wherever a lane waits."""
    left, y = place
    marks, now = [], left
    for step in [*lane, None]:
        until = end if step is None else left + step.start * scale
        if until - now > 8:
            marks.append(idle_lane((now + 2, y), (until - 4, y)))
        now = end if step is None else left + step.end * scale
    return tuple(marks)


def _band(
    step: Step, place: tuple[float, float, float], *, down: bool = False
) -> Marks:
    """Mark a backward with a hatched band along its start."""
    if step.letter == "F":
        return ()
    x, y, length = place
    noun: Noun = "network" if step.is_exchange else "compute"
    width, height = (BAND, length) if down else (length, BAND)
    return (bar(x, y, width, height, "hatched", noun=noun),)


def _key(y: float, columns: tuple[float, float, float], step: float) -> Marks:
    """Name what the shapes and the band mean."""
    first, second, third = columns
    return (
        box(first + 1, y - 11, 22, 14, ""),
        text(first + 32, y, "compute", "note"),
        chevron(second + 1, y + step - 11, 22, 14),
        text(second + 32, y + step, "all-to-all exchange", "note"),
        bar(third + 1, y + 2 * step - 7, 22, BAND, "hatched"),
        text(third + 32, y + 2 * step, "backward", "note"),
    )


def _links(y: float, columns: Point, step: float) -> Marks:
    first, second = columns
    return (
        linked(
            "#schedule-explorer",
            "The whole schedule: the panel of pipeline schedules",
            text(first, y, "The whole schedule", "bold"),
            target=(first, y - 17, 150, 24),
        ),
        linked(
            "training-system/h800#communication-to-computation-ratio",
            "Communication to computation: the ratio in the same trace",
            text(second, y + step, "Communication to computation", "bold"),
            target=(second, y + step - 17, 230, 24),
        ),
    )
