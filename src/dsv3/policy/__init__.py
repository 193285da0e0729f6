"""Export rules as tests on a chip's ratings: which chip, which day, which clause.

Thresholds of the United States' controls on accelerators sent to China, the measures
they are written in, and the verdict on a chip on a day, beside what filings and reports
recorded; and laws that begin at an amount of training compute. What a rule achieves is
not known here, and nothing is legal advice:
conditions that no rating shows are left out.
"""

from dsv3.policy.bills import (
    Bill as Bill,
    BillReading as BillReading,
    bills as bills,
    read_bill as read_bill,
)
from dsv3.policy.chips import (
    Measure as Measure,
    MeasuredChip as MeasuredChip,
    measured_chip as measured_chip,
    measured_chip_names as measured_chip_names,
    performance_density as performance_density,
    total_processing_performance as total_processing_performance,
)
from dsv3.policy.compute import (
    CAUSAL as CAUSAL,
    COUNTINGS as COUNTINGS,
    FULL as FULL,
    SIX_PER_WEIGHT as SIX_PER_WEIGHT,
    ComputeThreshold as ComputeThreshold,
    TrainingCompute as TrainingCompute,
    compute_threshold as compute_threshold,
    compute_thresholds as compute_thresholds,
    published_later_stage_share as published_later_stage_share,
    training_compute as training_compute,
)
from dsv3.policy.history import (
    CheckedPair as CheckedPair,
    Event as Event,
    Recorded as Recorded,
    agreement as agreement,
    checked_pairs as checked_pairs,
    events as events,
    recorded_history as recorded_history,
)
from dsv3.policy.margins import (
    ExportMargins as ExportMargins,
    export_margins as export_margins,
    margin_inputs as margin_inputs,
)
from dsv3.policy.on_day import (
    ExportOnDay as ExportOnDay,
    export_on_day as export_on_day,
    fully_measured_chips as fully_measured_chips,
)
from dsv3.policy.rules import (
    KNOWN_FROM as KNOWN_FROM,
    KNOWN_UNTIL as KNOWN_UNTIL,
    RULE_SETS as RULE_SETS,
    Clause as Clause,
    Rule as Rule,
    RuleSet as RuleSet,
    Threshold as Threshold,
    regulation_titles as regulation_titles,
    rule_corners as rule_corners,
    rules as rules,
    rules_in_force as rules_in_force,
    staircase as staircase,
)
from dsv3.policy.verdicts import (
    STATES as STATES,
    Period as Period,
    Verdict as Verdict,
    periods as periods,
    sale_windows as sale_windows,
    verdict as verdict,
)
