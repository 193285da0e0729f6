"""US chip export controls: how far a chip lies from a rule's lines, and since when."""

from typing import Annotated

from dsv3 import policy
from dsv3.calculators.defaults import derived
from explorables import Argument, Curve, calculator
from explorables.arithmetic import Choice, Number
from explorables.quantities import day_number

H800 = {
    name: derived(value, "the H800's ratings, in the measures of the rules")
    for name, value in policy.margin_inputs("H800 SXM").items()
}

CHIP_NAMES = {
    "A100 SXM": "A100",
    "A800 SXM": "A800",
    "H100 SXM": "H100",
    "H800 SXM": "H800",
    "H20 SXM": "H20",
    "MI300X OAM": "MI300X",
}
"""Chips of which every measure is known, with the words for them in a picture."""

TURNING_DAYS = (
    "2022-10-07",
    "2023-10-23",
    "2023-11-17",
    "2025-04-09",
    "2025-07-15",
    "2026-01-15",
)
"""Days on which a rule or a letter took effect."""


@calculator(
    command="dsv3 export rule",
    title="Distance from a threshold",
    summary="A chip's ratios to the thresholds of one published export rule.",
    finding="The H800 reached two thirds of the first rule's threshold; its "
    "interconnect bandwidth decided.",
    outputs={
        "licence_ratio": "Of the licence threshold",
        "notice_ratio": "Of the notice threshold",
        "refusal_ratio": "Of the refusal threshold",
        "performance_density": "Performance density",
    },
    curve=Curve(x="tpp", y="licence_ratio"),
    presets={chip: policy.margin_inputs(chip) for chip in CHIP_NAMES},
    in_view=("tpp", "die_area_mm2", "io_bytes_per_s", "rule"),
)
def export_rule(
    *,
    tpp: Annotated[
        Number,
        Argument(
            "TPP",
            "Total processing performance: dense TOPS times bits, the most of any.",
            500,
            60000,
        ),
    ] = H800["tpp"],
    die_area_mm2: Annotated[
        Number,
        Argument("Die area", "Area of all dies that compute.", 100, 2000),
    ] = H800["die_area_mm2"],
    io_bytes_per_s: Annotated[
        Number,
        Argument(
            "Interconnect",
            "Links to other chips, both directions together.",
            3e10,
            2e12,
        ),
    ] = H800["io_bytes_per_s"],
    dram_bytes_per_s: Annotated[
        Number,
        Argument("Memory bandwidth", "Bandwidth of the chip's DRAM.", 3e11, 1.2e13),
    ] = H800["dram_bytes_per_s"],
    rule: Annotated[
        Choice,
        Argument(
            "Export rule",
            "Published rule, by the month it took effect; letters move no threshold.",
            options=policy.regulation_titles,
        ),
    ] = "October 2022",
) -> policy.ExportMargins:
    """Measure a chip against one rule; see `policy.export_margins`.

    Examples
    --------
    >>> round(export_rule().licence_ratio, 3)
    0.667
    """
    return policy.export_margins(
        tpp=tpp,
        die_area_mm2=die_area_mm2,
        io_bytes_per_s=io_bytes_per_s,
        dram_bytes_per_s=dram_bytes_per_s,
        rule=rule,
    )


@calculator(
    command="dsv3 export day",
    title="Every chip on any day",
    summary="A chip's ratios to a day's thresholds, and its uncontrolled days so far.",
    finding="In June 2023 the H800 lies below the interconnect threshold, straight "
    "below the H100. From November density is tested instead: the H800 is above it.",
    outputs={
        "licence_ratio": "To a licence",
        "notice_ratio": "To a notice or licence",
        "free_days": "Not controlled since October 2022",
    },
    presets={day: {"day": day_number(day)} for day in TURNING_DAYS},
)
def export_day(
    *,
    day: Annotated[
        Number,
        Argument(
            "Day",
            "Day of the record.",
            day_number(policy.KNOWN_FROM),
            day_number(policy.KNOWN_UNTIL),
            step=1,
        ),
    ] = derived(day_number("2023-06-01"), "the summer of the H800's window"),
    chip: Annotated[
        Choice,
        Argument(
            "Chip",
            "Chip that is judged, under older rules as if it had been there.",
            options=CHIP_NAMES,
        ),
    ] = "H800 SXM",
    rule_set: Annotated[
        Choice,
        Argument(
            "Rules read",
            "Whether letters to single firms count beside published rules.",
            options=policy.RULE_SETS,
        ),
    ] = "rules and letters",
) -> policy.ExportOnDay:
    """Judge a chip on a day; see `policy.export_on_day`.

    Examples
    --------
    >>> round(export_day().licence_ratio, 3), export_day().free_days
    (0.667, 237.0)
    """
    return policy.export_on_day(day=day, chip=chip, rule_set=rule_set)
