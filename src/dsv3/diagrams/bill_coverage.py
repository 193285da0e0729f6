"""What the $5.576M covers: three stages to scale, and what has no published hours.

The finding: the bill is the final run, and what led up to it is outside.
"""

from dsv3 import economics, training
from dsv3.calculators import training_bill
from dsv3.facts import fact
from explorables import trimmed
from explorables.diagram import (
    Area,
    Diagram,
    Layout,
    Mark,
    bar,
    diagram,
    frame,
    lines,
    linked,
    socket,
    text,
)
from explorables.quantities import format_number, format_quantity, unit_of

Marks = tuple[Mark, ...]

CAPTION = """
The {bill} is {hours} GPU-hours at {rate} each: one run of pre-training, {share} of it,
and two short stages. What led up to the run is outside.
"""

NOTE = """
Areas are GPU-hours; the comparisons, of which no hours were printed, are set by their
FLOP, at the pace of pre-training. What is dotted was not published and has no scale.
"""

DESCRIPTION = """
A large dotted outline, the development of DeepSeek-V3, whose whole cost was not
published. Inside it a frame with the {bill} bill: {hours} GPU-hours at {rate} an hour.
In the frame, to scale, pre-training with {pre_training} GPU-hours or {share}, context
extension with {context_extension}, and post-training with {post_training}. Outside the
frame, to the same scale, the three comparisons of two runs that the report describes,
at least {floor} of the FLOP of pre-training; then dotted, without a scale, other
experiments and failed runs, data, and staff. The bill is the final run alone.
"""

UNPUBLISHED = (
    "other experiments, failures",
    "data",
    "staff",
)
"""What the bill leaves out and nobody has put a figure to."""


def bill_coverage() -> Diagram:
    """Draw the stages of the bill to scale inside what it leaves out."""
    bill = training_bill()
    said = {
        "bill": _usd(float(bill.total_usd)),
        "hours": _short(float(bill.total_gpu_hours)),
        "rate": f"${fact('v3.usd_per_gpu_hour').number:g}",
        "share": _share(_hours("pre_training")),
        "floor": _percent(_floor_share(), digits=2),
        **{
            stage: _short(_hours(stage))
            for stage in ("pre_training", "context_extension", "post_training")
        },
    }
    return diagram(
        _draw,
        name="bill-coverage",
        page="economics/training-cost",
        title="What the published training cost covers",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="DeepSeek-V3 report, Table 1; dsv3.economics.v3_ablation_flop",
    )


def _hours(stage: str) -> float:
    return fact(f"v3.gpu_hours.{stage}").number


def _short(gpu_hours: float) -> str:
    return trimmed(format_number(gpu_hours, unit_of("gpu_hours"), digits=4))


def _usd(usd: float) -> str:
    return format_quantity(usd, unit_of("usd"), digits=4)


def _share(gpu_hours: float) -> str:
    return _percent(gpu_hours / float(training_bill().total_gpu_hours), digits=3)


def _percent(share: float, *, digits: int) -> str:
    return trimmed(format_quantity(share, unit_of("share"), digits=digits))


def _floor_share() -> float:
    """Return FLOP of the described comparisons over those of pre-training."""
    return economics.v3_ablation_flop() / economics.v3_pretraining_flop()


def _draw(*, wide: bool) -> Layout:
    if wide:
        bill = (16, 44, 468, 260)
        aside, pitch = (500, 44, 204, 260), 48
        height = 320.0
    else:
        bill = (10, 44, 332, 278)
        aside, pitch = (10, 336, 332, 190), 40
        height = 536.0
    return Layout(
        height=height,
        marks=(
            socket(1, 1, 718 if wide else 350, height - 2),
            linked(
                "#what-is-not-in-it",
                "Developing DeepSeek-V3: what is not in the bill",
                text(16 if wide else 12, 25, "Developing DeepSeek-V3", "title"),
                target=(12, 8, 200, 24),
            ),
            *_bill(bill, wide=wide),
            *_outside(aside, pitch, _hours_per_unit(bill)),
        ),
    )


