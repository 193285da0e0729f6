"""Bills are read like rules: at their own numbers, and no further."""

import pytest

from dsv3 import policy
from dsv3.policy import bills, read_bill

SAFE, OVERWATCH = bills()

# TPP, TPP with density, TPP with density, memory, link, both: as the bills print them.
PRINTED = {
    "SAFE Chips Act": [4800, (2400, 1.6), (1600, 3.2), 4100e9, 1100e9, 5000e9],
    "AI OVERWATCH Act": [4800, (2400, 1.6), (1600, 3.2), 1400e9, 1100e9, 1700e9],
}


@pytest.mark.parametrize("bill", bills(), ids=lambda bill: bill.id)
def test_the_lines_are_those_of_the_text(bill: policy.Bill) -> None:
    found = [
        tuple(test.at_least for test in clause.thresholds) for clause in bill.clauses
    ]
    expected = [
        line if isinstance(line, tuple) else (line,) for line in PRINTED[bill.title]
    ]
    assert found == expected


def test_the_h20_stands_under_every_line_of_one_bill_and_over_one_of_the_other() -> (
    None
):
    safe, overwatch = (read_bill("H20 SXM", bill) for bill in bills())
    assert (safe.covered, safe.clauses) == (False, ())
    # 2,368 of 2,400 is the nearest; memory is at 4,000 of 4,100.
    assert safe.nearest_ratio == pytest.approx(2368 / 2400)
    assert overwatch.covered is True
    assert overwatch.nearest_ratio == pytest.approx(4900 / 1700)


def test_an_unknown_link_leaves_a_bill_undecided_only_where_nothing_else_decides() -> (
    None
):
    assert read_bill("L20 PCIe", SAFE).covered is None
    assert read_bill("L20 PCIe", SAFE).clauses == (
        "interconnect",
        "memory and interconnect together",
    )
    assert read_bill("RTX 4090", SAFE).covered is True
    assert read_bill("B30A (reported)", OVERWATCH).clauses == ("TPP alone",)


def test_a_bill_decides_no_verdict() -> None:
    titles = {rule.title for rule in policy.rules()}
    assert not titles & {bill.title for bill in bills()}
