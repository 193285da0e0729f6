"""Export rules as tests on a chip's ratings: which chip, which day, which clause.

Thresholds of the United States' controls on accelerators sent to China, the measures
they are written in, and the verdict on a chip on a day, beside what filings and reports
recorded. What a rule achieves is not known here, and nothing is legal advice:
conditions that no rating shows are left out.
"""

from dsv3.policy.bills import Bill as Bill
from dsv3.policy.bills import BillReading as BillReading
from dsv3.policy.bills import bills as bills
from dsv3.policy.bills import read_bill as read_bill
from dsv3.policy.chips import MeasuredChip as MeasuredChip
from dsv3.policy.chips import measured_chip as measured_chip
from dsv3.policy.chips import measured_chip_names as measured_chip_names
from dsv3.policy.chips import performance_density as performance_density
from dsv3.policy.chips import (
    total_processing_performance as total_processing_performance,
)
from dsv3.policy.history import CheckedPair as CheckedPair
from dsv3.policy.history import Event as Event
from dsv3.policy.history import Recorded as Recorded
from dsv3.policy.history import agreement as agreement
from dsv3.policy.history import checked_pairs as checked_pairs
from dsv3.policy.history import events as events
from dsv3.policy.history import recorded_history as recorded_history
from dsv3.policy.margins import ExportMargins as ExportMargins
from dsv3.policy.margins import export_margins as export_margins
from dsv3.policy.margins import margin_inputs as margin_inputs
from dsv3.policy.on_day import ExportOnDay as ExportOnDay
from dsv3.policy.on_day import export_on_day as export_on_day
from dsv3.policy.on_day import fully_measured_chips as fully_measured_chips
from dsv3.policy.rules import KNOWN_FROM as KNOWN_FROM
from dsv3.policy.rules import KNOWN_UNTIL as KNOWN_UNTIL
from dsv3.policy.rules import RULE_SETS as RULE_SETS
from dsv3.policy.rules import Clause as Clause
from dsv3.policy.rules import Rule as Rule
from dsv3.policy.rules import RuleSet as RuleSet
from dsv3.policy.rules import Threshold as Threshold
from dsv3.policy.rules import regulation_titles as regulation_titles
from dsv3.policy.rules import rule_corners as rule_corners
from dsv3.policy.rules import rules as rules
from dsv3.policy.rules import rules_in_force as rules_in_force
from dsv3.policy.rules import staircase as staircase
from dsv3.policy.verdicts import STATES as STATES
from dsv3.policy.verdicts import Period as Period
from dsv3.policy.verdicts import Verdict as Verdict
from dsv3.policy.verdicts import periods as periods
from dsv3.policy.verdicts import sale_windows as sale_windows
from dsv3.policy.verdicts import verdict as verdict
