"""Rules, chips for China and DeepSeek's models on one axis of time.

The finding: DeepSeek-V3 came out long after the chip it names could be bought freely.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from dsv3 import policy, training
from explorables.diagram import (
    Anchor,
    Diagram,
    Layout,
    Mark,
    Point,
    Texture,
    bar,
    cross,
    diagram,
    dimension,
    linked,
    rule,
    text,
    token,
)

Marks = tuple[Mark, ...]

CHIPS = ("A800 SXM", "H20 SXM", "H800 SXM")
"""Chips made for China, that of V3 beside the models."""

CAPTION = """
The H800 could be bought without a licence for {window} days after it became known;
DeepSeek-V3, by its report trained on it, was released {later} days after that window
closed.
"""

NOTE = """
Time is to scale, to {until}. A bar begins on the first day a source has the chip, and
its states are computed from rules and letters. When DeepSeek bought its chips, and when
it trained on them, was not published.
"""

DESCRIPTION = """
One axis of time from August 2022 to November 2026. Tighter acts: the rule of October
2022, that of November 2023, the letter of April 2025 on the H20. Looser acts: licences
promised in July 2025, and review case by case from January 2026. Below, bars of three
chips: the A800 needed no licence for {a800} days, the H800 for {window}, the H20 for
{h20}; then they need one, and later are reviewed licence by licence. At the foot
DeepSeek's models: V2 in May 2024, V3 in December 2024, V3.2 in
December 2025, V4 in April 2026. V3 came {later} days after the H800's window closed.
"""

START, END = date(2022, 8, 1), policy.KNOWN_UNTIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """Something of one day: its words, and on which side of its mark they stand."""

    day: date
    name: str
    anchor: Anchor = "start"
    tighter: bool = True


def chip_windows() -> Diagram:
    """Draw acts, chips and models over time, and the gap between chip and model."""
    _, closed = _window("H800 SXM")
    said = {
        "a800": _days("A800 SXM"),
        "window": _days("H800 SXM"),
        "h20": _days("H20 SXM"),
        "later": (_released("DeepSeek-V3") - closed).days,
        "until": f"{END:%B %Y}",
    }
    return diagram(
        _draw,
        name="chip-windows",
        page="geopolitics/diffusion",
        title="Rules, chips for China and DeepSeek's models over time",
        caption=CAPTION.format(**said),
        note=NOTE.format(**said),
        description=DESCRIPTION.format(**said),
        source="dsv3.policy.periods and recorded_history; dsv3.training",
    )


def _window(chip: str) -> tuple[date, date]:
    """Return the first day a source has a chip free to go, and the day it closed."""
    seen = min(
        date.fromisoformat(one.day)
        for one in policy.recorded_history()
        if one.chip == chip and one.recorded == "open"
    )
    closed = next(
        one.first_day
        for one in policy.periods(chip)
        if one.verdict.status == "controlled"
    )
    return seen, closed


def _days(chip: str) -> int:
    seen, closed = _window(chip)
    return (closed - seen).days


def _released(model: str) -> date:
    """Return a model's day of release, or the first of its month."""
    (day,) = (
        one.from_date for one in training.adoption_records() if one.model == model
    )
    return date.fromisoformat(day if len(day) > len("2024-05") else f"{day}-01")


def _acts() -> tuple[Dated, ...]:
    """Return the acts on accelerators that a bar answers to, by the day of effect."""
    effective = {one.title: date.fromisoformat(one.effective) for one in policy.rules()}
    return (
        Dated(day=effective["October 2022"], name="compute, links"),
        Dated(day=effective["November 2023"], name="compute, density"),
        Dated(day=effective["letter of April 2025"], name="H20 letter", anchor="end"),
        Dated(
            day=effective["licences of July 2025"],
            name="H20 licences",
            anchor="end",
            tighter=False,
        ),
        Dated(day=effective["January 2026"], name="case by case", tighter=False),
    )


def _models() -> tuple[Dated, ...]:
    return (
        Dated(day=_released("DeepSeek-V2"), name="V2"),
        Dated(day=_released("DeepSeek-V3"), name="V3", anchor="end"),
        Dated(day=_released("DeepSeek-V3.2"), name="V3.2", anchor="end"),
        Dated(day=_released("DeepSeek-V4-Pro"), name="V4"),
    )


def _draw(*, wide: bool) -> Layout:
    return _across() if wide else _down()


def _share(day: date) -> float:
    return (day - START).days / (END - START).days


def _spells(chip: str) -> tuple[tuple[date, date, Texture], ...]:
    """Return a chip's states from the first day it is known, with their textures."""
    seen, _ = _window(chip)
    textures: list[tuple[date, date, Texture]] = []
    for one in policy.periods(chip):
        if one.end_day <= seen:
            continue
        is_free = one.verdict.status == "not controlled"
        reviewed: Texture = "tint" if one.verdict.is_by_licence else "faint"
        textures.append(
            (
                max(seen, one.first_day),
                min(END, one.end_day),
                "solid" if is_free else reviewed,
            )
        )
    return tuple(textures)


