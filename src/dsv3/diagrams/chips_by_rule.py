"""Every measured chip under every published rule, by its compute.

The finding: the second rule frees only the weakest chips, and the third opens none.
"""

from datetime import date

from dsv3 import policy
from explorables.diagram import (
    Diagram,
    Layout,
    Mark,
    Point,
    bar,
    cross,
    diagram,
    rule,
    text,
)

Marks = tuple[Mark, ...]

DAYS = {
    "October 2022": date(2022, 12, 1),
    "November 2023": date(2024, 1, 1),
    "January 2026": date(2026, 2, 1),
}
"""A day on which each published rule was the last one."""

CAPTION = """
Under the rule of November 2023, {free} of {chips} chips need no licence; that of
2026 frees no further one, but has most applications looked at case by case.
"""

NOTE = """
A bar's length is total processing performance (TPP). Published rules alone, without
letters; a chip announced after a rule is judged as if it had been there.
"""

DESCRIPTION = """
{chips} chips in a column, the strongest at the top, each with a bar for its compute,
from {most:,.0f} down to {least:,.0f} TPP, and three columns for the rules of October
2022, November 2023 and January 2026. A mark says whether the chip needs a licence,
refused as a rule or looked at case by case, a notice, or nothing; a question
mark stands where no text gives the link that would decide. Under the first rule {first}
chips need none, under the second and under the third {free} each.
"""

ROW = 22


def chips_by_rule() -> Diagram:
    """Draw what each published rule says of each chip, ordered by compute."""
    chips = _chips()
    free = [
        sum(_verdict(chip, day).status == "not controlled" for chip in chips)
        for day in DAYS.values()
    ]
    said = {
        "chips": len(chips),
        "first": free[0],
        "free": free[1],
        "most": policy.measured_chip(chips[0]).tpp,
        "least": policy.measured_chip(chips[-1]).tpp,
    }
    return diagram(
        _draw,
        name="chips-by-rule",
        page="geopolitics/export-rules",
        title="Chips under three published rules",
        caption=CAPTION.format(**said),
        note=NOTE,
        description=DESCRIPTION.format(**said),
        source="ratings of the table; verdicts by dsv3.policy.verdict",
    )


def _chips() -> list[str]:
    """Return the measured chips, the strongest first."""
    return sorted(
        policy.measured_chip_names(),
        key=lambda name: policy.measured_chip(name).tpp,
        reverse=True,
    )


def _verdict(chip: str, day: date) -> policy.Verdict:
    return policy.verdict(chip, day, "published rules")


def _draw(*, wide: bool) -> Layout:
    columns = (436, 550, 664) if wide else (216, 268, 320)
    chips = _chips()
    start, longest = (156, 180) if wide else (122, 74)
    scale = longest / policy.measured_chip(chips[0]).tpp
    below = 44 + len(chips) * ROW + 18
    marks: list[Mark] = [text(start, 20, "TPP", "note")]
    for x, name in zip(columns, DAYS, strict=True):
        shown = name if wide else name[-4:]
        marks.append(text(x, 20, shown, "bold", anchor="middle"))
    for index, chip in enumerate(chips):
        y = 44 + index * ROW
        tpp = policy.measured_chip(chip).tpp
        marks += [
            text(0, y + 4, chip.replace(" (reported)", ", reported")),
            bar(start, y - 6, tpp * scale, 12, "tint"),
        ]
        if wide:
            marks.append(text(start + 8 + tpp * scale, y + 4, f"{tpp:,.0f}", "note"))
        for x, day in zip(columns, DAYS.values(), strict=True):
            marks += _state(_said(_verdict(chip, day)), (x, y))
    marks += [rule(31, 720 if wide else 352), *_legend(below, wide=wide)]
    return Layout(height=below + (6 if wide else 66), marks=tuple(marks))


def _said(found: policy.Verdict) -> str:
    """Return a verdict in one of the words of the legend."""
    if found.status != "controlled":
        return found.status
    return "case by case" if found.review == "case by case" else "controlled"


def _state(state: str, place: Point) -> Marks:
    """Draw a verdict at a point; what is unknown is a question mark."""
    x, y = place
    square = (x - 8, y - 8, 16, 16)
    return {
        "not controlled": (bar(*square),),
        "notified": (bar(*square, "outline", noun="soft"),),
        "case by case": (bar(*square, "tint", noun="soft"), cross(x, y)),
        "controlled": (bar(*square, "faint"), cross(x, y)),
        "unknown": (text(x, y + 5, "?", "bold", anchor="middle"),),
    }[state]


def _legend(y: float, *, wide: bool) -> Marks:
    """Say what the marks mean; the question mark says it itself."""
    says = {
        "not controlled": "no licence",
        "notified": "licence or notice",
        "case by case": "licence, case by case",
        "controlled": "licence, refused as a rule",
    }
    starts = (9, 122, 290, 480) if wide else (9, 9, 9, 9)
    return tuple(
        mark
        for index, ((state, words), x) in enumerate(
            zip(says.items(), starts, strict=True)
        )
        for down in (0 if wide else index * 20,)
        for mark in (
            *_state(state, (x, y + down - 5)),
            text(x + 16, y + down, words, "note"),
        )
    )