PRE_TRAINING_HEIGHT = 186


def _hours_per_unit(bill: Area) -> float:
    """Return the GPU-hours that one square unit of the drawing stands for."""
    return _hours("pre_training") / ((bill[2] - 12) * PRE_TRAINING_HEIGHT)


def _bill(area: Area, *, wide: bool) -> Marks:
    """Draw the frame of the bill and its three stages, which fill the same area."""
    x, y, width, height = area
    left, across, top = x + 6, width - 12, y + 34
    strip = top + PRE_TRAINING_HEIGHT + 3
    rest = _hours("context_extension") + _hours("post_training")
    thickness = rest / _hours_per_unit(area) / across
    context = across * _hours("context_extension") / rest
    bill = training_bill()
    rate = f"{fact('v3.usd_per_gpu_hour').number:g}"
    summed = f"{_short(float(bill.total_gpu_hours))} GPU-hours × ${rate}"
    below = strip + thickness + 17
    return (
        frame(x, y, width, height, strong=True),
        linked(
            "#the-bill-rebuilt",
            f"In the {_usd(float(bill.total_usd))}: the bill, rebuilt",
            text(x + 10, y + 22, f"In the {_usd(float(bill.total_usd))}", "title"),
            target=(x + 6, y + 5, 124, 24),
        ),
        text(x + width - 10, y + 22, summed, "note", anchor="end"),
        bar(left, top, across, PRE_TRAINING_HEIGHT, "tint"),
        *_pre_training(left + 14, top + 18),
        bar(left, strip, context, thickness, "tint"),
        bar(left + context, strip, across - context, thickness),
        *_short_stages(x + 10, x + width - 10, below, wide=wide),
    )


def _pre_training(x: float, y: float) -> Marks:
    hours, gpus = _hours("pre_training"), fact("v3.gpus").number
    usd = _usd(float(training_bill().pretraining_usd))
    tokens = trimmed(format_quantity(fact("v3.tokens").number, unit_of("tokens")))
    days = training.wall_clock_days(gpu_hours=hours, cluster_gpus=gpus)
    return (
        text(x, y + 30, "pre-training", "bold"),
        text(x, y + 60, _share(hours), "large"),
        lines(
            x,
            y + 84,
            (
                f"{_short(hours)} GPU-hours, {usd}",
                f"{days:.1f} days on {gpus:,} H800s",
                tokens,
            ),
            leading=18,
        ),
    )


def _short_stages(left: float, right: float, y: float, *, wide: bool) -> Marks:
    """Name the two short stages under their ends of the strip."""
    first, last = _hours("context_extension"), _hours("post_training")
    if wide:
        return (
            text(
                left, y, f"context extension {_short(first)}, {_share(first)}", "note"
            ),
            text(
                right,
                y,
                f"post-training {_short(last)}, {_share(last)}",
                "note",
                anchor="end",
            ),
        )
    return (
        lines(left, y, ("context extension", f"{_short(first)}, {_share(first)}")),
        lines(
            right,
            y,
            ("post-training", f"{_short(last)}, {_share(last)}"),
            anchor="end",
        ),
    )


def _outside(area: Area, pitch: float, hours_per_unit: float) -> Marks:
    """Draw the comparisons to scale, and below them what was not published."""
    x, y, width, _ = area
    floor = _floor_share() * _hours("pre_training") / hours_per_unit / width
    sockets = [
        socket(x, y + floor + 44 + index * pitch, width, pitch - 8, words)
        for index, words in enumerate(UNPUBLISHED)
    ]
    return (
        bar(x, y, width, floor, "tint", noun="soft"),
        lines(
            x + 10,
            y + floor / 2 - 3,
            (
                "comparisons in the report:",
                f"{_percent(_floor_share(), digits=2)} or more, by FLOP",
            ),
        ),
        text(x, y + floor + 32, "Not published", "bold"),
        *sockets,
    )