LEFT, LENGTH = 108, 606
"""Where time begins on a page, and how long it is."""


def _across() -> Layout:
    """Compose the page: time runs across, a lane for acts, chips and models."""

    def at(day: date) -> float:
        return LEFT + LENGTH * _share(day)

    chips = {chip: 78 + index * 36 for index, chip in enumerate(CHIPS)}
    models = 238
    return Layout(
        height=304,
        marks=(
            text(0, 20, "tighter"),
            text(0, 46, "looser"),
            *(
                mark
                for one in _acts()
                for mark in _act(one, (at(one.day), 16 if one.tighter else 42))
            ),
            *(mark for chip, y in chips.items() for mark in _lane(chip, y, at)),
            *_gap(at, 198),
            _models_link(0, models + 5),
            *(mark for one in _models() for mark in _model(one, (at(one.day), models))),
            rule(262, LENGTH, x=LEFT),
            *(
                text(at(date(year, 1, 1)), 279, f"{year}", "note", anchor="middle")
                for year in range(2023, END.year + 1)
            ),
            *_legend(LEFT, 301),
        ),
    )


def _act(one: Dated, place: Point) -> Marks:
    """Draw an act at a point: a cross where it closes, a square where it opens."""
    x, y = place
    mark = cross(x, y) if one.tighter else bar(x - 4, y - 4, 8, 8, "tint")
    side = -9 if one.anchor == "end" else 9
    return mark, text(x + side, y + 4, one.name, "note", anchor=one.anchor)


def _model(one: Dated, place: Point) -> Marks:
    x, y = place
    side = -9 if one.anchor == "end" else 9
    return token(x, y, 9), text(x + side, y + 5, one.name, "bold", anchor=one.anchor)


def _lane(chip: str, y: float, at: Callable[[date], float]) -> Marks:
    """Draw a chip's states from the day it is known, its open days beside its name."""
    return (
        text(0, y + 5, chip.split(maxsplit=1)[0], "bold"),
        text(0, y + 20, f"{_days(chip)} days open", "note"),
        *(
            bar(at(first), y, at(end) - at(first), 16, texture)
            for first, end, texture in _spells(chip)
        ),
    )


def _gap(at: Callable[[date], float], y: float) -> Marks:
    """Measure from the day the H800 closed to the release of V3."""
    closed, released = _gap_days()
    return (
        dimension((at(closed), y), (at(released), y)),
        text(
            (at(closed) + at(released)) / 2,
            y + 18,
            f"{(released - closed).days} days",
            "bold",
            anchor="middle",
        ),
    )


def _gap_days() -> tuple[date, date]:
    return _window("H800 SXM")[1], _released("DeepSeek-V3")


def _models_link(x: float, y: float) -> Mark:
    return linked(
        "#adoption-of-v3-s-methods",
        "models: what others adopted of them",
        text(x, y, "models", "bold"),
        target=(x, y - 17, 60, 24),
    )


def _legend(x: float, y: float, *, step: Point = (150, 0)) -> Marks:
    """Say what the three states of a bar are."""
    dx, dy = step
    says: tuple[tuple[Texture, str], ...] = (
        ("solid", "no licence needed"),
        ("faint", "licence needed"),
        ("tint", "reviewed licence by licence"),
    )
    return tuple(
        mark
        for index, (texture, words) in enumerate(says)
        for mark in (
            bar(x + index * dx, y + index * dy - 9, 14, 9, texture),
            text(x + index * dx + 20, y + index * dy, words, "note"),
        )
    )


DOWN_TOP, DOWN_LENGTH = 40, 520
"""Where time begins on a phone, and how long it is."""

ASIDE = 200
"""Where acts and models stand on a phone, beside the bars."""


def _down() -> Layout:
    """Compose the phone: time runs down, chips as upright bars, the rest beside."""

    def at(day: date) -> float:
        return DOWN_TOP + DOWN_LENGTH * _share(day)

    marks: list[Mark] = [
        text(0, at(date(year, 1, 1)) + 4, f"{year}", "note")
        for year in range(2023, END.year + 1)
    ]
    for index, chip in enumerate(CHIPS):
        x = 44 + index * 40
        marks.append(text(x, 14, chip.split(maxsplit=1)[0], "bold"))
        marks.append(text(x, 30, f"{_days(chip)} d", "note"))
        marks += [
            bar(x + 6, at(first), 18, at(end) - at(first), texture)
            for first, end, texture in _spells(chip)
        ]
    closed, released = _gap_days()
    below = DOWN_TOP + DOWN_LENGTH + 30
    marks += [
        dimension((170, at(closed)), (170, at(released))),
        text(182, at(date(2024, 9, 1)), f"{(released - closed).days} days", "bold"),
    ]
    for act in _acts():
        marks += _act(replace(act, anchor="start"), (ASIDE, at(act.day)))
    for model in _models():
        place = (ASIDE, at(model.day))
        marks += _model(replace(model, anchor="start"), place)
    marks += [_models_link(ASIDE, 14), *_legend(1, below, step=(0, 19))]
    return Layout(height=below + 44, marks=tuple(marks))
