"""Export rules as tests on a chip's ratings: which chip, which day, which clause.

This room owns the thresholds of the United States' controls on accelerators sent to
China, the measures they are written in, and the verdict on a chip on a day, beside
what filings and reports recorded. It does not know what a rule achieves, nor what any
chip costs, and it is no legal advice: conditions that no rating shows are left out.

`export_margins` and `export_on_day` take plain numbers or recorded ones (see
`explorables.arithmetic`).
"""

from dsv3.policy.bills import Bill, BillReading, bills, read_bill
from dsv3.policy.chips import (
    MeasuredChip,
    measured_chip,
    measured_chip_names,
    performance_density,
    total_processing_performance,
)
from dsv3.policy.history import (
    CheckedPair,
    Event,
    Recorded,
    agreement,
    checked_pairs,
    events,
    recorded_history,
)
from dsv3.policy.margins import ExportMargins, export_margins, margin_inputs
from dsv3.policy.on_day import (
    ExportOnDay,
    export_on_day,
    fully_measured_chips,
)
from dsv3.policy.rules import (
    KNOWN_FROM,
    KNOWN_UNTIL,
    RULE_SETS,
    Clause,
    Rule,
    RuleSet,
    Threshold,
    regulation_titles,
    rule_corners,
    rules,
    rules_in_force,
    staircase,
)
from dsv3.policy.verdicts import STATES, Period, Verdict, periods, sale_windows, verdict

__all__ = [
    "KNOWN_FROM",
    "KNOWN_UNTIL",
    "RULE_SETS",
    "STATES",
    "Bill",
    "BillReading",
    "CheckedPair",
    "Clause",
    "Event",
    "ExportMargins",
    "ExportOnDay",
    "MeasuredChip",
    "Period",
    "Recorded",
    "Rule",
    "RuleSet",
    "Threshold",
    "Verdict",
    "agreement",
    "bills",
    "checked_pairs",
    "events",
    "export_margins",
    "export_on_day",
    "fully_measured_chips",
    "margin_inputs",
    "measured_chip",
    "measured_chip_names",
    "performance_density",
    "periods",
    "read_bill",
    "recorded_history",
    "regulation_titles",
    "rule_corners",
    "rules",
    "rules_in_force",
    "sale_windows",
    "staircase",
    "total_processing_performance",
    "verdict",
]
