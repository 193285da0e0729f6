"""The plane of an export rule on any day: chips as marks, a rule's lines as steps.

Owns what is drawn beside the ratios of a day: which chips, where their names stand,
and how each rule's lines look. Verdicts and thresholds are those of `dsv3.policy`.
"""

from collections.abc import Mapping

from dsv3 import policy
from dsv3.calculators.export_rules import CHIP_NAMES, export_day
from explorables import DatedMark, DatedScatter, Edge, MarkState, Ruler, View
from explorables.controls import Noun
from explorables.quantities import day_number

GIGA = 1e9

LOOKS: Mapping[str, tuple[str, Noun]] = {
    "free": ("circle", "network"),
    "licence or notice": ("diamond", "money"),
    "by licence": ("open square", "compute"),
    "closed": ("square", "compute"),
    "unknown": ("cross", ""),
}
"""Shape and colour of a chip in each of `policy.STATES`."""

NAMES: Mapping[str, str] = {
    **CHIP_NAMES,
    "H200 SXM": "H200",
    "L20 PCIe": "L20",
    "L40 PCIe": "L40",
    "RTX 4090": "RTX 4090",
    "B200 SXM": "B200",
    "B30A (reported)": "B30A",
}
"""Chips of the plane; those without a height are named under it."""

NAMED_LEFT = ("H100 SXM", "H800 SXM", "H200 SXM", "L20 PCIe", "L40 PCIe", "B200 SXM")
"""Chips whose names stand to the left of their marks."""

NAMED_LEFT_BY_LINK = (*NAMED_LEFT, "A100 SXM", "A800 SXM")
"""The same where links are measured upwards."""

ACROSS = Ruler(
    label="total processing performance",
    low=1200,
    high=60000,
    ticks=(1600, 2400, 4800, 10000, 20000, 40000),
)
LINK = Ruler(
    label="link, GB/s, both directions",
    low=250,
    high=2600,
    ticks=(300, 400, 600, 900, 1800),
)
DENSITY = Ruler(
    label="performance density", low=1.2, high=32, ticks=(1.6, 3.2, 5.92, 10, 20)
)


def export_day_panel() -> DatedScatter:
    """Return the panel that draws every chip and every line in force on a day."""
    return DatedScatter(
        **export_day.parts(),
        presets=export_day.presets,
        day="day",
        chosen="chip",
        decided_by="rule_set",
        states=[
            MarkState(name=state, shape=LOOKS[state][0], noun=LOOKS[state][1])
            for state in policy.STATES
        ],
        marks=[_mark(chip) for chip in NAMES],
        views=_views(),
        across=ACROSS,
        up=(LINK, DENSITY),
        unplaced="Not in the plane, since the measure upwards is not published",
    )


def _mark(chip: str) -> DatedMark:
    rated = policy.measured_chip(chip)
    link = rated.io_bytes_per_s
    return DatedMark(
        name=NAMES[chip],
        across=rated.tpp,
        up=(link and link / GIGA, rated.performance_density),
        spells={rule_set: _spells(chip, rule_set) for rule_set in policy.RULE_SETS},
        left=(chip in NAMED_LEFT_BY_LINK, chip in NAMED_LEFT),
        chosen_by=chip,
    )


def _spells(chip: str, rule_set: policy.RuleSet) -> tuple[tuple[float, int], ...]:
    return tuple(
        (day_number(one.first_day), policy.STATES.index(one.verdict.state))
        for one in policy.periods(chip, rule_set)
    )


def _views() -> list[View]:
    """Return each rule's lines, from the day it took effect."""
    licence = policy.rule_corners("November 2023", "performance_density")
    notice = policy.rule_corners("November 2023", "performance_density", notice=True)
    stairs = (
        _edge("licence", licence, DENSITY, name_at=(5100, 1.35)),
        _edge("licence or notice", notice, DENSITY, name_at=(2500, 1.75), dashed=True),
    )
    starts = [
        day_number(rule.first_day)
        for rule in policy.rules()
        if rule.kind == "regulation"
    ]
    planes = (
        ("compute and link together", 0, (_link_edge(),)),
        ("compute, or compute for its size", 1, stairs),
        ("the same lines, and a review below a limit", 1, (*stairs, _review_edge())),
    )
    return [
        View(from_day=day, title=title, up=up, edges=edges)
        for day, (title, up, edges) in zip(starts, planes, strict=True)
    ]


def _link_edge() -> Edge:
    corners = tuple(
        (tpp, link / GIGA)
        for tpp, link in policy.rule_corners("October 2022", "io_bytes_per_s")
    )
    return _edge("licence", corners, LINK, name_at=(27000, 630))


def _review_edge() -> Edge:
    """Return the limit on TPP below which applications are looked at one by one."""
    (limit,) = (
        test.below
        for rule in policy.rules()
        for clause in rule.clauses
        if clause.effect == "review"
        for test in clause.thresholds
        if test.measure == "tpp"
    )
    assert limit is not None
    return Edge(
        name="by licence up to here",
        corners=((limit, DENSITY.low), (limit, DENSITY.high)),
        name_at=(limit * 0.96, 2.2),
        name_ends=True,
    )


def _edge(
    name: str,
    corners: tuple[tuple[float, float], ...],
    up: Ruler,
    *,
    name_at: tuple[float, float],
    dashed: bool = False,
) -> Edge:
    steps = policy.staircase(corners, bottom=up.low, right=ACROSS.high, top=up.high)
    return Edge(name=name, corners=tuple(steps), dashed=dashed, name_at=name_at)
